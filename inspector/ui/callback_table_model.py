"""The list of callbacks: every request that came, valid or not, with a message or without."""

from collections.abc import Sequence
from enum import IntEnum
from typing import Any, ClassVar, Final

from PySide6.QtCore import QObject, Qt

from inspector.session.reader import SessionReader
from inspector.session.records import CallbackSummary
from inspector.ui.message_table_model import RECORD_ROLE
from inspector.ui.row_id_model import RowIdModel
from inspector.ui.status_badge import LABELS
from inspector.ui.table_rows import Order, order_by
from inspector.ui.texts import clock_text, one_line


class CallbackColumn(IntEnum):
    SEQ = 0
    RECEIVED = 1
    VERDICT = 2
    STATUS = 3
    METHOD = 4
    PATH = 5
    DIALECT = 6
    MESSAGE = 7
    SIGNATURE = 8
    SIZE = 9
    REPLY = 10


TITLES: Final = (
    "#", "Received", "Verdict", "Status", "Method", "Path", "Dialect", "Message", "Signature", "Bytes", "Reply",
)  # fmt: skip

SORT_SQL: Final = {
    CallbackColumn.SEQ: "c.seq",
    CallbackColumn.RECEIVED: "c.seq",
    CallbackColumn.VERDICT: "c.valid",
    CallbackColumn.STATUS: "c.status",
    CallbackColumn.METHOD: "c.method",
    CallbackColumn.PATH: "c.target",
    CallbackColumn.DIALECT: "c.dialect",
    CallbackColumn.MESSAGE: "c.message",
    CallbackColumn.SIGNATURE: "c.signature",
    CallbackColumn.SIZE: "length(c.body)",
    CallbackColumn.REPLY: "c.reply",
}


def order(column: int, descending: bool) -> Order:
    """The order of a column; callbacks alike in it keep the order of their arrival."""
    return order_by(SORT_SQL[CallbackColumn(column)], "c.seq", descending=descending)


def verdict(callback: CallbackSummary) -> str:
    """The verdict in words, with what broke the contract."""
    if callback.valid and not callback.problem_codes:
        return "Valid"
    codes = ", ".join(code.replace("_", " ") for code in callback.problem_codes)
    return f"Valid ({codes})" if callback.valid else f"Invalid ({codes})"


def cell_text(callback: CallbackSummary, column: CallbackColumn) -> str:
    """What a cell says, on one line."""
    match column:
        case CallbackColumn.SEQ:
            return str(callback.seq)
        case CallbackColumn.RECEIVED:
            return clock_text(callback.received)
        case CallbackColumn.VERDICT:
            return verdict(callback)
        case CallbackColumn.STATUS:
            return LABELS.get(callback.status or "", "")
        case CallbackColumn.METHOD:
            return one_line(callback.method, 20)
        case CallbackColumn.PATH:
            return one_line(callback.target)
        case CallbackColumn.DIALECT:
            return {"json": "JSON", "form": "Form"}.get(callback.dialect, "Unknown")
        case CallbackColumn.MESSAGE:
            return "Unassigned" if callback.message_id is None else one_line(callback.message_id, 80)
        case CallbackColumn.SIGNATURE:
            return callback.signature.capitalize()
        case CallbackColumn.SIZE:
            return f"{callback.size:,}{'+' if callback.truncated else ''}"
        case CallbackColumn.REPLY:
            return str((callback.reply or {}).get("dropped") or callback.reply_status)


class CallbackTableModel(RowIdModel[CallbackSummary]):
    """Callbacks by their numbers."""

    columns: ClassVar[type[IntEnum]] = CallbackColumn
    titles: ClassVar[Sequence[str]] = TITLES
    numeric: ClassVar[frozenset[int]] = frozenset({CallbackColumn.SEQ, CallbackColumn.SIZE})

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.reader: SessionReader | None = None

    def read(self, ids: Sequence[int]) -> dict[int, CallbackSummary]:
        return {} if self.reader is None else self.reader.callback_summaries(ids)

    def shown(self, record: CallbackSummary, column: int, role: int) -> Any:
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return cell_text(record, CallbackColumn(column))
            case Qt.ItemDataRole.TextAlignmentRole:
                return self.alignment(column)
            case _ if role == RECORD_ROLE:
                return record
        return None
