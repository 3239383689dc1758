"""What keeps the two tables true to the session: filters, sorts, and follows a file that grows."""

import asyncio
import sqlite3
from array import array
from bisect import bisect_left
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from inspector.runtime.tasks import TaskScope
from inspector.session.conditions import EVERYTHING
from inspector.session.query import Query
from inspector.session.reader import SessionReader
from inspector.ui.callback_table_model import CallbackTableModel
from inspector.ui.message_table_model import Clock, MessageTableModel
from inspector.ui.query_runner import QueryRunner, Superseded

FLUSH_MS: Final = 33
"""Changes are shown at most 30 times a second, however fast they come."""

_FLOOD_MS: Final = 80
_FLOOD: Final = 20
"""From so many changed messages a flush on, a picture costs capture more than it tells anyone: 12 a second do."""

_RESORT_MS: Final = 1000
_POLL_MS: Final = 100
_CLOCK_MS: Final = 5000
_ALL: Final = Query("", EVERYTHING, EVERYTHING)


@dataclass(frozen=True, slots=True)
class Order:
    """How a table is sorted: SQL of this program's own, and whether that is the order of arrival."""

    sql: str
    ascending: bool


class LiveRows(QObject):
    """Feeds the models of the two tables from one session."""

    rows_changed = Signal(object)  # the message rows that changed, a set
    counted = Signal(object, int)  # Summary, unassigned callbacks
    clock_moved = Signal()  # what depends on the clock may be different now
    settled = Signal()  # a filter or a sort is fully shown

    def __init__(
        self, messages: MessageTableModel, callbacks: CallbackTableModel, tasks: TaskScope, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._messages = messages
        self._callbacks = callbacks
        self._tasks = tasks
        self._reader: SessionReader | None = None
        self._runner: QueryRunner | None = None
        self._closing: list[Future[None]] = []
        self._query = _ALL
        self._message_order = Order("m.row", ascending=True)
        self._callback_order = Order("c.seq", ascending=True)
        self._generation = 0
        self._last_seq = 0
        self._querying = 0
        self._sticky: Callable[[], Iterable[int]] = tuple
        self._flush = self._timer(FLUSH_MS, self.flush, once=True)
        self._resort = self._timer(_RESORT_MS, self._on_resort, once=True)
        self._poll = self._timer(_POLL_MS, self.flush, once=False)
        self._clock = self._timer(_CLOCK_MS, self._on_clock, once=False)

    def _timer(self, milliseconds: int, slot: Callable[[], None], *, once: bool) -> QTimer:
        timer = QTimer(self)
        timer.setInterval(milliseconds)
        timer.setSingleShot(once)
        timer.timeout.connect(slot)
        return timer

    @property
    def reader(self) -> SessionReader | None:
        """The window's own connection to the session."""
        return self._reader

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
        reader = SessionReader(path)
        self.detach()
        self._reader = self._messages.reader = self._callbacks.reader = reader
        self._runner = QueryRunner(path)
        self.set_clock(clock)
        position = reader.position()
        self._generation, self._last_seq = position.generation, position.last_seq
        if polled:
            self._poll.start()
        self._requery_messages()
        self._requery_callbacks()
        self._count()

    def detach(self) -> None:
        """Let go of the session."""
        for timer in (self._flush, self._resort, self._poll, self._clock):
            timer.stop()
        if self._runner is not None:
            self._closing = [*(one for one in self._closing if not one.done()), self._runner.close()]
        reader, self._reader, self._runner = self._reader, None, None
        self._messages.reader = self._callbacks.reader = None
        self._messages.set_ids(array("q"), ascending=True)
        self._callbacks.set_ids(array("q"), ascending=True)
        if reader is not None:
            reader.close()

    async def released(self) -> None:
        """Wait until the files of the sessions that were shown are given back.

        Whoever closes a session file last folds its write-ahead log into it. A reader cannot do that: were it
        the last one, the log would stay beside the file, with the newest callbacks in it.
        """
        await asyncio.gather(*(asyncio.wrap_future(one) for one in self._closing))

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
        self._requery_messages()
        self._requery_callbacks()

    def set_message_order(self, order: Order) -> None:
        self._message_order = order
        self._requery_messages()

    def set_callback_order(self, order: Order) -> None:
        self._callback_order = order
        self._requery_callbacks()

    def keep(self, rows: Callable[[], Iterable[int]]) -> None:
        """Rows (asked for when it matters) that stay shown although they no longer fit, as the selection must."""
        self._sticky = rows

    def notice(self) -> None:
        """The session changed: show it soon."""
        if self._reader is not None and not self._flush.isActive():
            self._flush.start()

    def flush(self) -> None:
        """Show what changed, now."""
        if self._reader is None:
            return
        before = self._last_seq
        changes = self._reader.changes(self._generation, before)
        if changes.generation != self._generation:
            self._generation, self._last_seq = changes.generation, changes.last_seq
            self._requery_messages()
            self._requery_callbacks()
            self._count()
            return
        if changes.last_seq == before:
            return
        self._last_seq = changes.last_seq
        self._flush.setInterval(_FLOOD_MS if len(changes.messages) > _FLOOD else FLUSH_MS)
        self._show_messages(changes.messages)
        self._show_callbacks(before)
        self._count()
        self.rows_changed.emit(set(changes.messages))

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
        assert self._reader is not None  # noqa: S101 - only flush calls, and it has one
        model = self._callbacks
        if model.in_arrival_order:
            if len(model.ids):
                after = max(after, model.ids[-1])
            model.append_ids(self._reader.matching_callbacks(after, self._query.callbacks))
        else:
            self._sort_again_soon()

    def _fitting(self, rows: set[int]) -> set[int]:
        """Those of some messages that the filter lets through."""
        if self._query.empty or self._reader is None:
            return rows
        return self._reader.matching_messages(rows, self._query.messages)

    def _sort_again_soon(self) -> None:
        if not self._resort.isActive():
            self._resort.start()

    def _on_resort(self) -> None:
        if not self._messages.in_arrival_order:
            self._requery_messages()
        if not self._callbacks.in_arrival_order:
            self._requery_callbacks()

    def _count(self) -> None:
        if self._reader is not None:
            self.counted.emit(self._reader.summary(), self._reader.unassigned())

    def _on_clock(self) -> None:
        self._messages.refresh_all()
        self.clock_moved.emit()

    def _requery_messages(self) -> None:
        self._spawn(self._load_messages, "filter messages")

    def _requery_callbacks(self) -> None:
        self._spawn(self._load_callbacks, "filter callbacks")

    def _spawn(self, load: Callable[[], Awaitable[None]], name: str) -> None:
        if self._runner is not None:
            self._querying += 1
            self._tasks.spawn(self._guarded(load), name=name)

    async def _guarded(self, load: Callable[[], Awaitable[None]]) -> None:
        try:
            await load()
        except (Superseded, sqlite3.ProgrammingError):
            pass
        finally:
            self._querying -= 1
            if not self._querying:
                self.settled.emit()

    async def _load_messages(self) -> None:
        assert self._runner is not None  # noqa: S101 - checked before the task was made
        order, since = self._message_order, self._last_seq
        ids = await self._runner.message_ids(self._query.messages, order.sql)
        self._add_messages_since(since, ids, order)
        self._messages.set_ids(ids, ascending=order.ascending)

    async def _load_callbacks(self) -> None:
        assert self._runner is not None  # noqa: S101 - checked before the task was made
        order, since = self._callback_order, self._last_seq
        ids = await self._runner.callback_ids(self._query.callbacks, order.sql)
        if self._reader is not None and self._last_seq != since:
            if order.ascending:
                after = max(since, ids[-1] if ids else 0)
                ids.extend(self._reader.matching_callbacks(after, self._query.callbacks))
            else:
                self._sort_again_soon()
        self._callbacks.set_ids(ids, ascending=order.ascending)

    def _add_messages_since(self, since: int, ids: "array[int]", order: Order) -> None:
        """Bring an answer up to date: rows that were shown while it was worked out must not go and come again."""
        if self._reader is None or self._last_seq == since:
            return
        changed = set(self._reader.changes(self._generation, since).messages)
        fitting = self._fitting(changed)
        if not order.ascending:
            newest = max(ids, default=0)
            ids.extend(sorted(row for row in fitting if row > newest))
            self._sort_again_soon()
            return
        for row in sorted(changed):
            place = bisect_left(ids, row)
            present = place < len(ids) and ids[place] == row
            if row in fitting and not present:
                ids.insert(place, row)
            elif present and row not in fitting:
                del ids[place]
