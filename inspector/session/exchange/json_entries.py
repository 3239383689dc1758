"""The entries of the session JSON, version 1, as an import checks them: nothing is coerced."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from inspector.callbacks.dialect import Dialect
from inspector.callbacks.findings import FindingCode
from inspector.callbacks.problems import ProblemCode, Severity
from inspector.callbacks.signature import SignatureState
from inspector.callbacks.timestamps import parse_timestamp
from inspector.session.marks import LONGEST_NOTE

_StatusWord = Literal["queued", "initiated", "sent", "delivered", "undelivered", "failed", "read"]
_Number = Annotated[int, Field(ge=1, lt=2**62)]
"""A callback's seq."""


def _date_time(text: str) -> str:
    if parse_timestamp(text) is None:
        raise PydanticCustomError("date_time", "must be an RFC 3339 date and time")
    return text


_Text = Annotated[str, StringConstraints(min_length=0)]
"""A text that a file can hold: under a constraint, even one that all texts meet, pydantic takes no half surrogate
pair (`string_unicode`)."""
_DateTime = Annotated[str, AfterValidator(_date_time)]
_Header = Annotated[tuple[_Text, _Text], Field(strict=False)]
"""JSON has arrays where Python has tuples; only that is let pass."""


class _Entry(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


class SessionEntry(_Entry):
    id: _Text
    started_at: _Text
    ended_at: _Text | None


class TransitionEntry(_Entry):
    status: _StatusWord
    timestamp: _DateTime | None
    received_at: _Text
    callback: _Number


class FindingEntry(_Entry):
    code: FindingCode = Field(strict=False)
    severity: Severity = Field(strict=False)
    text: _Text
    callbacks: list[_Number] = Field(min_length=1)


class MarkEntry(_Entry):
    colour: Literal["red", "orange", "yellow", "green", "blue", "purple"] | None
    note: _Text = Field(max_length=LONGEST_NOTE)


class MessageEntry(_Entry):
    id: _Text
    project_id: _Text | None
    to: _Text | None
    from_: _Text | None = Field(alias="from")
    body: _Text | None
    number_of_segments: int | None
    status: _StatusWord | None
    terminal: bool
    error_code: _Text | None
    error_message: _Text | None
    custom_variables: dict[str, Any] | None
    first_received_at: _Text
    last_received_at: _Text
    transitions: list[TransitionEntry]
    findings: list[FindingEntry]
    mark: MarkEntry | None = None


class ProblemEntry(_Entry):
    path: _Text
    code: ProblemCode = Field(strict=False)
    severity: Severity = Field(strict=False)
    text: _Text
    value: Any


class ReplyEntry(_Entry):
    status: int = Field(ge=100, le=999)
    headers: list[_Header] = Field(default_factory=list)
    body: _Text = ""
    body_bytes: int = Field(default=0, ge=0, lt=2**62)
    rule: _Text = ""
    delay_ms: int = Field(default=0, ge=0, lt=2**62)
    dropped: Literal["closed", "reset"] = "closed"
    hop: int = Field(default=1, ge=1, lt=2**62)
    from_: Literal["default", "forward"] = Field(default="default", alias="from")
    gave_up: bool = False


class CallbackEntry(_Entry):
    seq: _Number
    received_at: _Text
    method: _Text
    target: _Text
    remote: _Text
    headers: list[_Header]
    body: _Text | None
    body_base64: _Text | None
    truncated: bool
    dialect: Dialect = Field(strict=False)
    valid: bool
    message_id: _Text | None
    signature: SignatureState = Field(strict=False)
    problems: list[ProblemEntry]
    reply: ReplyEntry
