from datetime import UTC

from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from inspector.ui.detail.timeline_model import TimelineModel
from inspector.ui.detail.timeline_rows import Kind, clocks_text, gap_text, spoken_text, timeline_rows
from tests.ui.detail.detail_factory import Story, delivered_life, make_payload


def test_states_in_the_order_of_life_with_both_clocks(story: Story) -> None:
    story.tell(make_payload("queued", 0), after=0.4)
    story.tell(make_payload("delivered", 4), after=4.6)
    story.tell(make_payload("sent", 1), after=5.3)
    rows = timeline_rows(story.message())
    assert [(row.word, row.seq) for row in rows] == [("Queued", 1), ("Sent", 3), ("Delivered", 2)]
    gaps = [gap_text(row.gap) for row in rows if row.gap is not None]
    assert gaps == ["+1.0 s by timestamp · +4.9 s by arrival", "+3.0 s by timestamp · −700 ms by arrival"]
    assert rows[0].gap is None
    assert clocks_text(rows[1], UTC) == "22:26:58 · arrived 22:27:02.300, 4.3 s later"
    assert [mark.text for mark in rows[1].marks] == ["out of order"]


def test_retries_and_invalid_callbacks_stand_where_they_arrived(story: Story) -> None:
    story.tell(make_payload("queued", 0), after=0.4)
    story.tell(make_payload("sent", 1), after=1.3)
    story.tell(make_payload("queued", 0), after=30.4)
    story.tell(make_payload("sennt", 2), after=31)
    story.tell(make_payload("delivered", 40), after=40.2)
    rows = timeline_rows(story.message())
    assert [row.kind for row in rows] == [
        Kind.TRANSITION,
        Kind.TRANSITION,
        Kind.RETRY,
        Kind.INVALID,
        Kind.TRANSITION,
    ]
    assert [mark.text for mark in rows[2].marks] == ["retry", "late"]
    assert [(mark.text, mark.severity) for mark in rows[3].marks] == [("enum", "error")]
    gaps = [gap_text(row.gap) for row in rows if row.gap is not None]
    assert gaps[1] == "+29.1 s by arrival"
    assert gaps[3] == "+39.0 s by timestamp · +38.9 s by arrival since Sent"


def test_a_message_with_invalid_callbacks_only(story: Story) -> None:
    story.tell({"id": "x"})
    story.tell({"id": "x"}, after=3)
    rows = timeline_rows(story.message())
    assert [row.word for row in rows] == ["Invalid", "Invalid"]
    assert rows[1].gap is not None


def test_the_form_dialect_has_one_clock(story: Story) -> None:
    story.form("queued", 0.5)
    story.form("sent", 1.5)
    rows = timeline_rows(story.message())
    assert clocks_text(rows[1], UTC) == "arrived 22:26:58.500"
    assert rows[1].gap is not None
    assert gap_text(rows[1].gap) == "+1.0 s by arrival"


def test_a_warning_on_a_valid_callback_is_marked(story: Story) -> None:
    story.tell(make_payload(), content_type="text/plain")
    (row,) = timeline_rows(story.message())
    assert [(mark.text, mark.severity) for mark in row.marks] == [("content type", "warning")]


def test_a_row_in_a_sentence(story: Story) -> None:
    delivered_life(story)
    rows = timeline_rows(story.message())
    assert spoken_text(rows[1], UTC) == (
        "Sent, callback 2, timestamp 22:26:58 · arrived 22:26:58.300, 300 ms later, "
        "+1.0 s by timestamp · +900 ms by arrival"
    )


def test_every_callback_stands_once(story: Story) -> None:
    batch = []
    for number in range(300):
        status = ("queued", "sent", "delivered", "nonsense")[number % 4]
        batch.append(story.received(make_payload(status, number * 7 % 11), after=number / 10))
    story.tell_all(batch)
    assert sorted(row.seq for row in timeline_rows(story.message())) == list(range(1, 301))


def test_the_model_changes_only_what_changed(story: Story, qtbot: QtBot) -> None:
    model = TimelineModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    told: list[str] = []
    model.rowsInserted.connect(lambda _, first, last: told.append(f"in {first}-{last}"))
    model.rowsRemoved.connect(lambda _, first, last: told.append(f"out {first}-{last}"))
    model.dataChanged.connect(lambda first, last: told.append(f"new {first.row()}-{last.row()}"))
    delivered_life(story)
    rows = timeline_rows(story.message())
    model.show_rows(rows)
    model.show_rows(list(rows))
    model.show_rows([rows[0], rows[2]])
    model.show_rows(rows)
    model.show_rows([rows[0], rows[2], rows[1], rows[1]])
    model.show_rows([])
    assert told == ["in 0-2", "out 1-1", "in 1-1", "new 1-2", "in 3-3", "out 0-3"]


def test_a_row_tells_itself_to_screen_readers_and_in_its_tooltip(story: Story, qtbot: QtBot) -> None:
    delivered_life(story)
    model = TimelineModel()
    model.show_rows(timeline_rows(story.message()))
    index = model.index(2)
    assert index.data() == "Delivered"
    assert "callback 3" in index.data(Qt.ItemDataRole.AccessibleTextRole)
    assert "2026-03-17T22:27:01Z" in index.data(Qt.ItemDataRole.ToolTipRole)


def test_a_clock_that_was_set_back_is_no_negative_time(story: Story) -> None:
    story.tell(make_payload("queued", 0), after=3600.4)
    story.tell(make_payload("sent", 1), after=1.4)
    story.tell(make_payload("sent", 1), after=0.5)
    story.tell(make_payload("delivered", 2), after=2.4)
    rows = timeline_rows(story.message())
    gaps = [gap_text(row.gap) for row in rows if row.gap is not None]
    back = "our clock was set back in between"
    assert gaps == [f"+1.0 s by timestamp · {back}", back, "+1.0 s by timestamp · +1.0 s by arrival since Sent"]
