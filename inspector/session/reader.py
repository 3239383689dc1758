"""Reading a session: by the window, the exporters and anyone else, while a process may be capturing into it."""

import json
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from inspector.callbacks.findings import Finding, FindingCode, Remark, gather
from inspector.callbacks.problems import Severity
from inspector.session.conditions import EVERYTHING, Condition
from inspector.session.files import PATIENCE, check_file, connect_to_read
from inspector.session.insight_reading import InsightReading
from inspector.session.log_reading import LogReading
from inspector.session.records import (
    CallbackRow,
    CallbackSummary,
    Changes,
    ForwardRow,
    MessageRow,
    ReplayRow,
    Summary,
    TransitionRow,
)
from inspector.session.sent import select_forwards, select_replays
from inspector.session.stored_reading import StoredReading
from inspector.session.stored_rows import (
    CALLBACK_COLUMNS,
    MESSAGE_COLUMNS,
    SUMMARY_COLUMNS,
    callback_row,
    callback_summary,
    message_row,
)

Told = Callable[["array[int]"], None]

_CHUNK: Final = 2048
_STEPS_BETWEEN: Final = 20_000


@dataclass(frozen=True, slots=True)
class SessionInfo:
    """What a session says of itself. Times in microseconds since 1970 (UTC)."""

    id: str
    started_at: int
    ended_at: int | None
    application_version: str


