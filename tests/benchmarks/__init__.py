"""Benchmarks: `python -m tests.benchmarks`. Nothing here is run by pytest; what must hold on any machine is a test."""
