"""Retention: the oldest callbacks go, in small steps, so that a session that is captured into for weeks stays small.

A message goes as a whole, with its callbacks, findings and forwards, once its newest callback is too old. While it
still receives callbacks, those that tell of its life stay, however old; its repetitions may go.
"""

import json
import sqlite3
from dataclasses import dataclass
from typing import Final, NamedTuple

from inspector.callbacks.problems import Severity
from inspector.session.stored_message import SEVERITIES, joined_codes

_DAY: Final = 86_400_000_000
"""Microseconds."""


@dataclass(frozen=True, slots=True)
class Keep:
    """What is kept: the last `callbacks`, and of them those of the last `days`. None: no such bound."""

    callbacks: int | None = None
    days: float | None = None

    @property
    def everything(self) -> bool:
        return self.callbacks is None and self.days is None


class Trimmed(NamedTuple):
    """What a step took out: rows of messages, and numbers of callbacks. `reached` is where the next one begins."""

    messages: tuple[int, ...] = ()
    callbacks: tuple[int, ...] = ()
    reached: int = 0
    shortened: tuple[int, ...] = ()
    """The messages that stay and lost some of their callbacks."""


def trim(connection: sqlite3.Connection, keep: Keep, now: int, after: int, most: int) -> Trimmed:
    """One step: look at `most` callbacks behind number `after`, and take out those that are too old.

    Belongs into a transaction. `now` is in microseconds since 1970. A step that reaches no further than `after`
    and takes nothing out found nothing that is old enough.
    """
    step = _Step(connection, most)
    reached = after
    for seq, message, tells in _old(connection, keep, now, after, most):
        if not step.take(seq, message, tells=tells):
            break  # the rest of a long message is for the next step
        reached = seq
    step.delete()
    return Trimmed(tuple(step.messages), tuple(step.callbacks), reached, tuple(step.shortened))


def _old(
    connection: sqlite3.Connection, keep: Keep, now: int, after: int, most: int
) -> list[tuple[int, int | None, bool]]:
    """The next callbacks that are too old, in the order of arrival: number, message, and whether it tells of a life."""
    (newest,) = connection.execute("SELECT coalesce(max(seq), 0) FROM callbacks").fetchone()
    last = -1 if keep.callbacks is None else newest - keep.callbacks
    since = 0 if keep.days is None else now - int(keep.days * _DAY)
    found = connection.execute(
        # What tells of a life is what stored_message.load makes the state of a message of.
        "SELECT seq, message, received, transition OR error_code NOTNULL OR error_message NOTNULL "
        "FROM callbacks NOT INDEXED WHERE seq > ? ORDER BY seq LIMIT ?",
        (after, most),
    )
    old = []
    ahead: tuple[int, int] | None = None
    for seq, message, received, tells in found:
        if received > now and since > 0:
            # The clock was ahead when it came. It came before what has a later number, though.
            if ahead is None or seq >= ahead[0]:
                ahead = _came_next(connection, seq, newest, now)
            received = ahead[1]
        if seq > last and received >= since:
            break
        old.append((seq, message, bool(tells)))
    return old


def _came_next(connection: sqlite3.Connection, seq: int, newest: int, now: int) -> tuple[int, int]:
    """Number and arrival of the first callback behind `seq` that came with a clock that was not ahead of `now`.

    Where there is none, that is now. Looked for by halves: the clock was ahead for one stretch of time.
    """
    low, high, found = seq, newest, (newest + 1, now)
    while low < high:
        middle = (low + high + 1) // 2
        near, received = connection.execute(
            "SELECT seq, received FROM callbacks WHERE seq >= ? ORDER BY seq LIMIT 1", (middle,)
        ).fetchone()
        if received > now:
            low = max(near, middle)
        else:
            found, high = (near, received), middle - 1
    return found


class _Step:
    """What goes in one step."""

    def __init__(self, connection: sqlite3.Connection, most: int) -> None:
        self.messages: dict[int, None] = {}
        self.callbacks: dict[int, None] = {}
        self.shortened: dict[int, None] = {}
        self._connection = connection
        self._most = most

    def take(self, seq: int, message: int | None, *, tells: bool) -> bool:
        """Take a callback out, if it may go. False when there is too much to do for one step."""
        if message is None:
            self.callbacks[seq] = None
        elif seq == self._newest(message):
            return self._take_message(message)
        elif not tells:
            self.callbacks[seq] = None
            self.shortened[message] = None
        return True

    def delete(self) -> None:
        """Delete what was taken, and correct the counts."""
        for row in self.messages:
            self.shortened.pop(row, None)
        if not self.callbacks:
            return
        callbacks, messages = json.dumps(list(self.callbacks)), json.dumps(list(self.messages))
        self._count_off(callbacks, messages)
        one_of = "IN (SELECT value FROM json_each(?))"
        for table, key, values in (
            ("forwards", "callback", callbacks),
            ("replays", "callback", callbacks),
            ("marks", "message", messages),
            ("callbacks", "seq", callbacks),
            ("findings", "message", messages),
            ("messages", "row", messages),
        ):
            self._connection.execute(f"DELETE FROM {table} WHERE {key} {one_of}", (values,))
        for row in self.shortened:
            self._bring_up_to_date(row, callbacks)

    def _newest(self, message: int) -> int:
        (seq,) = self._connection.execute("SELECT max(seq) FROM callbacks WHERE message = ?", (message,)).fetchone()
        return int(seq)

    def _take_message(self, row: int) -> bool:
        found = self._connection.execute(
            "SELECT seq FROM callbacks WHERE message = ? ORDER BY seq LIMIT ?", (row, self._most + 1)
        ).fetchall()
        self.callbacks.update((seq, None) for (seq,) in found[: self._most])
        if len(found) > self._most:
            self.shortened[row] = None
            return False
        self.messages[row] = None
        return True

    def _count_off(self, callbacks: str, messages: str) -> None:
        total, invalid, loose = self._connection.execute(
            "SELECT count(*), sum(NOT valid), sum(message IS NULL) FROM callbacks "
            "WHERE seq IN (SELECT value FROM json_each(?))",
            (callbacks,),
        ).fetchone()
        statuses = self._connection.execute(
            "SELECT coalesce(status, 'none'), count(*) FROM messages "
            "WHERE row IN (SELECT value FROM json_each(?)) GROUP BY status",
            (messages,),
        ).fetchall()
        gone = {"callbacks": total, "invalid": invalid, "unassigned": loose, "messages": len(self.messages)}
        gone |= {f"status:{status}": count for status, count in statuses}
        self._connection.executemany(
            "UPDATE tallies SET count = count - ? WHERE name = ?", [(count, name) for name, count in gone.items()]
        )

    def _bring_up_to_date(self, row: int, callbacks: str) -> None:
        """A message that stays has fewer callbacks, and no findings about those that went."""
        self._connection.execute(
            "DELETE FROM findings WHERE message = ? AND seq IN (SELECT value FROM json_each(?))", (row, callbacks)
        )
        found = self._connection.execute("SELECT code, severity FROM findings WHERE message = ?", (row,)).fetchall()
        codes = joined_codes(dict.fromkeys(code for code, _ in found))
        severity = max((SEVERITIES[Severity(word)] for _, word in found), default=0)
        self._connection.execute(
            "UPDATE messages SET codes = ?, severity = ?, (callbacks, invalid) = "
            "(SELECT count(*), coalesce(sum(NOT valid), 0) FROM callbacks WHERE message = messages.row) WHERE row = ?",
            (codes, severity, row),
        )
