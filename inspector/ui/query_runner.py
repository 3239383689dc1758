"""Filtering and sorting beside the window: one thread with its own connection, and only the newest question counts."""

import asyncio
import time
from array import array
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final

from inspector.session.conditions import EVERYTHING, Condition
from inspector.session.reader import SessionReader
from inspector.ui.reading_thread import ReadingThread
from inspector.ui.row_ids import Ids

FIRST_ROWS: Final = 512
"""More than any window shows at once."""

_SOON: Final = 0.03
"""Seconds that an answer may take before its first rows are shown alone."""

_LARGE: Final = 20_000
"""Rows from which a sort takes longer than that."""


class Subject(Enum):
    """What is asked for."""

    MESSAGES = "messages"
    CALLBACKS = "callbacks"


class Arrival(Enum):
    """Whether rows are wanted in the order of their arrival, and where a table begins to be looked at."""

    OLDEST_FIRST = "oldest first"
    OLDEST_FIRST_FROM_THE_END = "oldest first, looked at from the end"
    NEWEST_FIRST = "newest first"
    OTHER = "by a column"


@dataclass(frozen=True, slots=True)
class Question:
    """Which rows, and in which order. `order` is SQL of this program's own, for Arrival.OTHER."""

    subject: Subject
    condition: Condition
    arrival: Arrival
    order: str = ""


class QueryRunner:
    """Asks one session. Belongs to the thread of the window; the work is done in another."""

    def __init__(self, path: Path) -> None:
        self._thread = ReadingThread(path, "query")
        self._newest: dict[Subject, int] = {}

    async def ask(self, question: Question, first_rows: Callable[[Ids], None]) -> Ids:
        """The ids of the rows that fit, in order.

        `first_rows` is called, in the loop's thread, with the rows that will be looked at first when the
        whole answer takes longer. Raises Superseded when the same subject is asked about again meanwhile.
        """
        subject = question.subject
        number = self._newest[subject] = self._newest.get(subject, 0) + 1
        loop = asyncio.get_running_loop()

        def outdated() -> bool:
            return self._newest[subject] != number

        def show(ids: Ids) -> None:
            if not self._thread.closed and not outdated():
                first_rows(ids)

        def told(ids: Ids) -> None:
            if not self._thread.closed:  # whose loop may be over
                loop.call_soon_threadsafe(show, ids)

        return await self._thread.ask(lambda reader: _answer(reader, question, told), outdated)

    def close(self) -> Future[None]:
        """Stop what runs and give the connection back; does not wait. The future is done when it is given back."""
        return self._thread.close()


def _answer(reader: SessionReader, question: Question, told: Callable[[Ids], None]) -> Ids:
    if question.subject is Subject.MESSAGES:
        every, matching, key = reader.every_message, reader.message_ids, "m.row"
    else:
        every, matching, key = reader.every_callback, reader.callback_ids, "c.seq"
    backwards = question.arrival in (Arrival.NEWEST_FIRST, Arrival.OLDEST_FIRST_FROM_THE_END)
    turned = question.arrival is Arrival.OLDEST_FIRST_FROM_THE_END
    whole = every()
    if question.condition is EVERYTHING and question.arrival is not Arrival.OTHER and whole is not None:
        return whole[::-1] if question.arrival is Arrival.NEWEST_FIRST else whole
    if question.arrival is Arrival.OTHER:
        if whole is None or len(whole) > _LARGE:
            # The best few are found while reading, long before all are sorted.
            told(matching(question.condition, question.order, limit=FIRST_ROWS))
        return matching(question.condition, question.order)
    ids = matching(question.condition, f"{key} DESC" if backwards else key, told=_once(told, turned=turned))
    if turned:
        ids.reverse()
    return ids


def _once(told: Callable[[Ids], None], *, turned: bool) -> Callable[["array[int]"], None]:
    """Tell the first rows, once, when the answer takes longer than a moment."""
    due = time.perf_counter() + _SOON

    def found(ids: "array[int]") -> None:
        nonlocal due
        if time.perf_counter() > due:
            due = float("inf")
            first = ids[:FIRST_ROWS]
            if turned:
                first.reverse()
            told(first)

    return found
