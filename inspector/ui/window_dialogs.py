"""What the window asks and tells in dialogs. They are read in when the first of them is wished for."""

from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QMainWindow

from inspector.runtime.tasks import TaskScope
from inspector.settings import Settings
from inspector.ui.commands import Commands

Rows = list[tuple[str, str]]


class WindowDialogs:
    """Each method returns at once; what the user answers goes to `commands`."""

    def __init__(self, window: QMainWindow, commands: Commands, settings: Settings, tasks: TaskScope) -> None:
        self._window = window
        self._commands = commands
        self._settings = settings
        self._tasks = tasks

    def tell(self, title: str, text: str) -> None:
        from inspector.runtime.dialogs import tell

        self._spawn(tell(self._window, title, text), "tell")

    def clear(self, path: Path) -> None:
        """Whether the session of this file is to be emptied."""
        from inspector.ui.dialogs import of_window

        self._spawn(of_window.clear(self._window, self._commands, path), "clear")

    def change_address(self, address: tuple[str, int], reason: str) -> None:
        """Where to listen instead of `address`; `reason` says why, or is empty."""
        from inspector.ui.dialogs import of_window

        self._spawn(of_window.change_address(self._window, self._commands, address, reason), "change address")

    def prefer(self) -> None:
        from inspector.ui.dialogs import of_window

        self._spawn(of_window.prefer(self._window, self._commands, self._settings), "preferences")

    def show_shortcuts(self, rows: Rows) -> None:
        self._show_list("Keyboard shortcuts", ("Key", "What it does"), rows)

    def show_filter_help(self, rows: Rows) -> None:
        self._show_list("What can be filtered", ("Term", "What it means"), rows)

    def show_about(self) -> None:
        from inspector.ui.dialogs import of_window

        self._spawn(of_window.show_about(self._window), "about")

    def close_all(self) -> None:
        """Nobody waits any more for the user, nor for what takes long and has not come to its end."""
        from PySide6.QtWidgets import QDialog, QProgressDialog  # two classes that the first paint does without

        for dialog in self._window.findChildren(QDialog):
            if isinstance(dialog, QProgressDialog):  # which is hidden at first
                dialog.canceled.emit()
            elif dialog.isVisible():
                dialog.close()

    def _show_list(self, title: str, columns: tuple[str, str], rows: Rows) -> None:
        from inspector.ui.dialogs import of_window

        self._spawn(of_window.show_list(self._window, title, columns, rows), title)

    def _spawn(self, work: Coroutine[Any, Any, None], name: str) -> None:
        self._tasks.spawn(work, name=name)
