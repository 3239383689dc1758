"""The messages of which the log says something else than the callbacks."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from inspector.ui.status_badge import label
from inspector.ui.texts import one_line

Index = QModelIndex | QPersistentModelIndex
_ROOT: Final = QModelIndex()


@dataclass(frozen=True, slots=True)
class LogLine:
    """One message. `ours` is None when no callback told a status; `heard`: whether any callback came at all."""

    id: str
    number: str
    logged: str
    ours: str | None
    heard: bool
    created: str
    reason: str


class LogColumn(IntEnum):
    """The columns in their order."""

    TO = 0
    LOGGED = 1
    OURS = 2
    REASON = 3


HEADINGS: Final = {
    LogColumn.TO: "To",
    LogColumn.LOGGED: "Log",
    LogColumn.OURS: "Callbacks",
    LogColumn.REASON: "Reason",
}


def cell_text(line: LogLine, column: LogColumn) -> str:
    match column:
        case LogColumn.TO:
            return one_line(line.number, 30)
        case LogColumn.LOGGED:
            return one_line(line.logged, 30).capitalize()
        case LogColumn.OURS:
            return label(line.ours) if line.heard else "None came"
        case LogColumn.REASON:
            return line.reason


class LogTableModel(QAbstractTableModel):
    """The lines of one check."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.lines: tuple[LogLine, ...] = ()

    def show_lines(self, lines: Sequence[LogLine]) -> None:
        self.beginResetModel()
        self.lines = tuple(lines)
        self.endResetModel()

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(LogColumn)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        line = self.lines[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return cell_text(line, LogColumn(index.column()))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{HEADINGS[LogColumn(index.column())]}: {cell_text(line, LogColumn(index.column()))}"
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return HEADINGS[LogColumn(section)]
        return None
