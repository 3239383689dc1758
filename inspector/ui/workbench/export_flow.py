"""How an export is to leave, asked with a preview; and under which name it is suggested."""

import asyncio
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from inspector.runtime.dialogs import ask
from inspector.session.errors import SessionError
from inspector.session.exchange.redaction import CATEGORIES, Redaction
from inspector.session.exchange.selection import Cancelled, Selection
from inspector.settings import Settings
from inspector.ui.workbench.export_preview import preview
from inspector.ui.workbench.redaction_preview import ExportDialog

if TYPE_CHECKING:
    from inspector.session.exchange.export import Format

_NOTES: Final = "notes"


class Abandoned(Exception):
    """The user does not want to export after all."""


async def ask_how(window: QWidget, path: Path, selection: Selection, what: str, settings: Settings) -> Redaction | None:
    """What is to be redacted; None for nothing. The choice is remembered. Raises Abandoned."""
    dialog = ExportDialog(what, redaction_of(settings), redact=settings.redact_exports, parent=window)
    async with asyncio.TaskGroup() as previews:
        previewer = _Previewer(dialog, path, selection)
        dialog.redaction_changed.connect(lambda: previews.create_task(previewer.show()))
        previews.create_task(previewer.show())
        accepted = await ask(dialog)
        choice, redaction = dialog.choice, dialog.redaction
        previewer.stop()
    if not accepted:
        raise Abandoned
    settings.redact_exports = redaction is not None
    settings.redact = [name for name in (*CATEGORIES, _NOTES) if getattr(choice, name)]
    return redaction


def redaction_of(settings: Settings) -> Redaction:
    """What was chosen last."""
    return Redaction(**{name: name in settings.redact for name in (*CATEGORIES, _NOTES)})


def suggested(folder: str, source: Path, what: str, form: "Format", *, redacted: bool) -> Path:
    """A name after the session's that no file has yet, in the folder of the last export."""
    place = Path(folder) if folder and Path(folder).is_dir() else Path.home()
    words = [source.stem, what, "redacted" if redacted else ""]
    name = " ".join(word for word in words if word)
    path = place / f"{name}.{form}"
    number = 2
    while path.exists():
        path = place / f"{name} ({number}).{form}"
        number += 1
    return path


class _Previewer:
    """Works the preview out aside; the newest wish counts."""

    def __init__(self, dialog: ExportDialog, path: Path, selection: Selection) -> None:
        self._dialog = dialog
        self._path = path
        self._selection = selection
        self._outdated = threading.Event()

    def stop(self) -> None:
        self._outdated.set()

    async def show(self) -> None:
        self.stop()
        outdated = self._outdated = threading.Event()

        def told(_: int, __: int) -> None:
            if outdated.is_set():
                raise Cancelled

        try:
            shown = await asyncio.to_thread(preview, self._path, self._selection, self._dialog.redaction, told)
        except Cancelled:
            return
        except SessionError as error:
            if isValid(self._dialog):
                self._dialog.show_problem(str(error))
            return
        if isValid(self._dialog) and not outdated.is_set():
            self._dialog.show_preview(shown)
