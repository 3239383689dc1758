"""The table that rows arrive in: follows the end while it is looked at, and never moves a selection by itself."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QContextMenuEvent, QGuiApplication, QKeyEvent, QMouseEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QMenu,
    QTableView,
    QWidget,
)

from inspector.ui.column_menu import ColumnMenu
from inspector.ui.new_rows_button import NewRowsButton
from inspector.ui.row_id_model import Index, RowIdModel
from inspector.ui.row_painter import RowPainter
from inspector.ui.state_text import state_of, text_of
from inspector.ui.texts import tooltip

_UP: Final = frozenset({Qt.Key.Key_Up, Qt.Key.Key_PageUp, Qt.Key.Key_Home})
_MOST_COPIED: Final = 5000


class LiveTable(QTableView):
    """A view of a RowIdModel.

    Follow mode: while the end is in view, new rows keep it in view. Any move up ends it, End starts it
    again; rows that came meanwhile are counted on a button that leads to them.
    """

    current_changed = Signal(object)  # the id of the current row, or None
    selection_counted = Signal(int)
    sort_changed = Signal()
    following_changed = Signal(bool)

    def __init__(
        self,
        model: RowIdModel[Any],
        painter: RowPainter[Any],
        widths: Sequence[int],
        elastic: int,
        parent: QWidget | None = None,
    ) -> None:
        """`widths` are the columns' in pixels; the column `elastic` takes the room that is left over."""
        super().__init__(parent)
        self._rows = model
        self._elastic = elastic
        self._least = widths[elastic]
        self._following = True
        self._announced: int | None = None
        self._resetting = False
        self._kept: tuple[int | None, list[int]] = (None, [])
        self._extra_actions: Callable[[], Sequence[QAction]] = lambda: ()
        self._painter = painter
        self.setItemDelegate(painter)
        painter.setParent(self)
        self.setModel(model)
        self._set_up_look(widths)
        self._new_rows = NewRowsButton(self)
        self._new_rows.clicked.connect(self.follow)
        self._connect()

    def _set_up_look(self, widths: Sequence[int]) -> None:
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(self.fontMetrics().height() + 14)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsMovable(True)
        header.setSortIndicatorClearable(False)
        header.setSectionsClickable(True)
        header.setSortIndicatorShown(True)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.setMinimumSectionSize(36)
        # The header would ask for every row of every column whether it is selected, each time it is painted.
        header.setSelectionModel(QItemSelectionModel(self._rows, header))
        for column, width in enumerate(widths):
            header.resizeSection(column, width)

    def _connect(self) -> None:
        header = self.horizontalHeader()
        header.sortIndicatorChanged.connect(lambda *_: self.sort_changed.emit())
        header.customContextMenuRequested.connect(self._choose_columns)
        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        self.verticalScrollBar().rangeChanged.connect(self._on_range_changed)
        self._rows.rowsInserted.connect(self._on_rows_inserted)
        self._rows.rowsRemoved.connect(self._on_rows_removed)
        self._rows.modelAboutToBeReset.connect(self._keep_selection)
        self._rows.modelReset.connect(self._restore_selection)

    # -- follow -------------------------------------------------------------------------------

    @property
    def following(self) -> bool:
        """Whether new rows keep the end in view."""
        return self._following

    @property
    def new_rows_text(self) -> str:
        """What the button to the newest row says; empty while it is hidden."""
        return self._new_rows.text()

    def follow(self) -> None:
        """Go to the end and stay there."""
        self._set_following(on=True)
        self.scrollToBottom()

    def _set_following(self, *, on: bool) -> None:
        if on:
            self._new_rows.clear()
        if on != self._following:
            self._following = on
            self.following_changed.emit(on)

    def _on_scrolled(self, value: int) -> None:
        at_end = value >= self.verticalScrollBar().maximum()
        if at_end != self._following and self.verticalScrollBar().maximum() > 0:
            self._set_following(on=at_end)

    def _on_range_changed(self, _: int, maximum: int) -> None:
        if self._following and self._rows.in_arrival_order:
            self.verticalScrollBar().setValue(maximum)

    def _on_rows_inserted(self, _: QModelIndex, first: int, last: int) -> None:
        if self._following:
            # Now, not at the next turn of the loop: what changed and what came is painted once, in its last place.
            self.executeDelayedItemsLayout()
        if not self._following and not self._all_in_view():
            self._new_rows.add(last - first + 1)

    def _on_rows_removed(self, _: QModelIndex, first: int, last: int) -> None:
        bar = self.verticalScrollBar()
        height = self.verticalHeader().defaultSectionSize()
        above = min(last + 1, bar.value() // height) - first
        if not self._following and above > 0:
            bar.setValue(bar.value() - above * height)  # what is looked at stays where it is

    def _all_in_view(self) -> bool:
        # Not asked of the scroll bar, which hears of new rows only later.
        return self._rows.rowCount() * self.verticalHeader().defaultSectionSize() <= self.viewport().height()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._new_rows.place()
        # The event is that of the viewport. PySide would wrap the viewport itself at the first start only after it
        # has set up every class of widgets there is.
        self._fill(event.size().width())

    def _fill(self, width: int) -> None:
        """Give the elastic column what the others leave of a width."""
        header = self.horizontalHeader()
        others = sum(header.sectionSize(column) for column in range(header.count()) if column != self._elastic)
        header.resizeSection(self._elastic, max(self._least, width - others))

    # -- keys and selection -------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self.clearSelection()
            self.setCurrentIndex(QModelIndex())
            return
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up) and self._nothing_chosen:
            # Qt made a row current when the table got the focus, and would go on from there: past the first one.
            self._go_to(self.currentIndex().row(), extend=False)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End) and self._rows.rowCount():
            # Qt moves along the row with these; in a list of rows they mean first and last.
            extend = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._go_to(0 if key == Qt.Key.Key_Home else self._rows.rowCount() - 1, extend=extend)
        else:
            super().keyPressEvent(event)
        if key == Qt.Key.Key_End:
            self.follow()
        elif key in _UP:
            self._set_following(on=False)

    @property
    def _nothing_chosen(self) -> bool:
        return self.currentIndex().isValid() and not self.selectionModel().hasSelection()

    def _go_to(self, row: int, *, extend: bool) -> None:
        index = self._rows.index(row, max(0, self.currentIndex().column()))
        flags = QItemSelectionModel.SelectionFlag.Rows
        if extend:
            anchor = self.currentIndex().row()
            first, last = min(anchor, row), max(anchor, row)
            chosen = QItemSelection(self._rows.index(first, 0), self._rows.index(last, 0))
            self.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect | flags)
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
        else:
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect | flags)
        self.scrollTo(index)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        index = self.currentIndex()
        if index.isValid() and index.row() < self._rows.rowCount() - 1:
            self._set_following(on=False)

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        self._announce()

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        self._announce()
        self.selection_counted.emit(self.selected_count())

    def current_id(self) -> int | None:
        """The id of the current row, if it is selected too.

        Qt makes the first row current when the table gets the focus; nobody chose that one.
        """
        index = self.currentIndex()
        if not index.isValid() or not self.selectionModel().isRowSelected(index.row(), QModelIndex()):
            return None
        return self._rows.id_at(index.row())

    def _announce(self) -> None:
        current = self.current_id()
        if current != self._announced and not self._resetting:
            self._announced = current
            self.current_changed.emit(current)

    def selected_ids(self) -> list[int]:
        """The ids of the selected rows, in the order shown."""
        ids = self._rows.ids
        return [ids[row] for row in self._selected_rows()]

    def selected_count(self) -> int:
        """How many rows are selected."""
        return sum(last - first + 1 for first, last in self._spans())

    def _selected_rows(self) -> list[int]:
        return sorted({row for first, last in self._spans() for row in range(first, last + 1)})

    def _spans(self) -> list[tuple[int, int]]:
        chosen = self.selectionModel().selection()
        ranges = [chosen.at(number) for number in range(chosen.count())]
        return [(one.top(), one.bottom()) for one in ranges]

    def select_id(self, row_id: int) -> bool:
        """Make a row current, if it is shown."""
        place = self._rows.position(row_id)
        if place is None:
            return False
        self._go_to(place, extend=False)
        return True

    def _keep_selection(self) -> None:
        selected = self.selected_ids() if self.selectionModel().hasSelection() else []
        self._kept = (self.current_id(), selected[:_MOST_COPIED])
        self._resetting = True

    def _restore_selection(self) -> None:
        current, selected = self._kept
        places = [place for one in selected if (place := self._rows.position(one)) is not None]
        chosen = QItemSelection()
        for place in places:
            chosen.select(self._rows.index(place, 0), self._rows.index(place, 0))
        flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        self.selectionModel().select(chosen, flags)
        place = None if current is None else self._rows.position(current)
        if place is not None:
            index = self._rows.index(place, 0)
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
            if not self._following:
                self.scrollTo(index, QAbstractItemView.ScrollHint.EnsureVisible)
        self._resetting = False
        self._announce()
        self._new_rows.clear()  # these are other rows, or in another order: what was new among them is not known
        if self._following and self._rows.in_arrival_order:
            self.scrollToBottom()

    # -- menus and copying --------------------------------------------------------------------

    def set_context_actions(self, actions: Callable[[], Sequence[QAction]]) -> None:
        """What the context menu offers; asked each time, for the current row."""
        self._extra_actions = actions

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        actions = self._extra_actions()
        if not actions:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions(list(actions))
        at_key = event.reason() is QContextMenuEvent.Reason.Keyboard
        place = (
            self.viewport().mapToGlobal(self.visualRect(self.currentIndex()).bottomLeft())
            if at_key
            else event.globalPos()
        )
        menu.popup(place)

    def copy_rows(self, changed: Callable[[Any], Any] | None = None) -> int:
        """Put the selected rows on the clipboard as lines of tab-parted cells; returns how many.

        `changed` makes another record of each, to be copied in its place.
        """
        header = self.horizontalHeader()
        columns = [header.logicalIndex(place) for place in range(header.count())]
        columns = [column for column in columns if not header.isSectionHidden(column)]
        rows = self._selected_rows()
        role = Qt.ItemDataRole.DisplayRole
        records = [record for row in rows[:_MOST_COPIED] if (record := self._rows.record(row)) is not None]
        records = records if changed is None else list(map(changed, records))
        lines = [
            "\t".join(str(self._rows.shown(record, column, role) or "") for column in columns) for record in records
        ]
        QGuiApplication.clipboard().setText("\n".join(lines))
        return len(lines)

    def _choose_columns(self, place: QPoint) -> None:
        menu = ColumnMenu(self.horizontalHeader(), self)
        menu.chosen.connect(lambda: self._fill(self.viewport().width()))
        menu.popup(self.horizontalHeader().mapToGlobal(place))

    # -- remembered ---------------------------------------------------------------------------

    def header_state(self) -> str:
        """Widths, order, hidden columns and sorting, to be remembered."""
        return text_of(self.horizontalHeader().saveState())

    def restore_header(self, state: str) -> None:
        if state:
            self.horizontalHeader().restoreState(state_of(state))

    def paintEvent(self, event: QPaintEvent) -> None:
        self._painter.paint_rows(self, event.rect())

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            # A cell that is cut shows its whole text; what strangers sent is never read as HTML.
            index = self.indexAt(event.pos())  # type: ignore[attr-defined] # a QHelpEvent
            text = index.data() if index.isValid() else None
            # Not ToolTipRole, which Qt's delegate would show by itself, as HTML where it looks like it.
            extra = index.data(Qt.ItemDataRole.AccessibleDescriptionRole) if index.isValid() else None
            fits = self.sizeHintForIndex(index).width() <= self.visualRect(index).width() if index.isValid() else True
            said = [one for one in ("" if fits else text, extra) if one]
            self.viewport().setToolTip(tooltip(*said, longest=2000) if said else "")
        return super().viewportEvent(event)
