"""Rules for what a callback is answered: which callbacks one is about, and what it has for them. Pure matching."""

import hashlib
import math
import re
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any, Final, Self

from inspector.callbacks.status import Status
from inspector.session.records import Received

LONGEST_DELAY: Final = 120.0
LARGEST_BODY: Final = 1 << 20
MOST_REDIRECTS: Final = 10
REDIRECTS: Final = (301, 302, 303, 307, 308)
_MOST_ATTEMPT: Final = 9
_REMEMBERED: Final = 10_000
_LONGEST_TEXT: Final = 2_000
_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_FRAMING: Final = frozenset({"content-length", "transfer-encoding", "connection"})
_SEPARATORS: Final = str.maketrans("", "", " -().")


class RuleError(ValueError):
    """What is wrong with a rule, in the user's words."""


class Action(StrEnum):
    """What is done with a callback that was committed."""

    ANSWER = "answer"
    REDIRECT = "redirect"
    DROP = "drop"
    RESET = "reset"


@dataclass(frozen=True, slots=True)
class Rule:
    """Which callbacks, and what becomes of them. An empty condition fits every callback.

    `path` is the beginning of the path, or a pattern where it has one of `*?[`. `number` is a part of To or From.
    `attempt` counts from 1; 0 stands for every one. `delay` is in seconds. `filler` is how many bytes the body has
    at least. A redirect goes to `location`, or, without one, `redirects` times on to the callback's own address.

    Raises RuleError for what cannot be.
    """

    name: str = ""
    enabled: bool = True
    path: str = ""
    status: str = ""
    number: str = ""
    attempt: int = 0
    action: Action = Action.ANSWER
    code: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""
    filler: int = 0
    delay: float = 0.0
    location: str = ""
    redirects: int = 1

    def __post_init__(self) -> None:
        _check_texts(self)
        if self.status and self.status not in list(Status):
            raise RuleError(f"“{self.status}” is no status of a message.")
        _check_range("The attempt", self.attempt, 0, _MOST_ATTEMPT)
        _check_range("The delay", self.delay, 0, LONGEST_DELAY)
        _check_range("The size of the body", self.filler, 0, LARGEST_BODY)
        if self.action is Action.REDIRECT:
            if self.code not in REDIRECTS:
                raise RuleError(f"{self.code} is no redirect; those are {', '.join(map(str, REDIRECTS))}.")
            _check_range("The number of redirects", self.redirects, 1, MOST_REDIRECTS)
            _check_value("the address", self.location)
        elif self.action is Action.ANSWER:
            _check_range("The HTTP status", self.code, 200, 599)
            if self.code in (204, 205, 304) and (self.body or self.filler):
                raise RuleError(f"An answer with the status {self.code} has no body. Take the body away.")
        _check_headers(self.headers)

    @classmethod
    def from_json(cls, values: Any) -> Self:
        """The rule that `as_json` wrote. Raises RuleError; what it does not know is left out."""
        if not isinstance(values, Mapping):
            raise RuleError("This is no rule.")
        known: dict[str, Any] = {}
        for one in fields(cls):
            if one.name not in values:
                continue
            value, kind = values[one.name], _KINDS[one.name]
            if type(value) not in kind:
                raise RuleError(f"“{one.name}” cannot be {str(value)[:40]}.")
            known[one.name] = value
        if "action" in known:
            if known["action"] not in list(Action):
                raise RuleError(f"“{known['action'][:40]}” is nothing that a rule can do.")
            known["action"] = Action(known["action"])
        if "headers" in known:
            known["headers"] = _pairs(known["headers"])
        return cls(**known)

    def as_json(self) -> dict[str, Any]:
        """What the settings keep."""
        return asdict(self) | {"action": self.action.value, "headers": [list(pair) for pair in self.headers]}

    def fits(self, asked: "Asked", attempt: int) -> bool:
        """Whether the rule is about this callback, which comes for the `attempt`th time."""
        return (
            (not self.path or _path_fits(self.path, asked.path))
            and (not self.status or self.status == asked.status)
            and (not self.number or self._number_fits(asked.numbers))
            and self.attempt in (0, attempt)
        )

    def _number_fits(self, numbers: Iterable[str]) -> bool:
        wanted = self.number.translate(_SEPARATORS)
        return any(wanted in number for number in numbers)


