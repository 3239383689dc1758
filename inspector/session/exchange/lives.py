"""The messages of a session with what belongs to each, read in step from a few long queries."""

import math
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any, Final, NamedTuple

from inspector.callbacks.findings import Finding, FindingCode, Remark, gather
from inspector.callbacks.lifecycle import transition
from inspector.callbacks.payload import Status
from inspector.callbacks.problems import Severity
from inspector.session.conditions import EVERYTHING, Condition
from inspector.session.reader import SessionReader
from inspector.session.records import TransitionRow

Values = tuple[Any, ...]
_message: Final = itemgetter(0)


class Life(NamedTuple):
    """A message as a row of MESSAGE_COLUMNS, its transitions in the order of life, and its findings."""

    message: Values
    transitions: list[TransitionRow]
    findings: list[Finding]


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
        self._step()

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
    return transition(Status(status), timestamp, received, seq)[:3]


def _gathered(rows: list[Values]) -> list[Finding]:
    return gather([Remark(FindingCode(code), seq, text, Severity(level)) for _, code, seq, text, level in rows])
