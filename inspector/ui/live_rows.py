"""What keeps the two tables true to the session: filters, sorts, and follows a file that grows."""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from inspector.runtime.carry_on import tell_unexpected
from inspector.runtime.tasks import TaskScope
from inspector.session.conditions import EVERYTHING
from inspector.session.errors import DamagedSession, SessionError, partly_unreadable
from inspector.session.files import DAMAGE
from inspector.session.query import Query
from inspector.session.reader import SessionReader
from inspector.ui.callback_table_model import CallbackTableModel
from inspector.ui.connections import Connections
from inspector.ui.message_table_model import Clock, MessageTableModel
from inspector.ui.query_runner import QueryRunner, Subject
from inspector.ui.reading_thread import ReadingThread
from inspector.ui.row_ids import Ids, caught_up, extended
from inspector.ui.table_rows import Order, TableRows

_log = logging.getLogger(__name__)

FLUSH_MS: Final = 33
"""Changes are shown at most 30 times a second, however fast they come."""

_FLOOD_MS: Final = 80
_FLOOD: Final = 20
"""From so many changed messages a flush on, a picture costs capture more than it tells anyone: 12 a second do."""

_RESORT_MS: Final = 1000
_POLL_MS: Final = 100
_CLOCK_MS: Final = 5000
_ALL: Final = Query("", EVERYTHING, EVERYTHING)


