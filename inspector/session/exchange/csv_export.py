"""CSV (RFC 4180) out: one row a message, safe to open in a spreadsheet."""

import csv
import io
import re
from typing import BinaryIO, Final

from inspector.callbacks.timestamps import utc_text
from inspector.session.exchange.selection import Part, Progress, no_progress, watched
from inspector.session.records import MessageRow, Summary

COLUMNS: Final = (
    "id", "project_id", "to", "from", "body", "number_of_segments", "status", "terminal", "error_code",
    "error_message", "first_received_at", "last_received_at", "delivered_after_ms", "callbacks", "invalid_callbacks",
    "findings",
)  # fmt: skip
_RISKY: Final = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
_NUMBER: Final = re.compile(r"\+\d{1,20}", re.ASCII)


def write_csv(part: Part, file: BinaryIO, progress: Progress = no_progress) -> Summary:
    """Write the messages of a part to an open file, in UTF-8."""
    summary = part.summary
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=False)
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for message in watched(part.messages(), progress, 0, summary.messages):
        writer.writerow([safe(value) for value in _values(message)])
    text.flush()
    text.detach()
    return summary


def safe(value: object) -> str:
    """A cell that no spreadsheet takes for a formula: a leading = + - @, tab or line end gets an apostrophe.

    So do the full-width forms, which spreadsheets of some languages take for the plain ones. A plain
    phone number with its + stays as it is: it can do nothing.
    """
    text = "" if value is None else str(value)
    if text.startswith(_RISKY) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def _values(message: MessageRow) -> tuple[object, ...]:
    return (
        message.id, message.project_id, message.to, message.from_, message.body, message.number_of_segments,
        message.status, "true" if message.terminal else "false", message.error_code, message.error_message,
        utc_text(message.first_received), utc_text(message.last_received), message.delivered_after,
        message.callbacks, message.invalid, " ".join(message.codes),
    )  # fmt: skip
