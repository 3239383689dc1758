"""What became of a test message, in words."""

from typing import Any

import pytest

from inspector.callbacks.error_codes import ErrorCatalogue
from inspector.capture.rest_api import ApiError, Reason, Trouble
from inspector.runtime.resources import read_text
from inspector.session.records import TransitionRow
from inspector.ui.workbench.checklist import StepState
from inspector.ui.workbench.send_section import MessageEntered
from inspector.workbench.trial import Trial, callback_address, no_way_in, not_to_be_sent, refusal, steps_of

CATALOGUE = ErrorCatalogue.from_json(read_text("error_codes.json"))
URL = "https://x.trycloudflare.com"


def make_trial(*statuses: str, **changes: Any) -> Trial:
    trial = Trial(f"{URL}/rest", 1_000_000, accepted_after=400, record={"id": "m", "status": "queued"}, public_url=URL)
    trial.transitions = [
        TransitionRow(status, None, 1_800_000 + number * 1_000_000, number) for number, status in enumerate(statuses)
    ]
    for name, value in changes.items():
        setattr(trial, name, value)
    return trial


def shown(trial: Trial) -> list[tuple[StepState, str]]:
    return [(one.state, one.text) for one in steps_of(trial, CATALOGUE)][2:]


@pytest.mark.parametrize(
    ("public_url", "words"),
    [
        (None, "no public address"),
        ("", "no public address"),
        ("http://127.0.0.1:9797", "cannot reach it"),
        ("http://localhost", "cannot reach it"),
        ("http://[::1]:80", "cannot reach it"),
        ("https://10.0.0.3/x", "cannot reach it"),
        ("https://mac.local", "cannot reach it"),
        ("ftp://example.com", "no http or https address"),
        ("example.com", "no http or https address"),
    ],
)
def test_what_is_no_way_in(public_url: str | None, words: str) -> None:
    assert words in no_way_in(public_url, listening=True)


def test_a_way_in_needs_an_address_and_ears() -> None:
    assert no_way_in(URL, listening=True) == ""
    assert "not listening" in no_way_in(URL, listening=False)


def test_the_address_gets_a_path_unless_it_has_one() -> None:
    assert callback_address(URL) == f"{URL}/rest"
    assert callback_address(f"{URL}/") == f"{URL}/rest"
    assert callback_address(f"{URL}/own?x=1") == f"{URL}/own?x=1"


def test_what_is_missing_is_named() -> None:
    assert not_to_be_sent(MessageEntered("+1", "+2", "x")) == []
    assert [one.split(":")[0] for one in not_to_be_sent(MessageEntered(" ", "", ""))] == ["From", "To", "Body"]
    assert "these are 1,601" in not_to_be_sent(MessageEntered("+1", "+2", "x" * 1601))[0]


def test_what_is_waited_for_follows_what_came() -> None:
    assert shown(make_trial()) == [
        (StepState.WAITING, "Waiting for “queued”"),
        (StepState.LATER, "“sent”"),
        (StepState.LATER, "“delivered”"),
    ]
    assert shown(make_trial("initiated")) == [
        (StepState.DONE, "“initiated” came after 800 ms"),
        (StepState.WAITING, "Waiting for “sent”"),
        (StepState.LATER, "“delivered”"),
    ]


def test_a_clock_set_back_gives_no_negative_time() -> None:
    assert shown(make_trial("queued", sent=9_000_000))[0] == (StepState.DONE, "“queued” came after 0 ms")


@pytest.mark.parametrize(
    ("changes", "state", "words"),
    [
        ({"logged": None, "log_trouble": "It is down."}, StepState.WARNING, "It is down."),
        ({"logged": {"status": "sent"}}, StepState.FAILED, "did not reach this program"),
        ({"logged": {"status": "undelivered", "error_code": "30003"}}, StepState.FAILED, "Error 30003"),
        ({"logged": {"status": "odd"}}, StepState.WARNING, "on its way"),
        ({"logged": {"status": "sent"}, "listening": False}, StepState.FAILED, "does not listen any more"),
        ({"logged": {"status": "sent"}, "public_url": None}, StepState.FAILED, "another now"),
        ({"logged": {"status": "sent"}}, StepState.FAILED, "Is the tunnel up"),
    ],
)
def test_silence_is_explained(changes: dict[str, Any], state: StepState, words: str) -> None:
    step = steps_of(make_trial(silent_seconds=20, **changes), CATALOGUE)[-1]
    assert step.state is state
    assert step.text == "No callback came for 20 s"
    assert words in step.detail


def test_the_reasons_of_a_refusal_stand_below_it() -> None:
    error = ApiError(
        Trouble.REFUSED, "No.", status=422, reasons=(Reason("to", "21610", "opted out"), Reason("", "", "x"))
    )
    detail = refusal(error, CATALOGUE).detail.splitlines()
    assert detail[0] == "to: opted out (21610)"
    assert detail[-1] == "x"
    assert "E.164" in refusal(ApiError(Trouble.REFUSED, "No.", status=422), CATALOGUE).detail
