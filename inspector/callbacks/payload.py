"""The JSON dialect: the message status callback as the specification has it, and every breach of it.

The rules are those of SignalWire's OpenAPI 3.1 webhook `message-status-callback`: ten required fields,
seven statuses, nullable error fields, an RFC 3339 timestamp, nothing coerced. Fields that the
specification does not name are allowed; `custom_variables`, which newer API versions add, is one
that we know, but as the specification does not constrain it, neither do we.
"""

import json
import math
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, InstanceOf, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from inspector.callbacks.problems import Problem, ProblemCode, json_type, member_path, shown_value
from inspector.callbacks.status import Status
from inspector.callbacks.timestamps import parse_timestamp

_DEEPEST: Final = 200
_MOST_ODDITIES: Final = 100
_MOST_UNKNOWN: Final = 100
"""Bounds for a hostile body: one of a megabyte can hold 100,000 oddities."""


def _integer(value: Any) -> int:
    # JSON Schema counts 1.0 as an integer and a boolean not.
    if type(value) is int:
        return value
    if type(value) is float and value.is_integer():
        return int(value)
    if type(value) is Decimal and value == value.to_integral_value():  # a number past Python's own limits
        return int(value) if value.adjusted() < 4000 else _too_long(value)
    found = "a number with a fraction" if isinstance(value, float | Decimal) else json_type(value)
    raise PydanticCustomError("type", f"must be an integer, not {found}")


def readable_integer(value: Any) -> int | None:
    """`value` where it is what JSON Schema calls an integer, else None."""
    try:
        return _integer(value)
    except PydanticCustomError:
        return None


def _too_long(value: Decimal) -> int:
    # A number of thousands of digits is an integer to the specification; no one can use its exact value.
    return 2**63 if value > 0 else -(2**63)


def _date_time(text: str) -> str:
    if parse_timestamp(text) is None:
        raise PydanticCustomError("format", "must be an RFC 3339 date and time such as 2026-03-17T22:26:57Z")
    return text


# Not `str`: pydantic would refuse lone surrogates, which are no breach of the contract.
_Text = InstanceOf[str]


class MessageStatusCallback(BaseModel):
    """A valid payload. The field names are the specification's; `from` is a Python keyword, so `from_`.

    Other fields are allowed and not kept here; `unknown_fields` names them.
    """

    model_config = ConfigDict(extra="ignore", frozen=True, populate_by_name=False)

    id: _Text
    project_id: _Text
    status: Status
    to: _Text
    from_: _Text = Field(alias="from")
    body: _Text
    number_of_segments: Annotated[Any, BeforeValidator(_integer)]
    timestamp: Annotated[_Text, AfterValidator(_date_time)]
    error_code: _Text | None
    error_message: _Text | None
    custom_variables: Any = None


FIELDS: Final = tuple(field.alias or name for name, field in MessageStatusCallback.model_fields.items())
"""The field names that the contract knows, in the specification's order, then `custom_variables`."""

_KNOWN: Final = frozenset(FIELDS)
_REQUIRED: Final = tuple(name for name in FIELDS if name != "custom_variables")
_NULLABLE: Final = frozenset({"error_code", "error_message"})
_NOT_STRINGS: Final = _NULLABLE | {"number_of_segments"}


