"""The life of one message: its callbacks folded to a status, transitions and findings.

The fold does not depend on the order of arrival: any permutation and repetition of the same callbacks
gives the same status, error and set of transitions (in the form dialect the arrival is the only clock,
so there the order counts). Of the findings, those about the arrival itself (`duplicate`, `out_of_order`,
`late`, `clock_skew`) and about what the first callback said (`identity_changed`) can differ.
"""

import math
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable
from dataclasses import dataclass, field
from operator import attrgetter, methodcaller
from typing import Any, Final, NamedTuple

from inspector.callbacks.facts import Facts
from inspector.callbacks.findings import FindingCode, Remark, identity_remark, remark
from inspector.callbacks.segments import count_segments
from inspector.callbacks.status import Status
from inspector.callbacks.timestamps import parse_timestamp

LATE_AFTER: Final = 30_000_000_000
SKEWED_AFTER: Final = 5_000_000_000
"""Nanoseconds between timestamp and arrival from which a callback is `late`, or its clock ahead."""

# Equal timestamps of excluding outcomes: the worse news is shown, whichever arrived first.
_WEIGHT: Final = {Status.DELIVERED: 0, Status.UNDELIVERED: 1, Status.FAILED: 2}
_FAILURES: Final = (Status.UNDELIVERED, Status.FAILED)
_OUTCOMES: Final = (Status.DELIVERED, *_FAILURES)
_TERMINAL: Final = (*_OUTCOMES, Status.READ)
_RUNNING: Final = (Status.QUEUED, Status.INITIATED, Status.SENT)
"""The statuses that are not terminal, each at the place of its rank."""


class Arrival(NamedTuple):
    """A callback as the lifecycle sees it. `received` is in microseconds since 1970 (UTC)."""

    seq: int
    received: int
    valid: bool
    facts: Facts
    unknown_fields: tuple[str, ...] = ()


class Transition(NamedTuple):
    """One state that the message reached, ordered by (instant, rank): the order of life.

    `instant` is the timestamp in nanoseconds since 1970, or the arrival where the dialect has none;
    `weight` decides between outcomes of one instant; `received` is the arrival in microseconds, `seq`
    the callback that told of it first.
    """

    instant: int
    rank: int
    weight: int
    status: Status
    timestamp: str | None
    received: int
    seq: int

    def __lt__(self, other: tuple[Any, ...]) -> bool:
        return self[:3] < other[:3]


_instant: Final = attrgetter("instant")
_WHATSAPP: Final = methodcaller("startswith", "whatsapp:")


def transition(status: Status, timestamp: str | None, received: int, seq: int) -> Transition:
    """The transition that a valid callback tells of."""
    instant = parse_timestamp(timestamp) if timestamp is not None else None
    if instant is None:
        instant = received * 1000
    return Transition(instant, status.rank, _WEIGHT.get(status, 0), status, timestamp, received, seq)


@dataclass(slots=True)
class Identity:
    """What must stay the same over the callbacks of one id; None until a callback says it."""

    project_id: str | None = None
    to: str | None = None
    from_: str | None = None
    body: str | None = None
    number_of_segments: int | None = None


_IDENTITY_FIELDS: Final = (
    ("project_id", "project_id"),
    ("to", "to"),
    ("from_", "from"),
    ("number_of_segments", "number_of_segments"),
)


