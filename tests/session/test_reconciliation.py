"""The message log held against the callbacks."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from inspector.session.deaf import DeafWindow
from inspector.session.reader import SessionReader
from inspector.session.reconciliation import (
    SENT_HERE,
    LoggedRow,
    Outcome,
    compared,
    missed_in,
    other_address,
    went_elsewhere,
)
from inspector.session.session import Session
from tests.factories import MESSAGE, RECEIVED, STARTED, make_callback, make_session

HOUR = 3_600_000_000


def make_logged(**changes: Any) -> LoggedRow:
    values: dict[str, Any] = {
        "id": MESSAGE, "status": "delivered", "created": STARTED, "to": "+15551230001", "from_": "+15559870002",
        "error_code": None, "inbound": False, "status_callback": None, "checked": STARTED + HOUR, "row": 1,
        "ours": "sent", "last_heard": RECEIVED,
    }  # fmt: skip
    values.update(changes)
    return LoggedRow(**values)


@pytest.mark.parametrize(
    ("logged", "ours", "outcome"),
    [
        ("delivered", "delivered", Outcome.AGREES),
        ("delivered", "sent", Outcome.BEHIND),
        ("delivered", None, Outcome.BEHIND),
        ("queued", "sent", Outcome.AHEAD),
        ("undelivered", "delivered", Outcome.DIFFERS),
        ("delivered", "read", Outcome.AHEAD),
        ("sending", "queued", Outcome.AGREES),
        (None, "queued", Outcome.AGREES),
    ],
)
def test_statuses_are_compared_by_the_order_of_life(logged: str | None, ours: str | None, outcome: Outcome) -> None:
    assert compared(logged, ours) is outcome


def test_records_come_back_beside_their_messages(tmp_path: Path) -> None:
    path = make_session(tmp_path / "s.inspector", [make_callback(status="sent")])
    sent = {
        "id": MESSAGE,
        "status": "queued",
        SENT_HERE: True,
        "status_callback_url": "https://here.example/rest",
        "to": "+1",
    }
    later = {"id": MESSAGE, "status": "delivered", "created_at": "2026-03-17T22:26:57Z", "direction": "outbound"}
    with Session.open(path) as session:
        session.record_logged([sent], 1)
        session.record_logged([later, {"id": ""}, {"id": 5}, {"status": "sent"}, {"id": "other", "to": ["x"]}], 2)
    with SessionReader(path) as reader:
        found = reader.logged(MESSAGE)
        assert found == make_logged(
            to="+1", from_="", status_callback="https://here.example/rest", checked=2, created=STARTED, sent_here=True
        )
        assert found.outcome is Outcome.BEHIND
        other, first = reader.logged_rows()
        assert (other.id, other.outcome, other.created) == ("other", Outcome.UNHEARD, None)
        assert first == found


def test_a_record_of_a_stranger_is_stored_whatever_it_holds(tmp_path: Path) -> None:
    with Session.create(tmp_path / "s.inspector", started=STARTED) as session:
        session.record_logged([{"id": "\ud800", "status": "x\ud800", "created_at": 7, "deep": [[[float("nan")]]]}], 1)
    with SessionReader(tmp_path / "s.inspector") as reader:
        (row,) = reader.logged_rows()
    assert (row.id, row.status, row.created) == ("\ufffd", "x\ufffd", None)


def test_the_window_that_explains_is_the_first_after_the_last_callback() -> None:
    before = DeafWindow(STARTED - 20, STARTED - 10, "stopped")
    first = DeafWindow(RECEIVED + 10, RECEIVED + 20, "asleep")
    second = DeafWindow(RECEIVED + 30, None, "stopped")
    assert missed_in(make_logged(), [second, before, first]) is first
    assert missed_in(make_logged(), [before]) is None
    assert missed_in(make_logged(created=None, last_heard=None), [first]) is None
    assert missed_in(make_logged(checked=STARTED + 9 * HOUR), [DeafWindow(STARTED + 5 * HOUR, None, "x")]) is None


@pytest.mark.parametrize(
    ("theirs", "ours", "elsewhere"),
    [
        ("https://a.example/rest", "https://a.example", False),
        ("https://A.example/rest?x", "https://a.example/rest", False),
        ("https://b.example/rest", "https://a.example", True),
        (None, "https://a.example", False),
        ("https://b.example/rest", None, False),
    ],
)
def test_messages_of_other_receivers_are_known_by_their_address(
    theirs: str | None, ours: str | None, elsewhere: bool
) -> None:
    row = make_logged(status_callback=theirs)
    assert went_elsewhere(row, ours) is elsewhere
    assert not went_elsewhere(replace(row, sent_here=True), ours)
    assert other_address(replace(row, sent_here=True), ours) is elsewhere
