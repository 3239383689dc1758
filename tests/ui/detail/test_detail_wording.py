from dataclasses import replace
from datetime import UTC

import pytest

from inspector.ui.detail import wording
from tests.ui.detail.detail_factory import START, Story, delivered_life, make_callback, make_payload


def test_the_facts_of_a_message(story: Story) -> None:
    delivered_life(story)
    message = story.message().message
    assert wording.segments_text(message) == "1 segment · GSM-7 · 50 characters"
    expected = "First seen 2026-03-17 22:26:57.400 · last change 22:27:01.600"
    assert wording.times_text(message, UTC) == expected
    assert wording.delivered_text(message) == "Delivered in 4.0 s"


def test_facts_that_are_not_known_are_left_out(story: Story) -> None:
    story.tell({"id": "x"})
    message = story.message().message
    assert wording.segments_text(message) == ""
    assert wording.delivered_text(message) == ""


def test_an_absurd_number_of_segments_stays_short(story: Story) -> None:
    story.tell(make_payload())
    message = replace(story.message().message, number_of_segments=10**4000)
    assert len(wording.segments_text(message)) < 80


@pytest.mark.parametrize(
    ("valid", "problems", "text", "severity"),
    [
        (True, 0, "Valid", None),
        (True, 1, "Valid: 1 warning", "warning"),
        (False, 3, "Invalid: 3 problems", "error"),
    ],
)
def test_the_verdict(valid: bool, problems: int, text: str, severity: str | None) -> None:
    callback = make_callback(valid=valid, problems=tuple({"code": "enum"} for _ in range(problems)))
    assert wording.verdict_text(callback) == text
    assert wording.verdict_severity(callback) == severity


def test_many_callbacks_are_not_all_named() -> None:
    assert wording.numbers_text([2]) == "callback 2"
    assert wording.numbers_text([2, 5]) == "callbacks 2, 5"
    assert wording.numbers_text(range(1, 1001)).endswith("11, 12 and 988 more")


@pytest.mark.parametrize(
    ("timestamp", "shown"),
    [
        ("2026-03-17T22:26:57Z", "22:26:57"),
        ("2026-03-17T22:26:57.5Z", "22:26:57.500"),
        ("0000-01-01T00:00:00Z", "0000-01-01T00:00:00Z"),
        ("9999-12-31T23:59:59-23:00", "9999-12-31T23:59:59-23:00"),
        ("soon", "soon"),
    ],
)
def test_the_senders_time(timestamp: str, shown: str) -> None:
    assert wording.sender_time(timestamp, UTC) == shown


def test_where_a_callback_came_from() -> None:
    text = wording.callback_text(make_callback(body=b"ab", truncated=True, received=START), UTC)
    assert text == "Callback 1 · JSON · 2 bytes (truncated) · arrived 22:26:57.000 · from 127.0.0.1 · not signed"


def test_values_read_as_json() -> None:
    values = [None, True, "a\nb", 1, {"a": [1]}]
    assert [wording.value_text(value) for value in values] == ["null", "true", '"a⏎b"', "1", '{"a": [1]}']


def test_another_callback_than_a_messages_is_named_and_not_called_broken() -> None:
    body = b'{"event_type": "campaign", "brand_id": "b", "state": "active"}'
    callback = make_callback(valid=False, message_id=None, dialect="json", body=body)
    assert wording.verdict_text(callback) == "10DLC status callback"
    assert wording.verdict_severity(callback) == "info"
