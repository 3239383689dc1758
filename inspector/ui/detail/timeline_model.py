"""The rows of the timeline as a list model that changes only what changed."""

from typing import Any, Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from inspector.ui.detail.timeline_rows import TimelineRow, spoken_text, tooltip_lines
from inspector.ui.texts import tooltip

_ROOT: Final = QModelIndex()


class TimelineModel(QAbstractListModel):
    """One row a callback, in the order that `timeline_rows` gives."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[TimelineRow] = []

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return row.word
            case Qt.ItemDataRole.AccessibleTextRole:
                return spoken_text(row)
            case Qt.ItemDataRole.ToolTipRole:
                return tooltip(*tooltip_lines(row))
        return None

    def row_at(self, number: int) -> TimelineRow:
        return self._rows[number]

    def number_of(self, seq: int | None) -> int | None:
        """Where the callback `seq` stands, None when it does not."""
        return next((number for number, row in enumerate(self._rows) if row.seq == seq), None)

    def show_rows(self, rows: list[TimelineRow]) -> None:
        """Become `rows`: what is alike at the start and at the end stays untouched."""
        old = self._rows
        shorter = min(len(old), len(rows))
        start = next((number for number in range(shorter) if old[number] != rows[number]), shorter)
        most = shorter - start
        end = next((number for number in range(most) if old[-1 - number] != rows[-1 - number]), most)
        gone, come = len(old) - start - end, len(rows) - start - end
        both = min(gone, come)
        if both:
            old[start : start + both] = rows[start : start + both]
            self.dataChanged.emit(self.index(start), self.index(start + both - 1))
        first = start + both
        if gone > both:
            self.beginRemoveRows(QModelIndex(), first, start + gone - 1)
            del old[first : start + gone]
            self.endRemoveRows()
        elif come > both:
            self.beginInsertRows(QModelIndex(), first, start + come - 1)
            old[first:first] = rows[first : start + come]
            self.endInsertRows()