@dataclass(slots=True)
class Lifecycle:
    """The folded state of one message. `add` takes the callbacks in the order of their arrival.

    However many transitions there are, `add` looks at the few that its answer depends on: a remark is made
    once, when it becomes true, and the questions that decide it are asked of sorted lists.
    """

    identity: Identity = field(default_factory=Identity)
    transitions: list[Transition] = field(default_factory=list)
    error: tuple[str | None, str | None] | None = None
    error_key: tuple[int, int, int, str, str] | None = None
    custom_variables: dict[str, Any] | None = None
    current: Transition | None = None
    """The transition that the badge shows: the latest; a terminal one never gives way to one that is not."""
    latest_arrival: int | None = None
    """When the youngest transition arrived, in microseconds."""
    _highest: int = -1
    _fitting: tuple[str, int] | None = None
    """The body and the number of segments that were last found to go together: they come with every callback."""
    _of: dict[Status, list[Transition]] = field(default_factory=dict)
    _without_clock: set[Status] = field(default_factory=set)

    @property
    def status(self) -> Status | None:
        """The badge: the status of the current transition."""
        return None if self.current is None else self.current.status

    def delivered_after(self) -> int | None:
        """Milliseconds from the first transition to `delivered`, by the senders' clock, or None."""
        delivered = self._of.get(Status.DELIVERED)
        if not delivered or delivered[0] is self.transitions[0]:
            return None
        return (delivered[0].instant - self.transitions[0].instant) // 1_000_000

    def strip(self, longest: int) -> str:
        """The first letters of the last `longest` statuses in the order of life, such as "qisd"."""
        return "".join([one.status[0] for one in self.transitions[-longest:]])

    def add(self, arrival: Arrival) -> tuple[Transition | None, list[Remark]]:
        """Fold one more callback in.

        Returns the transition if the callback told of a new one, and the remarks that it gives rise
        to. An invalid callback is no transition; only its unknown fields are remarked on.
        """
        seq, facts = arrival.seq, arrival.facts
        remarks = [remark(FindingCode.UNKNOWN_FIELD, seq, name) for name in arrival.unknown_fields]
        if not arrival.valid or facts.status is None:
            self._fill_identity(facts)
            return None, remarks
        remarks += self._compare_identity(seq, facts)
        remarks += _remarks_on_error(seq, facts)
        remarks += self._compare_segments(seq, facts)
        new = transition(facts.status, facts.timestamp, arrival.received, seq)
        self._note_error(new, facts)
        if facts.custom_variables is not None:
            self.custom_variables = facts.custom_variables
        if facts.timestamp is not None:
            remarks += _remarks_on_clock(seq, new)
        if self._knows(new):
            remarks.append(remark(FindingCode.DUPLICATE, seq))
            return None, remarks
        remarks += self._remarks_on_order(new)
        self._insert(new)
        return new, remarks

    def restore(self, known: Transition, facts: Facts, *, is_new: bool) -> None:
        """Take back what an earlier `add` of a stored callback came to; the identity is already set."""
        self._note_error(known, facts)
        if is_new:
            self._insert(known)

    def _insert(self, new: Transition) -> None:
        insort(self.transitions, new)
        insort(self._of.setdefault(new.status, []), new)
        self._highest = max(self._highest, new.rank)
        if new.timestamp is None:
            self._without_clock.add(new.status)
        if self.latest_arrival is None or new.received > self.latest_arrival:
            self.latest_arrival = new.received
        current = self.current
        if (
            current is None
            or (new.status.terminal and not current.status.terminal)
            or (new.status.terminal == current.status.terminal and not new < current)
        ):
            self.current = new

    def _knows(self, new: Transition) -> bool:
        if new.status not in self._of:
            return False
        if new.timestamp is None:
            # Without a clock of the sender's, the same status again is a retry.
            return new.status in self._without_clock
        return any(one.timestamp is not None for one in self._between(new.status, new.instant, new.instant))

    def _note_error(self, new: Transition, facts: Facts) -> None:
        if facts.error_code is None and facts.error_message is None:
            return
        key = (new.instant, new.rank, new.weight, facts.error_code or "", facts.error_message or "")
        if self.error_key is None or key > self.error_key:
            self.error_key = key
            self.error = (facts.error_code, facts.error_message)

    # -- the order of life --------------------------------------------------------------------

    def _between(self, status: Status, first: float, last: float) -> list[Transition]:
        """The transitions to a status from one instant to another, both included."""
        known = self._of.get(status)
        if known is None or last < first:
            return []
        return known[bisect_left(known, first, key=_instant) : bisect_right(known, last, key=_instant)]

    def _earliest(self, statuses: Iterable[Status]) -> float:
        """The first instant of any of these statuses; infinity where none was reached."""
        return min((self._of[status][0].instant for status in statuses if status in self._of), default=math.inf)

    def _remarks_on_order(self, new: Transition) -> list[Remark]:
        if not self.transitions:
            return []
        last = self.transitions[-1]
        if self._highest < min(new.rank, Status.DELIVERED.rank) and new.instant >= last.instant:
            return []  # one step on, as nearly always
        remarks = []
        if (last.instant, last.rank) > (new.instant, new.rank):
            remarks.append(remark(FindingCode.OUT_OF_ORDER, new.seq))
        final = self._earliest(_TERMINAL)
        if new.status.terminal:
            # Those behind an earlier final status were remarked on when that became known.
            overtaken = [one for status in _RUNNING for one in self._between(status, new.instant + 1, final)]
            remarks += [remark(FindingCode.AFTER_TERMINAL, one.seq) for one in overtaken]
            remarks += [remark(FindingCode.CONFLICTING_TERMINAL, one.seq) for one in self._conflicts(new)]
        else:
            remarks += [remark(FindingCode.REGRESSION, one.seq) for one in self._regressions(new)]
            if final < new.instant:
                remarks.append(remark(FindingCode.AFTER_TERMINAL, new.seq))
        return remarks

    def _regressions(self, new: Transition) -> Iterable[Transition]:
        """The transitions that a new one, which is not terminal, makes a step back: itself, or later ones."""
        if self._earliest(_RUNNING[new.rank + 1 :]) < new.instant:
            yield new
        for status in _RUNNING[: new.rank]:
            known = self._earliest(_RUNNING[status.rank + 1 :])  # behind this one, they are remarked on already
            yield from self._between(status, new.instant + 1, known)

    def _conflicts(self, new: Transition) -> list[Transition]:
        """The terminal transitions that exclude a new one and were in no conflict before, and the new one itself."""
        known = [status for status in _OUTCOMES if status in self._of]
        conflicts: list[Transition] = []
        excluded = False
        if new.status is Status.READ:
            reads = self._of.get(Status.READ)
            before = reads[-1].instant + 1 if reads else -math.inf
            excluded = any(self._earliest([status]) <= new.instant for status in _FAILURES)
            for status in _FAILURES:
                conflicts += self._between(status, before, new.instant)
        else:
            others = [status for status in known if status is not new.status]
            excluded = bool(others)
            if len(known) == 1 and others:  # with two outcomes known, all of them are in conflict already
                conflicts += self._of[others[0]]
            if new.status in _FAILURES:
                reads = self._of.get(Status.READ)
                excluded = excluded or (reads is not None and reads[-1].instant >= new.instant)
                conflicts += self._between(Status.READ, new.instant, self._earliest(_FAILURES) - 1)
        return [*conflicts, new] if excluded else conflicts

    # -- what must stay the same --------------------------------------------------------------

    def _compare_segments(self, seq: int, facts: Facts) -> list[Remark]:
        if not facts.body or facts.number_of_segments is None:
            return []
        told = (facts.body, facts.number_of_segments)
        if told == self._fitting or not _is_sms(facts):
            return []
        needed = count_segments(facts.body)
        if needed.segments == facts.number_of_segments:
            self._fitting = told
            return []
        detail = f"{needed.segments} in {needed.encoding} ({needed.units} of {needed.units_per_segment} units each)"
        return [remark(FindingCode.SEGMENT_MISMATCH, seq, f"{detail}, not {shown_segments(facts)}.")]

    def _fill_identity(self, facts: Facts) -> None:
        """Show what an invalid callback says until a valid one says it."""
        if self.transitions:
            return
        for name, _ in _IDENTITY_FIELDS:
            if getattr(self.identity, name) is None:
                setattr(self.identity, name, getattr(facts, name))
        if self.identity.body is None:
            self.identity.body = facts.body

    def _compare_identity(self, seq: int, facts: Facts) -> list[Remark]:
        known = self.identity
        if not self.transitions:  # only invalid callbacks so far, and those prove nothing
            known.project_id, known.to, known.from_ = facts.project_id, facts.to, facts.from_
            known.body, known.number_of_segments = facts.body, facts.number_of_segments
            return []
        if (
            facts.to == known.to
            and facts.from_ == known.from_
            and facts.body == known.body
            and facts.project_id == known.project_id
            and facts.number_of_segments == known.number_of_segments
        ):
            return []
        remarks: list[Remark] = []
        for name, shown_name in _IDENTITY_FIELDS:
            value, before = getattr(facts, name), getattr(known, name)
            if before is None:
                setattr(known, name, value)
            elif value is not None and value != before:
                remarks.append(identity_remark(seq, shown_name, redacted=False))
        if facts.body is not None and facts.body != known.body:
            remarks += self._compare_body(seq, facts.body)
        return remarks

    def _compare_body(self, seq: int, body: str) -> Iterable[Remark]:
        known = self.identity
        if body == "" and known.body:
            yield identity_remark(seq, "body", redacted=True)
        elif known.body:
            yield identity_remark(seq, "body", redacted=False)
        else:
            # The emptied body arrived first: the text takes its place, and the empty one is the redaction.
            if known.body == "":
                yield identity_remark(min(one.seq for one in self.transitions), "body", redacted=True)
            known.body = body


def _remarks_on_error(seq: int, facts: Facts) -> list[Remark]:
    if (facts.error_code is None) == (facts.status not in _FAILURES):
        return []
    failed = facts.error_code is None
    return [remark(FindingCode.FAILURE_WITHOUT_ERROR if failed else FindingCode.ERROR_WITHOUT_FAILURE, seq)]


def shown_segments(facts: Facts) -> str:
    """The number of segments for a sentence; absurdly long numbers are cut."""
    number = facts.number_of_segments
    return str(number) if number is None or abs(number) < 10**12 else f"{hex(number)[:20]}…"


def _is_sms(facts: Facts) -> bool:
    addresses = (facts.to or "", facts.from_ or "")
    return facts.kind != "mms" and not any(map(_WHATSAPP, addresses))


def _remarks_on_clock(seq: int, new: Transition) -> list[Remark]:
    gap = new.received * 1000 - new.instant
    if -SKEWED_AFTER <= gap <= LATE_AFTER:
        return []
    return [remark(FindingCode.LATE if gap > 0 else FindingCode.CLOCK_SKEW, seq)]