class LiveRows(QObject):
    """Feeds the models of the two tables from one session."""

    rows_changed = Signal(object)  # the message rows that changed, a set
    counted = Signal(object, int)  # Summary, unassigned callbacks
    clock_moved = Signal()  # what depends on the clock may be different now
    settled = Signal()  # a filter or a sort is fully shown
    unreadable = Signal(str)  # part of the session cannot be read, and why; told once of each session

    def __init__(
        self, messages: MessageTableModel, callbacks: CallbackTableModel, tasks: TaskScope, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._messages = messages
        self._callbacks = callbacks
        self._tables = {
            Subject.MESSAGES: TableRows(Subject.MESSAGES, messages, self._newest, self._messages_caught_up),
            Subject.CALLBACKS: TableRows(Subject.CALLBACKS, callbacks, self._newest, self._callbacks_caught_up),
        }
        self._visible = Subject.MESSAGES
        self._tasks = tasks
        self._connections = Connections()
        self._query = _ALL
        self._generation = 0
        self._last_seq = 0
        self._trimmed = 0
        self._querying = 0
        self._sticky: Callable[[], Iterable[int]] = tuple
        self._flush = self._timer(FLUSH_MS, self.flush, once=True)
        self._resort = self._timer(_RESORT_MS, self._on_resort, once=True)
        self._poll = self._timer(_POLL_MS, self.flush, once=False)
        self._clock = self._timer(_CLOCK_MS, self._on_clock, once=False)
        self._told_unreadable = False
        for model in (messages, callbacks):
            model.unreadable.connect(self.tell_unreadable)

    def _timer(self, milliseconds: int, slot: Callable[[], None], *, once: bool) -> QTimer:
        timer = QTimer(self)
        timer.setInterval(milliseconds)
        timer.setSingleShot(once)
        timer.timeout.connect(slot)
        return timer

    @property
    def reader(self) -> SessionReader | None:
        """The window's own connection to the session."""
        return self._connections.reader

    @property
    def beside(self) -> ReadingThread | None:
        """Another connection, in a thread of its own, for what takes longer. It is given back with the session."""
        return self._connections.beside

    @property
    def query(self) -> Query:
        """The filter in force."""
        return self._query

    @property
    def busy(self) -> bool:
        """Whether a filter or a sort is still being worked out."""
        return self._querying > 0

    def attach(self, path: Path, *, clock: Clock, polled: bool) -> None:
        """Show a session. `polled`: another process captures into it, so that nobody sends notices.

        Raises SessionError when it cannot be read.
        """
        reader = SessionReader(path, patience=0.0)  # the loop waits for nobody
        try:
            position, trimmed = reader.position(), reader.trimmed()
        except DAMAGE as error:
            reader.close()
            raise DamagedSession(path, str(error), at_all=True) from None
        self.detach()
        self._told_unreadable = False
        self._connections.take(reader)
        self._messages.reader = self._callbacks.reader = reader
        self.set_clock(clock)
        self._generation, self._last_seq = position.generation, position.last_seq
        self._trimmed = trimmed
        if polled:
            self._poll.start()
        self._ask_again()
        self._count()

    def detach(self) -> None:
        """Let go of the session."""
        for timer in (self._flush, self._resort, self._poll, self._clock):
            timer.stop()
        self._messages.reader = self._callbacks.reader = None
        for table in self._tables.values():
            table.clear()
        self._connections.let_go()

    async def released(self) -> None:
        """Wait until the files of the sessions that were shown are given back."""
        await self._connections.released()

    def set_clock(self, clock: Clock) -> None:
        """Whether the session is live, and when messages stall in it."""
        self._messages.clock = clock
        self._messages.refresh_all()
        if clock.live:
            self._clock.start()
        else:
            self._clock.stop()

    def set_query(self, query: Query) -> None:
        """Filter both tables."""
        self._query = query
        self._ask_again()

    def set_order(self, subject: Subject, order: Order) -> None:
        """Sort a table."""
        self._tables[subject].order = order
        self._ask_again(subject)

    def show(self, subject: Subject) -> None:
        """This table is looked at now. The other one is brought up to date only when its turn comes."""
        self._visible = subject
        if self._tables[subject].outdated:
            self._ask_again(subject)

    def set_following(self, subject: Subject, following: Callable[[], bool]) -> None:
        """How to find out whether a table keeps its end in view: then its last rows are the first to be shown."""
        self._tables[subject].following = following

    def keep(self, rows: Callable[[], Iterable[int]]) -> None:
        """Rows (asked for when it matters) that stay shown although they no longer fit, as the selection must."""
        self._sticky = rows

    def notice(self) -> None:
        """The session changed: show it soon."""
        if self.reader is not None and not self._flush.isActive():
            self._flush.start()

    def trimmed(self, messages: Sequence[int], callbacks: Sequence[int], shortened: Sequence[int]) -> None:
        """The retention took these out of the session; the `shortened` messages lost some of their callbacks."""
        gone = {Subject.MESSAGES: messages, Subject.CALLBACKS: callbacks}
        for subject, table in self._tables.items():
            if subject is not self._visible:
                table.outdated = True
            elif table.model.in_arrival_order:
                table.model.remove_ids(gone[subject])
            else:
                self._sort_again_soon()
        self._messages.refresh(shortened)
        self._trimmed += len(callbacks)
        self._count()
        self.rows_changed.emit({*messages, *shortened})

    def flush(self) -> None:
        """Show what changed, now."""
        if self.reader is None:
            return
        if self._poll.isActive() and self.reader.trimmed() != self._trimmed:
            self._trimmed = self.reader.trimmed()
            self._ask_again()
            self._count()
        before = self._last_seq
        changes = self.reader.changes(self._generation, before)
        if changes.generation != self._generation:
            self._generation, self._last_seq = changes.generation, changes.last_seq
            for table in self._tables.values():  # it was cleared: there is nothing to be selected any more
                table.clear()
            self._ask_again()
            self._count()
            return
        if changes.last_seq == before:
            return
        self._last_seq = changes.last_seq
        self._flush.setInterval(_FLOOD_MS if len(changes.messages) > _FLOOD else FLUSH_MS)
        for subject, table in self._tables.items():
            table.outdated = table.outdated or subject is not self._visible
        with self._asking_again_on_failure():
            if self._visible is Subject.MESSAGES:
                self._show_messages(changes.messages)
            else:
                self._show_callbacks(before)
        self._count()
        self.rows_changed.emit(set(changes.messages))

    @contextmanager
    def _asking_again_on_failure(self) -> Iterator[None]:
        """What came is announced once: a table that failed at it asks for all its rows a little later."""
        try:
            yield
        except DAMAGE as error:
            self.tell_unreadable(error)
        except Exception as error:  # noqa: BLE001 - the counts and the details have their turn
            tell_unexpected("The rows that came are not shown at once", error)
            QTimer.singleShot(_RESORT_MS, self, self._ask_again)

    def marked(self, rows: Iterable[int]) -> None:
        """The user marked messages, or took marks away."""
        changed = set(rows)
        if self.reader is None:
            return
        if self._query.empty:
            self._messages.refresh(changed)
        elif self._visible is Subject.MESSAGES:
            self._tables[Subject.CALLBACKS].outdated = True
            self._show_messages(changed)
        else:
            self._messages.refresh(changed)
            self._ask_again()
        self.rows_changed.emit(changed)

    def _show_messages(self, rows: Iterable[int]) -> None:
        model, changed = self._messages, set(rows)
        if not model.in_arrival_order:
            # Where a row belongs is known only after sorting: what is shown changes in place, then all is sorted again.
            model.refresh(changed)
            self._sort_again_soon()
            return
        fitting = self._fitting(changed)
        present = {row for row in changed if model.position(row) is not None}
        model.refresh(present)
        leaving = present - fitting
        if leaving:
            model.remove_ids(leaving - set(self._sticky()))
        newest = model.ids[-1] if len(model.ids) else 0
        new = sorted(fitting - present)
        model.insert_ids([row for row in new if row <= newest])
        model.append_ids([row for row in new if row > newest])

    def _show_callbacks(self, after: int) -> None:
        assert self.reader is not None  # noqa: S101 - only flush calls, and it has one
        model = self._callbacks
        if model.in_arrival_order:
            if len(model.ids):
                after = max(after, model.ids[-1])
            model.append_ids(self.reader.matching_callbacks(after, self._query.callbacks))
        else:
            self._sort_again_soon()

    def _fitting(self, rows: set[int]) -> set[int]:
        """Those of some messages that the filter lets through."""
        if self._query.empty or self.reader is None:
            return rows
        return self.reader.matching_messages(rows, self._query.messages)

    def _sort_again_soon(self) -> None:
        if not self._resort.isActive():
            self._resort.start()

    def _on_resort(self) -> None:
        if self.busy:  # one that takes longer than the pause would never come to its end
            self._resort.start()
        elif not self._tables[self._visible].model.in_arrival_order:
            self._ask_again(self._visible)

    def _count(self) -> None:
        if self.reader is None:
            return
        try:
            summary, unassigned = self.reader.summary(), self.reader.unassigned()
        except DAMAGE as error:
            self.tell_unreadable(error)
        else:
            self.counted.emit(summary, unassigned)

    def tell_unreadable(self, error: Exception) -> None:
        """The session is open, and part of it cannot be read."""
        if self.reader is None or self._told_unreadable:
            return
        self._told_unreadable = True
        _log.warning("Part of the session cannot be read: %s", error)
        self.unreadable.emit(partly_unreadable(self.reader.path, error))

    def _on_clock(self) -> None:
        self._messages.refresh_all()
        self.clock_moved.emit()

    def _ask_again(self, *subjects: Subject) -> None:
        """Have these tables, or both, ask for their rows; one that is out of view does so when it is looked at."""
        for subject in subjects or self._tables:
            table = self._tables[subject]
            table.outdated = True
            runner = self._connections.runner
            if subject is self._visible and runner is not None:
                self._querying += 1
                self._tasks.spawn(self._load(table, runner), name=f"filter {subject.value}")

    async def _load(self, table: TableRows, runner: QueryRunner) -> None:
        query = self._query
        try:
            await table.load(runner, query.messages if table.model is self._messages else query.callbacks)
        except DAMAGE as error:
            self.tell_unreadable(error)
        except SessionError as error:  # by the other connection, which is opened with the first question
            self.tell_unreadable(error)
        finally:
            self._querying -= 1
            if not self._querying:
                self.settled.emit()

    def _newest(self) -> int:
        return self._last_seq

    def _callbacks_caught_up(self, ids: Ids, since: int) -> Ids:
        if self.reader is None or self._last_seq == since:
            return ids
        if not self._tables[Subject.CALLBACKS].order.rising:
            self._sort_again_soon()
            return ids
        after = max(since, ids[-1] if len(ids) else 0)
        new = self.reader.matching_callbacks(after, self._query.callbacks)
        return extended(ids, new) if new else ids

    def _messages_caught_up(self, ids: Ids, since: int) -> Ids:
        """Rows that were shown while an answer was worked out must not go and come again."""
        if self.reader is None or self._last_seq == since:
            return ids
        changed = set(self.reader.changes(self._generation, since).messages)
        fitting = self._fitting(changed)
        if self._tables[Subject.MESSAGES].order.rising:
            return caught_up(ids, changed, fitting)
        self._sort_again_soon()
        newest = max(ids[0], ids[-1]) if isinstance(ids, range) and len(ids) else max(ids, default=0)
        new = sorted(row for row in fitting if row > newest)
        return ids if isinstance(ids, range) or not new else extended(ids, new)
