"""The pane's words: facts, verdicts and marks as plain text, the same in labels, tooltips and for screen readers."""

import json
from collections.abc import Iterable, Mapping
from datetime import tzinfo
from http import HTTPStatus
from typing import Any, Final

from inspector.callbacks.findings import FindingCode
from inspector.callbacks.judgement import kind_of_body
from inspector.callbacks.segments import count_segments
from inspector.callbacks.timestamps import parse_timestamp
from inspector.session.records import CallbackRow, MessageRow
from inspector.ui.texts import clock_text, count_text, duration_text, moment_text, one_line

DIALECTS: Final[Mapping[str, str]] = {"json": "JSON", "form": "Form", "unknown": "Unknown format"}
SIGNATURES: Final[Mapping[str, str]] = {
    "absent": "not signed",
    "unchecked": "signature not checked",
    "valid": "signature valid",
    "invalid": "signature invalid",
}
MARKS: Final[Mapping[FindingCode, str]] = {
    FindingCode.OUT_OF_ORDER: "out of order",
    FindingCode.REGRESSION: "regression",
    FindingCode.AFTER_TERMINAL: "after the end",
    FindingCode.CONFLICTING_TERMINAL: "conflict",
    FindingCode.LATE: "late",
    FindingCode.CLOCK_SKEW: "clock ahead",
    FindingCode.IDENTITY_CHANGED: "identity",
}
"""The findings that the timeline marks on the callbacks they are about."""

_MOST_NUMBERS: Final = 12


def segments_text(message: MessageRow) -> str:
    """`2 segments · GSM-7 · 143 characters`; what is not known is left out."""
    parts = []
    if message.number_of_segments is not None:
        number = message.number_of_segments
        shown = count_text(number, "segment", "segments") if abs(number) < 10**12 else f"{hex(number)[:12]}… segments"
        parts.append(shown)
    if message.body:
        needed = count_segments(message.body)
        if message.number_of_segments is None:
            parts.append(count_text(needed.segments, "segment", "segments"))
        parts += [needed.encoding.value, count_text(len(message.body), "character", "characters")]
    return " · ".join(parts)


def times_text(message: MessageRow, zone: tzinfo | None = None) -> str:
    """When the message was first seen and last changed, and how long it took to be delivered."""
    first = moment_text(message.first_received, zone)
    parts = [f"First seen {first[:10]} {clock_text(message.first_received, zone)}"]
    changed = message.last_transition or message.last_received
    if changed != message.first_received:
        last = moment_text(changed, zone)
        day = "" if last[:10] == first[:10] else f"{last[:10]} "
        parts.append(f"last change {day}{clock_text(changed, zone)}")
    return " · ".join(parts)


def delivered_text(message: MessageRow) -> str:
    """`Delivered in 4.2 s`, or nothing."""
    if message.delivered_after is None:
        return ""
    return f"Delivered in {duration_text(message.delivered_after)}"


def verdict_text(callback: CallbackRow) -> str:
    """`Valid`, `Valid: 1 warning`, `Invalid: 3 problems`, or the name of another callback than a message's."""
    number = len(callback.problems)
    if (kind := _other_kind(callback)) is not None:
        return kind
    if not callback.valid:
        return f"Invalid: {count_text(number, 'problem', 'problems')}" if number else "Invalid"
    return f"Valid: {count_text(number, 'warning', 'warnings')}" if number else "Valid"


def verdict_severity(callback: CallbackRow) -> str | None:
    """The severity of the verdict, None for a clean bill."""
    if _other_kind(callback) is not None:
        return "info"
    if not callback.valid:
        return "error"
    return "warning" if callback.problems else None


def _other_kind(callback: CallbackRow) -> str | None:
    if callback.valid or callback.message_id is not None or callback.dialect != "json":
        return None
    return kind_of_body(callback.body)


def callback_text(callback: CallbackRow, zone: tzinfo | None = None) -> str:
    """Where a callback came from and how big it is."""
    size = count_text(len(callback.body), "byte", "bytes") + (" (truncated)" if callback.truncated else "")
    parts = [
        f"Callback {callback.seq}",
        DIALECTS.get(callback.dialect, DIALECTS["unknown"]),
        size,
        f"arrived {clock_text(callback.received, zone)}",
        f"from {one_line(callback.remote, 60)}",
        SIGNATURES.get(callback.signature, ""),
    ]
    return " · ".join(part for part in parts if part)


def numbers_text(seqs: Iterable[int]) -> str:
    """`callback 2`, `callbacks 2, 5`, and no more than a line of them."""
    numbers = [str(seq) for seq in seqs]
    if not numbers:
        return ""
    rest = len(numbers) - _MOST_NUMBERS
    shown = ", ".join(numbers[:_MOST_NUMBERS]) + (f" and {rest:,} more" if rest > 0 else "")
    return f"{'callback' if len(numbers) == 1 else 'callbacks'} {shown}"


def value_text(value: Any, longest: int = 200) -> str:
    """A problem's value as JSON would write it."""
    match value:
        case None:
            return "null"
        case True:
            return "true"
        case False:
            return "false"
        case str():
            return f'"{one_line(value, longest)}"'
        case _:
            try:
                return one_line(json.dumps(value, ensure_ascii=False), longest)
            except (RecursionError, TypeError, ValueError):
                return "…"


def sender_time(timestamp: str, zone: tzinfo | None = None) -> str:
    """The sender's timestamp as local time of day; the text itself where it is none, or outside the calendar."""
    instant = parse_timestamp(timestamp)
    if instant is None:
        return one_line(timestamp, 40)
    try:
        shown = clock_text(instant // 1000, zone)
    except (ValueError, OverflowError, OSError):
        return one_line(timestamp, 40)
    return shown if "." in timestamp else shown.removesuffix(".000")


def signed_duration(milliseconds: int) -> str:
    """A length of time with its sign: `+2.0 s`, `−850 ms`."""
    text = duration_text(milliseconds)
    return text if milliseconds < 0 else f"+{text}"


def status_line(status: int | None) -> str:
    """`404 Not Found`."""
    if status is None:
        return "no answer"
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def several_lines(text: str, longest: int = 2_000) -> str:
    """A stranger's text with its lines kept, and what would move other text about made visible."""
    shown = "\n".join(one_line(line, longest) for line in text[:longest].replace("\r\n", "\n").split("\n"))
    return f"{shown}…" if len(text) > longest else shown