class UnreadableJson(ValueError):
    """The text is not JSON; `problem` says where it stops being JSON."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.text)
        self.problem = problem


class _RepeatedNames(dict[str, Any]):
    """A JSON object in which a name came twice (the last value stays)."""

    repeated: tuple[str, ...]


def flawless(body: bytes) -> MessageStatusCallback | None:
    """The callback of a body that is the ten fields of the contract, each once, and nothing else; else None.

    That is nearly every body there is, and reading it so takes a third of the time. Without escaped
    quotation marks, each string has two of them: a name that came twice, or one that the contract does
    not know, shows in their number.
    """
    if b'\\"' in body or b'"custom_variables"' in body:
        return None
    try:
        callback = MessageStatusCallback.model_validate_json(body)
    except ValidationError:
        return None  # what is wrong is said by those who read thoroughly
    errors = (callback.error_code is not None) + (callback.error_message is not None)
    return callback if body.count(b'"') == 2 * (_STRINGS + errors) else None


_STRINGS: Final = len(_REQUIRED) + sum(name not in _NOT_STRINGS for name in _REQUIRED)
"""How many strings a callback without an error has: the names of its fields, and the values of seven."""


def read_json(text: str) -> tuple[Any, list[Problem]]:
    """The JSON value of `text` (RFC 8259) with the problems that do not keep it from being read.

    Those are names that come twice in one object, and NaN or Infinity; the first hundred are listed.
    Numbers past what Python's own reader and its float can hold come back as Decimal.

    Raises UnreadableJson when there is no value.
    """
    odd: list[str] = []

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        result = dict(pairs)
        if len(result) == len(pairs):
            return result
        counts = Counter(name for name, _ in pairs)
        marked = _RepeatedNames(result)
        marked.repeated = tuple(name for name, count in counts.items() if count > 1)
        odd.append("repeated")
        return marked

    def constant(word: str) -> float:
        odd.append("constant")
        return float(word.replace("Infinity", "inf"))

    value = _decoded(text, members, constant)
    if not odd:
        return value, []
    problems = list(islice(_oddities(value, "$"), _MOST_ODDITIES + 1))
    if not problems:
        text = f"Nested deeper than {_DEEPEST} levels, a name comes twice in its object, or there is NaN or Infinity."
        return value, [Problem("$", ProblemCode.JSON, text)]
    if len(problems) > _MOST_ODDITIES:
        text = f"There are more repeated names, NaN or Infinity; the first {_MOST_ODDITIES} are listed."
        problems[_MOST_ODDITIES:] = [Problem("$", ProblemCode.JSON, text)]
    return value, problems


def _decoded(text: str, members: Any, constant: Any) -> Any:
    try:
        try:
            return json.loads(text, object_pairs_hook=members, parse_constant=constant, parse_float=_number)
        except json.JSONDecodeError:
            raise
        except ValueError:  # an integer past sys.get_int_max_str_digits()
            return json.loads(
                text, object_pairs_hook=members, parse_constant=constant, parse_float=_number, parse_int=_whole_number
            )
    except json.JSONDecodeError as error:
        what = "The body is empty; a JSON object was expected." if not text.strip() else _where(error)
        raise UnreadableJson(Problem("$", ProblemCode.JSON, what)) from None
    except RecursionError:
        text = "The body is not read as JSON: it is nested too deeply."
        raise UnreadableJson(Problem("$", ProblemCode.JSON, text)) from None


def _number(text: str) -> float | Decimal:
    value = float(text)
    try:
        return value if math.isfinite(value) else Decimal(text)
    except InvalidOperation:  # an exponent of 19 digits
        return value


def _whole_number(text: str) -> int | Decimal:
    try:
        return int(text)
    except ValueError:
        return Decimal(text)


def _where(error: json.JSONDecodeError) -> str:
    return f"The body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}."


def _oddities(value: Any, path: str, depth: int = 0) -> Iterator[Problem]:
    if depth > _DEEPEST:
        return
    if isinstance(value, float) and not math.isfinite(value):
        text = "NaN and Infinity are no JSON (RFC 8259, section 6)."
        yield Problem(path, ProblemCode.JSON, text, shown_value(value))
    elif isinstance(value, dict):
        for name in value.repeated if isinstance(value, _RepeatedNames) else ():
            text = "This name comes more than once in its object; receivers differ in which value they take."
            yield Problem(member_path(path, name), ProblemCode.JSON, text, shown_value(value[name]))
        for name, member in value.items():
            yield from _oddities(member, member_path(path, name), depth + 1)
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from _oddities(member, f"{path}[{index}]", depth + 1)


def validate(payload: dict[str, Any]) -> tuple[MessageStatusCallback | None, list[Problem]]:
    """The callback that a JSON object holds, or None with every breach of the contract, in field order."""
    try:
        return MessageStatusCallback.model_validate(payload), []
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=True)
    problems = [_breach(detail) for detail in details]
    problems.sort(key=lambda problem: FIELDS.index(problem.path.removeprefix("$.")))
    return None, problems


def _breach(detail: ErrorDetails) -> Problem:
    """A breach in the words of JSON; pydantic would name the types of Python."""
    name, value = str(detail["loc"][0]), detail["input"]
    path = member_path("$", name)
    match detail["type"]:
        case "missing":
            return Problem(path, ProblemCode.MISSING, f"The required field “{name}” is missing.")
        case "enum" | "string_unicode" if type(value) is str:  # a number is no misspelled status
            code, text = ProblemCode.ENUM, f"must be one of {', '.join(Status)}"
        case "enum" | "is_instance_of":
            wanted = "a string or null" if name in _NULLABLE else "a string"
            code, text = ProblemCode.TYPE, f"must be {wanted}, not {json_type(value)}"
        case own:  # of the validators above
            code, text = ProblemCode(own), detail["msg"]
    return Problem(path, code, f"“{name}” {text}.", shown_value(value))


def unknown_fields(payload: dict[str, Any]) -> tuple[str, ...]:
    """The names of `payload` that the contract does not know, the first hundred in the order in which they came."""
    if payload.keys() <= _KNOWN:
        return ()
    return tuple(islice((name for name in payload if name not in _KNOWN), _MOST_UNKNOWN))
