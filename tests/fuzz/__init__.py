"""Hostile input by the million: targets that take bytes, and a command that lets coverage guide what they get."""
