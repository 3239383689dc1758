"""The filter language: `status:failed to:+1555 -is:invalid after:10:30 "free text"` as SQL conditions.

Terms are joined by AND; several values of one term, parted by commas, by OR; `-` negates a term; text
without a key is searched for. Values are always bound, never put into the SQL.
"""

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any, Final

from inspector.callbacks.findings import FindingCode
from inspector.callbacks.judgement import Dialect
from inspector.callbacks.payload import Status
from inspector.callbacks.problems import ProblemCode
from inspector.callbacks.signature import SignatureState
from inspector.callbacks.timestamps import to_microseconds
from inspector.session.values import storable

STALLED_AFTER: Final = 300_000_000
"""Microseconds after the last transition from which a message without an outcome is stalled, unless set."""


class FilterError(ValueError):
    """A filter that cannot be understood; `start` and `length` mark the place in its text."""

    def __init__(self, text: str, start: int, length: int) -> None:
        super().__init__(text)
        self.start = start
        self.length = length


@dataclass(frozen=True, slots=True)
class Condition:
    """A piece of SQL over `messages AS m` or `callbacks AS c`, and the values to bind."""

    sql: str = "1"
    values: tuple[Any, ...] = ()


EVERYTHING: Final = Condition()


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


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a filter: `key` is "" for free text. `start` and `end` are its place in the text."""

    key: str
    values: tuple[str, ...]
    negated: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Query:
    """A filter that was understood. The same filter serves the messages and the callbacks."""

    text: str
    messages: Condition
    callbacks: Condition
    uses_clock: bool = False

    @property
    def empty(self) -> bool:
        return self.messages is EVERYTHING


_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "status": tuple(status.value for status in Status),
    "is": ("valid", "invalid", "unassigned", "final", "open", "failed", "stalled", "truncated"),
    "finding": tuple(code.value for code in FindingCode),
    "problem": tuple(code.value for code in ProblemCode),
    "dialect": tuple(dialect.value for dialect in Dialect),
    "signature": tuple(state.value for state in SignatureState),
}
KEYS: Final[Mapping[str, str]] = {
    "status": "delivery status of the message",
    "to": "part of the To number",
    "from": "part of the From number",
    "body": "part of the text",
    "error": "error code, or part of the error message",
    "is": "valid, invalid, unassigned, final, open, failed, stalled, truncated",
    "finding": "a remark on the message's life",
    "problem": "a breach of the contract",
    "after": "later than a time: 10:30, or 2026-11-23T10:30",
    "before": "earlier than a time",
    "id": "part of the message's id",
    "project": "part of the project's id",
    "segments": "number of segments: 2, >1, <=3",
    "path": "part of the path called",
    "method": "HTTP method",
    "dialect": "json, form or unknown",
    "signature": "absent, unchecked, valid or invalid",
    "seq": "number of a callback: 17, >100",
}
"""The keys of the language with what they mean, in the order in which they are offered."""

_LONGEST: Final = 2000
_MOST_VALUES: Final = 100
"""Bounds well within what SQLite takes in one expression."""

_QUOTED: Final = r'"((?:[^"\\]|\\.)*)"'
_TOKEN: Final = re.compile(rf'(-?)(?:([A-Za-z_]+):)?((?:{_QUOTED}|[^\s"])*)', re.DOTALL)
_VALUE: Final = re.compile(rf'(?:{_QUOTED}|[^,"])+', re.DOTALL)
_COMPARISON: Final = re.compile(r"(>=|<=|>|<|=)?(\d{1,15})", re.ASCII)


def words_for(key: str) -> tuple[str, ...]:
    """The values that a key knows, for completion; empty where any text goes."""
    return _WORDS.get(key, ())


def split(text: str) -> list[Term]:
    """The terms of a filter. Raises FilterError at a quotation mark without its partner."""
    terms = []
    position = 0
    while position < len(text):
        if text[position].isspace():
            position += 1
            continue
        match = _TOKEN.match(text, position)
        assert match is not None  # noqa: S101 - every part of the pattern is optional
        end = match.end()
        if end < len(text) and text[end] == '"':
            raise FilterError("A quotation mark has no partner. Close it, or leave it out.", end, len(text) - end)
        minus, key, rest = match[1], (match[2] or "").lower(), match[3]
        values = tuple(_unquoted(value[0]) for value in _VALUE.finditer(rest)) if key else (_unquoted(rest),)
        if not key and minus and not rest:
            raise FilterError("“-” needs a term behind it, such as -status:delivered.", position, end - position)
        terms.append(Term(key, values, bool(minus), position, end))
        position = max(end, position + 1)
    return terms


def parse(text: str, moment: Moment) -> Query:
    """Understand a filter. Raises FilterError with the place and what to write instead."""
    if len(text) > _LONGEST:
        raise FilterError(f"A filter has {_LONGEST:,} characters at most.", _LONGEST, len(text) - _LONGEST)
    terms = split(storable(text))
    if sum(len(term.values) for term in terms) > _MOST_VALUES:
        raise FilterError(f"A filter has {_MOST_VALUES} values at most.", terms[0].start, terms[-1].end)
    messages, callbacks = [], []
    uses_clock = False
    for term in terms:
        in_messages, in_callbacks = _condition(term, moment)
        messages.append(_negated(in_messages) if term.negated else in_messages)
        callbacks.append(_negated(in_callbacks) if term.negated else in_callbacks)
        uses_clock = uses_clock or (term.key in ("is", "finding") and "stalled" in map(str.lower, term.values))
    if not terms:
        return Query(text, EVERYTHING, EVERYTHING)
    return Query(text, _joined(messages, "AND"), _joined(callbacks, "AND"), uses_clock)


def _unquoted(text: str) -> str:
    return re.sub(_QUOTED, lambda quoted: re.sub(r"\\(.)", r"\1", quoted[1], flags=re.DOTALL), text, flags=re.DOTALL)


def _condition(term: Term, moment: Moment) -> tuple[Condition, Condition]:
    if term.key and term.key not in KEYS:
        raise FilterError(_unknown_key(term), term.start, term.end - term.start)
    if not term.values:
        raise FilterError(f"“{term.key}:” needs a value: {KEYS[term.key]}.", term.start, term.end - term.start)
    pairs = []
    for value in term.values:
        try:
            pairs.append(_BUILDERS[term.key](_known_word(term.key, value), moment))
        except ValueError as error:
            raise FilterError(str(error), term.start, term.end - term.start) from None
    return _joined([one for one, _ in pairs], "OR"), _joined([other for _, other in pairs], "OR")


def _unknown_key(term: Term) -> str:
    close = difflib.get_close_matches(term.key, KEYS, 1)
    hint = (
        f"Did you mean “{close[0]}:”?" if close else f"To search for the text, write it in quotation marks. {_keys()}"
    )
    return f"There is no key “{term.key}:”. {hint}"


def _keys() -> str:
    return f"Keys are {', '.join(KEYS)}."


def _known_word(key: str, value: str) -> str:
    words = _WORDS.get(key)
    if words is None:
        return value
    if value.lower() not in words:
        raise ValueError(f"“{key}:” knows {', '.join(words)}; not “{value[:40]}”.")
    return value.lower()


def _joined(conditions: Sequence[Condition], word: str) -> Condition:
    if len(conditions) == 1:
        return conditions[0]
    values = tuple(value for condition in conditions for value in condition.values)
    return Condition(f"({f' {word} '.join(condition.sql for condition in conditions)})", values)


def _negated(condition: Condition) -> Condition:
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
        _joined([_contains(column, value) for column in columns], "OR"),
        _joined([body, _contains("c.target", value)], "OR"),
    )


def _column(column: str) -> Callable[[str, Moment], tuple[Condition, Condition]]:
    return lambda value, _: _through_message(_contains(column, value))


def _status(value: str, _: Moment) -> tuple[Condition, Condition]:
    return Condition("m.status = ?", (value,)), Condition("c.status = ?", (value,))


def _error(value: str, _: Moment) -> tuple[Condition, Condition]:
    return _through_message(
        _joined([Condition("m.error_code = ?", (value,)), _contains("m.error_message", value)], "OR")
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


def _segments(value: str, _: Moment) -> tuple[Condition, Condition]:
    sign, number = _comparison("segments", value)
    return _through_message(Condition(f"m.number_of_segments {sign} ?", (number,)))


def _seq(value: str, _: Moment) -> tuple[Condition, Condition]:
    sign, number = _comparison("seq", value)
    return _through_callback(Condition(f"c.seq {sign} ?", (number,)))


def _comparison(key: str, value: str) -> tuple[str, int]:
    match = _COMPARISON.fullmatch(value)
    if match is None:
        raise ValueError(f"“{key}:” takes a number, or one behind >, <, >= or <=; not “{value[:40]}”.")
    return match[1] or "=", int(match[2])


_BUILDERS: Final[Mapping[str, Callable[[str, Moment], tuple[Condition, Condition]]]] = {
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
}
