"""The session JSON, version 1, in: read as a stream into a new session file, checked entry by entry."""

import base64
import json
import os
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final, NoReturn, TypeVar

from pydantic import ValidationError

from inspector.callbacks.facts import Facts
from inspector.callbacks.judgement import judge
from inspector.callbacks.lifecycle import Lifecycle, transition
from inspector.callbacks.payload import Status
from inspector.callbacks.timestamps import utc_microseconds
from inspector.session.errors import SessionError
from inspector.session.exchange.json_entries import CallbackEntry, MessageEntry, SessionEntry
from inspector.session.exchange.json_export import FORMAT, VERSION
from inspector.session.exchange.json_stream import NotJson, pieces
from inspector.session.exchange.selection import STEPS_BETWEEN, Progress, no_progress
from inspector.session.records import header_value
from inspector.session.schema import configure, initialise
from inspector.session.stored_message import INSERT_MESSAGE, SEVERITIES, STRIP_LENGTH, joined_codes
from inspector.session.values import dump, dump_foreign, storable, storable_integer

_BATCH: Final = 500
_HEAD: Final = frozenset({"format", "version", "application", "session"})
_INSERT_CALLBACK: Final = f"INSERT INTO callbacks VALUES ({','.join('?' * 19)})"
_Kind = TypeVar("_Kind", SessionEntry, MessageEntry, CallbackEntry)


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
        target.parent.mkdir(parents=True, exist_ok=True)
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
        self._done = 0

    def run(self) -> None:
        self._head()
        self._connection.execute(
            "CREATE TEMP TABLE told_first (seq INTEGER PRIMARY KEY, message INTEGER, status TEXT, timestamp TEXT)"
        )
        # Two passes over the document: a callback needs the row of its message, and either array may come first.
        for index, message in self._items("messages"):
            self._message(index, message)
        for batch in _batches(self._items("callbacks")):
            self._connection.executemany(
                _INSERT_CALLBACK, [self._callback(index, callback) for index, callback in batch]
            )
        self._connection.execute(
            "UPDATE callbacks SET transition = 1, status = t.status, timestamp = t.timestamp "
            "FROM temp.told_first AS t WHERE callbacks.seq = t.seq"
        )
        self._connection.execute(
            "UPDATE messages SET (callbacks, invalid) = (SELECT count(*), coalesce(sum(NOT valid), 0) "
            "FROM callbacks WHERE message = messages.row)"
        )
        self._check_references()
        self._tallies()

    def _head(self) -> None:
        head: dict[str, Any] = {}
        with self._source.open("rb") as file:
            for name, index, value in self._readable(pieces(file)):
                if index is None:
                    head[name] = value
                if head.keys() >= _HEAD:
                    break  # the rest can be long
        if head.get("format") != FORMAT:
            raise ImportRefused(f"{self._source.name} is not an exported session of Callback Inspector.")
        version = head.get("version")
        if version != VERSION or isinstance(version, bool):
            shown = json.dumps(version)[:40]
            raise ImportRefused(f"{self._source.name} has version {shown}; this program reads version {VERSION}.")
        session = self._checked(SessionEntry, head.get("session"), "session")
        application = head.get("application")
        values = {
            "id": session.id,
            "started_at": self._time(session.started_at, "session.started_at"),
            "ended_at": None if session.ended_at is None else self._time(session.ended_at, "session.ended_at"),
            "generation": 0,
            "next_seq": 1,
            "application_version": storable(
                str(application.get("version", "")) if isinstance(application, dict) else ""
            ),
        }
        self._connection.executemany("INSERT INTO session VALUES (?, ?)", values.items())

    def _items(self, name: str) -> Iterator[tuple[int, Any]]:
        """The items of the array `name`, which must be there."""
        found = False
        with self._source.open("rb") as file:
            for member, index, value in self._readable(pieces(file)):
                if member != name:
                    continue
                if index is not None:
                    if index % STEPS_BETWEEN == 0:
                        self._progress(self._done + file.tell(), 2 * self._size)
                    yield index, value
                elif found or not isinstance(value, list):
                    self._refuse(f"“{name}” must be one array")
                else:
                    found = True
        if not found:
            self._refuse(f"“{name}” is missing")
        self._done += self._size

    def _readable(self, parts: Iterable[tuple[str, int | None, Any]]) -> Iterator[tuple[str, int | None, Any]]:
        try:
            yield from parts
        except NotJson as error:
            raise ImportRefused(f"{self._source.name} is not JSON: {error}.") from None

    def _message(self, index: int, entry: Any) -> None:
        where = f"messages[{index}]"
        message = self._checked(MessageEntry, entry, where)
        life = Lifecycle()
        for one in message.transitions:
            received = self._time(one.received_at, f"{where}.transitions")
            told = transition(Status(one.status), one.timestamp, received, one.callback)
            life.restore(told, Facts(), is_new=True)
        row = index + 1
        self._connection.execute(
            INSERT_MESSAGE,
            (
                row,
                message.id,
                message.project_id,
                message.to,
                message.from_,
                message.body,
                storable_integer(message.number_of_segments),
                message.status,
                message.terminal,
                message.error_code,
                message.error_message,
                None if message.custom_variables is None else dump_foreign(message.custom_variables),
                self._time(message.first_received_at, f"{where}.first_received_at"),
                self._time(message.last_received_at, f"{where}.last_received_at"),
                life.latest_arrival,
                life.delivered_after(),
                0,
                0,
                life.strip(STRIP_LENGTH),
                joined_codes(dict.fromkeys(finding.code.value for finding in message.findings)),
                max((SEVERITIES[finding.severity] for finding in message.findings), default=0),
            ),
        )
        self._connection.executemany(
            "INSERT INTO temp.told_first VALUES (?,?,?,?)",
            [(one.callback, row, one.status, one.timestamp) for one in message.transitions],
        )
        self._connection.executemany(
            "INSERT OR IGNORE INTO findings VALUES (?,?,?,?,?)",
            [
                (row, seq, finding.code.value, finding.text, finding.severity.value)
                for finding in message.findings
                for seq in finding.callbacks
            ],
        )

    def _callback(self, index: int, entry: Any) -> tuple[Any, ...]:
        where = f"callbacks[{index}]"
        callback = self._checked(CallbackEntry, entry, where)
        body = self._body(callback, where)
        row = None
        if callback.message_id is not None:
            found = self._connection.execute("SELECT row FROM messages WHERE id = ?", (callback.message_id,)).fetchone()
            if found is None:
                self._refuse(f"{where}.message_id names no message")
            (row,) = found
        content_type = header_value(callback.headers, "content-type") or ""
        facts = judge(
            method=callback.method, target=callback.target, content_type=content_type, body=body,
            incomplete="" if callback.truncated else None,
        ).facts  # fmt: skip
        return (
            callback.seq,
            self._time(callback.received_at, f"{where}.received_at"),
            callback.method,
            callback.target,
            callback.remote,
            dump(callback.headers),
            body,
            callback.truncated,
            callback.dialect.value,
            callback.valid,
            row,
            None if facts.status is None else facts.status.value,
            storable(facts.timestamp),
            storable(facts.error_code),
            storable(facts.error_message),
            0,
            callback.signature.value,
            dump_foreign([problem.model_dump() for problem in callback.problems]) if callback.problems else None,
            dump(callback.reply.model_dump(exclude_unset=True)),
        )

    def _body(self, callback: CallbackEntry, where: str) -> bytes:
        if (callback.body is None) == (callback.body_base64 is None):
            self._refuse(f"{where} needs either a body or a body_base64")
        if callback.body is not None:
            return callback.body.encode()
        try:
            return base64.b64decode(callback.body_base64 or "", validate=True)
        except ValueError:
            self._refuse(f"{where}.body_base64 is no base64")

    def _check_references(self) -> None:
        stray = self._connection.execute(
            "SELECT t.seq FROM (SELECT seq, message FROM temp.told_first UNION ALL SELECT seq, message FROM findings) "
            "AS t LEFT JOIN callbacks AS c ON c.seq = t.seq WHERE c.message IS NOT t.message LIMIT 1"
        ).fetchone()
        if stray is not None:
            self._refuse(f"a transition or a finding names callback {stray[0]}, which is not one of its message")
        empty = self._connection.execute("SELECT row FROM messages WHERE callbacks = 0 LIMIT 1").fetchone()
        if empty is not None:
            self._refuse(f"messages[{empty[0] - 1}] has no callback")

    def _checked(self, kind: type[_Kind], entry: Any, where: str) -> _Kind:
        try:
            return kind.model_validate(entry)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            if first["type"] == "model_type":  # pydantic would name a class of this program's
                first["msg"] = "must be an object"
            place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in first["loc"])
            self._refuse(f"{where}{place}: {first['msg']}")

    def _time(self, text: str, where: str) -> int:
        try:
            return utc_microseconds(text)
        except ValueError as error:
            self._refuse(f"{where}: {error}")

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


def _batches(entries: Iterator[tuple[int, Any]]) -> Iterator[list[tuple[int, Any]]]:
    batch = []
    for entry in entries:
        batch.append(entry)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    yield batch
