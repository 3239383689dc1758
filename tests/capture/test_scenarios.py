"""The scenarios that a receiver seldom sees, as they are told."""

import json
import re
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from inspector.callbacks.judgement import judge
from inspector.callbacks.problems import ProblemCode
from inspector.callbacks.segments import count_segments
from inspector.callbacks.timestamps import parse_timestamp
from inspector.capture.plan import PlannedCallback, plan
from inspector.capture.scenarios import SCENARIOS

STARTED_AT = datetime(2026, 11, 23, 10, 0, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
IDS = re.compile(rb"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\"order\":\"[0-9a-f]{8}\"")


def planned(scenario: str, **changes: Any) -> list[PlannedCallback]:
    order = {"messages": 12, "rate": 5.0, "seed": 11, "started_at": STARTED_AT, **changes}
    return list(plan([scenario], **order))


def by_id(callbacks: list[PlannedCallback]) -> dict[str, list[dict[str, Any]]]:
    payloads = defaultdict(list)
    for callback in callbacks:
        payload = json.loads(callback.body)
        payloads[payload["id"]].append(payload)
    return dict(payloads)


def moment(payload: dict[str, Any]) -> datetime:
    nanoseconds = parse_timestamp(payload["timestamp"])
    assert nanoseconds is not None
    return datetime.fromtimestamp(nanoseconds / 1e9, UTC)


def test_filtered_ends_with_30007() -> None:
    for life in by_id(planned("filtered")).values():
        assert [one["status"] for one in life] == ["queued", "initiated", "sent", "undelivered"]
        assert [one["error_code"] for one in life] == [None, None, None, "30007"]


def test_partly_delivered_messages_have_an_id_a_segment() -> None:
    lives = by_id(planned("partial", messages=6))
    orders = defaultdict(list)
    for life in lives.values():
        first, last = life[0], life[-1]
        assert [one["status"] for one in life[:3]] == ["queued", "initiated", "sent"]
        assert (last["error_code"] is None) == (last["status"] == "delivered")
        assert first["number_of_segments"] == count_segments(first["body"]).segments > 1
        assert (
            len(
                {
                    json.dumps({**one, "status": "", "timestamp": "", "error_code": "", "error_message": ""})
                    for one in life
                }
            )
            == 1
        )
        orders[first["custom_variables"]["order"]].append((last["status"], first))
    assert len(orders) == 6
    for segments in orders.values():
        assert len(segments) == segments[0][1]["number_of_segments"]
        assert {status for status, _ in segments} == {"delivered", "undelivered"}
        assert len({(one["to"], one["from"], one["body"]) for _, one in segments}) == 1


@pytest.mark.parametrize("rate", [0.1, 5, 1000])
def test_a_retry_storm_keeps_the_delivery_contract(rate: float) -> None:
    callbacks = planned("retry-storm", rate=rate)
    times = defaultdict(list)
    for callback in callbacks:
        times[callback.body].append(callback.at)
        assert not callback.retried
    assert set(Counter(callback.body for callback in callbacks).values()) == {3}
    assert all(attempts[-1] - attempts[0] <= 15 for attempts in times.values())


def test_a_late_receipt_comes_hours_after_sent() -> None:
    for callbacks in by_id(planned("late-receipt")).values():
        queued, initiated, sent, delivered = callbacks
        assert moment(queued) <= moment(initiated) <= moment(sent)
        assert timedelta(hours=1.9) < moment(delivered) - moment(sent) < 7 * HOUR
        assert moment(delivered) >= STARTED_AT


def test_a_late_arrival_tells_of_what_happened_hours_before() -> None:
    for callback in planned("late-arrival"):
        ago = STARTED_AT + timedelta(seconds=callback.at) - moment(json.loads(callback.body))
        assert timedelta(hours=1.9) < ago < 7 * HOUR


def test_invalid_forms_break_the_contract_each_in_another_way() -> None:
    codes, broken = set(), set()
    for callback in planned("invalid", form=True, messages=5):
        verdict = judge(method="POST", target="/", content_type=callback.content_type, body=callback.body)
        if not verdict.valid:
            broken.add(callback.message_id)
            codes |= {problem.code for problem in verdict.problems}
    assert len(broken) == 5
    assert codes == {ProblemCode.ENUM, ProblemCode.MISSING, ProblemCode.TYPE, ProblemCode.ENCODING}


def test_forms_name_the_statuses_as_the_compatibility_api_does() -> None:
    words = {callback.body.split(b"MessageStatus=")[1].split(b"&")[0] for callback in planned("delivered", form=True)}
    assert words == {b"queued", b"sending", b"sent", b"delivered"}


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_another_salt_gives_other_ids_and_nothing_else(scenario: str) -> None:
    def without_ids(callbacks: list[PlannedCallback]) -> list[tuple[float, bytes]]:
        return [
            (one.at, re.sub(rb"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|order.{14}", b"", one.body))
            for one in callbacks
        ]

    plain, salted = planned(scenario, messages=24), planned(scenario, messages=24, salt=2**127 + 5)
    assert without_ids(plain) == without_ids(salted)
    assert not {one.message_id for one in plain} & {one.message_id for one in salted} - {""}
