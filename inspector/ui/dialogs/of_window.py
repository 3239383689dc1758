"""The dialogs that the window's own commands open."""

from pathlib import Path

from PySide6.QtWidgets import QMainWindow

from inspector.runtime.dialogs import ask, confirm
from inspector.settings import Settings
from inspector.ui.commands import Commands
from inspector.ui.dialogs.address import AddressDialog
from inspector.ui.dialogs.lists import AboutDialog, TwoColumns
from inspector.ui.dialogs.preferences import PreferencesDialog


async def clear(window: QMainWindow, commands: Commands, path: Path) -> None:
    """Ask whether to clear the session of this file. Another one may be shown by the time of the answer."""
    question = "Delete every callback and message of this session? This cannot be undone. Export it first to keep it."
    if await confirm(window, "Clear the session", question, "Delete all"):
        commands.clear_session(path)


async def change_address(window: QMainWindow, commands: Commands, address: tuple[str, int], reason: str) -> None:
    """Let the user choose another address; `reason` says why, or is empty."""
    host, port = address
    # Where the port was the trouble, the same one again would only bring the question back.
    dialog = AddressDialog(host, 0 if reason else port, reason, window)
    if await ask(dialog):
        commands.listen_at(*dialog.address)


async def prefer(window: QMainWindow, commands: Commands, settings: Settings) -> None:
    dialog = PreferencesDialog(settings, window)
    if await ask(dialog):
        dialog.write_to(settings)
        commands.settings_changed()


async def show_list(window: QMainWindow, title: str, columns: tuple[str, str], rows: list[tuple[str, str]]) -> None:
    await ask(TwoColumns(title, columns, rows, window))


async def show_about(window: QMainWindow) -> None:
    await ask(AboutDialog(window.windowIcon().pixmap(72, 72), window))
