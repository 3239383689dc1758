"""The command line. Each command is a module that imports what it needs only when it runs."""

from inspector.cli.main import main

__all__ = ["main"]
