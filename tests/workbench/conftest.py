"""The running program, as the tests of the window have it."""

from tests.ui.conftest import folders, qt_loop, run, secrets, started

__all__ = ["folders", "qt_loop", "run", "secrets", "started"]
