"""What part of a session an export takes, and the steps that every export shares."""

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, TypeVar

from inspector.session.conditions import Condition
from inspector.session.errors import SessionError
from inspector.session.exchange.redaction import Redactor
from inspector.session.query import Query
from inspector.session.reader import SessionReader
from inspector.session.records import CallbackRow, MessageRow, Summary

Progress = Callable[[int, int], None]
"""Told the steps done and the steps in all, now and then. Raises Cancelled to stop the work."""

STEPS_BETWEEN: Final = 200
_T = TypeVar("_T")


class Cancelled(Exception):
    """The user stopped a long work; what it had written is removed."""


def no_progress(done: int, total: int) -> None:
    """For work that nobody watches."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Messages by row with all their callbacks, and callbacks without a message by seq. None: everything."""

    messages: tuple[int, ...] | None = None
    unassigned: tuple[int, ...] = ()

    @classmethod
    def matching(cls, reader: SessionReader, query: Query) -> "Selection":
        """What a filter shows: the messages that fit, and the unassigned callbacks that fit."""
        if query.empty:
            return EVERYTHING
        loose = Condition(f"c.message IS NULL AND {query.callbacks.sql}", query.callbacks.values)
        return cls(tuple(reader.message_ids(query.messages)), tuple(reader.callback_ids(loose)))


EVERYTHING: Final = Selection()


class Part:
    """A selection of a session, read as it was when the part was opened."""

    def __init__(self, reader: SessionReader, selection: Selection, redactor: Redactor | None = None) -> None:
        self.reader = reader
        self._redactor = redactor
        self._messages: Condition = Condition()
        self._callbacks: Condition = Condition()
        if selection.messages is not None:
            reader.choose(selection.messages, selection.unassigned)
            self._messages = Condition("m.row IN (SELECT row FROM temp.chosen_messages)")
            self._callbacks = Condition(
                "(c.message IN (SELECT row FROM temp.chosen_messages) "
                "OR c.seq IN (SELECT seq FROM temp.chosen_callbacks))"
            )

    def messages(self) -> Iterable[MessageRow]:
        rows = self.reader.messages(self._messages)
        return rows if self._redactor is None else self._redactor.messages(rows)

    def callbacks(self) -> Iterable[CallbackRow]:
        rows = self.reader.callbacks(self._callbacks)
        return rows if self._redactor is None else self._redactor.callbacks(rows)

    def summary(self) -> Summary:
        if self._messages.sql == "1":
            return self.reader.summary()
        return self.reader.count(self._messages, self._callbacks)


@contextmanager
def opened(reader: SessionReader, selection: Selection, redactor: Redactor | None = None) -> Iterator[Part]:
    """A part of the session that does not change while it is read, whoever captures into the file."""
    reader.begin()
    try:
        yield Part(reader, selection, redactor)
    finally:
        reader.end()


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A file that takes the place of `path` when the block ends well, and leaves no trace otherwise.

    Raises SessionError when it cannot be written. The file is readable by its owner only: it holds
    phone numbers and texts.
    """
    if path.exists() and not path.is_file():
        raise SessionError(f"{path.name} cannot be written: it is not a regular file. Choose another name.")
    path = path.resolve()  # what a link leads to is written, the link stays
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name[:60]}.", suffix=".part", dir=path.parent)
    except OSError as error:
        raise SessionError(f"{path.name} cannot be written: {error.strerror}.") from None
    part = Path(name)
    try:
        with os.fdopen(handle, "wb", buffering=1 << 18) as file:
            yield file
        part.replace(path)
    except OSError as error:
        raise SessionError(f"{path.name} cannot be written: {error.strerror}.") from None
    finally:
        part.unlink(missing_ok=True)


def watched(items: Iterable[_T], progress: Progress, done: int, total: int) -> Iterator[_T]:
    """`items`, with `progress` told every few steps."""
    for count, item in enumerate(items, done):
        if count % STEPS_BETWEEN == 0:
            progress(count, total)
        yield item
