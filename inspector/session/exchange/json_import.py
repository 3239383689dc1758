"""The session JSON, version 1, in: read as a stream into a new session file, checked entry by entry."""

import json
import os
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, Final, NoReturn, TypeVar

from inspector.session.errors import SessionError
from inspector.session.exchange.json_entries import SessionEntry
from inspector.session.exchange.json_export import FORMAT, VERSION
from inspector.session.exchange.json_rows import Row, Unfit, callback_row, checked, message_rows, moment
from inspector.session.exchange.json_stream import NotJson, pieces
from inspector.session.exchange.selection import STEPS_OF_SQL, Progress, no_progress, told_meanwhile, watched
from inspector.session.schema import configure, initialise
from inspector.session.stored_message import INSERT_MESSAGE
from inspector.session.values import storable

_BATCH: Final = 500
_BATCH_BYTES: Final = 1 << 22
_ROWS_KNOWN: Final = 4096
_CACHE: Final = 8 << 10
"""Kibibytes that SQLite may hold: the ids of messages come in no order, and their index is written all over."""

_HEAD: Final = frozenset({"format", "version", "application", "session"})
_ARRAYS: Final = ("messages", "callbacks")
_Item = tuple[str, int | None, Any]
_T = TypeVar("_T")

# A callback that a transition names has the status and the timestamp of the transition.
_INSERT_CALLBACK: Final = f"""
INSERT INTO callbacks
SELECT {", ".join(f"?{number}" for number in range(1, 12))},
    iif(t.seq IS NULL, ?12, t.status), iif(t.seq IS NULL, ?13, t.timestamp), ?14, ?15, t.seq NOTNULL, ?16, ?17, ?18
FROM (SELECT 1) LEFT JOIN temp.told_first AS t ON t.seq = ?1"""


class ImportRefused(SessionError):
    """The document is no session JSON of version 1; the text says where. Nothing was made of it."""


def looks_like_export(path: Path) -> bool:
    """Whether a file begins like JSON, and so is to be imported rather than opened."""
    try:
        with path.open("rb") as file:
            return file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")
    except OSError:
        return False


def import_json(source: Path, target: Path, progress: Progress = no_progress) -> None:
    """Make the session file `target` of the document `source`, whole or not at all.

    `progress` is told bytes. Raises ImportRefused when the document is no session JSON, SessionError
    when a file cannot be read or written, Cancelled when `progress` says so.
    """
    part = None
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if target.exists():
            raise SessionError(f"{target.name} exists already; choose another name.")
        # Readable by its owner only, as every session file is.
        handle, name = tempfile.mkstemp(prefix=f".{target.name[:60]}.", suffix=".part", dir=target.parent)
        os.close(handle)
        part = Path(name)
        _fill(source, part, progress)
        part.rename(target)
    except OSError as error:
        raise SessionError(f"{source.name} cannot be imported: {error.strerror or error}.") from None
    finally:
        for ending in ("", "-wal", "-shm", "-journal") if part is not None else ():
            Path(f"{part}{ending}").unlink(missing_ok=True)


def _fill(source: Path, part: Path, progress: Progress) -> None:
    connection = sqlite3.connect(part, isolation_level=None)
    try:
        initialise(connection)
        connection.execute("PRAGMA synchronous = OFF")  # a half-made file is thrown away anyway
        connection.execute(f"PRAGMA cache_size = -{_CACHE}")
        connection.execute("BEGIN")
        _Import(connection, source, progress).run()
        connection.execute("COMMIT")
        configure(connection, durable=True)
    except sqlite3.IntegrityError as error:
        what = "a message id or a callback number comes twice" if "UNIQUE" in str(error) else str(error)
        raise ImportRefused(f"{source.name} is not imported: {what}.") from None
    except sqlite3.Error as error:
        raise SessionError(f"{source.name} cannot be imported: {error}.") from None
    finally:
        connection.close()


