"""The messages of a session with what belongs to each, read in step from a few long queries."""

import math
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any, Final, NamedTuple

from inspector.callbacks.findings import Finding, FindingCode, Remark, gather
from inspector.callbacks.lifecycle import Transition, transition
from inspector.callbacks.problems import Severity
from inspector.callbacks.status import Status
from inspector.callbacks.timestamps import parse_timestamp
from inspector.session.conditions import EVERYTHING, Condition
from inspector.session.reader import SessionReader
from inspector.session.records import MessageRow
from inspector.session.stored_rows import message_row

Values = tuple[Any, ...]
_message: Final = itemgetter(0)


class Life(NamedTuple):
    """A message as a row of MESSAGE_COLUMNS, its transitions as stored, in the order of life, and its findings."""

    message: Values
    transitions: list[Values]
    """(message, status, timestamp, received, seq)."""
    findings: list[Finding]

    def row(self) -> MessageRow:
        return message_row(self.message)


def lives(reader: SessionReader, messages: Condition = EVERYTHING, theirs: Condition = EVERYTHING) -> Iterator[Life]:
    """The messages that fit, in their order. `theirs` is the same condition on the column `message` of what is theirs.

    Asking for the transitions and the findings of each message by itself would take most of the time of an export.
    """
    transitions = _Groups(reader.stored_transitions(theirs))
    findings = _Groups(reader.stored_findings(theirs))
    for values in reader.stored_messages(messages):
        row = values[0]
        yield Life(values, _in_order_of_life(transitions.of(row)), _gathered(findings.of(row)))


class _Groups:
    """Rows that begin with a message and are in the order of the messages, taken a message at a time."""

    def __init__(self, rows: Iterator[Values]) -> None:
        self._groups = groupby(rows, _message)
        self._next: float = -math.inf
        self._rows: Iterator[Values] = iter(())

    def of(self, message: int) -> list[Values]:
        """The rows of a message, which comes behind those asked for before."""
        while self._next < message:
            self._step()
        if self._next != message:
            return []
        rows = list(self._rows)
        self._step()
        return rows

    def _step(self) -> None:
        self._next, self._rows = next(self._groups, (math.inf, iter(())))


def _in_order_of_life(rows: list[Values]) -> list[Values]:
    rows.sort(key=_place)
    return rows


def _place(row: Values) -> tuple[Any, ...]:
    _, status, timestamp, received, seq = row
    if timestamp is None:
        return _place_of(transition(Status(status), None, received, seq))
    return _told_place(status, timestamp)


@lru_cache(1024)
def _told_place(status: str, timestamp: str) -> tuple[Any, ...]:
    """The place in the life that a timestamp tells, whenever the callback arrived."""
    # Kept, because messages of one time have the same statuses with the same timestamps.
    if parse_timestamp(timestamp) is None:
        raise ValueError("no valid callback has such a timestamp")
    return _place_of(transition(Status(status), timestamp, 0, 0))


def _place_of(one: Transition) -> tuple[Any, ...]:
    return one.instant, one.rank, one.weight


def _gathered(rows: list[Values]) -> list[Finding]:
    return gather([Remark(FindingCode(code), seq, text, Severity(level)) for _, code, seq, text, level in rows])
