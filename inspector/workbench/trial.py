"""A test message and what became of it, as the steps of a checklist."""

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from inspector.callbacks.error_codes import ErrorCatalogue
from inspector.callbacks.status import Status
from inspector.capture.rest_api import ApiError, Trouble
from inspector.session.reconciliation import Outcome, compared
from inspector.session.records import MessageRow, TransitionRow
from inspector.ui.texts import duration_text
from inspector.ui.workbench.checklist import Step, StepState
from inspector.ui.workbench.send_section import LONGEST_BODY, MessageEntered

PATH: Final = "/rest"
_EXPECTED: Final = (Status.QUEUED, Status.SENT, Status.DELIVERED)


@dataclass(slots=True)
class Trial:
    """One test message. Moments in microseconds since 1970, lengths in milliseconds or seconds as named."""

    status_callback: str
    sent: int
    accepted_after: int | None = None
    record: dict[str, Any] = field(default_factory=dict)
    refused: ApiError | None = None
    message: MessageRow | None = None
    transitions: list[TransitionRow] = field(default_factory=list)
    silent_seconds: float = 0
    """How long nothing new came, once that was too long; 0: all is well."""
    logged: dict[str, Any] | None = None
    log_trouble: str = ""
    listening: bool = True
    public_url: str | None = None
    """The public address now: it may have changed since."""
    given_up: bool = False

    @property
    def id(self) -> str | None:
        return None if not self.record else str(self.record.get("id"))

    @property
    def over(self) -> bool:
        """Whether nothing more is waited for."""
        return self.refused is not None or self.given_up or (self.message is not None and self.message.terminal)


def callback_address(public_url: str) -> str:
    """The status_callback to send with: the public address, with a path of its own where it has none."""
    parts = urlsplit(public_url)
    return public_url.rstrip("/") + PATH if parts.path in ("", "/") and not parts.query else public_url


def no_way_in(public_url: str | None, *, listening: bool) -> str:
    """Why no callback could reach this program; empty when one can."""
    if not listening:
        return "This program is not listening, so no callback could be received. Start listening (F5)."
    if not public_url:
        return (
            "There is no public address, so SignalWire cannot reach this computer. Start a tunnel, or enter the "
            "address of one that runs already, on the page “Address”."
        )
    parts = urlsplit(public_url)
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host:
        return f"The public address {public_url} is no http or https address."
    if _is_own(host):
        return f"{host} is an address of this computer or its network: SignalWire cannot reach it. Start a tunnel."
    return ""


def not_to_be_sent(entered: MessageEntered) -> list[str]:
    """What is missing before a message can be sent."""
    missing = []
    if not entered.from_.strip():
        missing.append("From: enter a number of your project.")
    if not entered.to.strip():
        missing.append("To: enter the number of a phone.")
    if not entered.body:
        missing.append("Body: enter a text.")
    elif len(entered.body) > LONGEST_BODY:
        missing.append(f"Body: {LONGEST_BODY:,} characters at most; these are {len(entered.body):,}.")
    return missing


def steps_of(trial: Trial, catalogue: ErrorCatalogue) -> list[Step]:
    """The checklist of a test message."""
    steps = [Step(StepState.DONE, f"Callbacks are asked for at {trial.status_callback}")]
    if trial.refused is not None:
        return [*steps, refusal(trial.refused, catalogue)]
    if not trial.record:
        return [*steps, Step(StepState.WAITING, "Waiting for the API to accept the message")]
    took = duration_text(trial.accepted_after or 0)
    segments = trial.record.get("number_of_segments")
    about = [f"Id {trial.id}", f"status “{trial.record.get('status')}”"]
    about += [f"{segments} segments"] if isinstance(segments, int) and segments != 1 else []
    steps.append(Step(StepState.DONE, f"The API accepted the message after {took}", ", ".join(about)))
    steps += _arrived(trial, catalogue)
    if not trial.over:
        steps += _to_come(trial)
    if trial.silent_seconds:
        steps.append(silence(trial, catalogue))
    return steps


