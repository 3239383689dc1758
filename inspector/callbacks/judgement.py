"""One request judged: which dialect it speaks, what it tells, and every breach of the contract."""

import re
from typing import Any, Final, NamedTuple

from inspector.callbacks.compatibility import (
    judge_form,
    looks_like_status_callback,
    parse_form,
    unknown_form_fields,
)
from inspector.callbacks.dialect import Dialect
from inspector.callbacks.facts import Facts, facts_of, readable_facts
from inspector.callbacks.payload import UnreadableJson, flawless, read_json, unknown_fields, validate
from inspector.callbacks.problems import Problem, ProblemCode, Severity, shown_value

_JSON_TYPE: Final = re.compile(r"application/(?:[\w.-]+\+)?json", re.ASCII | re.IGNORECASE)
_LONGEST_OTHER: Final = 65_536
_FORM_TYPE: Final = "application/x-www-form-urlencoded"
_CAMPAIGN_FIELDS: Final = frozenset({"brand_id", "campaign_id", "csp_id", "phone_number_assignment_order_id"})


class Judgement(NamedTuple):
    """The verdict on one callback. `message_id` is None for a callback that names no message."""

    dialect: Dialect
    message_id: str | None
    facts: Facts
    problems: tuple[Problem, ...]
    unknown_fields: tuple[str, ...] = ()

    @property
    def valid(self) -> bool:
        """Whether no problem is an error (a warning does not make a callback invalid)."""
        return not self.problems or all(problem.severity is not Severity.ERROR for problem in self.problems)


def judge(
    *,
    method: str,
    target: str,
    content_type: str,
    body: bytes,
    too_large: int | None = None,
    incomplete: str | None = None,
) -> Judgement:
    """The verdict on one HTTP request.

    `target` is the raw request target, `content_type` the header's value ("" when absent).
    `too_large` is the limit in bytes when the body went over it and `body` is only its beginning;
    `incomplete` says why, when the sender never finished the body.
    """
    media_type = content_type.split(";", 1)[0].strip()
    if too_large is not None or incomplete is not None:
        return _judge_partial(method, media_type, body, too_large, incomplete)
    if method == "POST" and media_type == "application/json" and (callback := flawless(body)) is not None:
        return Judgement(Dialect.JSON, callback.id, facts_of(callback), ())
    if method == "GET" and not body:
        return _judge_query(target)
    text, problems = _decoded(body)
    if _speaks_form(media_type, text):
        parameters, form_problems = parse_form(text)
        if looks_like_status_callback(parameters):
            return _judge_form(method, media_type, parameters, [*problems, *form_problems])
        if not parameters and media_type.lower() == _FORM_TYPE:
            problems += form_problems  # a form that is not read
    return _judge_json(method, media_type, text, problems)


def unjudged() -> Judgement:
    """For a callback at which this program failed: it is kept as it came, and says that nobody judged it."""
    text = "This callback was kept, but not judged: the program met an error of its own, which is in its log."
    return Judgement(Dialect.UNKNOWN, None, Facts(), (Problem("$", ProblemCode.JSON, text),))


def other_kind(payload: Any) -> str | None:
    """The name of another documented callback that a payload is, so that it is not called a broken message."""
    if not isinstance(payload, dict) or "status" in payload or "id" in payload:
        return None
    if "event_type" in payload or not _CAMPAIGN_FIELDS.isdisjoint(payload):
        return "10DLC status callback"
    return None


def kind_of_body(body: bytes) -> str | None:
    """`other_kind` of a body as it came; None for one that is no JSON or too long to be such a callback."""
    if len(body) > _LONGEST_OTHER:
        return None
    try:
        return other_kind(read_json(body.decode("utf-8", "replace"))[0])
    except UnreadableJson:
        return None


def _decoded(body: bytes) -> tuple[str, list[Problem]]:
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        where = f"The body is not UTF-8: byte {error.start} is 0x{body[error.start]:02x} ({error.reason})."
        return body.decode("utf-8", "replace"), [Problem("$", ProblemCode.ENCODING, where)]
    if text.startswith("\ufeff"):
        what = "The body begins with a byte order mark, which JSON must not have (RFC 8259, section 8.1)."
        return text[1:], [Problem("$", ProblemCode.ENCODING, what)]
    return text, []


