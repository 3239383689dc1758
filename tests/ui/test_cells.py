"""What cells say, without any widget."""

import re
from dataclasses import replace

import pytest

from inspector.session.records import MessageRow
from inspector.ui.chooser import like
from inspector.ui.message_table_model import Clock, Column, cell_text, order, segments_text
from inspector.ui.query_runner import Arrival
from inspector.ui.table_rows import Order
from inspector.ui.texts import clock_text, count_text, duration_text, one_line

_MESSAGE = MessageRow(
    row=1, id="m", project_id="p", to="+15555550123", from_="+15555550199", body="Hello\nthere", number_of_segments=1,
    status="undelivered", terminal=True, error_code="30007", error_message="Filtered", custom_variables=None,
    first_received=1_800_000_000_123_456, last_received=1_800_000_004_000_000, last_transition=1_800_000_004_000_000,
    delivered_after=4200, callbacks=3, invalid=0, strip="qsu", codes=("late", "out_of_order"), severity=2,
)  # fmt: skip


@pytest.mark.parametrize(
    ("column", "text"),
    [
        (Column.STATUS, "Undelivered"),
        (Column.TO, "+15555550123"),
        (Column.BODY, "Hello⏎there"),
        (Column.SEGMENTS, "1"),
        (Column.DELIVERED_AFTER, "4.2 s"),
        (Column.TRANSITIONS, "queued, sent, undelivered"),
        (Column.ERROR, "30007"),
        (Column.FINDINGS, "late, out of order"),
    ],
)
def test_cell_text(column: Column, text: str) -> None:
    assert cell_text(_MESSAGE, column) == text


def test_an_invalid_callback_and_the_clock_are_findings_too() -> None:
    message = replace(_MESSAGE, invalid=1, codes=())
    assert cell_text(message, Column.FINDINGS, stalled=True) == "invalid, stalled"


def test_a_message_stalls_only_while_it_lives_in_a_live_session() -> None:
    waiting = replace(_MESSAGE, terminal=False, status="sent", last_transition=0)
    assert Clock(live=True).stalled(waiting)
    assert not Clock(live=False).stalled(waiting)
    assert not Clock(live=True).stalled(replace(waiting, terminal=True))
    assert not Clock(live=True, stalled_after=2**62).stalled(waiting)


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [
        (0, "0 ms"),
        (999, "999 ms"),
        (4200, "4.2 s"),
        (185_000, "3 min 05 s"),
        (7_800_000, "2 h 10 min"),
        (273_600_000, "3 d 4 h"),
        (-1500, "−1.5 s"),
    ],
)
def test_durations(milliseconds: int, text: str) -> None:
    assert duration_text(milliseconds) == text


def test_one_line_shows_what_would_move_other_text_about() -> None:
    assert one_line("a\nb\tc\x1b[31m\u202ed") == "a⏎b c␛[31m�d"
    assert one_line("x" * 300, 10) == "x" * 10 + "…"
    assert one_line("a\u00a0b\u3000c") == "a b c"
    assert one_line("Grüße 👋 ご予約") == "Grüße 👋 ご予約"


def test_small_texts() -> None:
    assert count_text(1, "row", "rows") == "1 row"
    assert count_text(2000, "row", "rows") == "2,000 rows"
    assert clock_text(1_800_000_000_123_456).endswith(".123")
    assert segments_text(10**30).endswith("…")


@pytest.mark.parametrize(
    ("column", "term"),
    [
        (Column.STATUS, "status:undelivered"),
        (Column.TO, "to:+15555550123"),
        (Column.ERROR, "error:30007"),
        (Column.FINDINGS, "finding:late"),
        (Column.SEGMENTS, "segments:1"),
    ],
)
def test_filter_like_this(column: Column, term: str) -> None:
    assert like(_MESSAGE, column) == term


def test_filter_like_a_body_with_spaces_and_quotes() -> None:
    assert like(replace(_MESSAGE, body='say "hi" \\'), Column.BODY) == r'body:"say \"hi\" \\"'
    assert like(replace(_MESSAGE, body=None), Column.BODY) is None


def test_every_column_sorts() -> None:
    assert order(Column.FIRST_SEEN, descending=False) == Order(Arrival.OLDEST_FIRST)
    assert order(Column.FIRST_SEEN, descending=True) == Order(Arrival.NEWEST_FIRST)
    for column in set(Column) - {Column.FIRST_SEEN}:
        assert re.fullmatch(r".*\bm\..* DESC NULLS LAST, m\.row", order(column, descending=True).sql)
