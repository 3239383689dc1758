"""What the user does with rows and files: export, copy, filter like a row, choose a session."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from inspector.session.errors import SessionError
from inspector.session.query import KEYS
from inspector.session.reader import SessionReader
from inspector.session.records import MessageRow, Summary
from inspector.settings import Settings
from inspector.ui.message_table_model import RECORD_ROLE, Column
from inspector.ui.session_panel import CALLBACKS, SessionPanel
from inspector.ui.status_line import StatusLine
from inspector.ui.texts import count_text

if TYPE_CHECKING:
    from inspector.session.exchange.selection import Progress, Selection

_EXPORTS: Final = (
    "Session JSON (*.json)",
    "JSON lines (*.jsonl)",
    "CSV for spreadsheets (*.csv)",
    "HTTP archive (*.har)",
)
_SESSIONS: Final = ("Sessions (*.inspector *.json)", "All files (*)")


class Chooser:
    """Works on the rows of a panel; tells what happened on the status line."""

    def __init__(self, window: QWidget, panel: SessionPanel, status: StatusLine, settings: Settings) -> None:
        self._window = window
        self._panel = panel
        self._status = status
        self._settings = settings

    async def export_all(self) -> None:
        from inspector.session.exchange.selection import EVERYTHING

        await self._export(lambda: EVERYTHING, "", "The whole session")

    async def export_filtered(self) -> None:
        await self._export(self._panel.filtered, "filtered", "What the filter shows")

    async def export_selected(self) -> None:
        if self._panel.selected() is None:
            self._status.show_note("Nothing is selected. Select rows first.")
            return
        await self._export(self._panel.selected, "selected", "The selected rows")

    async def choose_session(self, current: Path | None) -> Path | None:
        """A session file or an exported JSON to open."""
        from inspector.runtime.dialogs import choose_open_file

        folder = Path.home() if current is None else current.parent
        return await choose_open_file(self._window, "Open a session", folder, _SESSIONS)

    def copy_rows(self) -> None:
        count = self._panel.table.copy_rows()
        self._status.show_note(f"{count_text(count, 'row', 'rows')} copied." if count else "Nothing is selected.")

    def copy_id(self) -> None:
        table = self._panel.table
        record = table.currentIndex().data(RECORD_ROLE) if table.currentIndex().isValid() else None
        message_id = record.id if isinstance(record, MessageRow) else getattr(record, "message_id", None)
        if message_id is None:
            self._status.show_note("There is no message to copy the id of.")
            return
        QGuiApplication.clipboard().setText(message_id)
        self._status.show_note("Message id copied.")

    def filter_like(self) -> None:
        """Filter by the cell that is current: other messages with the same status, number, error …"""
        index = self._panel.messages.currentIndex()
        record = index.data(RECORD_ROLE) if index.isValid() and self._panel.view != CALLBACKS else None
        term = like(record, Column(index.column())) if isinstance(record, MessageRow) else None
        if term is None:
            self._status.show_note("Put the cursor on a cell with a value to filter by.")
        else:
            self._panel.filter.toggle_term(term)

    @staticmethod
    def filter_rows() -> list[tuple[str, str]]:
        """The terms of the filter language, for its help."""
        extra = [
            ("text", "part of the id, a number, the text or the error"),
            ("“two words”", "in plain quotation marks: text with spaces"),
            ("-term", "what does not fit the term"),
            ("status:sent,failed", "any of several values"),
        ]
        return [*((f"{key}:", meaning) for key, meaning in KEYS.items()), *extra]

    async def _export(self, chosen: "Callable[[], Selection | None]", word: str, what: str) -> None:
        from inspector.runtime.dialogs import choose_save_file, tell
        from inspector.session.exchange.export import Format, export, format_of
        from inspector.session.exchange.selection import Cancelled
        from inspector.ui.progress import with_progress
        from inspector.ui.workbench.export_flow import Abandoned, ask_how, suggested

        reader = self._panel.rows.reader
        if reader is None:
            self._status.show_note("There is no session to export.")
            return
        source, selection = reader.path, chosen()
        if selection is None:
            return
        try:
            redaction = await ask_how(self._window, source, selection, what, self._settings)
        except Abandoned:
            return
        folder, redacted = self._settings.export_folder, redaction is not None
        name = suggested(folder, source, word, Format.JSON, redacted=redacted)
        path = await choose_save_file(self._window, "Export to", name, _EXPORTS)
        if path is None:
            return
        part = selection
        self._settings.export_folder = str(path.parent)

        def work(progress: "Progress") -> Summary:
            with SessionReader(source) as own:
                return export(own, path, None, part, progress, redact=redaction or False)

        try:
            format_of(path)
            summary = await with_progress(self._window, f"Exporting to {path.name}", work)
        except Cancelled:
            self._status.show_note("The export was cancelled; nothing was written.")
        except SessionError as error:
            await tell(self._window, "The export failed", str(error))
        else:
            messages = count_text(summary.messages, "message", "messages")
            callbacks = count_text(summary.callbacks, "callback", "callbacks")
            how = ", redacted," if redacted else ""
            self._status.show_note(f"Exported {messages}, {callbacks}{how} to {path.name}.")


def like(message: MessageRow, column: Column) -> str | None:
    """The filter term for messages that have the same in a column."""
    match column:
        case Column.TO:
            return _term("to", message.to)
        case Column.FROM:
            return _term("from", message.from_)
        case Column.BODY:
            return _term("body", message.body)
        case Column.SEGMENTS:
            return _term("segments", None if message.number_of_segments is None else str(message.number_of_segments))
        case Column.ERROR:
            return _term("error", message.error_code)
        case Column.FINDINGS:
            return _term("finding", message.codes[0] if message.codes else None)
        case _:
            return _term("status", message.status)


def _term(key: str, value: str | None) -> str | None:
    if not value:
        return None
    if any(character in value for character in ' ",\\') or value != value.strip():
        escaped = value[:200].replace("\\", "\\\\").replace('"', '\\"')
        return f'{key}:"{escaped}"'
    return f"{key}:{value[:200]}"
