"""Findings: remarks on a message's life, as data. The codes are those of the session JSON."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from inspector.callbacks.problems import Severity, shown_value


class FindingCode(StrEnum):
    DUPLICATE = "duplicate"
    OUT_OF_ORDER = "out_of_order"
    REGRESSION = "regression"
    AFTER_TERMINAL = "after_terminal"
    CONFLICTING_TERMINAL = "conflicting_terminal"
    FAILURE_WITHOUT_ERROR = "failure_without_error"
    ERROR_WITHOUT_FAILURE = "error_without_failure"
    IDENTITY_CHANGED = "identity_changed"
    SEGMENT_MISMATCH = "segment_mismatch"
    LATE = "late"
    CLOCK_SKEW = "clock_skew"
    STALLED = "stalled"
    UNKNOWN_FIELD = "unknown_field"


_SEVERITIES: Final = {
    FindingCode.DUPLICATE: Severity.INFO,
    FindingCode.OUT_OF_ORDER: Severity.WARNING,
    FindingCode.REGRESSION: Severity.WARNING,
    FindingCode.AFTER_TERMINAL: Severity.WARNING,
    FindingCode.CONFLICTING_TERMINAL: Severity.ERROR,
    FindingCode.FAILURE_WITHOUT_ERROR: Severity.WARNING,
    FindingCode.ERROR_WITHOUT_FAILURE: Severity.WARNING,
    FindingCode.IDENTITY_CHANGED: Severity.ERROR,
    FindingCode.SEGMENT_MISMATCH: Severity.WARNING,
    FindingCode.LATE: Severity.INFO,
    FindingCode.CLOCK_SKEW: Severity.WARNING,
    FindingCode.STALLED: Severity.WARNING,
    FindingCode.UNKNOWN_FIELD: Severity.INFO,
}

_TEXTS: Final = {
    FindingCode.DUPLICATE: "The same status with the same timestamp arrived again: the sender tried again. "
    "It counts as one transition; make sure that your handler treats it so.",
    FindingCode.OUT_OF_ORDER: "Arrived after a callback with a later timestamp. "
    "Order by timestamp, not by arrival, so that an old status never overwrites a newer one.",
    FindingCode.REGRESSION: "A later timestamp carries an earlier status of the life. "
    "Compare the timestamps in the timeline; the clock of one of the senders may be wrong.",
    FindingCode.AFTER_TERMINAL: "A status that is not final has a later timestamp than a final one. "
    "The final status stands.",
    FindingCode.CONFLICTING_TERMINAL: "The message has two outcomes that exclude each other. "
    "The latest by timestamp is shown; check the message log for the true one.",
    FindingCode.FAILURE_WITHOUT_ERROR: "The message failed, but error_code is null, so nothing says why. "
    "Look the message up in the message log.",
    FindingCode.ERROR_WITHOUT_FAILURE: "error_code is set although the status is no failure.",
    FindingCode.SEGMENT_MISMATCH: "number_of_segments is not what the body needs: {detail}",
    FindingCode.LATE: "Arrived more than 30 seconds after its timestamp: a retry, a slow tunnel or a wrong clock.",
    FindingCode.CLOCK_SKEW: "The timestamp lies more than 5 seconds ahead of the arrival: "
    "this computer's clock is probably behind.",
    FindingCode.UNKNOWN_FIELD: "The contract does not name the field “{detail}”. It is kept and does no harm.",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark and the callbacks (by seq) that it is about."""

    code: FindingCode
    severity: Severity
    text: str
    callbacks: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Remark:
    """A finding about one callback, before remarks with the same code and text are gathered to a finding."""

    code: FindingCode
    seq: int
    text: str
    severity: Severity


def remark(code: FindingCode, seq: int, detail: str = "") -> Remark:
    return Remark(code, seq, _TEXTS[code].format(detail=shown_value(detail)), _SEVERITIES[code])


def identity_remark(seq: int, field: str, *, redacted: bool) -> Remark:
    """`field` of callback `seq` is not what the message's other callbacks say."""
    if redacted:
        text = "The body was emptied: a redaction. The text that was there before is shown."
        return Remark(FindingCode.IDENTITY_CHANGED, seq, text, Severity.INFO)
    text = f"“{field}” differs between callbacks of this id. Compare them in the payload view."
    return Remark(FindingCode.IDENTITY_CHANGED, seq, text, Severity.ERROR)


def stalled(minutes: float, last_status: str) -> Finding:
    """The finding that the clock makes in a live session; never stored."""
    text = f"No final status for {minutes:g} minutes since “{last_status}”. "
    if last_status == "sent":
        text += "MMS and carriers without delivery receipts end at “sent”; otherwise look the message up in the log."
    else:
        text += "Check that the listener was reachable the whole time, then look the message up in the message log."
    return Finding(FindingCode.STALLED, Severity.WARNING, text)


def gather(remarks: list[Remark]) -> list[Finding]:
    """Remarks with the same code and text become one finding, in the order of their first callbacks."""
    if not remarks:
        return []
    groups: dict[tuple[FindingCode, str], list[Remark]] = {}
    for one in sorted(remarks, key=lambda one: (one.seq, one.code, one.text)):
        groups.setdefault((one.code, one.text), []).append(one)
    return [
        Finding(code, group[0].severity, text, tuple(dict.fromkeys(one.seq for one in group)))
        for (code, text), group in groups.items()
    ]


def unknown_field_text(name: str) -> str:
    """The text of the finding about a field that the contract does not name."""
    return _TEXTS[FindingCode.UNKNOWN_FIELD].format(detail=shown_value(name))


def unknown_field_in(text: str) -> str | None:
    """The field that such a text is about; None for another text."""
    before, _, after = _TEXTS[FindingCode.UNKNOWN_FIELD].partition("{detail}")
    if not (text.startswith(before) and text.endswith(after)):
        return None
    return text[len(before) : len(text) - len(after)]


def severity_of(code: FindingCode) -> Severity:
    """How much findings of this code weigh (an emptied body, `identity_changed` too, weighs less)."""
    return _SEVERITIES[code]
