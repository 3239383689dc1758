"""The user's own numbers, text and variables in simulated callbacks, to the letter, in both dialects."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.callbacks.segments import count_segments
from inspector.capture.own_data import NOTHING_OWN, OwnData
from inspector.capture.plan import PlannedCallback, plan
from inspector.capture.renders import FORM_TYPE
from inspector.capture.scenarios import SCENARIOS
from inspector.capture.simulator import simulate
from tests.capture.receiver import receiving

STARTED_AT = datetime(2026, 11, 23, 10, 0, 0, tzinfo=UTC)

# A lone surrogate is half of a character, and is refused.
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=400)
addresses = st.one_of(
    st.from_regex(r"\+[0-9]{5,17}", fullmatch=True),
    st.from_regex(r"[0-9]{5,6}", fullmatch=True),
    st.from_regex(r"whatsapp:\+[0-9]{5,17}", fullmatch=True),
)
own_data = st.builds(
    OwnData,
    to=addresses,
    from_=addresses,
    body=texts,
    custom_variables=st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), texts, max_size=20),
)


def planned(*scenarios: str, own: OwnData = NOTHING_OWN, form: bool = False, **changes: Any) -> list[PlannedCallback]:
    order = {"messages": 3, "rate": 5.0, "seed": 7, "started_at": STARTED_AT, **changes}
    return list(plan(scenarios, own=own, form=form, **order))


@given(own_data, st.sampled_from(["delivered", "undelivered", "partial", "mms", "retry-storm", "late-receipt"]))
def test_json_says_what_the_user_says(own: OwnData, scenario: str) -> None:
    for callback in planned(scenario, own=own):
        payload = json.loads(callback.body)
        assert (payload["to"], payload["from"], payload["body"]) == (own.to, own.from_, own.body)
        assert payload["custom_variables"] == own.custom_variables
        if scenario != "mms":
            assert payload["number_of_segments"] == count_segments(payload["body"]).segments


@given(own_data)
def test_a_form_says_what_the_user_says(own: OwnData) -> None:
    for callback in planned("delivered", own=own, form=True):
        parameters = dict(parse_qsl(callback.body.decode(), keep_blank_values=True, strict_parsing=True))
        assert (parameters["To"], parameters["From"], parameters["Body"]) == (own.to, own.from_, own.body)


@settings(max_examples=15)
@given(own_data)
async def test_it_arrives_as_it_was_said(own: OwnData) -> None:
    async with receiving() as receiver:
        await simulate(receiver.url, [replace(callback, at=0.0) for callback in planned("delivered", own=own)])
        assert len(receiver.received) == 12
        for body in receiver.bodies:
            payload = json.loads(body)
            assert (payload["to"], payload["from"], payload["body"]) == (own.to, own.from_, own.body)
            assert payload["custom_variables"] == own.custom_variables


def test_what_is_not_said_is_drawn_as_before() -> None:
    drawn = [json.loads(callback.body) for callback in planned("delivered", "failed")]
    with_body = [
        json.loads(callback.body) for callback in planned("delivered", "failed", own=OwnData(body="{name} {0} %s"))
    ]
    for one, other in zip(drawn, with_body, strict=True):
        assert other["body"] == "{name} {0} %s"
        assert {**one, "body": "", "number_of_segments": 0} == {**other, "body": "", "number_of_segments": 0}


def test_a_whatsapp_message_has_whatsapp_numbers() -> None:
    own = OwnData(to="+12065550123", from_="whatsapp:+12065550199")
    for callback in planned("read", own=own):
        payload = json.loads(callback.body)
        assert (payload["to"], payload["from"]) == ("whatsapp:+12065550123", "whatsapp:+12065550199")


def test_a_body_of_one_segment_is_not_delivered_in_part() -> None:
    callbacks = planned("partial", own=OwnData(body="short"), messages=2)
    assert [json.loads(callback.body)["status"] for callback in callbacks].count("delivered") == 2
    assert len({callback.message_id for callback in callbacks}) == 2


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"to": "Alice"}, "To: Write a plus sign"),
        ({"from_": "1"}, "From: A short code"),
        ({"body": "\ud800"}, "Body: "),
        ({"custom_variables": {"": "x"}}, "Custom variables: A value has no name"),
        ({"custom_variables": {str(number): "" for number in range(21)}}, "at most 20"),
    ],
)
def test_what_cannot_be_sent_is_refused(wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        OwnData(**wrong)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_scenario_can_be_told_in_form_encoding(scenario: str) -> None:
    callbacks = planned(scenario, form=True, messages=24)
    assert {callback.content_type for callback in callbacks} == {FORM_TYPE}


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("form", [False, True])
def test_every_message_has_one_last_callback(scenario: str, form: bool) -> None:
    callbacks = planned(scenario, form=form, messages=24, rate=50)
    assert sum(callback.ends for callback in callbacks) == 24
    assert callbacks[-1].ends
