"""The timeline's rows: the states in the order of life, with retries and invalid callbacks where they arrived."""

from dataclasses import dataclass
from datetime import tzinfo
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise

from inspector.callbacks.timestamps import parse_timestamp
from inspector.session.records import CallbackSummary
from inspector.ui.detail.attempts import answer_text, attempt_texts
from inspector.ui.detail.content import MessageDetail
from inspector.ui.detail.wording import MARKS, sender_time, signed_duration
from inspector.ui.status_badge import label
from inspector.ui.texts import clock_text, duration_text, moment_text, one_line


class Kind(StrEnum):
    TRANSITION = "transition"
    RETRY = "retry"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class Mark:
    """A word about a callback, coloured by its severity."""

    text: str
    severity: str


@dataclass(frozen=True, slots=True)
class Gap:
    """The time since the row before, in milliseconds: by the senders' timestamps and by arrival.

    A state is compared with the state before it, and `since` names that one where other rows lie between.
    `by_arrival` is None where this machine's clock was set back between the two: what came later has the earlier time.
    """

    by_timestamp: int | None
    by_arrival: int | None
    since: str | None = None


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """One callback in the timeline. `delay` is from its timestamp to its arrival, in milliseconds."""

    seq: int
    kind: Kind
    status: str | None
    timestamp: str | None
    received: int
    marks: tuple[Mark, ...]
    delay: int | None
    gap: Gap | None

    @property
    def word(self) -> str:
        return "Invalid" if self.kind is Kind.INVALID else label(self.status)


def timeline_rows(detail: MessageDetail) -> list[TimelineRow]:
    """Every callback of the message once."""
    ordered = _ordered(detail)
    marks = _marks(detail)
    attempts = attempt_texts(detail.callbacks)
    rows = [_row(one, marks.get(one.seq, ()), None, attempts.get(one.seq)) for one in ordered[:1]]
    known: CallbackSummary | None = None
    arrived = {one.seq: before for before, one in pairwise(detail.callbacks)}
    for before, one in pairwise(ordered):
        if before.transition:
            known = before
        if not one.transition:
            gap = _remark_gap(arrived.get(one.seq), one)
        elif known is None:
            gap = None
        else:
            gap = _gap(known, one, since=None if known is before else label(known.status))
        rows.append(_row(one, marks.get(one.seq, ()), gap, attempts.get(one.seq)))
    return rows


def _ordered(detail: MessageDetail) -> list[CallbackSummary]:
    """States by life; any other callback goes right behind the one that arrived before it."""
    by_seq = {one.seq: one for one in detail.callbacks}
    followers: dict[int | None, list[CallbackSummary]] = {}
    anchor: int | None = None
    states = {one.callback for one in detail.transitions}
    for one in detail.callbacks:
        if one.seq in states:
            anchor = one.seq
        else:
            followers.setdefault(anchor, []).append(one)
    ordered = list(followers.get(None, ()))
    for state in detail.transitions:
        if state.callback in by_seq:
            ordered += [by_seq[state.callback], *followers.get(state.callback, ())]
    return ordered


def _marks(detail: MessageDetail) -> dict[int, tuple[Mark, ...]]:
    marks: dict[int, tuple[Mark, ...]] = {}
    for finding in detail.findings:
        word = MARKS.get(finding.code)
        if word is None:
            continue
        mark = Mark(word, finding.severity.value)
        for seq in finding.callbacks:
            if mark not in marks.get(seq, ()):
                marks[seq] = (*marks.get(seq, ()), mark)
    return marks


def _row(one: CallbackSummary, marks: tuple[Mark, ...], gap: Gap | None, attempt: str | None) -> TimelineRow:
    problems = [one_line(code, 30).replace("_", " ") for code in one.problem_codes]
    # The problems of a valid callback are warnings.
    marks = (*(Mark(problem, "warning" if one.valid else "error") for problem in problems), *marks)
    if one.transition:
        kind = Kind.TRANSITION
    elif one.valid:
        kind, marks = Kind.RETRY, (Mark(attempt or "retry", "warning" if attempt else "info"), *marks)
    else:
        kind = Kind.INVALID
    if answer := answer_text(one):
        marks = (*marks, Mark(answer, "warning"))
    instant = _instant(one)
    delay = None if instant is None else (one.received * 1000 - instant) // 1_000_000
    return TimelineRow(one.seq, kind, one.status, one.timestamp, one.received, marks, delay, gap)


# A message that changes is shown anew with all its callbacks.
_parsed = lru_cache(4096)(parse_timestamp)


def _instant(one: CallbackSummary) -> int | None:
    return None if one.timestamp is None else _parsed(one.timestamp)


def _gap(before: CallbackSummary, one: CallbackSummary, since: str | None) -> Gap:
    earlier, later = _instant(before), _instant(one)
    by_timestamp = None if earlier is None or later is None else (later - earlier) // 1_000_000
    return Gap(by_timestamp, _arrival_gap(before, one), since)


def _remark_gap(before: CallbackSummary | None, one: CallbackSummary) -> Gap | None:
    return None if before is None else Gap(None, _arrival_gap(before, one))


def _arrival_gap(before: CallbackSummary, one: CallbackSummary) -> int | None:
    microseconds = one.received - before.received
    # Numbers are given in the order of arrival, whatever the clock says.
    return None if (one.seq > before.seq) == (microseconds < 0) and microseconds else microseconds // 1000


def gap_text(gap: Gap) -> str:
    """`+2.0 s by timestamp · +1.9 s by arrival`."""
    parts = [] if gap.by_timestamp is None else [f"{signed_duration(gap.by_timestamp)} by timestamp"]
    if gap.by_arrival is None:
        parts.append("our clock was set back in between")
    else:
        parts.append(f"{signed_duration(gap.by_arrival)} by arrival")
    return " · ".join(parts) + (f" since {gap.since}" if gap.since else "")


def clocks_text(row: TimelineRow, zone: tzinfo | None = None) -> str:
    """`22:26:57 · arrived 22:26:57.412, 412 ms later`."""
    arrived = f"arrived {clock_text(row.received, zone)}"
    if row.timestamp is None:
        return arrived
    sent = sender_time(row.timestamp, zone)
    if row.delay is None:
        return f"{sent} · {arrived}"
    if row.delay < 0:
        return f"{sent} · {arrived}, {duration_text(-row.delay)} before its timestamp"
    return f"{sent} · {arrived}, {duration_text(row.delay)} later"


def spoken_text(row: TimelineRow, zone: tzinfo | None = None) -> str:
    """The whole row in a sentence, for a screen reader."""
    parts = [row.word, f"callback {row.seq}", *(mark.text for mark in row.marks)]
    parts.append(clocks_text(row, zone) if row.timestamp is None else f"timestamp {clocks_text(row, zone)}")
    if row.gap is not None:
        parts.append(gap_text(row.gap))
    return ", ".join(parts)


def tooltip_lines(row: TimelineRow, zone: tzinfo | None = None) -> list[str]:
    """The times in full, the sender's as it was written."""
    lines = [f"{row.word} (callback {row.seq})"]
    if row.timestamp is None:
        lines.append("Timestamp: none")
    else:
        lines.append(f"Timestamp as sent: {one_line(row.timestamp, 80)}")
    lines.append(f"Arrived: {moment_text(row.received, zone)}")
    return lines
