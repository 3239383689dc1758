"""The table of messages: which columns there are, what their cells say, how each is sorted."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, ClassVar, Final

from PySide6.QtCore import QObject, Qt

from inspector.session.reader import SessionReader
from inspector.session.records import MessageRow
from inspector.ui.mark_flag import mark_text
from inspector.ui.row_id_model import RowIdModel
from inspector.ui.status_badge import LETTERS, label
from inspector.ui.table_rows import Order, order_by
from inspector.ui.texts import clock_text, duration_text, one_line

RECORD_ROLE: Final = Qt.ItemDataRole.UserRole + 1
"""The MessageRow or CallbackSummary behind a cell, for delegates."""


class Column(IntEnum):
    STATUS = 0
    TO = 1
    FROM = 2
    BODY = 3
    TRANSITIONS = 4
    ERROR = 5
    FINDINGS = 6
    FIRST_SEEN = 7
    LAST_CHANGE = 8
    DELIVERED_AFTER = 9
    SEGMENTS = 10


TITLES: Final = (
    "Status", "To", "From", "Body", "Transitions", "Error", "Findings", "First seen", "Last change", "To delivered",
    "Segments",
)  # fmt: skip

SORT_SQL: Final = {
    Column.STATUS: "instr('queued initiated sent delivered undelivered failed read', m.status)",
    Column.TO: "m.to_number",
    Column.FROM: "m.from_number",
    Column.BODY: "substr(m.body, 1, 200)",  # what a cell shows: a text may have a megabyte
    Column.SEGMENTS: "m.number_of_segments",
    Column.FIRST_SEEN: "m.row",
    Column.LAST_CHANGE: "m.last_received",
    Column.DELIVERED_AFTER: "m.delivered_after",
    Column.TRANSITIONS: "length(m.strip)",
    Column.ERROR: "m.error_code",
    Column.FINDINGS: "m.severity",
}


def order(column: int, descending: bool) -> Order:
    """The order of a column; messages alike in it keep the order of their arrival."""
    return order_by(SORT_SQL[Column(column)], "m.row", descending=descending)


_LONGEST_TEXT = 2000
"""Characters of a message's text that a row holds: more than a cell can show, and than SMS can have."""


@dataclass(frozen=True, slots=True)
class Clock:
    """When a message counts as stalled: in a live session, `stalled_after` microseconds after its last transition."""

    live: bool = False
    stalled_after: int = 300_000_000

    def stalled(self, message: MessageRow) -> bool:
        if not self.live or message.terminal or message.last_transition is None:
            return False
        return time.time_ns() // 1000 - message.last_transition > self.stalled_after


def cell_text(message: MessageRow, column: Column, *, stalled: bool = False) -> str:
    """What a cell says, on one line."""
    match column:
        case Column.STATUS:
            return label(message.status)
        case Column.TO:
            return one_line(message.to or "", 80)
        case Column.FROM:
            return one_line(message.from_ or "", 80)
        case Column.BODY:
            return one_line(message.body or "")
        case Column.SEGMENTS:
            return segments_text(message.number_of_segments)
        case Column.FIRST_SEEN:
            return clock_text(message.first_received)
        case Column.LAST_CHANGE:
            return clock_text(message.last_received)
        case Column.DELIVERED_AFTER:
            return "" if message.delivered_after is None else duration_text(message.delivered_after)
        case Column.TRANSITIONS:
            return ", ".join(LETTERS[letter] for letter in message.strip)
        case Column.ERROR:
            return one_line(message.error_code or message.error_message or "", 60)
        case Column.FINDINGS:
            return ", ".join(code.replace("_", " ") for code in codes_of(message, stalled=stalled))


def segments_text(number: int | None) -> str:
    """The number of segments; a number that no message can have is shortened."""
    if number is None:
        return ""
    return str(number) if abs(number) < 100_000 else f"{hex(number)[:6]}…"


def codes_of(message: MessageRow, *, stalled: bool) -> tuple[str, ...]:
    """What there is to remark on a message, invalid callbacks and the clock's finding included."""
    extra = (*(("invalid",) if message.invalid else ()), *(("stalled",) if stalled else ()))
    return (*extra, *message.codes)


class MessageTableModel(RowIdModel[MessageRow]):
    """Messages by row number."""

    columns: ClassVar[type[IntEnum]] = Column
    titles: ClassVar[Sequence[str]] = TITLES
    numeric: ClassVar[frozenset[int]] = frozenset({Column.SEGMENTS, Column.DELIVERED_AFTER})

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.reader: SessionReader | None = None
        self.clock = Clock()

    def read(self, ids: Sequence[int]) -> dict[int, MessageRow]:
        return {} if self.reader is None else self.reader.message_rows(ids, longest=_LONGEST_TEXT)

    def shown(self, record: MessageRow, column: int, role: int) -> Any:
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return cell_text(record, Column(column), stalled=self.clock.stalled(record))
            case Qt.ItemDataRole.TextAlignmentRole:
                return self.alignment(column)
            case Qt.ItemDataRole.AccessibleDescriptionRole if column == Column.STATUS:
                return None if record.mark is None else mark_text(record.mark)
            case _ if role == RECORD_ROLE:
                return record
        return None
