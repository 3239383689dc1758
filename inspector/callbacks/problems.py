"""Problems: breaches of the contract in one callback, as data."""

import json
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

_LONGEST_VALUE = 200


class Severity(StrEnum):
    """How much a problem or a finding weighs."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class ProblemCode(StrEnum):
    """The kinds of breaches; the words are those of the session JSON."""

    MISSING = "missing"
    TYPE = "type"
    ENUM = "enum"
    FORMAT = "format"
    JSON = "json"
    ENCODING = "encoding"
    CONTENT_TYPE = "content_type"
    METHOD = "method"
    TOO_LARGE = "too_large"

    @property
    def severity(self) -> Severity:
        """`content_type` and `method` are warnings, every other breach makes the callback invalid."""
        return Severity.WARNING if self in _WARNINGS else Severity.ERROR


_WARNINGS = frozenset({ProblemCode.CONTENT_TYPE, ProblemCode.METHOD})


@dataclass(frozen=True, slots=True)
class Problem:
    """One breach: where (a JSONPath, RFC 9535), what, how bad, and the value found there.

    `value` is JSON (None where nothing was found); a long one is shortened to its beginning.
    """

    path: str
    code: ProblemCode
    text: str
    value: Any = None

    @property
    def severity(self) -> Severity:
        return self.code.severity

    def as_json(self) -> dict[str, Any]:
        """The problem as the session JSON has it."""
        return {
            "path": self.path,
            "code": self.code.value,
            "severity": self.severity.value,
            "text": self.text,
            "value": self.value,
        }


def shown_value(value: Any) -> Any:
    """`value` fit for a problem: any JSON scalar as it is, everything long or odd as a short text."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if -(2**63) <= value < 2**63 else f"{_digits(value)} (an integer of over 64 bits)"
    if isinstance(value, float):
        return value if value - value == 0 else str(value)  # infinities and NaN are no JSON
    text = value if isinstance(value, str) else _container_text(value)
    shortened = text if len(text) <= _LONGEST_VALUE else text[:_LONGEST_VALUE] + "…"
    return shortened.encode("utf-8", "replace").decode() if not shortened.isascii() else shortened


def _digits(value: int) -> str:
    return hex(value)[:32] + "…"


def _container_text(value: Any) -> str:
    if isinstance(value, dict):
        return f"an object with {len(value)} members"
    if isinstance(value, list):
        return f"an array of {len(value)}"
    return str(value)[: _LONGEST_VALUE + 1]


def json_type(value: Any) -> str:
    """The JSON type of `value` with its article, for a sentence."""
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case int() | float() | Decimal():
            return "a number"
        case str():
            return "a string"
        case list():
            return "an array"
        case _:
            return "an object"


def member_path(path: str, name: str) -> str:
    """The JSONPath of a member (RFC 9535): dotted where the name allows it, else in brackets."""
    if name.isascii() and name.replace("_", "a").isalnum() and not name[0].isdigit():
        return f"{path}.{name}"
    # JSON's escapes are JSONPath's too, but for the quotation marks.
    escaped = json.dumps(shown_value(name), ensure_ascii=False)[1:-1].replace('\\"', '"').replace("'", "\\'")
    return f"{path}['{escaped}']"
