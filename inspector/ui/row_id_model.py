"""A table model that holds nothing but row ids in the order shown, and a small cache of the rows in view.

A million rows cost eight bytes each here, or nothing at all; the rows themselves stay in the session file and are
read a page at a time when they are painted.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from enum import IntEnum
from typing import Any, ClassVar, Final, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from inspector.session.files import DAMAGE
from inspector.ui.row_ids import Ids, as_array, extended, without

Record = TypeVar("Record")
Index = QModelIndex | QPersistentModelIndex

PAGE: Final = 64
_CACHED: Final = 1024
_ROOT: Final = QModelIndex()


class RowIdModel(QAbstractTableModel, Generic[Record]):
    """Rows by id. A subclass says which columns there are and how a record is read and shown."""

    unreadable = Signal(object)
    """Why rows cannot be read: an exception of `inspector.session.files.DAMAGE`."""

    columns: ClassVar[type[IntEnum]]
    titles: ClassVar[Sequence[str]]
    numeric: ClassVar[frozenset[int]] = frozenset()
    """The columns of numbers, which align at the right."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ids: Ids = range(0)
        self._ascending = True
        self._cache: dict[int, Record] = {}
        self._positions: dict[int, int] = {}

    # -- what a subclass answers --------------------------------------------------------------

    def read(self, ids: Sequence[int]) -> dict[int, Record]:
        """The records of these ids, from the session."""
        raise NotImplementedError

    def shown(self, record: Record, column: int, role: int) -> Any:
        """What a cell answers to a role."""
        raise NotImplementedError

    # -- rows ---------------------------------------------------------------------------------

    @property
    def ids(self) -> Ids:
        """The ids in the order shown. Not to be changed."""
        return self._ids

    @property
    def in_arrival_order(self) -> bool:
        """Whether the ids rise, so that what is new belongs at the end."""
        return self._ascending

    def set_ids(self, ids: Ids, *, ascending: bool) -> None:
        """Show other rows. `ascending` says that the ids rise."""
        self.beginResetModel()
        self._ids = ids
        self._ascending = ascending
        self._forget()
        self.endResetModel()

    def append_ids(self, ids: Sequence[int]) -> None:
        """Add rows at the end."""
        if not ids:
            return
        first = len(self._ids)
        self.beginInsertRows(_ROOT, first, first + len(ids) - 1)
        self._ids = extended(self._ids, ids)
        self.endInsertRows()

    def insert_ids(self, ids: Sequence[int]) -> None:
        """Add rows at their places in a rising order: those of the past that begin to fit a filter."""
        new = sorted(ids)
        while new:
            place = bisect_left(self._ids, new[0])
            after = self._ids[place] if place < len(self._ids) else None
            run = [one for one in new if after is None or one < after]
            self.beginInsertRows(_ROOT, place, place + len(run) - 1)
            changed = as_array(self._ids)
            changed[place:place] = array("q", run)
            self._ids = changed
            self._forget()
            self.endInsertRows()
            new = new[len(run) :]

    def remove_ids(self, ids: Iterable[int]) -> None:
        """Take rows out, run by run from the end."""
        places = sorted((place for one in ids if (place := self.position(one)) is not None), reverse=True)
        while places:
            last = first = places.pop(0)
            while places and places[0] == first - 1:
                first = places.pop(0)
            self.beginRemoveRows(_ROOT, first, last)
            self._ids = without(self._ids, first, last)
            self._forget()
            self.endRemoveRows()

    def refresh(self, ids: Iterable[int]) -> None:
        """These rows changed. Only those that were read for painting need to be told of."""
        stale = sorted(self._positions.pop(one) for one in ids if self._cache.pop(one, None) is not None)
        last_column = self.columnCount() - 1
        while stale:
            first = last = stale.pop(0)
            while stale and stale[0] == last + 1:
                last = stale.pop(0)
            self.dataChanged.emit(self.index(first, 0), self.index(last, last_column))

    def refresh_all(self) -> None:
        """Everything in view may look different, for example because the clock went on."""
        self.refresh(list(self._cache))

    def position(self, row_id: int) -> int | None:
        """The row at which an id is shown."""
        if isinstance(self._ids, range):
            return self._ids.index(row_id) if row_id in self._ids else None
        if self._ascending:
            place = bisect_left(self._ids, row_id)
            return place if place < len(self._ids) and self._ids[place] == row_id else None
        known = self._positions.get(row_id)
        if known is not None:
            return known
        try:
            return self._ids.index(row_id)
        except ValueError:
            return None

    def id_at(self, row: int) -> int | None:
        return self._ids[row] if 0 <= row < len(self._ids) else None

    def record(self, row: int) -> Record | None:
        """The record at a row; None when it is no longer in the session."""
        row_id = self._ids[row]
        found = self._cache.get(row_id)
        if found is None:
            self._read_page(row)
            found = self._cache.get(row_id)
        return found

    def _read_page(self, row: int) -> None:
        first = row - row % PAGE
        ids = self._ids[first : first + PAGE]
        missing = [one for one in ids if one not in self._cache]
        if len(self._cache) + len(missing) > _CACHED:
            self._forget()
            missing = list(ids)
        try:
            self._cache.update(self.read(missing))
        except DAMAGE as error:
            self.unreadable.emit(error)  # the rows stay empty
        self._positions.update((one, first + offset) for offset, one in enumerate(ids))

    def _forget(self) -> None:
        self._cache.clear()
        self._positions.clear()

    # -- Qt -----------------------------------------------------------------------------------

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._ids)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or not 0 <= index.row() < len(self._ids):
            return None
        record = self.record(index.row())
        return None if record is None else self.shown(record, index.column(), role)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self.titles):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.titles[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            # At the left even over numbers: the sort arrow stands at the right.
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def alignment(self, column: int) -> Qt.AlignmentFlag:
        """How a column's cells align."""
        side = Qt.AlignmentFlag.AlignRight if column in self.numeric else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter
