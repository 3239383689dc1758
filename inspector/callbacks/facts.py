"""What one callback tells of a message, whichever dialect it came in."""

from typing import Any, NamedTuple

from inspector.callbacks.payload import MessageStatusCallback, readable_integer
from inspector.callbacks.status import Status

_WORDS = frozenset(status.value for status in Status)


class Facts(NamedTuple):
    """The readable content of a callback. None where the dialect has no such field or it cannot be read.

    `timestamp` is the sender's text, unchanged. `kind` is "sms" or "mms" where the payload tells.
    (A named tuple, as all that is made for every callback: a frozen dataclass takes three times as long.)
    """

    status: Status | None = None
    project_id: str | None = None
    to: str | None = None
    from_: str | None = None
    body: str | None = None
    number_of_segments: int | None = None
    timestamp: str | None = None
    error_code: str | None = None
    error_message: str | None = None
    custom_variables: dict[str, Any] | None = None
    kind: str | None = None


def facts_of(callback: MessageStatusCallback) -> Facts:
    """The facts of a valid JSON payload."""
    variables = callback.custom_variables
    return Facts(
        status=callback.status,
        project_id=callback.project_id,
        to=callback.to,
        from_=callback.from_,
        body=callback.body,
        number_of_segments=callback.number_of_segments,
        timestamp=callback.timestamp,
        error_code=callback.error_code,
        error_message=callback.error_message,
        custom_variables=variables if isinstance(variables, dict) else None,
    )


def readable_facts(payload: dict[str, Any]) -> Facts:
    """What can still be shown of a payload that broke the contract: the fields that have the right type."""

    def text(name: str) -> str | None:
        value = payload.get(name)
        return value if isinstance(value, str) else None

    word = text("status")
    return Facts(
        status=Status(word) if word in _WORDS else None,
        project_id=text("project_id"),
        to=text("to"),
        from_=text("from"),
        body=text("body"),
        number_of_segments=readable_integer(payload.get("number_of_segments")),
        timestamp=text("timestamp"),
        error_code=text("error_code"),
        error_message=text("error_message"),
    )
