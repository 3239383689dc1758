"""The session being captured into: opens or makes the file and appends to it."""

import sqlite3
from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self
from uuid import uuid4

from filelock import FileLock

from inspector import __version__
from inspector.callbacks.dialect import Dialect
from inspector.callbacks.findings import Remark, gather
from inspector.callbacks.lifecycle import Arrival, Lifecycle, Transition
from inspector.session import deaf, reconciliation
from inspector.session.checkpoint import Checkpointer
from inspector.session.errors import SessionError, unmakable, unwritable
from inspector.session.files import PATIENCE, Place, check_file, opening, removed_on_failure
from inspector.session.marks import set_colour, set_note
from inspector.session.records import Appended, ForwardRow, Received, ReplayRow
from inspector.session.retention import Keep, Trimmed, trim
from inspector.session.schema import ADDITIONS, INDEXES, configure, initialise
from inspector.session.sent import insert_forwards, insert_replays
from inspector.session.stored_callback import INSERT_CALLBACK, callback_row
from inspector.session.stored_message import INSERT_MESSAGE, LARGE, UPDATE_MESSAGE, StoredMessage, load
from inspector.session.values import dump, storable, storable_facts

SUFFIX: Final = ".inspector"
_TABLES: Final = ("marks", "replays", "deaf", "logged", "forwards", "findings", "tallies", "callbacks", "messages")
"""All but that of the session itself; those that refer to others come first."""
_STATES_KEPT: Final = 2048

_ADD_TALLY: Final = "INSERT INTO tallies VALUES (?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count"
_INSERT_FINDING: Final = "INSERT OR IGNORE INTO findings VALUES (?,?,?,?,?)"


