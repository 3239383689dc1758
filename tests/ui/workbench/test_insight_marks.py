"""The marks' words: shares, lengths of time, codes, and what cannot be filtered by."""

import pytest

from inspector.callbacks.error_codes import ErrorCatalogue
from inspector.runtime.resources import read_text
from inspector.session.insight import EDGES, Bucket, Counted, Drift, FieldDrift
from inspector.session.query import parse
from inspector.ui.workbench.insight_marks import (
    bucket_marks,
    drift_marks,
    edge_words,
    error_marks,
    finding_marks,
    percent_text,
    short,
)
from tests.factories import make_moment


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (0, 0, "0%"), (0, 5, "0%"), (5, 5, "100%"), (1, 3, "33%"), (1, 40, "2.5%"), (1, 100_000, "<0.1%"),
        (99_999, 100_000, ">99%"), (10, 100, "10%"),
    ],
)  # fmt: skip
def test_a_share_is_never_called_whole_or_nothing_where_it_is_not(part: int, whole: int, text: str) -> None:
    assert percent_text(part, whole) == text


def test_lengths_are_written_as_the_filter_takes_them() -> None:
    assert [short(one) for one in (999, 1000, 1500, 30_000, 60_000, 90_000, 3_600_000)] == [
        *("999ms", "1s", "1500ms", "30s", "1min", "90s", "1h"),
    ]
    assert len(edge_words()) == len(EDGES) - 1


def test_buckets_have_filters_that_are_understood() -> None:
    marks = bucket_marks([Bucket(0, 1000, 1), Bucket(60_000, 120_000, 2), Bucket(3_600_000, None, 0)])
    assert [mark.term for mark in marks] == ["took:<1s", "took:1min..2min", "took:>=1h"]
    assert [mark.label for mark in marks] == ["under 1s", "1min to 2min", "1h or longer"]
    for mark in marks:
        parse(mark.term, make_moment())


def test_what_a_filter_line_cannot_hold_is_no_filter() -> None:
    catalogue = ErrorCatalogue.from_json(read_text("error_codes.json"))
    codes = [Counted("30003", 3), Counted("x y", 2), Counted("line\nbreak", 1), Counted(f"{'x' * 100}…", 1)]
    assert [mark.term for mark in error_marks(codes, catalogue)] == ["error:30003", 'error:"x y"', "", ""]
    drift = Drift((FieldDrift("to", 2, (Counted("null", 2),)),), (Counted("a\nb", 1),), (Counted("json", 1),))
    assert [mark.term for mark in drift_marks(drift)] == ["field:to", "", "problem:json"]
    assert all(mark.label.isprintable() and mark.callbacks for mark in drift_marks(drift))


def test_a_finding_of_a_newer_version_is_left_out() -> None:
    marks = finding_marks([Counted("late", 2), Counted("from_the_future", 1)])
    assert [(mark.label, mark.tint) for mark in marks] == [("Late", "severity:info")]
