"""One way in to every export: which format a file name stands for, and its writer."""

from enum import StrEnum
from pathlib import Path

from inspector.session.errors import SessionError
from inspector.session.exchange.csv_export import write_csv
from inspector.session.exchange.har_export import write_har
from inspector.session.exchange.json_export import write_json, write_lines
from inspector.session.exchange.redaction import Redaction, Redactor
from inspector.session.exchange.selection import EVERYTHING, Progress, Selection, no_progress, opened, replacing
from inspector.session.reader import SessionReader
from inspector.session.records import Summary


class Format(StrEnum):
    """The forms of an export, named after their suffixes."""

    JSON = "json"
    LINES = "jsonl"
    CSV = "csv"
    HAR = "har"


_WRITERS = {Format.JSON: write_json, Format.LINES: write_lines, Format.CSV: write_csv, Format.HAR: write_har}


def format_of(path: Path) -> Format:
    """The format that the suffix of a file name stands for. Raises SessionError for any other suffix."""
    try:
        return Format(path.suffix.lower().removeprefix("."))
    except ValueError:
        known = ", ".join(f".{one.value}" for one in Format)
        raise SessionError(f"{path.name} does not say which format: end the name with {known}.") from None


def export(
    reader: SessionReader,
    path: Path,
    form: Format | None = None,
    selection: Selection = EVERYTHING,
    progress: Progress = no_progress,
    *,
    redact: bool | Redaction = False,
) -> Summary:
    """Write a session, or a part of it, to `path`; an existing file is replaced only by a whole one.

    `redact` says what is replaced by pseudonyms; True: everything personal, and notes do not leave.

    Raises SessionError when it cannot be written, Cancelled when `progress` says so.
    """
    write = _WRITERS[form or format_of(path)]
    redactor = Redactor(redact if isinstance(redact, Redaction) else None) if redact else None
    with opened(reader, selection, redactor, progress) as part, replacing(path) as file:
        return write(part, file, progress)
