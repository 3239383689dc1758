"""What the terms of a filter mean, as SQL over messages and over callbacks. Values are always bound."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any, Final

from inspector.callbacks.findings import FindingCode, unknown_field_text
from inspector.callbacks.timestamps import to_microseconds

STALLED_AFTER: Final = 300_000_000
"""Microseconds after the last transition from which a message without an outcome is stalled, unless set."""

_COMPARISON: Final = re.compile(r"(>=|<=|>|<|=)?(\d{1,15})", re.ASCII)
_DURATION: Final = re.compile(r"(\d{1,15}(?:\.\d{1,3})?)(ms|s|min|m|h|d)?", re.ASCII | re.IGNORECASE)
_UNITS: Final = {"ms": 1, "s": 1000, "min": 60_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
"""Milliseconds."""

_STRIP: Final = 16
"""So many transitions the column `strip` holds at most (STRIP_LENGTH)."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A piece of SQL over `messages AS m` or `callbacks AS c`, and the values to bind."""

    sql: str = "1"
    values: tuple[Any, ...] = ()


EVERYTHING: Final = Condition()

FIELD_BREACHES: Final = "'missing', 'type', 'enum', 'format'"
"""The problems that are about one field, as SQL."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What the clock words of a filter are relative to: the day of times without one, the zone, and now.

    `now` is in microseconds since 1970, or None for a session that is not live (nothing stalls in it).
    `stalled_after` is in microseconds.
    """

    day: date
    zone: tzinfo
    now: int | None = None
    stalled_after: int = STALLED_AFTER


def joined(conditions: Sequence[Condition], word: str) -> Condition:
    if len(conditions) == 1:
        return conditions[0]
    values = tuple(value for condition in conditions for value in condition.values)
    return Condition(f"({f' {word} '.join(condition.sql for condition in conditions)})", values)


def negated(condition: Condition) -> Condition:
    # A comparison with NULL is neither true nor false in SQL; here what does not fit, fits the negation.
    return Condition(f"NOT coalesce({condition.sql}, 0)", condition.values)


def _through_message(condition: Condition) -> tuple[Condition, Condition]:
    """A condition on messages, and the same on the callbacks of such messages."""
    sql = f"c.message IN (SELECT m.row FROM messages AS m WHERE {condition.sql})"
    return condition, Condition(sql, condition.values)


def _through_callback(condition: Condition) -> tuple[Condition, Condition]:
    """A condition on callbacks, and the same on messages that have such a callback."""
    sql = f"m.row IN (SELECT c.message FROM callbacks AS c WHERE c.message NOTNULL AND {condition.sql})"
    return Condition(sql, condition.values), condition


def _contains(column: str, value: str) -> Condition:
    escaped = re.sub(r"([%_\\])", r"\\\1", value)
    return Condition(f"{column} LIKE ? ESCAPE '\\'", (f"%{escaped}%",))


def _text(value: str, _: Moment) -> tuple[Condition, Condition]:
    columns = ("m.id", "m.to_number", "m.from_number", "m.body", "m.error_code", "m.error_message")
    body = _contains("CAST(c.body AS TEXT)", value)
    return (
        joined([_contains(column, value) for column in columns], "OR"),
        joined([body, _contains("c.target", value)], "OR"),
    )


def _column(column: str) -> Callable[[str, Moment], tuple[Condition, Condition]]:
    return lambda value, _: _through_message(_contains(column, value))


def _status(value: str, _: Moment) -> tuple[Condition, Condition]:
    return Condition("m.status = ?", (value,)), Condition("c.status = ?", (value,))


def _error(value: str, _: Moment) -> tuple[Condition, Condition]:
    return _through_message(
        joined([Condition("m.error_code = ?", (value,)), _contains("m.error_message", value)], "OR")
    )


def _finding(value: str, moment: Moment) -> tuple[Condition, Condition]:
    if value == FindingCode.STALLED:
        return _through_message(_stalled(moment))
    return (
        Condition("instr(m.codes, ?)", (f",{value},",)),
        Condition("EXISTS (SELECT 1 FROM findings WHERE message = c.message AND seq = c.seq AND code = ?)", (value,)),
    )


