"""Hostile load on the real window: `python -m tests.hostile`."""