@dataclass(frozen=True, slots=True)
class Asked:
    """What rules look at in a callback. `key` is the same for every attempt at one callback."""

    path: str
    status: str
    numbers: tuple[str, ...]
    key: tuple[str, ...]

    @classmethod
    def of(cls, received: Received) -> Self:
        judgement = received.judgement
        facts = judgement.facts
        status = "" if facts.status is None else facts.status.value
        if judgement.message_id is None:
            key: tuple[str, ...] = (hashlib.blake2b(received.body, digest_size=16).hexdigest(),)
        else:
            key = (judgement.message_id, status, facts.timestamp or "")
        numbers = tuple(number for number in (facts.to, facts.from_) if number)
        return cls(path_of(received.target), status, numbers, key)


class Attempts:
    """Counts how often a callback came. The last ten thousand are remembered."""

    def __init__(self, most: int = _REMEMBERED) -> None:
        self._most = most
        self._counts: OrderedDict[tuple[str, ...], int] = OrderedDict()

    def __len__(self) -> int:
        return len(self._counts)

    def count(self, key: tuple[str, ...]) -> int:
        """Count one more; 1 for the first."""
        number = self._counts.pop(key, 0) + 1
        self._counts[key] = number
        if len(self._counts) > self._most:
            self._counts.popitem(last=False)
        return number


class Rules:
    """Rules in their order, with what they have to remember. Those that are switched off are left out."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.active: tuple[Rule, ...] = tuple(rule for rule in rules if rule.enabled)
        self._attempts = Attempts()

    def first(self, received: Received) -> Rule | None:
        """The first rule that fits. Every call counts as an attempt."""
        asked = Asked.of(received)
        attempt = self._attempts.count(asked.key)
        return next((rule for rule in self.active if rule.fits(asked, attempt)), None)


def path_of(target: str) -> str:
    """The path of a request target, without query and fragment."""
    return target.split("#", 1)[0].partition("?")[0]


def _path_fits(wanted: str, path: str) -> bool:
    if any(character in wanted for character in "*?["):
        return fnmatchcase(path, wanted)
    return path.startswith(wanted)


_KINDS: Final[Mapping[str, tuple[type, ...]]] = {
    **dict.fromkeys(("name", "path", "status", "number", "action", "body", "location"), (str,)),
    **dict.fromkeys(("attempt", "code", "filler", "redirects"), (int,)),
    "enabled": (bool,),
    "delay": (int, float),
    "headers": (list, tuple),
}


def _pairs(found: Sequence[Any]) -> tuple[tuple[str, str], ...]:
    pairs = [tuple(pair) if isinstance(pair, (list, tuple)) else () for pair in found]
    if not all(len(pair) == 2 and all(isinstance(part, str) for part in pair) for pair in pairs):
        raise RuleError("A header is a name and a value.")
    return tuple((pair[0], pair[1]) for pair in pairs)


def _check_texts(rule: Rule) -> None:
    for what, text in (("name", rule.name), ("path", rule.path), ("number", rule.number), ("address", rule.location)):
        if len(text) > _LONGEST_TEXT:
            raise RuleError(f"The {what} is too long; {_LONGEST_TEXT:,} characters are enough.")
    try:
        size = len(rule.body.encode())
        f"{rule.name}{rule.path}{rule.number}{rule.location}".encode()
    except UnicodeEncodeError:
        raise RuleError("A text has half a character in it, which cannot be sent.") from None
    if size > LARGEST_BODY:
        raise RuleError(f"The body is too large; {LARGEST_BODY:,} bytes are the most.")


def _check_range(what: str, value: float, least: int, most: float) -> None:
    if not (math.isfinite(value) and least <= value <= most):
        raise RuleError(f"{what} cannot be {value:g}; it goes from {least} to {most:g}.")


def _check_headers(headers: Iterable[tuple[str, str]]) -> None:
    for name, value in headers:
        if not _TOKEN.fullmatch(name):
            raise RuleError(f"“{name[:40]}” cannot be the name of a header.")
        if name.lower() in _FRAMING:
            raise RuleError(f"{name} is set by the program itself. Take it away.")
        _check_value(f"the header {name}", value)


def _check_value(what: str, value: str) -> None:
    # RFC 9110, section 5.5: a line break would begin another header.
    if not value.isprintable() or not value.isascii():
        raise RuleError(f"The value of {what} has characters that no header may have.")
