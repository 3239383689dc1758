"""A session held against the message log: which records belong to it, and what is not alike."""

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from inspector.callbacks.timestamps import utc_text
from inspector.session.exchange.csv_export import safe
from inspector.session.exchange.selection import replacing
from inspector.session.reader import SessionReader
from inspector.session.reconciliation import Circumstances, LoggedRow, Outcome, created_moment, went_elsewhere
from inspector.ui.log_wording import likely_reason
from inspector.ui.texts import clock_text, count_text
from inspector.ui.workbench.checklist import Step, StepState
from inspector.ui.workbench.log_table import LogLine

MARGIN: Final = 10 * 60 * 1_000_000
"""Microseconds before and after a session: a message that was sent before it may end in it."""

MOST_LINES: Final = 1000
_WORST_FIRST: Final = (Outcome.DIFFERS, Outcome.BEHIND, Outcome.UNHEARD, Outcome.AHEAD)
_COLUMNS: Final = (
    "id", "to", "from", "created_at", "log_status", "callback_status", "outcome", "likely_reason", "error_code",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Span:
    """The time of a session with its margins, in microseconds since 1970."""

    begin: int
    end: int

    @property
    def days(self) -> tuple[date, date]:
        """The days to ask for: one more on both sides, wherever the API's days begin."""
        return _day(self.begin) - timedelta(days=1), _day(self.end) + timedelta(days=2)

    def holds(self, record: dict[str, Any]) -> bool:
        """Whether a message was created in it; one that does not say when counts."""
        created = created_moment(record.get("created_at"))
        return created is None or self.begin <= created <= self.end


@dataclass(frozen=True, slots=True)
class LogReport:
    """What a check found: how many of each, and the first of those that are not alike."""

    counts: Counter[str]
    lines: tuple[LogLine, ...]


def span_of(reader: SessionReader, now: int) -> Span:
    info = reader.info()
    end = max(info.ended_at or now, info.started_at)
    return Span(info.started_at - MARGIN, end + MARGIN)


def report(path: Path, public_url: str | None, stopped: Callable[[], bool] = lambda: False) -> LogReport:
    """Compare what a session file has of both. Runs in a thread; ends early when `stopped` says so."""
    counts = Counter[str]()
    found: dict[Outcome, list[LogLine]] = {outcome: [] for outcome in _WORST_FIRST}
    with SessionReader(path) as reader:
        circumstances = Circumstances(reader.deaf_windows(), public_url)
        for row, outcome in _outbound(reader, public_url, counts):
            if stopped():
                break
            if outcome in found and len(found[outcome]) < MOST_LINES:
                found[outcome].append(_line(row, circumstances))
    lines = [line for outcome in _WORST_FIRST for line in found[outcome]]
    return LogReport(counts, tuple(lines[:MOST_LINES]))


def export_csv(path: Path, target: Path, public_url: str | None) -> int:
    """Write every message of the log, alike or not, to a file (RFC 4180). Runs in a thread; returns how many.

    Raises SessionError.
    """
    written = 0
    with SessionReader(path) as reader, replacing(target) as out:
        file = io.TextIOWrapper(out, encoding="utf-8", newline="")
        circumstances = Circumstances(reader.deaf_windows(), public_url)
        writer = csv.writer(file)
        writer.writerow(_COLUMNS)
        for row, outcome in _outbound(reader, public_url, Counter()):
            created = "" if row.created is None else utc_text(row.created)
            reason = likely_reason(row, circumstances)
            values = (row.id, row.to, row.from_, created, row.status, row.ours, outcome.value, reason, row.error_code)
            writer.writerow([safe(value) for value in values])
            written += 1
        file.flush()
        file.detach()
    return written


def summary(found: LogReport, asked: int) -> list[Step]:
    """The result in words."""
    counts = found.counts
    total, agreed = counts["outbound"], counts[Outcome.AGREES]
    if not total:
        return [
            Step(
                StepState.WARNING,
                "The message log has no outbound message in the time of this session",
                "Is it the project that sent them? The log can also be a minute behind.",
            )
        ]
    steps = []
    if agreed:
        text = f"Log and callbacks agree on {agreed:,} of {count_text(total, 'message', 'messages')}"
        steps.append(Step(StepState.DONE, text))
    words = {
        Outcome.DIFFERS: (StepState.FAILED, "with another outcome in the log"),
        Outcome.BEHIND: (StepState.WARNING, "with a later status in the log than in any callback"),
        Outcome.UNHEARD: (StepState.WARNING, "without any callback"),
        Outcome.AHEAD: (StepState.LATER, "further here than in the log, which follows a little later"),
    }
    for outcome, (state, text) in words.items():
        if counts[outcome]:
            steps.append(Step(state, f"{count_text(counts[outcome], 'message', 'messages')} {text}"))
    notes = [f"Asked at {clock_text(asked)[:8]}."]
    if counts["elsewhere"]:
        notes.append(f"{counts['elsewhere']:,} more had the status_callback of another receiver.")
    if counts["inbound"]:
        notes.append(f"{counts['inbound']:,} inbound left out.")
    last = steps[-1]
    steps[-1] = Step(last.state, last.text, " ".join(notes))
    return steps


def _outbound(
    reader: SessionReader, public_url: str | None, counts: Counter[str]
) -> Iterator[tuple[LoggedRow, Outcome]]:
    """What could have had callbacks here. The rest is only counted."""
    for row in reader.logged_rows():
        if row.inbound:
            counts["inbound"] += 1
        elif row.row is None and went_elsewhere(row, public_url):
            counts["elsewhere"] += 1
        else:
            outcome = row.outcome
            counts["outbound"] += 1
            counts[outcome] += 1
            yield row, outcome


def _line(row: LoggedRow, circumstances: Circumstances) -> LogLine:
    created = "" if row.created is None else clock_text(row.created)[:8]
    reason = likely_reason(row, circumstances)
    return LogLine(row.id, row.to or row.id, row.status or "unknown", row.ours, row.row is not None, created, reason)


def _day(moment: int) -> date:
    return datetime.fromtimestamp(moment // 1_000_000, UTC).date()
