"""What goes into a session and what comes out of it, as plain data."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from inspector.callbacks.findings import Finding
from inspector.callbacks.signature import SignatureState
from inspector.session.marks import Mark

if TYPE_CHECKING:
    from inspector.callbacks.judgement import Judgement  # brings pydantic, which no reader needs

_OK: Final[Mapping[str, Any]] = {"status": 200}


def headers_as_text(raw: Iterable[tuple[bytes, bytes]]) -> tuple[tuple[str, str], ...]:
    """Header lines as a session keeps them: bytes read as ISO 8859-1 (RFC 9110, section 5.5), so that none is lost."""
    return tuple([(name.decode("latin-1"), value.decode("latin-1")) for name, value in raw])


def header_value(headers: Iterable[tuple[str, str]], wanted: str) -> str | None:
    """The first value of a header, or None; `wanted` in lower case."""
    return next((value for name, value in headers if name.lower() == wanted), None)


class Received(NamedTuple):
    """One HTTP request as it came, and what it was answered.

    `received` is in microseconds since 1970 (UTC). `headers` keep order, case and repetitions; their
    bytes are read as ISO 8859-1 (RFC 9110, section 5.5), so that nothing is lost. `target` is the raw
    request target. `truncated`: `body` is only the beginning. `locked_out`: it has no valid signature where one is
    required; it is kept, and goes no further.
    """

    received: int
    method: str
    target: str
    remote: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    judgement: "Judgement"
    truncated: bool = False
    signature: SignatureState = SignatureState.ABSENT
    reply: Mapping[str, Any] = _OK
    locked_out: bool = False


class Appended(NamedTuple):
    """What became of a received callback: its number, its message, and the findings it gave rise to."""

    seq: int
    message: int | None
    message_id: str | None
    status: str | None
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A message as the table shows it. Times in microseconds since 1970, `delivered_after` in milliseconds."""

    row: int
    id: str
    project_id: str | None
    to: str | None
    from_: str | None
    body: str | None
    number_of_segments: int | None
    status: str | None
    terminal: bool
    error_code: str | None
    error_message: str | None
    custom_variables: dict[str, Any] | None
    first_received: int
    last_received: int
    last_transition: int | None
    delivered_after: int | None
    callbacks: int
    invalid: int
    strip: str
    codes: tuple[str, ...]
    severity: int
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class TransitionRow:
    """One state of a message's life: the sender's timestamp (None in the form dialect) and the arrival."""

    status: str
    timestamp: str | None
    received: int
    callback: int


@dataclass(frozen=True, slots=True)
class CallbackRow:
    """A callback as it is stored."""

    seq: int
    received: int
    method: str
    target: str
    remote: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    truncated: bool
    dialect: str
    valid: bool
    message_id: str | None
    status: str | None
    timestamp: str | None
    signature: str
    problems: tuple[dict[str, Any], ...]
    reply: dict[str, Any]


@dataclass(frozen=True, slots=True)
class CallbackSummary:
    """A callback as the list of callbacks shows it: without headers and body."""

    seq: int
    received: int
    method: str
    target: str
    dialect: str
    valid: bool
    message: int | None
    message_id: str | None
    status: str | None
    timestamp: str | None
    transition: bool
    truncated: bool
    signature: str
    problem_codes: tuple[str, ...]
    reply_status: int
    size: int
    reply: dict[str, Any] | None = None
    """What was answered, without headers and body, where that was more than a status."""


@dataclass(frozen=True, slots=True)
class SentRow:
    """One time that a callback was sent on, and what came back: an answer, or the error that kept it away."""

    callback: int
    url: str
    sent: int
    milliseconds: int
    status: int | None
    headers: tuple[tuple[str, str], ...]
    body: bytes
    error: str | None


@dataclass(frozen=True, slots=True)
class ForwardRow(SentRow):
    """Sent on to the developer's own application as it came."""


@dataclass(frozen=True, slots=True)
class ReplayRow(SentRow):
    """Sent again by hand. `edited` is the body that was sent, where it is not the captured one."""

    edited: bytes | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """The counts of a session, or of a part of it."""

    callbacks: int
    valid: int
    messages: int
    by_status: dict[str, int]

    @property
    def invalid(self) -> int:
        return self.callbacks - self.valid


@dataclass(frozen=True, slots=True)
class Changes:
    """What came since a reader looked last: the messages that changed and the newest callback's number.

    `generation` rises when the session was cleared; then everything must be read anew.
    """

    generation: int
    last_seq: int
    messages: tuple[int, ...]
