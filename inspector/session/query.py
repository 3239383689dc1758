"""The filter language: `status:failed to:+1555 -is:invalid after:10:30 "free text"` as SQL conditions.

Terms are joined by AND; several values of one term, parted by commas, by OR; `-` negates a term; text
without a key is searched for. Values are always bound, never put into the SQL.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from inspector.callbacks.dialect import Dialect
from inspector.callbacks.findings import FindingCode
from inspector.callbacks.problems import ProblemCode
from inspector.callbacks.signature import SignatureState
from inspector.callbacks.status import Status
from inspector.session.conditions import BUILDERS, EVERYTHING, Condition, Moment, joined, negated
from inspector.session.marks import COLOURS
from inspector.session.values import storable


class FilterError(ValueError):
    """A filter that cannot be understood; `start` and `length` mark the place in its text."""

    def __init__(self, text: str, start: int, length: int) -> None:
        super().__init__(text)
        self.start = start
        self.length = length


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
    "reached": tuple(status.value for status in Status),
    "mark": (*COLOURS, "any", "none"),
    "has": ("mark", "note", "error", "finding", "variables"),
}
_EXAMPLES: Final[Mapping[str, tuple[str, ...]]] = {
    "took": (">1s", ">5s", ">30s", ">1min", ">5min", "<1s", "1s..5s", "5s..30s"),
    "field": (
        *("id", "project_id", "status", "to", "from", "body"),
        *("number_of_segments", "timestamp", "error_code", "error_message"),
    ),
}
"""Values that are offered for keys that take others too."""

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
    "took": "time from the first state to delivered: >5s, <=800ms, 1s..5s (5 s not included)",
    "reached": "a status that the message went through",
    "field": "a field that is wrong, missing, or not in the contract",
    "mark": "red, orange, yellow, green, blue, purple, any or none",
    "note": "part of the note on the message",
    "has": "mark, note, error, finding or variables",
}
"""The keys of the language with what they mean, in the order in which they are offered."""

_LONGEST: Final = 2000
_MOST_VALUES: Final = 100
"""Bounds well within what SQLite takes in one expression."""

_QUOTED: Final = r'"((?:[^"\\]|\\.)*)"'
_TOKEN: Final = re.compile(rf'(-?)(?:([A-Za-z_]+):)?((?:{_QUOTED}|[^\s"])*)', re.DOTALL)
_VALUE: Final = re.compile(rf'(?:{_QUOTED}|[^,"])+', re.DOTALL)


def words_for(key: str) -> tuple[str, ...]:
    """The values that are offered for a key; none where only the user knows."""
    return _WORDS.get(key) or _EXAMPLES.get(key, ())


def term(key: str, value: str) -> str:
    """A term of a filter that has just this value, in quotation marks where it needs them."""
    if value and value == value.strip() and not re.search(r'[\s",\\]', value):
        return f"{key}:{value}"
    escaped = re.sub(r'(["\\])', r"\\\1", value)
    return f'{key}:"{escaped}"'


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
        messages.append(negated(in_messages) if term.negated else in_messages)
        callbacks.append(negated(in_callbacks) if term.negated else in_callbacks)
        uses_clock = uses_clock or (term.key in ("is", "finding") and "stalled" in map(str.lower, term.values))
    if not terms:
        return Query(text, EVERYTHING, EVERYTHING)
    return Query(text, joined(messages, "AND"), joined(callbacks, "AND"), uses_clock)


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
            pairs.append(BUILDERS[term.key](_known_word(term.key, value), moment))
        except ValueError as error:
            raise FilterError(str(error), term.start, term.end - term.start) from None
    return joined([one for one, _ in pairs], "OR"), joined([other for _, other in pairs], "OR")


def _unknown_key(term: Term) -> str:
    from difflib import get_close_matches

    close = get_close_matches(term.key, KEYS, 1)
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
    word = value.lower()
    if word not in words:
        # The table shows “invalid” among the findings, and it is a word of “is:”.
        elsewhere = next((other for other, known in _WORDS.items() if word in known), None)
        hint = f" Did you mean “{elsewhere}:{word}”?" if elsewhere else ""
        raise ValueError(f"“{key}:” knows {', '.join(words)}; not “{value[:40]}”.{hint}")
    return word