class Session:
    """One session file, open for capture. One process at a time may have it so; any number may read.

    All methods belong to one thread. Every `append` is one transaction: when it returns, what it
    was given is in the file and survives the end of the process.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection, lock: FileLock) -> None:
        self.path = path
        self._connection = connection
        self._lock = lock
        self._states: OrderedDict[str, StoredMessage] = OrderedDict()
        self._checkpointer = Checkpointer(path)
        self._trimmed_to = 0
        self._place = Place(path)
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        # Whoever writes belongs to a loop, which must not stand still: it comes again instead (see capture/recorder).
        connection.execute("PRAGMA busy_timeout = 0")
        self._last_reply: tuple[Mapping[str, Any], str] = ({}, "{}")
        self._next_seq, self._next_row = self._counters()

    @classmethod
    def create(cls, path: Path, *, started: int, durable: bool = False) -> Self:
        """Make a new session file. `started` is in microseconds since 1970 (UTC).

        Raises SessionError when the file exists or cannot be made.
        """
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # The file holds phone numbers and texts: it is nobody else's to read.
            path.touch(mode=0o600, exist_ok=False)
        except FileExistsError:
            raise SessionError(f"{path.name} exists already; choose another name.") from None
        except OSError as error:
            raise unmakable(path, error) from None
        with removed_on_failure(path), opening(path) as (connection, lock):
            values = {"id": str(uuid4()), "started_at": started, "ended_at": None, "generation": 0, "next_seq": 1}
            values["application_version"] = __version__
            # The tables come before the switch to WAL, so that the file itself says from the start what it is.
            initialise(connection, values)
            configure(connection, durable=durable)
            connection.execute("SELECT 1 FROM session").fetchone()  # makes the log, whose place is watched from now on
            return cls(path, connection, lock)

    @classmethod
    def open(cls, path: Path, *, durable: bool = False, patience: float = PATIENCE) -> Self:
        """Open a session file to capture into it.

        It may be opened in one thread and used in another. Raises NotASession, NewerSession, SessionInUse,
        SessionLocked (after `patience` seconds), NotForCapture or another UnreadableSession; the file is then as it
        was.
        """
        check_file(path)
        with opening(path, patience) as (connection, lock):
            configure(connection, durable=durable)
            # All of it or, when the file turns out to be damaged, nothing.
            connection.executescript(f"BEGIN IMMEDIATE; {ADDITIONS} {INDEXES}")
            deaf.note_end(connection)
            connection.execute("UPDATE session SET value = NULL WHERE key = 'ended_at'")
            session = cls(path, connection, lock)
            connection.execute("COMMIT")
            return session

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the file back. What was appended is in it already."""
        self._checkpointer.close()
        self._connection.close()
        # Nobody else can have the lock now, so its file is not needed any more; it does no harm where it has to stay.
        with suppress(OSError):
            Path(self._lock.lock_file).unlink()
        self._lock.release()

    def append(self, batch: Sequence[Received]) -> list[Appended]:
        """Write callbacks in one transaction, folding each into its message.

        Raises SessionError when the file cannot be written, SessionLocked when another program writes it just now;
        then none of the batch is in it.
        """
        touched: dict[str, StoredMessage] = {}
        tallies = Counter[str]()
        callbacks, findings, appended = [], [], []
        next_seq, next_row = self._next_seq, self._next_row
        try:
            with self._transaction():
                for seq, received in enumerate(batch, next_seq):
                    message, new, remarks = self._fold(seq, received, touched, tallies)
                    row = None if message is None else message.row
                    callbacks.append(callback_row(seq, received, row, new, self._reply_text(received.reply)))
                    findings += [(row, one.seq, one.code.value, one.text, one.severity.value) for one in remarks]
                    status = None if message is None else message.lifecycle.status
                    message_id = None if message is None else message.id
                    appended.append(Appended(seq, row, message_id, status, tuple(gather(remarks))))
                self._next_seq += len(batch)
                tallies["callbacks"] = len(batch)
                tallies["invalid"] = sum(not received.judgement.valid for received in batch)
                self._write_messages(touched.values(), next_row)
                self._connection.executemany(INSERT_CALLBACK, callbacks)
                for message in touched.values():
                    tallies[f"status:{message.status_word}"] += 1
                self._connection.executemany(_ADD_TALLY, [item for item in tallies.items() if item[1]])
                if findings:
                    self._connection.executemany(_INSERT_FINDING, findings)
        except BaseException:
            # The cached states hold what the file does not: forget them, they are read again.
            self._states.clear()
            self._next_seq, self._next_row = next_seq, next_row
            raise
        for message in touched.values():
            if message.large:
                self._states.pop(message.id, None)
        while len(self._states) > _STATES_KEPT:
            self._states.popitem(last=False)
        return appended

    def amend_replies(self, replies: Iterable[tuple[int, Mapping[str, Any]]]) -> None:
        """Write what was answered in the end, by callback. Raises SessionError when the file cannot be written."""
        rows = [(dump(reply), seq) for seq, reply in replies]
        with self._transaction():
            self._connection.executemany("UPDATE callbacks SET reply = ? WHERE seq = ?", rows)

    def record_forwards(self, forwards: Iterable[ForwardRow]) -> None:
        """Write what the developer's own application answered, but for callbacks that are gone.

        Raises SessionError when the file cannot be written.
        """
        with self._transaction():
            insert_forwards(self._connection, forwards)

    def record_replays(self, replays: Iterable[ReplayRow]) -> None:
        """Write what came of callbacks sent again. Raises SessionError when the file cannot be written."""
        with self._transaction():
            insert_replays(self._connection, replays)

    def mark(self, messages: Iterable[int], colour: str | None) -> None:
        """Give messages (by row) a colour mark of `marks.COLOURS`, or None for none; their notes stay.

        Raises SessionError when the file cannot be written.
        """
        with self._transaction():
            set_colour(self._connection, messages, colour)

    def annotate(self, messages: Iterable[int], note: str) -> None:
        """Give messages (by row) a note, or the empty text for none; their colours stay. Raises as `mark` does."""
        with self._transaction():
            set_note(self._connection, messages, storable(note))

    def clear(self) -> None:
        """Delete every callback and message. Numbers go on, also those of rows, so that none is used twice.

        Raises SessionError when the file cannot be written; then nothing is deleted.
        """
        with self._transaction():
            for table in _TABLES:
                self._connection.execute(f"DELETE FROM {table}")
            self._connection.execute("UPDATE session SET value = value + 1 WHERE key = 'generation'")
            self._connection.execute("UPDATE session SET value = ? WHERE key = 'next_seq'", (self._next_seq,))
        self._states.clear()

    def trim(self, keep: Keep, now: int, *, most: int = 100) -> Trimmed:
        """One small step towards what is to be kept; looks at `most` callbacks. `now` is in microseconds since 1970.

        Nothing is left to do when it takes nothing out and reaches no further than the step before. Raises
        SessionError when the file cannot be written.
        """
        with self._transaction():
            trimmed = trim(self._connection, keep, now, self._trimmed_to, most)
            if trimmed.callbacks:
                self._connection.execute(_ADD_TALLY, ("trimmed", len(trimmed.callbacks)))
        self._trimmed_to = trimmed.reached
        gone = {*trimmed.messages, *trimmed.shortened}
        for message_id in [one for one, state in self._states.items() if state.row in gone]:
            del self._states[message_id]
        return trimmed

    def deafen(self, moment: int, reason: str) -> None:
        """Note that nothing can be received from `moment` on (microseconds since 1970, UTC). Raises SessionError."""
        with self._transaction():
            deaf.begin(self._connection, moment, reason)

    def hear(self, moment: int) -> None:
        """Note that callbacks are received from `moment` on. Raises SessionError."""
        with self._transaction():
            deaf.end(self._connection, moment)

    def record_deaf(self, window: deaf.DeafWindow) -> None:
        """Note a time that is over in which nothing could be received. Raises SessionError."""
        with self._transaction():
            deaf.add(self._connection, window)

    def record_logged(self, records: Iterable[Mapping[str, Any]], checked: int) -> None:
        """Keep what the message log says; `checked` is when it was asked, as above. Raises SessionError."""
        with self._transaction():
            reconciliation.record(self._connection, records, checked)

    @property
    def empty(self) -> bool:
        """Whether nothing is in it, as far as can be told."""
        try:
            # The message log can tell that no callback came at all, which is worth keeping.
            found = "SELECT 1 WHERE EXISTS (SELECT 1 FROM callbacks) OR EXISTS (SELECT 1 FROM logged)"
            return self._connection.execute(found).fetchone() is None
        except sqlite3.Error:
            return False

    def end(self, moment: int) -> None:
        """Note when the capture ended, in microseconds since 1970 (UTC). Raises SessionError as `append` does."""
        with self._transaction():
            self._connection.execute("UPDATE session SET value = ? WHERE key = 'ended_at'", (moment,))
            deaf.begin(self._connection, moment, deaf.Deafness.ENDED)

    def _counters(self) -> tuple[int, int]:
        (stored,) = self._connection.execute("SELECT value FROM session WHERE key = 'next_seq'").fetchone()
        (last_seq,) = self._connection.execute("SELECT max(seq) FROM callbacks").fetchone()
        (last_row,) = self._connection.execute("SELECT max(row) FROM messages").fetchone()
        return max(stored, (last_seq or 0) + 1), (last_row or 0) + 1

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._place.check()
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            raise unwritable(self.path, error) from error
        self._checkpointer.committed(self._connection)

    def _write_messages(self, messages: Iterable[StoredMessage], first_new: int) -> None:
        known = [message.as_update() for message in messages if message.row < first_new]
        new = [message.as_row() for message in messages if message.row >= first_new]
        if known:
            self._connection.executemany(UPDATE_MESSAGE, known)
        if new:
            self._connection.executemany(INSERT_MESSAGE, new)

    def _fold(
        self, seq: int, received: Received, touched: dict[str, StoredMessage], tallies: Counter[str]
    ) -> tuple[StoredMessage | None, Transition | None, list[Remark]]:
        judgement = received.judgement
        if judgement.message_id is None:
            tallies["unassigned"] += 1
            return None, None, []
        message_id = storable(judgement.message_id)
        message = touched.get(message_id)
        if message is None:
            message = touched[message_id] = self._message(message_id, received.received)
            if message.callbacks:
                tallies[f"status:{message.status_word}"] -= 1
            else:
                tallies["messages"] += 1
        if len(received.body) > LARGE:
            message.large = True
        facts = judgement.facts
        if judgement.dialect is not Dialect.JSON or b"\\u" in received.body:  # without escapes, UTF-8 is storable
            facts = storable_facts(facts)
        arrival = Arrival(seq, received.received, judgement.valid, facts, judgement.unknown_fields)
        new, remarks = message.add(arrival)
        return message, new, remarks

    def _reply_text(self, reply: Mapping[str, Any]) -> str:
        """`reply` as JSON. Nearly always it is the very object that it was last time."""
        known, text = self._last_reply
        if reply is not known:
            text = dump(reply)
            self._last_reply = (reply, text)
        return text

    def _message(self, message_id: str, received: int) -> StoredMessage:
        message = self._states.get(message_id)
        if message is not None:
            self._states.move_to_end(message_id)
            return message
        message = load(self._connection, message_id)
        if message is None:
            message = StoredMessage(self._next_row, message_id, Lifecycle(), received, received)
            self._next_row += 1
        self._states[message_id] = message
        return message
