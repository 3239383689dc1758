"""The insight as marks of charts: labels, numbers in words, the filters that show what was counted."""

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from typing import Final

from inspector.callbacks.error_codes import ErrorCatalogue
from inspector.callbacks.findings import FindingCode, severity_of
from inspector.session.insight import EDGES, WINDOW, Bucket, Counted, Drift, Insight, Percentile
from inspector.session.query import term
from inspector.ui.status_badge import LABELS
from inspector.ui.texts import count_text, duration_text, one_line
from inspector.ui.workbench.charts.chart import Mark

MOST: Final = 12
"""So many of a ranking are shown."""

_BODIES: Final = {
    "json": "The body is no JSON object",
    "encoding": "The body is not UTF-8",
    "too_large": "The body is over the limit",
}


def percent_text(part: int, whole: int) -> str:
    """`87%`, `0.4%`, and never 0% or 100% where it is not quite so."""
    if not whole or part in (0, whole):
        return "100%" if whole and part else "0%"
    share = 100 * part / whole
    if share < 10:
        return f"{share:.1f}%" if share >= 0.05 else "<0.1%"
    return f"{share:.0f}%" if share < 99.5 else ">99%"


def funnel_marks(insight: Insight) -> list[Mark]:
    """The statuses on the way, then the two bad ends."""
    whole = insight.messages
    on_the_way = [
        Mark(
            LABELS[status], number, f"{number:,} · {percent_text(number, whole)}", f"reached:{status}",
            detail=f"Messages with a callback that says “{status}”. States may be skipped.", tint=status,
        )
        for status, number in insight.reached.items()
    ]  # fmt: skip
    ends = [
        Mark(
            LABELS[status], number, f"{number:,} · {percent_text(number, whole)}", f"status:{status}",
            detail=f"Messages that ended as “{status}”.", tint=status,
        )
        for status, number in insight.ended.items()
    ]  # fmt: skip
    return [*on_the_way, *ends]


def percentile_marks(percentiles: Sequence[Percentile]) -> list[Mark]:
    return [
        Mark(
            f"p{part}", milliseconds, duration_text(milliseconds), f"took:>={milliseconds}ms",
            detail=f"{part}% took this long or less; {count_text(slowest, 'message', 'messages')} this long or longer.",
        )
        for part, milliseconds, slowest in percentiles
    ]  # fmt: skip


def bucket_marks(buckets: Sequence[Bucket]) -> list[Mark]:
    return [
        Mark(
            _bucket_text(low, high), number, count_text(number, "message", "messages"),
            f"took:>={short(low)}" if high is None else f"took:<{short(high)}" if not low
            else f"took:{short(low)}..{short(high)}",
            tint="delivered",
        )
        for low, high, number in buckets
    ]  # fmt: skip


def edge_words() -> tuple[str, ...]:
    return tuple(short(edge).replace("min", "m") for edge in EDGES[1:])


def short(milliseconds: int) -> str:
    """A length of time as the filter takes it: `30s`, `2min`, `1h`."""
    for size, unit in ((3_600_000, "h"), (60_000, "min"), (1000, "s")):
        if milliseconds >= size and milliseconds % size == 0:
            return f"{milliseconds // size}{unit}"
    return f"{milliseconds}ms"


def _bucket_text(low: int, high: int | None) -> str:
    if high is None:
        return f"{short(low)} or longer"
    return f"{short(low)} to {short(high)}" if low else f"under {short(high)}"


def second_marks(insight: Insight, newest: int, zone: tzinfo | None = None) -> list[Mark]:
    """One mark for each of the last seconds up to `newest` (since 1970)."""
    return [
        _second_mark(second, insight.seconds.get(second, 0), zone) for second in range(newest - WINDOW + 1, newest + 1)
    ]


@lru_cache(maxsize=2 * WINDOW)  # from one second to the next, all but one or two stay as they are
def _second_mark(second: int, number: int, zone: tzinfo | None) -> Mark:
    moment = datetime.fromtimestamp(second, UTC).astimezone(zone)
    following = datetime.fromtimestamp(second + 1, UTC).astimezone(zone)
    wanted = f"after:{moment.isoformat()} before:{following.isoformat()}" if number else ""
    shown = count_text(number, "callback", "callbacks")
    return Mark(f"{moment:%H:%M:%S}", number, shown, wanted, callbacks=True)


def error_marks(errors: Sequence[Counted], catalogue: ErrorCatalogue) -> list[Mark]:
    marks = []
    for code, number in errors[:MOST]:
        entry = catalogue.explain(code)
        title = one_line(code, 40) if entry is None else f"{code}  {entry.title}"
        detail = "The catalogue does not know this code." if entry is None else f"{entry.meaning} {entry.remedy}"
        wanted = term("error", code) if code.isprintable() and not code.endswith("…") else ""
        marks.append(Mark(title, number, f"{number:,}", wanted, detail=detail, tint="failed"))
    return marks


def finding_marks(findings: Sequence[Counted]) -> list[Mark]:
    return [
        Mark(
            code.replace("_", " ").capitalize(), number, f"{number:,}", f"finding:{code}",
            tint=f"severity:{severity_of(FindingCode(code)).value}",
        )
        for code, number in findings[:MOST]
        if code in set(FindingCode)
    ]  # fmt: skip


def drift_marks(drift: Drift) -> list[Mark]:
    """The fields that are wrong or missing, those that the contract does not know, and what is no payload at all."""
    marks = []
    for name, callbacks, kinds in drift.fields[:MOST]:
        words = ", ".join(f"{word} ({number:,})" for word, number in kinds[:4])
        label = f"{one_line(name, 60)}: {', '.join(word for word, _ in kinds[:4])}"
        marks.append(
            Mark(label, callbacks, f"{callbacks:,}", _field(name), True, f"Seen instead: {words}.", "severity:error")  # noqa: FBT003
        )
    for name, number in drift.unknown[:MOST]:
        label = f"{one_line(name, 60) or '(empty name)'}: not in the contract"
        detail = "A field that the contract does not name. It is kept and does no harm."
        marks.append(Mark(label, number, f"{number:,}", _field(name), True, detail, "severity:info"))  # noqa: FBT003
    for code, number in drift.bodies:
        label = _BODIES.get(code, code)
        marks.append(Mark(label, number, f"{number:,}", f"problem:{code}", True, "", "severity:error"))  # noqa: FBT003
    return marks


def _field(name: str) -> str:
    return term("field", name) if name.isprintable() else ""
