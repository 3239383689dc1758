"""Dialogs that are awaited: opened without a nested event loop, which would stop every other task for good."""

import asyncio
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QFileDialog, QMessageBox, QWidget
from shiboken6 import isValid


async def ask(dialog: QDialog) -> int:
    """Show `dialog` and give its result code; it is closed when the coroutine is cancelled, and deleted afterwards.

    What the dialog holds must be read before the next await: it is deleted at the loop's next turn.
    """
    answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def settle(code: int) -> None:
        if not answer.done():
            answer.set_result(code)

    dialog.finished.connect(settle)
    # A dialog that goes away with its parent finishes without saying so.
    dialog.destroyed.connect(lambda: settle(QDialog.DialogCode.Rejected))
    dialog.open()
    try:
        return await answer
    finally:
        if isValid(dialog):
            dialog.close()
            dialog.deleteLater()


async def choose_open_file(
    parent: QWidget | None, title: str, folder: Path | None, filters: Sequence[str]
) -> Path | None:
    """Let the user choose an existing file; `filters` read like “Sessions (*.inspector)”."""
    dialog = _file_dialog(parent, title, folder, filters)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    if await ask(dialog) != QDialog.DialogCode.Accepted:
        return None
    return _chosen(dialog)


async def choose_save_file(parent: QWidget | None, title: str, suggested: Path, filters: Sequence[str]) -> Path | None:
    """Let the user name a file to write, and ask before an existing one is replaced.

    A name without suffix gets that of the chosen filter.
    """
    while True:
        dialog = _file_dialog(parent, title, suggested.parent, filters)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        # Qt's own question about an existing file runs a nested loop; macOS asks by itself, whatever is set.
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite, sys.platform != "darwin")
        dialog.selectFile(suggested.name)
        for name_filter in filters:
            if suggested.suffix and suggested.suffix == _suffix_of(name_filter):
                dialog.selectNameFilter(name_filter)
        if await ask(dialog) != QDialog.DialogCode.Accepted:
            return None
        path = _chosen(dialog)
        if path is None:
            return None
        if not path.suffix:
            path = path.with_name(path.name + _suffix_of(dialog.selectedNameFilter()))
        if sys.platform == "darwin" or not path.exists():
            return path
        if await confirm(parent, title, f"“{path.name}” already exists. Replace it?", "Replace"):
            return path
        suggested = path


async def confirm(parent: QWidget | None, title: str, text: str, accept_label: str) -> bool:
    """Ask whether to go on; the button that does is called `accept_label`, the other one Cancel."""
    box = _message_box(parent, title, text, QMessageBox.Icon.Question)
    accept = box.addButton(accept_label, QMessageBox.ButtonRole.AcceptRole)
    cancel = box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(cancel)  # these questions are about what cannot be undone
    box.setEscapeButton(cancel)
    # A message box's result is a button's number, not QDialog's Accepted.
    await ask(box)
    return isValid(box) and box.clickedButton() is accept


async def tell(parent: QWidget | None, title: str, text: str, details: str = "") -> None:
    """Tell something that needs no decision; `details` are folded away until asked for."""
    box = _message_box(parent, title, text, QMessageBox.Icon.Information)
    box.addButton(QMessageBox.StandardButton.Ok)
    if details:
        box.setDetailedText(details)
    await ask(box)


def _file_dialog(parent: QWidget | None, title: str, folder: Path | None, filters: Sequence[str]) -> QFileDialog:
    dialog = QFileDialog(parent, title, str(folder or ""))
    dialog.setNameFilters(list(filters))
    # Without a screen, a native dialog could be seen and answered by nobody.
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog, QGuiApplication.platformName() in {"offscreen", "minimal"})
    return dialog


def _chosen(dialog: QFileDialog) -> Path | None:
    files = dialog.selectedFiles()
    return Path(files[0]) if files else None


def _suffix_of(name_filter: str) -> str:
    """The first suffix of a filter: “.json” of “Session JSON (*.json *.jsonl)”, nothing of “All files (*)”."""
    found = re.search(r"\*(\.\w+)", name_filter)
    return found[1] if found else ""


def _message_box(parent: QWidget | None, title: str, text: str, icon: QMessageBox.Icon) -> QMessageBox:
    box = QMessageBox(parent)
    box.setWindowTitle(title)
    box.setIcon(icon)
    # Texts may quote what a stranger sent: never as HTML.
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(text)
    return box