class _Import:
    def __init__(self, connection: sqlite3.Connection, source: Path, progress: Progress) -> None:
        self._connection = connection
        self._source = source
        self._progress = progress
        self._size = source.stat().st_size
        self._done = self._total = self._read = 0
        self._row_of = lru_cache(_ROWS_KNOWN)(self._find_row)

    def run(self) -> None:
        try:
            head = self._head()
            self._connection.executemany("INSERT INTO session VALUES (?, ?)", self._session(head))
            self._connection.execute(
                "CREATE TEMP TABLE told_first (seq INTEGER PRIMARY KEY, message INTEGER, status TEXT, timestamp TEXT)"
            )
            # A callback needs the row of its message: where the callbacks come first, the document is read twice.
            first = next((name for name in head if name in _ARRAYS), None)
            passes = [("messages",), ("callbacks",)] if first == "callbacks" else [_ARRAYS]
            self._total = len(passes) * self._size
            for names in passes:
                self._take_in(names)
            self._finish()
        except NotJson as error:
            raise ImportRefused(f"{self._source.name} is not JSON: {error}.") from None
        except Unfit as error:
            self._refuse(str(error))

    def _head(self) -> dict[str, Any]:
        """What the document says of itself, and which array comes first."""
        head: dict[str, Any] = {}
        for name, index, value in self._items():
            if index is None:
                head[name] = value
            if head.keys() >= _HEAD and not head.keys().isdisjoint(_ARRAYS):
                break  # the rest can be long
        if head.get("format") != FORMAT:
            raise ImportRefused(f"{self._source.name} is not an exported session of Callback Inspector.")
        version = head.get("version")
        if version != VERSION or isinstance(version, bool):
            shown = json.dumps(version)[:40]
            raise ImportRefused(f"{self._source.name} has version {shown}; this program reads version {VERSION}.")
        return head

    def _session(self, head: dict[str, Any]) -> Iterable[tuple[str, Any]]:
        """The rows of the table `session`."""
        session = checked(SessionEntry, head.get("session"), "session")
        application = head.get("application")
        version = str(application.get("version", "")) if isinstance(application, dict) else ""
        return {
            "id": session.id,
            "started_at": moment(session.started_at, "session.started_at"),
            "ended_at": None if session.ended_at is None else moment(session.ended_at, "session.ended_at"),
            "generation": 0,
            "next_seq": 1,
            "application_version": storable(version),
        }.items()

    def _items(self) -> Iterator[_Item]:
        """The document piece by piece, with the progress told."""
        with self._source.open("rb") as file:

            def tell(_: int, total: int) -> None:
                self._progress(self._done + self._read if total else 0, total)

            for item in watched(pieces(file), tell, 0, self._total):
                self._read = file.tell()
                yield item

    def _take_in(self, names: tuple[str, ...]) -> None:
        """One pass over the document: the arrays of these names, each of which must be there once."""
        found = set()
        for name, items in groupby((item for item in self._items() if item[0] in names), itemgetter(0)):
            if name in found:
                raise Unfit(f"“{name}” must be one array")
            found.add(name)
            take_in = self._messages if name == "messages" else self._callbacks
            take_in(_entries(name, items))
        for name in names:
            if name not in found:
                raise Unfit(f"“{name}” is missing")
        self._done += self._size
        self._read = 0

    def _messages(self, entries: Iterable[tuple[int, Any]]) -> None:
        rows = (message_rows(index + 1, entry, f"messages[{index}]") for index, entry in entries)
        for batch in self._batches(rows):
            insert = self._connection.executemany
            insert(INSERT_MESSAGE, [one.message for one in batch])
            insert("INSERT INTO temp.told_first VALUES (?,?,?,?)", [row for one in batch for row in one.transitions])
            insert("INSERT OR IGNORE INTO findings VALUES (?,?,?,?,?)", [row for one in batch for row in one.findings])
            insert("INSERT INTO marks VALUES (?,?,?)", [row for one in batch for row in one.marks])

    def _callbacks(self, entries: Iterable[tuple[int, Any]]) -> None:
        rows = (callback_row(entry, f"callbacks[{index}]", self._row_of) for index, entry in entries)
        for batch in self._batches(rows):
            self._connection.executemany(_INSERT_CALLBACK, batch)
            self._count(batch)

    def _count(self, callbacks: list[Row]) -> None:
        """Add callbacks to the counts of their messages."""
        total, invalid = Counter[int](), Counter[int]()
        for row in callbacks:
            valid, message = row[9:11]
            if message is not None:
                total[message] += 1
                invalid[message] += not valid
        self._connection.executemany(
            "UPDATE messages SET callbacks = callbacks + ?, invalid = invalid + ? WHERE row = ?",
            [(count, invalid[message], message) for message, count in total.items()],
        )

    def _batches(self, rows: Iterable[_T]) -> Iterator[list[_T]]:
        """Rows to be written together: not too many, and not too much of the document."""
        batch: list[_T] = []
        begun = self._read
        for row in rows:
            batch.append(row)
            if len(batch) == _BATCH or self._read - begun > _BATCH_BYTES:
                yield batch
                batch, begun = [], self._read
        yield batch

    def _find_row(self, message_id: str) -> int | None:
        found = self._connection.execute("SELECT row FROM messages WHERE id = ?", (message_id,)).fetchone()
        return None if found is None else int(found[0])

    def _finish(self) -> None:
        with told_meanwhile(lambda: self._progress(self._total, self._total)) as stop:
            self._connection.set_progress_handler(stop, STEPS_OF_SQL)
            self._check_references()
            self._tallies()
            self._connection.set_progress_handler(None, 0)

    def _check_references(self) -> None:
        stray = self._connection.execute(
            "SELECT t.seq FROM (SELECT seq, message FROM temp.told_first UNION ALL SELECT seq, message FROM findings) "
            "AS t LEFT JOIN callbacks AS c ON c.seq = t.seq WHERE c.message IS NOT t.message LIMIT 1"
        ).fetchone()
        if stray is not None:
            raise Unfit(f"a transition or a finding names callback {stray[0]}, which is not one of its message")
        empty = self._connection.execute("SELECT row FROM messages WHERE callbacks = 0 LIMIT 1").fetchone()
        if empty is not None:
            raise Unfit(f"messages[{empty[0] - 1}] has no callback")

    def _refuse(self, reason: str) -> NoReturn:
        line = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in reason)
        raise ImportRefused(f"{self._source.name} is not imported: {line}.") from None

    def _tallies(self) -> None:
        self._connection.execute(
            """INSERT INTO tallies
            SELECT 'callbacks', count(*) FROM callbacks UNION ALL
            SELECT 'invalid', count(*) FROM callbacks WHERE NOT valid UNION ALL
            SELECT 'unassigned', count(*) FROM callbacks WHERE message IS NULL UNION ALL
            SELECT 'messages', count(*) FROM messages UNION ALL
            SELECT 'status:' || coalesce(status, 'none'), count(*) FROM messages GROUP BY status"""
        )


def _entries(name: str, items: Iterable[_Item]) -> Iterator[tuple[int, Any]]:
    """The items of the pieces of an array."""
    for place, (_, index, value) in enumerate(items):
        if index is not None:
            yield index, value
        elif place or not isinstance(value, list):
            raise Unfit(f"“{name}” must be one array")
