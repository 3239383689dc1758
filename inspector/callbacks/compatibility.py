"""The form dialect: callbacks of the Compatibility (cXML/LaML) API, which are Twilio's in form.

They name a message by `MessageSid` and carry no timestamp: the arrival is their only clock. The
statuses are mapped to the seven of the specification, so that one lifecycle serves both dialects.
"""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl

from inspector.callbacks.facts import Facts
from inspector.callbacks.problems import Problem, ProblemCode, shown_value
from inspector.callbacks.status import Status

_MOST_FIELDS: Final = 1000

_STATUSES: Final[Mapping[str, Status]] = {
    "accepted": Status.QUEUED,
    "scheduled": Status.QUEUED,
    "queued": Status.QUEUED,
    "sending": Status.INITIATED,
    "sent": Status.SENT,
    "delivered": Status.DELIVERED,
    "undelivered": Status.UNDELIVERED,
    "failed": Status.FAILED,
    "canceled": Status.FAILED,  # it never left for the carrier, which is what `failed` says
    "read": Status.READ,
}
_INBOUND: Final = frozenset({"receiving", "received"})

_NAMES: Final = frozenset(
    [
        "MessageSid",
        "SmsSid",
        "SmsMessageSid",
        "MessageStatus",
        "SmsStatus",
        "AccountSid",
        "From",
        "To",
        "Body",
        "NumSegments",
        "NumMedia",
        "ErrorCode",
        "ErrorMessage",
        "ApiVersion",
        "MessagingServiceSid",
        "RawDlrDoneDate",
        "ChannelInstallSid",
        "ChannelStatusMessage",
        "ChannelPrefix",
        "ChannelToAddress",
        "EventType",
        "StructuredMessage",
        "FromCity",
        "FromState",
        "FromZip",
        "FromCountry",
        "ToCity",
        "ToState",
        "ToZip",
        "ToCountry",
    ]
)
_MEDIA_NAME: Final = re.compile(r"Media(Url|ContentType)\d+", re.ASCII)
_WHOLE_NUMBER: Final = re.compile(r"\d{1,9}", re.ASCII)


def parse_form(encoded: str) -> tuple[dict[str, str], list[Problem]]:
    """The parameters of a form-encoded body or query string; the first value counts where a name repeats."""
    problems: list[Problem] = []
    try:
        try:
            pairs = parse_qsl(encoded, keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
        except UnicodeDecodeError:
            problems.append(Problem("$", ProblemCode.ENCODING, "A form value is not UTF-8 once it is percent-decoded."))
            pairs = parse_qsl(encoded, keep_blank_values=True, errors="replace", max_num_fields=_MOST_FIELDS)
    except ValueError:
        return {}, [Problem("$", ProblemCode.FORMAT, f"The form has more than {_MOST_FIELDS} fields and is not read.")]
    parameters: dict[str, str] = {}
    for name, value in pairs:
        parameters.setdefault(name, value)
    return parameters, problems


def looks_like_status_callback(parameters: Mapping[str, str]) -> bool:
    """Whether form parameters are a message status callback of the Compatibility API."""
    return not parameters.keys().isdisjoint(("MessageSid", "SmsSid", "MessageStatus", "SmsStatus"))


def judge_form(parameters: Mapping[str, str]) -> tuple[str | None, Facts, list[Problem]]:
    """The message id, the facts and every problem of form parameters."""
    problems: list[Problem] = []
    message_id = parameters.get("MessageSid") or parameters.get("SmsSid")
    if not message_id:
        problems.append(Problem("$.MessageSid", ProblemCode.MISSING, "The required field “MessageSid” is missing."))
    facts = Facts(
        status=_status(parameters, problems),
        project_id=parameters.get("AccountSid"),
        to=parameters.get("To"),
        from_=parameters.get("From"),
        body=parameters.get("Body"),
        number_of_segments=_whole_number(parameters, "NumSegments", problems),
        error_code=parameters.get("ErrorCode") or None,
        error_message=parameters.get("ErrorMessage") or None,
        kind=_kind(_whole_number(parameters, "NumMedia", problems)),
    )
    return message_id or None, facts, problems


def unknown_form_fields(parameters: Mapping[str, str]) -> tuple[str, ...]:
    """The parameters that neither SignalWire's nor Twilio's documentation of the callback names."""
    return tuple(name for name in parameters if name not in _NAMES and not _MEDIA_NAME.fullmatch(name))


def _status(parameters: Mapping[str, str], problems: list[Problem]) -> Status | None:
    name = "MessageStatus" if "MessageStatus" in parameters else "SmsStatus"
    word = parameters.get(name)
    if word is None:
        text = "The required field “MessageStatus” is missing."
        problems.append(Problem("$.MessageStatus", ProblemCode.MISSING, text))
        return None
    status = _STATUSES.get(word)
    if status is None:
        if word in _INBOUND:
            text = f"“{word}” is a status of an inbound message; a status callback tells of one that was sent."
        else:
            text = f"“{name}” must be one of {', '.join(_STATUSES)}."
        problems.append(Problem(f"$.{name}", ProblemCode.ENUM, text, shown_value(word)))
    return status


def _whole_number(parameters: Mapping[str, str], name: str, problems: list[Problem]) -> int | None:
    text = parameters.get(name)
    if text is None:
        return None
    if _WHOLE_NUMBER.fullmatch(text):
        return int(text)
    problems.append(Problem(f"$.{name}", ProblemCode.TYPE, f"“{name}” must be a whole number.", shown_value(text)))
    return None


def _kind(media: int | None) -> str | None:
    return None if media is None else "mms" if media else "sms"
