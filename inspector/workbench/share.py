"""Share safely: what is copied can be redacted too, with the same pseudonyms as long as a session is shown."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QGuiApplication

from inspector.session.records import CallbackSummary, MessageRow
from inspector.ui.menus import Entry
from inspector.ui.texts import count_text
from inspector.workbench.bench import Bench, Tool

if TYPE_CHECKING:
    from inspector.session.exchange.redaction import Redactor
    from inspector.session.records import CallbackRow


class Share(Tool):
    """The entries that copy what may leave. What is replaced is what was chosen for exports last."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self._redactor: Redactor | None = None

    def set_up(self) -> None:
        window = self.bench.window
        rows = window.menus.add_copy(Entry("copy_rows_redacted", "Copy rows &redacted", "Ctrl+Alt+C"), self._copy_rows)
        body = window.menus.add_copy(Entry("copy_body_redacted", "Copy &body redacted"), self._copy_body)
        curl = window.menus.add_copy(Entry("copy_curl_redacted", "Copy as c&URL redacted"), self._copy_curl)
        window.add_row_actions([rows, body, curl], apart=False)  # with the other ways to copy

    def session_shown(self) -> None:
        self._redactor = None  # another session, other pseudonyms

    def _names(self) -> "Redactor":
        from inspector.session.exchange.redaction import Redactor
        from inspector.ui.workbench.export_flow import redaction_of

        wanted = redaction_of(self.bench.settings)
        if self._redactor is None or self._redactor.redaction != wanted:
            self._redactor = Redactor(wanted)
        return self._redactor

    def _copy_rows(self) -> None:
        names = self._names()

        def redacted(record: Any) -> Any:
            match record:
                case MessageRow():
                    return names.message(record)
                case CallbackSummary():
                    return names.summary(record)
                case _:
                    raise TypeError("a row of the tables was expected")

        count = self.bench.window.panel.table.copy_rows(redacted)
        self.bench.note(f"{count_text(count, 'row', 'rows')} copied, redacted." if count else "Nothing is selected.")

    def _copy_body(self) -> None:
        from inspector.ui.detail.callback_panel import body_to_copy

        self._copy("Body", body_to_copy)

    def _copy_curl(self) -> None:
        from inspector.ui.detail.callback_panel import curl_to_copy

        self._copy("cURL line", curl_to_copy)

    def _copy(self, what: str, text_of: "Callable[[CallbackRow], str]") -> None:
        """Copy something of the callback that the details show."""
        reader, seq = self.bench.reader, self.bench.window.detail.callback_seq
        callback = None if reader is None or seq is None else reader.callback(seq)
        if callback is None:
            self.bench.note("No callback is shown. Select a row first.")
            return
        QGuiApplication.clipboard().setText(text_of(self._names().callback(callback)))
        self.bench.note(f"{what} copied, redacted.")
