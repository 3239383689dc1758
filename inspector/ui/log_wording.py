"""What is said of deaf windows and of the message log, everywhere the same."""

import time
from collections.abc import Sequence
from datetime import tzinfo
from typing import Final

from inspector.session.deaf import Deafness, DeafWindow
from inspector.session.reconciliation import (
    ON_ITS_WAY,
    Circumstances,
    LoggedRow,
    Outcome,
    missed_in,
    other_address,
    went_elsewhere,
)
from inspector.ui.texts import clock_text, duration_text, moment_text

_REASONS: Final = {
    Deafness.STOPPED: "listening was stopped",
    Deafness.MOVED: "the address changed",
    Deafness.ASLEEP: "the computer was asleep",
    Deafness.STALLED: "the program was too busy to answer",
    Deafness.ENDED: "the program was closed",
}


def why_deaf(window: DeafWindow) -> str:
    """The reason of a window in words, to go on with after “because” or by itself."""
    return next((text for reason, text in _REASONS.items() if reason == window.reason), window.reason)


def window_times(window: DeafWindow, zone: tzinfo | None = None) -> str:
    """`10:02:11 to 10:07:40`, with days where they are not today's and not the same."""
    if window.until is None:
        return f"since {_when(window.since, zone)}"
    if window.until - window.since < 1_000_000:
        return f"at {_when(window.since, zone)}"
    return f"{_when(window.since, zone)} to {_when(window.until, zone)}"


def window_line(window: DeafWindow, zone: tzinfo | None = None) -> str:
    """A window in the list: times, length, reason."""
    length = "" if window.until is None else f" ({duration_text((window.until - window.since) // 1000)})"
    return f"{window_times(window, zone)}{length}: {why_deaf(window)}"


def likely_reason(row: LoggedRow, circumstances: Circumstances) -> str:
    """Why the callbacks tell less, or other, than the log."""
    match row.outcome:
        case Outcome.AGREES:
            return ""
        case Outcome.AHEAD:
            return "The callbacks know a later status: the log follows a little later."
        case Outcome.DIFFERS:
            return (
                "The log has another outcome than the callbacks. The log counts; ask SignalWire's support if it stays."
            )
    window = missed_in(row, circumstances.deaf)
    if went_elsewhere(row, circumstances.public_url):
        return "It was sent with the status_callback of another receiver."
    if window is not None:
        return f"Probably missed while not listening {window_times(window)}: {why_deaf(window)}."
    if other_address(row, circumstances.public_url):
        return f"It was sent with {row.status_callback}, which is not the public address now: the tunnel has another."
    if row.created is not None and row.checked - row.created < ON_ITS_WAY:
        return "Just sent: the callback may still be on its way. Check again in a minute."
    if row.row is None and row.status_callback is None:
        return "It may have been sent without a status_callback, or with another: the log does not say."
    return "This program listened the whole time. Was the tunnel up, and was status_callback its address?"


def log_remark(row: LoggedRow, deaf: Sequence[DeafWindow]) -> tuple[str, str] | None:
    """What a message's details say of the log: severity and text; nothing where the log agrees."""
    when = clock_text(row.checked)[:5]
    reason = likely_reason(row, Circumstances(deaf))
    code = f" with error {row.error_code}" if row.error_code else ""
    match row.outcome:
        case Outcome.BEHIND | Outcome.UNHEARD:
            return (
                "warning",
                f"The message log says “{row.status}”{code} (asked at {when}); no callback told us. {reason}",
            )
        case Outcome.DIFFERS:
            return "error", f"The message log says “{row.status}”{code} (asked at {when}). {reason}"
        case _:
            return None


def _when(moment: int, zone: tzinfo | None) -> str:
    today = moment_text(time.time_ns() // 1000, zone)[:10]
    day, clock = moment_text(moment, zone)[:10], clock_text(moment, zone)[:8]
    return clock if day == today else f"{day} {clock}"
