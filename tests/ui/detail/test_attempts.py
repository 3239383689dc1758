"""What the timeline tells of attempts that our answers caused."""

from collections.abc import Mapping
from typing import Any

import pytest

from inspector.ui.detail.attempts import answer_text, attempt_texts
from inspector.ui.detail.reply import reply_lines
from inspector.ui.detail.timeline_rows import Kind, timeline_rows
from tests.ui.detail.detail_factory import Story, make_payload

FINE = {"status": 200}


def told(story: Story, *replies: Mapping[str, Any]) -> list[str]:
    """The chips of callbacks that tell one state, answered in this way one after the other."""
    for number, reply in enumerate(replies):
        story.tell(make_payload(), after=0.4 + number, reply=reply)
    return [", ".join(mark.text for mark in row.marks if mark.text != "late") for row in timeline_rows(story.message())]


def test_a_retry_after_an_error_of_ours_is_an_attempt(story: Story) -> None:
    assert told(story, {"status": 500}, {"status": 503, "rule": "x"}, FINE) == [
        "answered 500",
        "attempt 2 of 3, after our 500, answered 503",
        "attempt 3 of 3, after our 503",
    ]


def test_a_retry_after_a_good_answer_is_a_retry_and_begins_anew(story: Story) -> None:
    assert told(story, FINE, {"status": 500}, FINE, FINE) == [
        "",
        "retry, answered 500",
        "attempt 2 of 3, after our 500",
        "retry",
    ]


def test_more_attempts_than_the_contract_has_are_only_counted(story: Story) -> None:
    assert told(story, *[{"status": 500}] * 4)[-1] == "attempt 4, after our 500, answered 500"


@pytest.mark.parametrize(
    ("reply", "why", "answer"),
    [
        ({"status": 444, "dropped": "reset"}, "a reset connection", "we reset it"),
        ({"status": 444, "dropped": "closed", "delay_ms": 9000}, "no answer", "we hung up"),
        ({"status": 200, "delay_ms": 5500}, "our slow answer (5.5 s)", ""),
        ({"status": 200, "delay_ms": 300, "gave_up": True}, "our slow answer (300 ms)", "sender gave up"),
        ({"status": 307, "headers": [["Location", "/x"]]}, "our redirect", "answered 307"),
        ({"status": 200, "body_bytes": 65_537}, "our body of 65,537 bytes", ""),
        ({"status": 404, "from": "forward", "delay_ms": 3}, "our 404", "answered 404"),
    ],
)
def test_what_made_the_sender_try_again(story: Story, reply: Mapping[str, Any], why: str, answer: str) -> None:
    assert told(story, reply, FINE)[1] == f"attempt 2 of 3, after {why}"
    assert answer_text(story.message().callbacks[0]) == answer


@pytest.mark.parametrize("reply", [FINE, {"status": 200, "delay_ms": 4000}, {"status": 204, "rule": "x"}])
def test_what_did_not(story: Story, reply: Mapping[str, Any]) -> None:
    assert told(story, reply, FINE)[1] == "retry"


def test_states_have_attempts_of_their_own(story: Story) -> None:
    for status, seconds in (("queued", 0), ("sent", 1), ("queued", 0), ("sent", 1)):
        story.tell(make_payload(status, seconds), after=seconds + 1, reply={"status": 500 if status == "sent" else 200})
    assert attempt_texts(story.message().callbacks) == {4: "attempt 2 of 3, after our 500"}


def test_steps_of_a_redirect_are_no_attempts(story: Story) -> None:
    assert told(story, {"status": 307}, {"status": 307, "hop": 1}, {"status": 200, "hop": 2}, FINE) == [
        "answered 307",
        "after a redirect, answered 307",
        "after 2 redirects",
        "attempt 2 of 3, after our redirect",
    ]


def test_an_attempt_is_marked_as_a_warning_and_drawn_as_a_retry(story: Story) -> None:
    told(story, {"status": 500}, FINE)
    row = timeline_rows(story.message())[1]
    assert (row.kind, row.marks[0].severity) == (Kind.RETRY, "warning")


@pytest.mark.parametrize(
    ("reply", "lines"),
    [
        (
            {"status": 500, "rule": "<b>x", "delay_ms": 5500},
            ["500 Internal Server Error", "By the rule “<b>x” · after 5.5 s", "Empty body"],
        ),
        ({"status": 444, "dropped": "reset"}, ["No answer: the connection was reset"]),
        ({"status": 444, "dropped": "closed"}, ["No answer: the connection was closed"]),
        ({"status": 200, "body_bytes": 65_537}, ["200 OK", "A body of 65,537 bytes, made up"]),
        ({"status": 200, "hop": 3}, ["200 OK", "To redirect 3 of a chain", "Empty body"]),
        (
            {"status": 422, "from": "forward", "delay_ms": 12, "body": "no"},
            ["422 ", "What your app answered · after 12 ms", "", "no"],
        ),
        (
            {"status": 200, "from": "default", "delay_ms": 4000, "gave_up": True},
            [
                "200 OK",
                "Our own reply, as your app gave none in time · after 4.0 s",
                "The sender had hung up before it was answered.",
                "Empty body",
            ],
        ),
    ],
)
def test_the_reply_tab_tells_how_it_was_answered(story: Story, reply: Mapping[str, Any], lines: list[str]) -> None:
    seq = story.tell(make_payload(), reply=reply)
    found = [line.text for line in reply_lines(story.callback(seq))][1:]
    assert len(found) == len(lines)
    assert all(line.startswith(start) for line, start in zip(found, lines, strict=True))
