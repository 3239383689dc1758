"""The rules of notifications: what is an event, how events are summed up, what the texts keep to themselves."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.callbacks.error_codes import ErrorCatalogue
from inspector.runtime.resources import read_text
from inspector.session.records import Received
from inspector.session.session import Session
from inspector.workbench.notices import Event, Kind, Rules, Watch, codes_in, error_words, summed_up
from tests.factories import STARTED, make_callback, stamp
from tests.strategies import callbacks

CATALOGUE = ErrorCatalogue.from_json(read_text("error_codes.json"))


def events(tmp_path: Path, rules: Rules, *batch: Received) -> list[Event]:
    watch = Watch()
    with Session.create(tmp_path / "a.inspector", started=STARTED) as session:
        return [one for callback in batch for one in watch.events(rules, [callback], session.append([callback]))]


@pytest.mark.parametrize(
    ("rules", "kinds"),
    [
        (Rules(), []),
        (Rules(failed=True), ["failed", "failed"]),
        (Rules(invalid=True), ["invalid", "invalid"]),
        (Rules(codes=frozenset({"30003"})), ["error"]),
        (Rules(failed=True, invalid=True, codes=frozenset({"30003"})), ["error", "failed", "invalid", "invalid"]),
        (Rules(stalled=True, text="to:+1"), []),  # these are found by asking the session
    ],
)
def test_events(tmp_path: Path, rules: Rules, kinds: list[str]) -> None:
    batch = [
        make_callback(id="a", status="sent"),
        make_callback(id="a", status="undelivered", error_code="30003"),
        make_callback(id="a", status="undelivered", error_code="30003"),  # the sender tries again
        make_callback(id="a", status="undelivered", error_code="30003", timestamp=stamp(9)),
        make_callback(id="b", status="failed", error_code="30007"),
        make_callback(id="c", status="sennt"),
        make_callback(raw=b"{"),
    ]
    assert [event.kind.value for event in events(tmp_path, rules, *batch)] == kinds


@pytest.mark.parametrize(
    ("found", "title", "text", "filtering"),
    [
        (
            [Event(Kind.FAILED, "m 1", "+15551234567", "undelivered", "30003")],
            "1 message failed", "To …4567, undelivered, error 30003, Handset cannot be reached", ('id:"m 1"', False),
        ),
        (
            [Event(Kind.FAILED, str(one), f"+1555000{one:04}", "failed") for one in range(5)],
            "5 messages failed",
            "To …0000, failed\nTo …0001, failed\nTo …0002, failed\nand 2 more", ("is:failed", False),
        ),
        (
            [Event(Kind.INVALID), Event(Kind.STALLED, "a", "+15550001111", "sent"), Event(Kind.INVALID, "b")],
            "1 message stalled", "2 invalid callbacks\nTo …1111, sent", ("id:a", False),
        ),
        ([Event(Kind.STALLED, "a"), Event(Kind.STALLED, "b")], "2 messages stalled", "", ("finding:stalled", False)),
        ([Event(Kind.INVALID, "a")], "1 invalid callback", "", ("is:invalid", True)),
        ([Event(Kind.MATCHED)], "1 match of your filter", "", ("to:+1", True)),
        (
            [Event(Kind.ERROR, "a", error="30003"), Event(Kind.ERROR, "b", error="x y")],
            "2 messages with an error that you watch for",
            "error 30003, Handset cannot be reached", ('error:30003,"x y"', False),
        ),
    ],
)  # fmt: skip
def test_several_are_summed_up(found: list[Event], title: str, text: str, filtering: tuple[str, bool]) -> None:
    notice = summed_up(found, CATALOGUE, "to:+1")
    assert (notice.title, notice.text) == (title, text)
    assert (notice.filter, notice.callbacks) == filtering


@settings(deadline=None, max_examples=40)
@given(batch=st.lists(callbacks(), min_size=1, max_size=10))
def test_nothing_of_a_sender_but_status_code_and_four_digits(
    tmp_path_factory: pytest.TempPathFactory, batch: list[Received]
) -> None:
    rules = Rules(failed=True, invalid=True, codes=frozenset({"30003", "\udfff", ""}))
    found = events(tmp_path_factory.mktemp("notices"), rules, *batch)
    if not found:
        return
    notice = summed_up(found, CATALOGUE, "")
    assert "5551230001" not in notice.text
    assert all(word not in notice.text for word in ("Hello", "Grüße", "whatsapp"))
    assert notice.text.replace("\n", "").isprintable()


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (None, ""),
        ("30003", "error 30003, Handset cannot be reached"),
        ("99999", "error 99999"),
        ("<b>bold</b>", ""),
        ("your code is 123456", ""),
        ("x" * 41, ""),
    ],
)
def test_a_code_is_named_if_it_looks_like_one(code: str | None, words: str) -> None:
    assert error_words(code, CATALOGUE) == words


def test_what_is_remembered_is_bounded() -> None:
    watch = Watch()
    assert all(watch.is_new(Kind.FAILED, str(number)) for number in range(5000))
    assert not watch.is_new(Kind.FAILED, "4999")
    assert watch.is_new(Kind.STALLED, "4999")
    assert len(watch._known) <= 4096


def test_codes_are_parted_by_commas_or_spaces() -> None:
    values: dict[str, Any] = {"30003, 30007": ["30003", "30007"], " a;b  c ": ["a", "b", "c"], "": [], ",": []}
    assert {text: codes_in(text) for text in values} == values
