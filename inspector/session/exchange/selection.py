"""What part of a session an export takes, and the steps that every export shares."""

import os
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, TypeVar

from inspector.session.conditions import Condition
from inspector.session.errors import SessionError
from inspector.session.exchange.lives import Life, Values, lives
from inspector.session.exchange.redaction import Redactor
from inspector.session.query import Query
from inspector.session.reader import SessionReader
from inspector.session.records import CallbackRow, MessageRow

Progress = Callable[[int, int], None]
"""Told the steps done and the steps in all (0 until they are counted), now and then. Raises Cancelled to stop."""

STEPS_BETWEEN: Final = 200
STEPS_OF_SQL: Final = 20_000
"""Of SQLite's virtual machine: a millisecond or so."""

_DAMAGE: Final = (ValueError, TypeError, AttributeError, LookupError, OverflowError, RecursionError)
_SECONDS_BETWEEN: Final = 0.05
_T = TypeVar("_T")


class Cancelled(Exception):
    """The user stopped a long work; what it had written is removed."""


def no_progress(done: int, total: int) -> None:
    """For work that nobody watches."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Messages by row with all their callbacks, and callbacks without a message by seq; or what fits a query.

    None of it: everything.
    """

    messages: tuple[int, ...] | None = None
    unassigned: tuple[int, ...] = ()
    query: Query | None = None

    @classmethod
    def matching(cls, reader: SessionReader, query: Query) -> "Selection":  # noqa: ARG003 - it is read when exporting
        """What a filter shows: the messages that fit, and the unassigned callbacks that fit."""
        return EVERYTHING if query.empty else cls(query=query)

    @property
    def everything(self) -> bool:
        return self.messages is None and self.query is None


EVERYTHING: Final = Selection()
_CHOSEN_MESSAGES: Final = "(SELECT row FROM temp.chosen_messages)"


class Part:
    """A selection of a session, read as it was when the part was opened."""

    def __init__(self, reader: SessionReader, selection: Selection, redactor: Redactor | None = None) -> None:
        self.reader = reader
        self.redactor = redactor
        self._messages = self._theirs = self._callbacks = Condition()
        if selection.everything:
            self.summary = reader.summary()
            return
        # However much is chosen, SQLite keeps it, and goes through it in order: nothing is sorted.
        _choose(reader, selection)
        self._messages = Condition(f"m.row IN {_CHOSEN_MESSAGES}")
        self._theirs = Condition(f"message IN {_CHOSEN_MESSAGES}")
        self._callbacks = Condition("c.seq IN (SELECT seq FROM temp.chosen_callbacks)")
        self.summary = reader.count(self._messages, self._callbacks)

    def messages(self) -> Iterable[MessageRow]:
        rows = self.reader.messages(self._messages)
        return rows if self.redactor is None else self.redactor.messages(rows)

    def callbacks(self) -> Iterable[CallbackRow]:
        rows = self.reader.callbacks(self._callbacks)
        return rows if self.redactor is None else self.redactor.callbacks(rows)

    def lives(self) -> Iterator[Life]:
        """The messages with what belongs to them, as stored."""
        return lives(self.reader, self._messages, self._theirs)

    def stored_callbacks(self) -> Iterator[Values]:
        """The rows of CALLBACK_COLUMNS, as stored."""
        return self.reader.stored_callbacks(self._callbacks)


def _choose(reader: SessionReader, selection: Selection) -> None:
    if selection.query is None:
        reader.choose(selection.messages or (), selection.unassigned)
    else:
        loose = selection.query.callbacks
        reader.choose_matching(selection.query.messages, Condition(f"c.message IS NULL AND {loose.sql}", loose.values))
    reader.choose_callbacks_of_chosen()


@contextmanager
def opened(
    reader: SessionReader, selection: Selection, redactor: Redactor | None = None, progress: Progress = no_progress
) -> Iterator[Part]:
    """A part of the session that does not change while it is read, whoever captures into the file.

    Raises SessionError when the session cannot be read to its end.
    """
    reader.begin()
    try:
        with undamaged(reader), told_meanwhile(lambda: progress(0, 0)) as stop, reader.asking(stop):
            part = Part(reader, selection, redactor)
        yield part
    except sqlite3.Error as error:
        raise SessionError(f"{reader.path.name} cannot be read: {error}.") from error
    finally:
        reader.end()


@contextmanager
def undamaged(reader: SessionReader) -> Iterator[None]:
    """For work on stored values: those that no session of this program holds end it with a SessionError.

    A document with such a value would be none.
    """
    try:
        yield
    except _DAMAGE as error:
        raise SessionError(f"{reader.path.name} cannot be exported: it is damaged, or no session.") from error


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
    """`items`, with `progress` told every few steps, and sooner where steps take long."""
    told = time.monotonic()
    for count, item in enumerate(items, done):
        if count % STEPS_BETWEEN == 0 or time.monotonic() - told > _SECONDS_BETWEEN:
            progress(count, total)
            told = time.monotonic()
        yield item


@contextmanager
def told_meanwhile(tell: Callable[[], None]) -> Iterator[Callable[[], bool]]:
    """What SQLite is to ask now and then while it works long: it calls `tell`, and what that raises ends the work."""
    raised: list[BaseException] = []

    def stop() -> bool:
        try:
            tell()
        except BaseException as error:  # noqa: BLE001 - SQLite would drop it
            raised.append(error)
        return bool(raised)

    try:
        yield stop
    except sqlite3.OperationalError:
        if raised:
            raise raised[0] from None
        raise