class SessionReader(StoredReading, LogReading, InsightReading):
    """A connection that only reads a session file, for one thread.

    Raises NotASession, NewerSession, UnreadableSession or, when another program has the file locked for longer than
    `patience` seconds, SessionLocked.
    """

    def __init__(self, path: Path, *, patience: float = PATIENCE) -> None:
        check_file(path)
        self.path = path
        self._connection = connect_to_read(path, patience)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._connection.close()

    def stop_when(self, outdated: Callable[[], bool]) -> None:
        """Have queries end with an sqlite3.OperationalError (SQLITE_INTERRUPT) soon after `outdated` says so.

        It is asked every millisecond or so, in the thread of the query. (sqlite3.Connection.interrupt would be
        lost on a query that is just about to begin.)
        """
        self._connection.set_progress_handler(outdated, _STEPS_BETWEEN)

    def begin(self) -> None:
        """Keep seeing the session as it is now, until `end`."""
        self._connection.execute("BEGIN")
        self._connection.execute("SELECT 1 FROM session LIMIT 1").fetchone()

    def end(self) -> None:
        if self._connection.in_transaction:  # else SQLite gave it up: what filled a temporary table was stopped
            self._connection.execute("ROLLBACK")

    @property
    def knows_marks(self) -> bool:
        """Whether the file had a table for marks when it was opened; one of version 0.1.0 has none."""
        found = self._connection.execute("SELECT 1 FROM temp.sqlite_schema WHERE name = 'marks'").fetchone()
        return found is None

    def info(self) -> SessionInfo:
        values = dict(self._connection.execute("SELECT key, value FROM session"))
        return SessionInfo(values["id"], values["started_at"], values["ended_at"], values["application_version"])

    def changes(self, generation: int, last_seq: int) -> Changes:
        """What came after callback `last_seq`. From another generation, everything counts as new."""
        (now,) = self._connection.execute("SELECT value FROM session WHERE key = 'generation'").fetchone()
        if now != generation:
            last_seq = 0
        (newest,) = self._connection.execute("SELECT max(seq) FROM callbacks NOT INDEXED").fetchone()
        if newest is None or newest <= last_seq:
            return Changes(now, last_seq, ())
        messages = self._connection.execute(
            # By seq alone: SQLite would rather walk the whole index of messages.
            "SELECT DISTINCT message FROM callbacks NOT INDEXED WHERE seq > ? AND message NOTNULL",
            (last_seq,),
        )
        return Changes(now, newest, tuple(row for (row,) in messages))

    def position(self) -> Changes:
        """Where the session stands now, to be handed to `changes` later."""
        (now,) = self._connection.execute("SELECT value FROM session WHERE key = 'generation'").fetchone()
        (newest,) = self._connection.execute("SELECT max(seq) FROM callbacks NOT INDEXED").fetchone()
        return Changes(now, newest or 0, ())

    def summary(self) -> Summary:
        """The counts of the whole session, read from the tallies."""
        tallies = dict(self._connection.execute("SELECT name, count FROM tallies"))
        statuses = {
            name.removeprefix("status:"): count
            for name, count in tallies.items()
            if name.startswith("status:") and name != "status:none" and count
        }
        callbacks = tallies.get("callbacks", 0)
        return Summary(callbacks, callbacks - tallies.get("invalid", 0), tallies.get("messages", 0), statuses)

    def unassigned(self) -> int:
        """How many callbacks name no message."""
        return self._tally("unassigned")

    def trimmed(self) -> int:
        """How many callbacks the retention has taken out so far."""
        return self._tally("trimmed")

    def _tally(self, name: str) -> int:
        row = self._connection.execute("SELECT count FROM tallies WHERE name = ?", (name,)).fetchone()
        return 0 if row is None else int(row[0])

    def every_message(self) -> range | None:
        """The rows of all messages where they follow each other without a gap; read from the two ends."""
        return self._every("messages", "row")

    def every_callback(self) -> range | None:
        """The numbers of all callbacks where they follow each other without a gap; read from the two ends."""
        return self._every("callbacks", "seq")

    def message_ids(
        self, condition: Condition, order: str = "m.row", *, limit: int | None = None, told: Told = lambda _: None
    ) -> "array[int]":
        """The rows of the messages that fit, in order, the first `limit` of them.

        `order` is SQL of this program's own. `told` is shown now and then what was found so far.
        """
        return self._ids(f"m.row FROM messages AS m WHERE {condition.sql} ORDER BY {order}", condition, limit, told)

    def callback_ids(
        self, condition: Condition, order: str = "c.seq", *, limit: int | None = None, told: Told = lambda _: None
    ) -> "array[int]":
        """The numbers of the callbacks that fit, as `message_ids`."""
        return self._ids(f"c.seq FROM callbacks AS c WHERE {condition.sql} ORDER BY {order}", condition, limit, told)

    def _every(self, table: str, key: str) -> range | None:
        first, last, count = self._connection.execute(
            f"SELECT (SELECT min({key}) FROM {table}), (SELECT max({key}) FROM {table}), "
            "(SELECT count FROM tallies WHERE name = ?)",
            (table,),
        ).fetchone()
        if first is None:
            return range(0)
        return range(first, last + 1) if last - first + 1 == count else None

    def _ids(self, selected: str, condition: Condition, limit: int | None, told: Told) -> "array[int]":
        ids = array("q")
        # Only where there is one: with a limit, SQLite sorts in a B-tree, which takes up to four times as long.
        bound = "" if limit is None else f" LIMIT {limit}"
        cursor = self._connection.execute(f"SELECT {selected}{bound}", condition.values)
        while chunk := cursor.fetchmany(_CHUNK):
            ids.extend([row for (row,) in chunk])
            told(ids)
        return ids

    def matching_messages(self, rows: Iterable[int], condition: Condition) -> set[int]:
        """Those of `rows` that fit. Reads these messages and their callbacks, whatever the condition asks about."""
        # The condition knows both tables by their names; here they are no larger than they need to be.
        sql = (
            "WITH few(row) AS (SELECT value FROM json_each(?)), "
            "callbacks AS (SELECT * FROM main.callbacks WHERE message IN few) "
            f"SELECT m.row FROM messages AS m WHERE m.row IN few AND {condition.sql}"
        )
        cursor = self._connection.execute(sql, (json.dumps(list(rows)), *condition.values))
        return {row for (row,) in cursor}

    def matching_callbacks(self, after: int, condition: Condition) -> list[int]:
        """The numbers after `after` of the callbacks that fit, in order. Reads these and their messages."""
        sql = (
            "WITH few(seq, message) AS (SELECT seq, message FROM main.callbacks NOT INDEXED WHERE seq > ?), "
            "messages AS (SELECT * FROM main.messages WHERE row IN (SELECT message FROM few)) "
            f"SELECT c.seq FROM callbacks AS c WHERE c.seq IN (SELECT seq FROM few) AND {condition.sql} ORDER BY c.seq"
        )
        return [seq for (seq,) in self._connection.execute(sql, (after, *condition.values))]

    def message_rows(self, rows: Sequence[int], *, longest: int | None = None) -> dict[int, MessageRow]:
        """The messages of these rows, by row; of their texts no more than the `longest` characters, if that is given.

        A text may have a megabyte: a thousand of them are nothing to hold for a table.
        """
        columns = MESSAGE_COLUMNS
        if longest is not None:
            columns = columns.replace("m.body", f"substr(m.body, 1, {longest:d})")
        sql = f"SELECT {columns} FROM messages AS m WHERE m.row IN (SELECT value FROM json_each(?))"
        cursor = self._connection.execute(sql, (json.dumps(list(rows)),))
        return {values[0]: message_row(values) for values in cursor}

    def message(self, row: int) -> MessageRow | None:
        return self.message_rows([row]).get(row)

    def message_by_id(self, message_id: str) -> MessageRow | None:
        sql = f"SELECT {MESSAGE_COLUMNS} FROM messages AS m WHERE m.id = ?"
        values = self._connection.execute(sql, (message_id,)).fetchone()
        return None if values is None else message_row(values)

    def messages(self, condition: Condition = EVERYTHING) -> Iterator[MessageRow]:
        """The messages that fit, in the order of their first callbacks."""
        sql = f"SELECT {MESSAGE_COLUMNS} FROM messages AS m WHERE {condition.sql} ORDER BY m.row"
        for values in self._connection.execute(sql, condition.values):
            yield message_row(values)

    def transitions(self, row: int) -> list[TransitionRow]:
        """The states of a message's life in the order of life."""
        from inspector.callbacks.lifecycle import transition
        from inspector.callbacks.status import Status

        cursor = self._connection.execute(
            "SELECT status, timestamp, received, seq FROM callbacks WHERE message = ? AND transition", (row,)
        )
        ordered = sorted(transition(Status(status), *rest) for status, *rest in cursor)
        return [TransitionRow(one.status.value, one.timestamp, one.received, one.seq) for one in ordered]

    def findings(self, row: int) -> list[Finding]:
        cursor = self._connection.execute(
            "SELECT code, seq, text, severity FROM findings WHERE message = ? ORDER BY seq, code, text", (row,)
        )
        return gather([Remark(FindingCode(code), seq, text, Severity(level)) for code, seq, text, level in cursor])

    def callback_summaries(self, seqs: Sequence[int]) -> dict[int, CallbackSummary]:
        sql = f"SELECT {SUMMARY_COLUMNS} FROM callbacks AS c WHERE c.seq IN (SELECT value FROM json_each(?))"
        return {
            values[0]: callback_summary(values) for values in self._connection.execute(sql, (json.dumps(list(seqs)),))
        }

    def callbacks_of(self, row: int, limit: int = 1000) -> list[CallbackSummary]:
        """The callbacks of a message in the order of arrival, the first `limit` of them."""
        sql = f"SELECT {SUMMARY_COLUMNS} FROM callbacks AS c WHERE c.message = ? ORDER BY c.seq LIMIT ?"
        return [callback_summary(values) for values in self._connection.execute(sql, (row, limit))]

    def callback(self, seq: int) -> CallbackRow | None:
        values = self._connection.execute(
            f"SELECT {CALLBACK_COLUMNS} FROM callbacks AS c WHERE c.seq = ?", (seq,)
        ).fetchone()
        return None if values is None else callback_row(values)

    def callbacks(self, condition: Condition = EVERYTHING) -> Iterator[CallbackRow]:
        """The callbacks that fit, in the order of arrival."""
        sql = f"SELECT {CALLBACK_COLUMNS} FROM callbacks AS c WHERE {condition.sql} ORDER BY c.seq"
        for values in self._connection.execute(sql, condition.values):
            yield callback_row(values)

    def count(self, messages: Condition, callbacks: Condition) -> Summary:
        """The counts of a part of the session, counted."""
        by_status = dict(
            self._connection.execute(
                f"SELECT status, count(*) FROM messages AS m WHERE {messages.sql} GROUP BY status", messages.values
            )
        )
        (total, valid) = self._connection.execute(
            f"SELECT count(*), coalesce(sum(valid), 0) FROM callbacks AS c WHERE {callbacks.sql}", callbacks.values
        ).fetchone()
        in_all = sum(by_status.values())
        by_status.pop(None, None)
        return Summary(total, valid, in_all, by_status)

    def forwards(self, seq: int) -> list[ForwardRow]:
        return select_forwards(self._connection, seq)

    def replays(self, seq: int | None = None, most: int = 200) -> list[ReplayRow]:
        """The last times that a callback, or any, was sent again, the oldest of them first."""
        return select_replays(self._connection, seq, most)

    @contextmanager
    def asking(self, stop: Callable[[], bool]) -> Iterator[None]:
        """`stop_when` for a while."""
        self.stop_when(stop)
        try:
            yield
        finally:
            self._connection.set_progress_handler(None, 0)