def _stalled(moment: Moment) -> Condition:
    if moment.now is None:
        return Condition("0")
    return Condition("NOT m.terminal AND m.last_transition <= ?", (moment.now - moment.stalled_after,))


def _is(value: str, moment: Moment) -> tuple[Condition, Condition]:
    match value:
        case "valid":
            return Condition("m.invalid = 0"), Condition("c.valid")
        case "invalid":
            return Condition("m.invalid > 0"), Condition("NOT c.valid")
        case "unassigned":
            return Condition("0"), Condition("c.message IS NULL")
        case "final":
            return _through_message(Condition("m.terminal"))
        case "open":
            return _through_message(Condition("NOT m.terminal"))
        case "failed":
            return _through_message(Condition("m.status IN ('failed', 'undelivered')"))
        case "truncated":
            return _through_callback(Condition("c.truncated"))
        case _:
            return _through_message(_stalled(moment))


def _problem(value: str, _: Moment) -> tuple[Condition, Condition]:
    sql = "EXISTS (SELECT 1 FROM json_each(c.problems) WHERE value ->> '$.code' = ?)"
    return _through_callback(Condition(sql, (value,)))


def _exactly(column: str, change: Callable[[str], str] = str) -> Callable[[str, Moment], tuple[Condition, Condition]]:
    return lambda value, _: _through_callback(Condition(f"{column} = ?", (change(value),)))


def _path(value: str, _: Moment) -> tuple[Condition, Condition]:
    return _through_callback(_contains("c.target", value))


def _after(value: str, moment: Moment) -> tuple[Condition, Condition]:
    when = (_when(value, moment),)
    return Condition("m.last_received >= ?", when), Condition("c.received >= ?", when)


def _before(value: str, moment: Moment) -> tuple[Condition, Condition]:
    when = (_when(value, moment),)
    return Condition("m.first_received < ?", when), Condition("c.received < ?", when)


def _when(value: str, moment: Moment) -> int:
    try:
        if value[:4].isdigit():
            point = datetime.fromisoformat(value)
        else:
            hours, minutes, seconds = value.split(":") if value.count(":") == 2 else (*value.split(":"), "0")
            point = datetime.combine(moment.day, time(int(hours), int(minutes))) + timedelta(seconds=float(seconds))
        return to_microseconds(point if point.tzinfo else point.replace(tzinfo=moment.zone))
    except (ValueError, OverflowError):
        text = f"“{value[:40]}” is no time. Write 10:30, 10:30:15, 2026-11-23 or 2026-11-23T10:30."
        raise ValueError(text) from None


def _took(value: str, _: Moment) -> tuple[Condition, Condition]:
    """How long the delivery took: a comparison, or a range from one length (with it) to another (without it)."""
    first, dots, last = value.partition("..")
    if dots:
        bounds = (_milliseconds(first, value), _milliseconds(last, value))
        return _through_message(Condition("m.delivered_after >= ? AND m.delivered_after < ?", bounds))
    sign = next((one for one in (">=", "<=", ">", "<", "=") if value.startswith(one)), "")
    length = _milliseconds(value.removeprefix(sign), value)
    return _through_message(Condition(f"m.delivered_after {sign or '='} ?", (length,)))


def _milliseconds(text: str, value: str) -> int:
    match = _DURATION.fullmatch(text)
    if match is None:
        raise ValueError(f"“took:” takes a length of time: >5s, <=800ms, 1s..5s, >2min; not “{value[:40]}”.")
    # Timestamps of any two years are fewer milliseconds apart; SQLite takes 64 bits.
    return min(round(float(match[1]) * _UNITS[(match[2] or "s").lower()]), 10**15)


def _reached(value: str, _: Moment) -> tuple[Condition, Condition]:
    """Messages that went through a status. The strip has its first letter, unless so many states came after it."""
    rest = "EXISTS (SELECT 1 FROM callbacks AS r WHERE r.message = m.row AND r.transition AND r.status = ?)"
    sql = f"(instr(m.strip, ?) OR (length(m.strip) >= {_STRIP} AND {rest}))"
    return _through_message(Condition(sql, (value[0], value)))