def _speaks_form(media_type: str, text: str) -> bool:
    if media_type.lower() == _FORM_TYPE:
        return not text.lstrip().startswith("{")
    # A form under another name is still a form; the wrong name is a problem of its own.
    return "=" in text and text[:1] not in ("{", "[", '"', " ", "\n", "\r", "\t")


def _judge_json(method: str, media_type: str, text: str, problems: list[Problem]) -> Judgement:
    declared = _JSON_TYPE.fullmatch(media_type) is not None
    problems = [*_envelope(method, "POST"), *([] if declared else [_wrong_type(media_type)]), *problems]
    dialect = Dialect.JSON if declared or text.lstrip()[:1] in ("{", "[") else Dialect.UNKNOWN
    try:
        payload, oddities = read_json(text)
    except UnreadableJson as error:
        return Judgement(dialect, None, Facts(), (*problems, error.problem))
    problems += oddities
    if not isinstance(payload, dict):
        what = "The body is JSON, but not an object."
        problem = Problem("$", ProblemCode.JSON, what, shown_value(payload))
        return Judgement(dialect, None, Facts(), (*problems, problem))
    message_id: str | None
    callback, breaches = validate(payload)
    problems += breaches
    if callback is not None:
        facts, message_id = facts_of(callback), callback.id
    else:
        facts = readable_facts(payload)
        candidate = payload.get("id")
        message_id = candidate if isinstance(candidate, str) else None
    return Judgement(Dialect.JSON, message_id, facts, tuple(problems), unknown_fields(payload))


def _judge_form(method: str, media_type: str, parameters: dict[str, str], problems: list[Problem]) -> Judgement:
    envelope = [] if method == "GET" else _envelope(method, "POST or GET")
    if method != "GET" and media_type.lower() != _FORM_TYPE:
        text = f"The content type should be {_FORM_TYPE} for this form, not {_shown_type(media_type)}."
        envelope.append(Problem("$", ProblemCode.CONTENT_TYPE, text, media_type or None))
    message_id, facts, breaches = judge_form(parameters)
    unknown = unknown_form_fields(parameters)
    return Judgement(Dialect.FORM, message_id, facts, (*envelope, *problems, *breaches), unknown)


def _judge_query(target: str) -> Judgement:
    query = target.split("#", 1)[0].partition("?")[2]
    parameters, problems = parse_form(query)
    if looks_like_status_callback(parameters):
        return _judge_form("GET", "", parameters, problems)
    text = "The request has no body; a status callback is a POST with a JSON object."
    nothing = Problem("$", ProblemCode.JSON, text)
    return Judgement(Dialect.UNKNOWN, None, Facts(), (*_envelope("GET", "POST"), nothing))


def _judge_partial(
    method: str, media_type: str, body: bytes, too_large: int | None, incomplete: str | None
) -> Judgement:
    if too_large is not None:
        text = f"The body is larger than the limit of {too_large:,} bytes; only its beginning is kept."
        problem = Problem("$", ProblemCode.TOO_LARGE, text)
    else:
        problem = Problem("$", ProblemCode.JSON, f"The body is incomplete: {incomplete}")
    problems = [*_envelope(method, "POST"), problem]
    if media_type.lower() == _FORM_TYPE:
        return Judgement(Dialect.UNKNOWN, None, Facts(), tuple(problems))
    declared = _JSON_TYPE.fullmatch(media_type) is not None
    if not declared:
        problems.insert(-1, _wrong_type(media_type))
    dialect = Dialect.JSON if declared or body.lstrip()[:1] in (b"{", b"[") else Dialect.UNKNOWN
    return Judgement(dialect, None, Facts(), tuple(problems))


def _envelope(method: str, expected: str) -> list[Problem]:
    if method == "POST":
        return []
    text = f"The method should be {expected}, not {method[:40]}."
    return [Problem("$", ProblemCode.METHOD, text, shown_value(method))]


def _wrong_type(media_type: str) -> Problem:
    text = f"The content type should be application/json, not {_shown_type(media_type)}."
    return Problem("$", ProblemCode.CONTENT_TYPE, text, shown_value(media_type) or None)


def _shown_type(media_type: str) -> str:
    return str(shown_value(media_type)) if media_type else "absent"