def refusal(error: ApiError, catalogue: ErrorCatalogue) -> Step:
    """What the API would not do, with its own reasons and what they mean."""
    details = []
    for reason in error.reasons:
        entry = catalogue.explain(reason.code)
        words = ": ".join(filter(None, (reason.attribute, reason.text)))
        details.append(f"{words} ({reason.code})" if reason.code else words)
        if entry is not None:
            details.append(f"{entry.meaning} {entry.remedy}")
    if error.trouble is Trouble.REFUSED and error.status in (400, 422) and not details:
        details.append("It gives no reason. Check the numbers: both in E.164 form, such as +15551234567.")
    return Step(StepState.FAILED, str(error), "\n".join(details))


def silence(trial: Trial, catalogue: ErrorCatalogue) -> Step:
    """Nothing came for too long: what the message log says, and what that means."""
    waited = f"{trial.silent_seconds:g} s"
    last = trial.message.status if trial.message is not None else None
    head = f"Nothing more came for {waited}" if trial.transitions else f"No callback came for {waited}"
    if trial.logged is None:
        why = trial.log_trouble or "The message log is being asked."
        return Step(StepState.WARNING, head, f"{why}\n{_path_advice(trial)}")
    status = str(trial.logged.get("status"))
    lines = [f"The message log says “{status}”."]
    code = trial.logged.get("error_code")
    if code:
        entry = catalogue.explain(str(code))
        lines.append(
            f"Error {code}: " + (f"{entry.meaning} {entry.remedy}" if entry else str(trial.logged.get("error_message")))
        )
    if compared(status, last) is Outcome.BEHIND:
        lines.append(f"So SignalWire went on and its callback did not reach this program. {_path_advice(trial)}")
        return Step(StepState.FAILED, head, "\n".join(lines))
    if status == Status.SENT:
        lines.append("That can be all: MMS, and carriers without delivery receipts, end at “sent”.")
    else:
        lines.append("So it is on its way; callbacks that come later are still shown.")
    return Step(StepState.WARNING, head, "\n".join(lines))


def _arrived(trial: Trial, catalogue: ErrorCatalogue) -> Iterator[Step]:
    for one in sorted(trial.transitions, key=lambda transition: transition.received):
        text = f"“{one.status}” came after {duration_text(max(0, one.received - trial.sent) // 1000)}"
        if one.status not in (Status.UNDELIVERED, Status.FAILED):
            yield Step(StepState.DONE, text)
            continue
        code = None if trial.message is None else trial.message.error_code
        entry = catalogue.explain(code)
        words = "" if trial.message is None else trial.message.error_message or ""
        detail = (
            f"Error {code}: {words}" if code else "The callback names no error code. Look the message up in the log."
        )
        if entry is not None:
            detail = f"Error {code}: {entry.meaning} {entry.remedy}"
        yield Step(StepState.FAILED, text, detail)


def _to_come(trial: Trial) -> Iterator[Step]:
    reached = max((Status(one.status).rank for one in trial.transitions), default=-1)
    state = StepState.WAITING
    for status in _EXPECTED:
        if status.rank > reached:
            yield Step(state, f"Waiting for “{status}”" if state is StepState.WAITING else f"“{status}”")
            state = StepState.LATER


def _path_advice(trial: Trial) -> str:
    if not trial.listening:
        return "This program does not listen any more: start listening (F5)."
    if trial.public_url is None or callback_address(trial.public_url) != trial.status_callback:
        return (
            "The public address is another now than when the message was sent: the tunnel was started anew or stopped."
        )
    host = urlsplit(trial.status_callback).hostname
    return (
        f"Is the tunnel up, and can {host} be reached from outside? Open {trial.status_callback} in the browser of a "
        "phone: that must show up here as a callback."
    )


def _is_own(host: str) -> bool:
    if host == "localhost" or host.endswith((".localhost", ".local")):
        return True
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return False