def _field(value: str, _: Moment) -> tuple[Condition, Condition]:
    """A field that a callback has wrong or lacks, or that the contract does not name."""
    breach = (
        "NOT c.valid AND EXISTS (SELECT 1 FROM json_each(c.problems) "
        f"WHERE value ->> '$.path' = ? AND value ->> '$.code' IN ({FIELD_BREACHES}))"
    )
    unknown = f"code = '{FindingCode.UNKNOWN_FIELD}' AND text = ?"
    # Few messages have either, and their rows say so: of the others, no callback is read.
    of_message = (
        f"(m.invalid AND EXISTS (SELECT 1 FROM callbacks AS c WHERE c.message = m.row AND {breach}) "
        f"OR instr(m.codes, ',{FindingCode.UNKNOWN_FIELD},') "
        f"AND EXISTS (SELECT 1 FROM findings WHERE message = m.row AND {unknown}))"
    )
    of_callback = (
        f"({breach} OR EXISTS (SELECT 1 FROM findings WHERE message = c.message AND seq = c.seq AND {unknown}))"
    )
    values = (f"$.{value}", unknown_field_text(value))
    return Condition(of_message, values), Condition(of_callback, values)


def _segments(value: str, _: Moment) -> tuple[Condition, Condition]:
    sign, number = _comparison("segments", value)
    return _through_message(Condition(f"m.number_of_segments {sign} ?", (number,)))


def _seq(value: str, _: Moment) -> tuple[Condition, Condition]:
    sign, number = _comparison("seq", value)
    return _through_callback(Condition(f"c.seq {sign} ?", (number,)))


def _marked(value: str, _: Moment) -> tuple[Condition, Condition]:
    match value:
        case "any":
            return _through_message(_mark_with("colour NOTNULL"))
        case "none":
            return _through_message(negated(_mark_with("colour NOTNULL")))
        case _:
            return _through_message(_mark_with("colour = ?", value))


def _note(value: str, _: Moment) -> tuple[Condition, Condition]:
    contains = _contains("note", value)
    return _through_message(_mark_with(contains.sql, *contains.values))


def _mark_with(sql: str, *values: str) -> Condition:
    # The marks that fit are found first: there are few of them, however many messages.
    return Condition(f"m.row IN (SELECT message FROM marks WHERE {sql})", values)


def _has(value: str, _: Moment) -> tuple[Condition, Condition]:
    match value:
        case "mark":
            return _through_message(_mark_with("colour NOTNULL"))
        case "note":
            return _through_message(_mark_with("note != ''"))
        case "error":
            return _through_message(Condition("(m.error_code NOTNULL OR m.error_message NOTNULL)"))
        case "finding":
            return _through_message(Condition("m.codes != ''"))
        case _:
            return _through_message(Condition("m.custom_variables NOTNULL"))


def _comparison(key: str, value: str) -> tuple[str, int]:
    match = _COMPARISON.fullmatch(value)
    if match is None:
        raise ValueError(f"“{key}:” takes a number, or one behind >, <, >= or <=; not “{value[:40]}”.")
    return match[1] or "=", int(match[2])


BUILDERS: Final[Mapping[str, Callable[[str, Moment], tuple[Condition, Condition]]]] = {
    "": _text,
    "status": _status,
    "to": _column("m.to_number"),
    "from": _column("m.from_number"),
    "body": _column("m.body"),
    "id": _column("m.id"),
    "project": _column("m.project_id"),
    "error": _error,
    "is": _is,
    "finding": _finding,
    "problem": _problem,
    "after": _after,
    "before": _before,
    "segments": _segments,
    "path": _path,
    "method": _exactly("c.method", str.upper),
    "dialect": _exactly("c.dialect"),
    "signature": _exactly("c.signature"),
    "seq": _seq,
    "took": _took,
    "reached": _reached,
    "field": _field,
    "mark": _marked,
    "note": _note,
    "has": _has,
}
