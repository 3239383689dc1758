"""The left side of the window: filter, chips, the two tables, and what is shown when they are empty."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from inspector.runtime.tasks import TaskScope
from inspector.session.conditions import Moment
from inspector.session.query import FilterError, Query, parse
from inspector.session.records import Summary
from inspector.ui import callback_table_model, message_table_model
from inspector.ui.callback_painter import CallbackPainter
from inspector.ui.callback_table_model import CallbackColumn, CallbackTableModel
from inspector.ui.empty_state import EmptyState
from inspector.ui.filter_bar import FilterBar
from inspector.ui.live_rows import LiveRows
from inspector.ui.live_table import LiveTable
from inspector.ui.message_painter import MessagePainter
from inspector.ui.message_table_model import Column, MessageTableModel
from inspector.ui.query_runner import Subject
from inspector.ui.status_chips import StatusChips
from inspector.ui.table_rows import Order
from inspector.ui.theme import Appearance

if TYPE_CHECKING:
    from inspector.session.exchange.selection import Selection

MESSAGES: Final = 0
CALLBACKS: Final = 1
_MESSAGE_WIDTHS: Final = (124, 106, 106, 136, 84, 58, 108, 102, 102, 110, 92)
_CALLBACK_WIDTHS: Final = (64, 104, 140, 124, 66, 104, 66, 150, 90, 70, 60)


class SessionPanel(QWidget):
    """One session as rows."""

    message_chosen = Signal(object)  # row or None
    callback_chosen = Signal(object)  # seq or None
    view_changed = Signal(int)
    messages_changed = Signal(object)  # set of message rows

    def __init__(self, appearance: Appearance, tasks: TaskScope, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.messages_model = MessageTableModel(self)
        self.callbacks_model = CallbackTableModel(self)
        self.messages = LiveTable(
            self.messages_model, MessagePainter(appearance, self.messages_model), _MESSAGE_WIDTHS, Column.BODY, self
        )
        self.messages.setAccessibleName("Messages")
        self.callbacks = LiveTable(
            self.callbacks_model,
            CallbackPainter(appearance, self.callbacks_model),
            _CALLBACK_WIDTHS,
            CallbackColumn.MESSAGE,
            self,
        )
        self.callbacks.setAccessibleName("Callbacks")
        self.messages.horizontalHeader().setSortIndicator(Column.FIRST_SEEN, _ascending())
        self.callbacks.horizontalHeader().setSortIndicator(CallbackColumn.SEQ, _ascending())
        self.rows = LiveRows(self.messages_model, self.callbacks_model, tasks, self)
        self.filter = FilterBar(appearance, self)
        self.chips = StatusChips(appearance, self)
        self.empty = EmptyState(appearance, self)
        self._tabs = QTabBar(self)
        self._tabs.setAccessibleName("View")
        self._tabs.addTab("Messages")
        self._tabs.addTab("Callbacks")
        self._tabs.setExpanding(False)
        self._tabs.setDrawBase(False)
        self._stack = QStackedWidget(self)
        for widget in (self.messages, self.callbacks, self.empty):
            self._stack.addWidget(widget)
        self._summary = Summary(0, 0, 0, {})
        self._unassigned = 0
        self._url: str | None = None
        self._reason = ""
        self._finished = False
        self._stalled_after = 300_000_000
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(10)
        top.addWidget(self._tabs)
        top.addWidget(self.filter, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 4, 4)
        layout.setSpacing(8)
        layout.addLayout(top)
        layout.addWidget(self.filter.problem_label)
        layout.addWidget(self.chips)
        layout.addWidget(self._stack, 1)
        in_turn = [self._tabs, *self.filter.controls, *self.chips.chips, self.messages, self.callbacks]
        for one, after in pairwise(in_turn):
            self.setTabOrder(one, after)

    def _connect(self) -> None:
        self.rows.keep(self.messages.selected_ids)
        self.filter.filter_changed.connect(self._on_filter_changed)
        self.filter.left_down.connect(self.focus_table)
        self.chips.term_toggled.connect(self._on_chip)
        self.empty.filter_cleared.connect(lambda: self.filter.set_filter(""))
        self.empty.callbacks_wished.connect(lambda: self.show_view(CALLBACKS))
        self.rows.counted.connect(self._on_counted)
        self.rows.settled.connect(self._refresh)
        self.rows.clock_moved.connect(self._on_clock_moved)
        self.rows.rows_changed.connect(self.messages_changed)
        self._tabs.currentChanged.connect(self._on_tab)
        for subject, table, chosen, order in (
            (Subject.MESSAGES, self.messages, self.message_chosen, message_table_model.order),
            (Subject.CALLBACKS, self.callbacks, self.callback_chosen, callback_table_model.order),
        ):
            table.current_changed.connect(chosen)
            table.selection_counted.connect(lambda _: self._on_selection())
            table.sort_changed.connect(partial(self._sort, subject, table, order))
            self.rows.set_following(subject, partial(_looked_at_from_the_end, table))
        for model in (self.messages_model, self.callbacks_model):
            model.rowsInserted.connect(lambda *_: self._refresh())
            model.rowsRemoved.connect(lambda *_: self._refresh())
            model.modelReset.connect(self._refresh)

    # -- what the window asks -----------------------------------------------------------------

    @property
    def view(self) -> int:
        """MESSAGES or CALLBACKS."""
        return self._tabs.currentIndex()

    def show_view(self, view: int) -> None:
        self._tabs.setCurrentIndex(view)

    @property
    def table(self) -> LiveTable:
        """The table in view."""
        return self.callbacks if self.view == CALLBACKS else self.messages

    def select_all(self) -> None:
        self.table.selectAll()

    def follow(self) -> None:
        """Go to the newest row and stay there."""
        self.table.follow()

    def focus_table(self) -> None:
        """Put the keyboard's focus on the rows, or on what is shown in their place."""
        if (widget := self._stack.currentWidget()) is not None:
            widget.setFocus()

    def show_listening(self, url: str | None, reason: str, *, finished: bool) -> None:
        """For the empty states: the address listened at, or why none is; `finished`: a saved session."""
        self._url, self._reason, self._finished = url, reason, finished
        self._refresh()

    def show_public(self, url: str | None) -> None:
        """For the empty states: the public address, or None."""
        self.empty.set_public(url)
        self._refresh()

    def set_stalled_after(self, microseconds: int) -> None:
        self._stalled_after = microseconds

    def filtered(self) -> "Selection | None":
        """What the filter shows, or None without a session."""
        from inspector.session.exchange.selection import Selection

        reader = self.rows.reader
        return None if reader is None else Selection.matching(reader, self.rows.query)

    def selected(self) -> "Selection | None":
        """The selected rows, or None without a selection."""
        from inspector.session.exchange.selection import Selection

        ids = self.table.selected_ids()
        if not ids or self.rows.reader is None:
            return None
        if self.view == MESSAGES:
            return Selection(tuple(ids))
        callbacks = self.rows.reader.callback_summaries(ids).values()
        messages = {one.message for one in callbacks if one.message is not None}
        return Selection(tuple(sorted(messages)), tuple(one.seq for one in callbacks if one.message is None))

    def set_context_actions(self, messages: Sequence[QAction], callbacks: Sequence[QAction]) -> None:
        """What the context menus of the two tables offer."""
        self.messages.set_context_actions(lambda: messages)
        self.callbacks.set_context_actions(lambda: callbacks)

    # -- slots --------------------------------------------------------------------------------

    def _on_chip(self, term: str) -> None:
        if term == "is:unassigned":
            self.show_view(CALLBACKS)
        self.filter.toggle_term(term)

    def _on_tab(self, view: int) -> None:
        self.rows.show(Subject.CALLBACKS if view == CALLBACKS else Subject.MESSAGES)
        self._refresh()
        self.view_changed.emit(view)
        (self.callback_chosen if view == CALLBACKS else self.message_chosen).emit(self.table.current_id())

    def _on_filter_changed(self, text: str) -> None:
        try:
            query = self._understood(text)
        except FilterError as error:
            self.filter.show_problem(str(error))
            return
        self.filter.show_problem("")
        self.chips.show_filter(text)
        if query != self.rows.query:
            self.rows.set_query(query)

    def _on_clock_moved(self) -> None:
        if self.rows.query.uses_clock:
            self._on_filter_changed(self.rows.query.text)

    def _understood(self, text: str) -> Query:
        reader = self.rows.reader
        micros = 0 if reader is None else reader.info().started_at
        started = datetime.fromtimestamp(micros // 1_000_000, UTC).astimezone()
        now = int(datetime.now(UTC).timestamp() * 1e6) if self.messages_model.clock.live else None
        return parse(text, Moment(started.date(), started.tzinfo or UTC, now, self._stalled_after))

    def _sort(self, subject: Subject, table: LiveTable, order: Callable[..., Order]) -> None:
        header = table.horizontalHeader()
        descending = header.sortIndicatorOrder() != _ascending()
        self.rows.set_order(subject, order(header.sortIndicatorSection(), descending=descending))

    def _on_selection(self) -> None:
        self._show_counts()

    def _on_counted(self, summary: Summary, unassigned: int) -> None:
        self._summary, self._unassigned = summary, unassigned
        self.chips.show_counts(summary, unassigned)
        self._refresh()

    def _show_counts(self) -> None:
        total = self._summary.callbacks if self.view == CALLBACKS else self._summary.messages
        shown = self.table.model().rowCount()
        noun = "callback" if self.view == CALLBACKS else "message"
        self.filter.show_counts(shown, max(shown, total), self.table.selected_count(), noun)

    def _refresh(self) -> None:
        """The counter, and whether the table or an empty state is in view."""
        self._show_counts()
        if self.table.model().rowCount():
            self._look_at(self.table)
            return
        total = self._summary.callbacks if self.view == CALLBACKS else self._summary.messages
        if self.rows.busy and total:
            return  # the rows are on their way
        if total and not self.rows.query.empty:
            self.empty.show_filtered(total, "callbacks" if self.view == CALLBACKS else "messages")
        elif self.view == MESSAGES and self._summary.callbacks:
            self.empty.show_only_unassigned(self._summary.callbacks)
        elif self._url is not None:
            self.empty.show_nothing_yet(self._url)
        elif self._finished:
            self.empty.show_finished()
        else:
            self.empty.show_not_listening(self._reason)
        self._look_at(self.empty)

    def _look_at(self, widget: QWidget) -> None:
        """Have it in view. The keyboard's focus stays in this place; Qt would give it to whatever comes next."""
        before, focused = self._stack.currentWidget(), self.window().focusWidget()
        if before is None or before is widget:
            return
        self._stack.setCurrentWidget(widget)
        if focused is before or before.isAncestorOf(focused):
            widget.setFocus()


def _looked_at_from_the_end(table: LiveTable) -> bool:
    return table.following


def _ascending() -> Qt.SortOrder:
    return Qt.SortOrder.AscendingOrder
