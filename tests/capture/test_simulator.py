"""The simulator: every scenario tells the life that it promises, and what is planned is what arrives."""

import asyncio
import json
import re
import socket
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import islice, pairwise
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import jsonschema_rs
import pytest
from aiohttp import web

from inspector.callbacks.dialect import Dialect
from inspector.callbacks.error_codes import ErrorCatalogue
from inspector.callbacks.findings import FindingCode
from inspector.callbacks.judgement import judge
from inspector.callbacks.lifecycle import Arrival, Lifecycle
from inspector.callbacks.segments import count_segments
from inspector.callbacks.signature import SignatureState, check_signature
from inspector.capture import plan as planning
from inspector.capture.cast import Cast
from inspector.capture.plan import PlannedCallback, plan
from inspector.capture.renders import FORM_TYPE, JSON_TYPE
from inspector.capture.scenarios import SCENARIOS
from inspector.capture.simulator import Delivery, SendResult, simulate
from tests.capture.receiver import Receiver, receiving

STARTED_AT = datetime(2026, 11, 23, 10, 0, 0, 250_000, tzinfo=UTC)
KEY = "PSKtest1234567890abcdef"
RESOURCES = Path(__file__).parents[2] / "resources"

# The specification's webhook `message-status-callback`.
CONTRACT: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "properties": {
        **{name: {"type": "string"} for name in ("id", "project_id", "to", "from", "body")},
        "status": {"enum": ["queued", "initiated", "sent", "delivered", "undelivered", "failed", "read"]},
        "number_of_segments": {"type": "integer"},
        "timestamp": {"type": "string", "format": "date-time"},
        "error_code": {"type": ["string", "null"]},
        "error_message": {"type": ["string", "null"]},
    },
    "required": [
        *("id", "project_id", "status", "to", "from", "body"),
        *("number_of_segments", "timestamp", "error_code", "error_message"),
    ],
}
VALIDATOR = jsonschema_rs.validator_for(CONTRACT, validate_formats=True)


def make_plan(
    *scenarios: str, messages: int = 24, rate: float = 5, seed: int = 7, **changes: Any
) -> list[PlannedCallback]:
    return list(plan(scenarios, messages=messages, rate=rate, seed=seed, started_at=STARTED_AT, **changes))


def by_message(planned: Sequence[PlannedCallback]) -> dict[str, list[PlannedCallback]]:
    messages = defaultdict(list)
    for callback in planned:
        messages[callback.message_id].append(callback)
    return dict(messages)


def statuses(callbacks: Sequence[PlannedCallback]) -> list[str]:
    return [json.loads(callback.body)["status"] for callback in callbacks]


def lives(*scenarios: str, **changes: Any) -> list[list[str]]:
    return [statuses(callbacks) for callbacks in by_message(make_plan(*scenarios, **changes)).values()]


def findings(callbacks: Sequence[PlannedCallback]) -> set[FindingCode]:
    """What the lifecycle remarks on when the callbacks arrive at the moment for which they are planned."""
    lifecycle, found = Lifecycle(), set()
    for seq, callback in enumerate(callbacks, 1):
        verdict = judge(method="POST", target="/", content_type=callback.content_type, body=callback.body)
        received = round((STARTED_AT.timestamp() + callback.at) * 1_000_000)
        arrival = Arrival(seq, received, verdict.valid, verdict.facts, verdict.unknown_fields)
        found |= {remark.code for remark in lifecycle.add(arrival)[1]}
    return found


def is_valid(callback: PlannedCallback) -> bool:
    return judge(method="POST", target="/", content_type=callback.content_type, body=callback.body).valid


# The plan


def test_the_scenarios_are_those_of_the_command_line() -> None:
    assert list(SCENARIOS) == [
        *("delivered", "undelivered", "filtered", "failed", "read", "mms", "partial", "out-of-order", "duplicates"),
        *("retry-storm", "late-receipt", "late-arrival", "regression", "stalled", "invalid", "burst", "mixed"),
    ]
    for name, scenario in SCENARIOS.items():
        assert name == scenario.name
        assert scenario.title
        assert scenario.summary
        assert scenario.advice.endswith(".")


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_same_arguments_give_the_same_bytes(scenario: str) -> None:
    assert make_plan(scenario) == make_plan(scenario)
    assert make_plan(scenario, seed=8) != make_plan(scenario)


@pytest.mark.parametrize("rate", [0.001, 0.5, 5, 1000, 1_000_000])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_callbacks_come_in_the_order_of_sending(scenario: str, rate: float) -> None:
    planned = make_plan(scenario, messages=60, rate=rate)
    assert planned[0].at >= 0
    assert all(earlier.at <= later.at for earlier, later in pairwise(planned))


@pytest.mark.parametrize("rate", [0.5, 5, 1000])
@pytest.mark.parametrize("scenario", [name for name in SCENARIOS if name != "invalid"])
def test_every_callback_keeps_the_contract(scenario: str, rate: float) -> None:
    for callback in make_plan(scenario, messages=80, rate=rate):
        if callback.scenario == "invalid":
            continue
        assert is_valid(callback), callback.body
        if callback.content_type == JSON_TYPE:
            payload = json.loads(callback.body)
            VALIDATOR.validate(payload)
            assert payload["id"] == callback.message_id


@pytest.mark.parametrize("rate", [0.5, 5, 1000])
@pytest.mark.parametrize(
    ("scenario", "expected"),
    [
        *((name, set()) for name in ("delivered", "undelivered", "failed", "read", "mms", "stalled", "burst")),
        ("out-of-order", {FindingCode.OUT_OF_ORDER}),
        ("duplicates", {FindingCode.DUPLICATE}),
        ("filtered", set()),
        ("partial", set()),
        ("retry-storm", {FindingCode.DUPLICATE}),
        ("late-receipt", {FindingCode.LATE}),
        ("late-arrival", {FindingCode.LATE}),
        ("regression", {FindingCode.REGRESSION}),
    ],
)
def test_a_life_gives_the_findings_of_its_scenario_and_no_other(
    scenario: str, rate: float, expected: set[FindingCode]
) -> None:
    for callbacks in by_message(make_plan(scenario, messages=60, rate=rate)).values():
        assert findings(callbacks) == expected


def test_the_timestamps_are_whole_seconds_in_utc_near_the_sending() -> None:
    for callback in make_plan("delivered"):
        text = json.loads(callback.body)["timestamp"]
        sent = STARTED_AT + timedelta(seconds=callback.at)
        assert text == sent.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_a_start_in_another_zone_is_the_same_start() -> None:
    elsewhere = STARTED_AT.astimezone(timezone(timedelta(hours=5, minutes=30)))
    planned = plan(["mixed"], messages=24, rate=5, seed=7, started_at=elsewhere)
    assert list(planned) == make_plan("mixed")


def test_the_data_look_real() -> None:
    payloads = [json.loads(callback.body) for callback in make_plan("delivered", "undelivered", messages=60)]
    assert len({payload["project_id"] for payload in payloads}) == 1
    assert len({payload["id"] for payload in payloads}) == 60
    assert len({payload["body"] for payload in payloads}) > 10
    assert {count_segments(payload["body"]).encoding for payload in payloads} == {"GSM-7", "UCS-2"}
    assert max(payload["number_of_segments"] for payload in payloads) > 1
    for payload in payloads:
        assert payload["number_of_segments"] == count_segments(payload["body"]).segments
        assert re.fullmatch(r"\+1\d{3}55501\d\d", payload["to"])
        assert "{" not in payload["body"]


def test_the_error_codes_are_in_the_catalogue() -> None:
    catalogue = ErrorCatalogue.from_json((RESOURCES / "error_codes.json").read_text(encoding="utf-8"))
    payloads = [json.loads(callback.body) for callback in make_plan("undelivered", "failed", messages=40)]
    codes = {payload["error_code"] for payload in payloads} - {None}
    assert codes >= {"30003", "30004", "30005", "30006", "30007", "30008", "21610", "30022"}
    assert all(catalogue.explain(code) is not None for code in codes)
    for payload in payloads:
        failed = payload["status"] in ("undelivered", "failed")
        assert (payload["error_code"] is not None) == (payload["error_message"] is not None) == failed


def test_the_rate_holds_for_all_messages_together() -> None:
    planned = make_plan("mixed", messages=2000, rate=50)
    assert len(planned) / planned[-1].at == pytest.approx(50, rel=0.05)


@pytest.mark.parametrize("rate", [1, 5, 20])
def test_the_transitions_of_several_messages_are_interleaved(rate: float) -> None:
    planned = make_plan("delivered", messages=60, rate=rate)
    neighbours = [earlier.message_id == later.message_id for earlier, later in pairwise(planned)]
    assert sum(neighbours) < len(neighbours) / 2


def test_the_scenarios_take_turns() -> None:
    planned = make_plan("delivered", "failed", "delivered", messages=7)
    played = {callback.message_id: callback.scenario for callback in planned}
    assert sorted(played.values()) == ["delivered"] * 5 + ["failed"] * 2


def test_no_messages_no_callbacks() -> None:
    assert make_plan("mixed", messages=0) == []


def test_a_plan_for_a_million_messages_is_made_as_it_is_read() -> None:
    planned = plan(["mixed"], messages=10**9, rate=1_000_000, seed=1, started_at=STARTED_AT)
    first = list(islice(planned, 50))
    assert len(first) == 50


def test_a_plan_holds_only_so_many_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    composed: list[str] = []
    compose = Cast.message

    def counted(cast: Cast, **changes: Any) -> dict[str, Any]:
        composed.append("message")
        return compose(cast, **changes)

    monkeypatch.setattr(planning, "_MOST_WAITING", 40)
    monkeypatch.setattr(Cast, "message", counted)
    planned = plan(["delivered"], messages=100, rate=1_000_000, seed=1, started_at=STARTED_AT)
    first = list(islice(planned, 60))
    # 60 callbacks are out and some 40 wait; without the limit all 100 messages would have begun.
    assert len(composed) <= 30
    every = [*first, *planned]
    assert len(every) == 400
    assert all(earlier.at <= later.at for earlier, later in pairwise(every))


def test_a_sender_that_falls_behind_gets_messages_that_begin_later() -> None:
    behind = make_plan("delivered", messages=10, elapsed=lambda: 3600.0)
    assert behind[0].at == pytest.approx(3600, abs=1)
    assert all(findings(callbacks) == set() for callbacks in by_message(behind).values())
    assert make_plan("delivered", messages=10, elapsed=lambda: 0.0) == make_plan("delivered", messages=10)


@pytest.mark.parametrize(
    ("arguments", "wrong"),
    [
        ({"scenarios": []}, "at least one"),
        ({"scenarios": ["delivered", "sennt"]}, "no scenario “sennt”; there are delivered, "),
        ({"messages": -1}, "negative"),
        ({"rate": 0}, "between 0.001 and 1,000,000"),
        ({"rate": float("nan")}, "rate"),
        ({"rate": float("inf")}, "rate"),
        ({"started_at": STARTED_AT.replace(tzinfo=None)}, "time zone"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused_at_once(arguments: dict[str, Any], wrong: str) -> None:
    sensible = {"scenarios": ["delivered"], "messages": 1, "rate": 5.0, "seed": 1, "started_at": STARTED_AT}
    with pytest.raises(ValueError, match=wrong):
        plan(**{**sensible, **arguments})


# The scenarios


@pytest.mark.parametrize(
    ("scenario", "life"),
    [
        ("delivered", ["queued", "initiated", "sent", "delivered"]),
        ("undelivered", ["queued", "initiated", "sent", "undelivered"]),
        ("read", ["queued", "initiated", "sent", "delivered", "read"]),
        ("mms", ["queued", "initiated", "sent"]),
        ("burst", ["queued", "initiated", "sent", "delivered"]),
        ("regression", ["queued", "initiated", "sent", "initiated", "delivered"]),
    ],
)
def test_lives_that_are_all_alike(scenario: str, life: list[str]) -> None:
    assert lives(scenario) == [life] * 24


def test_failed_never_gets_as_far_as_sent() -> None:
    assert {tuple(life) for life in lives("failed")} == {("queued", "failed"), ("queued", "initiated", "failed")}


def test_stalled_ends_at_each_status_that_is_not_final() -> None:
    assert {life[-1] for life in lives("stalled")} == {"queued", "initiated", "sent"}


def test_read_is_a_whatsapp_message() -> None:
    for callback in make_plan("read"):
        payload = json.loads(callback.body)
        assert payload["to"].startswith("whatsapp:+")
        assert payload["from"].startswith("whatsapp:+")


def test_out_of_order_is_only_the_order_of_sending() -> None:
    for callbacks in by_message(make_plan("out-of-order")).values():
        assert sorted(statuses(callbacks)) == ["delivered", "initiated", "queued", "sent"]
        assert statuses(callbacks) != ["queued", "initiated", "sent", "delivered"]


def test_duplicates_are_the_same_bytes_again() -> None:
    for callbacks in by_message(make_plan("duplicates")).values():
        bodies = [callback.body for callback in callbacks]
        assert len(set(bodies)) == 4
        assert len(bodies) > 4


def test_a_burst_is_dense() -> None:
    planned = make_plan("burst", messages=100)
    assert len(planned) == 400
    assert planned[-1].at < 0.1
    under_way = [len({callback.message_id for callback in planned[at : at + 100]}) for at in range(0, 300, 100)]
    assert min(under_way) >= 30


def test_a_burst_takes_fifty_messages_at_one_turn() -> None:
    planned = make_plan("burst", "delivered", messages=52)
    played = {callback.message_id: callback.scenario for callback in planned}
    assert list(played.values()).count("delivered") == 1


def test_invalid_breaks_the_contract_in_every_message_each_time_in_another_way() -> None:
    planned = make_plan("invalid", messages=8)
    broken = [callback for callback in planned if not is_valid(callback)]
    assert {callback.message_id for callback in broken} == {callback.message_id for callback in planned}
    problems = set()
    for callback in broken:
        verdict = judge(method="POST", target="/", content_type=callback.content_type, body=callback.body)
        problems |= {(problem.path, problem.code.value) for problem in verdict.problems}
    assert problems >= {
        ("$.error_code", "missing"),
        ("$.error_message", "missing"),
        ("$.status", "enum"),
        ("$.status", "json"),
        ("$.number_of_segments", "type"),
        ("$.timestamp", "format"),
        ("$", "json"),
    }
    assert b"" in [callback.body for callback in broken]
    assert any(b'"event_type"' in callback.body and callback.message_id == "" for callback in broken)


def test_mixed_plays_everything_and_is_mostly_delivered() -> None:
    planned = make_plan("mixed", messages=300)
    played = {callback.message_id: callback.scenario for callback in planned}
    rare = {"filtered", "partial", "retry-storm", "late-receipt", "late-arrival"}
    assert {*played.values()} == {*SCENARIOS, "compatibility"} - {"mixed", "burst"} - rare
    assert list(played.values()).count("delivered") > 100
    assert next(iter(played.values())) == "delivered"
    kinds = {len(json.loads(c.body)) for c in planned if c.scenario == "invalid" and c.body[-1:] == b"}"}
    assert len(kinds) > 1


def test_mixed_has_callbacks_of_the_compatibility_api() -> None:
    forms = [callback for callback in make_plan("mixed", messages=90) if callback.content_type == FORM_TYPE]
    assert forms
    for callback in forms:
        verdict = judge(method="POST", target="/", content_type=callback.content_type, body=callback.body)
        assert (verdict.dialect, verdict.valid, verdict.message_id) == (Dialect.FORM, True, callback.message_id)
        assert verdict.unknown_fields == ()
    for callbacks in by_message(forms).values():
        assert findings(callbacks) == set()


# The sending


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        yield receiver


def at_once(*scenarios: str, **changes: Any) -> list[PlannedCallback]:
    return [replace(callback, at=0.0) for callback in make_plan(*scenarios, **changes)]


async def test_what_is_planned_arrives(receiver: Receiver) -> None:
    planned = at_once("mixed", messages=60)
    results: list[tuple[PlannedCallback, SendResult]] = []
    summary = await simulate(
        f"{receiver.url}/rest?x=1", planned, on_result=lambda callback, result: results.append((callback, result))
    )
    assert (summary.sent, summary.answered, summary.failed) == (len(planned), len(planned), 0)
    assert summary.by_reply_status == {200: len(planned)}
    assert sorted(body for _, body in receiver.received) == sorted(callback.body for callback in planned)
    assert sorted(callback.body for callback, _ in results) == sorted(callback.body for callback in planned)
    assert all((result.status, result.error) == (200, None) and result.seconds >= 0 for _, result in results)
    for request, body in receiver.received:
        assert (request.method, request.raw_path) == ("POST", "/rest?x=1")
        assert request.headers["User-Agent"] == "SignalWire-simulator"
        assert request.headers["Content-Type"] == (FORM_TYPE if body.startswith(b"MessageSid") else JSON_TYPE)
        assert not any("signature" in name.lower() for name in request.headers)


async def test_the_callbacks_of_a_message_keep_their_order(receiver: Receiver) -> None:
    planned = at_once("burst", "out-of-order", messages=120)
    await simulate(receiver.url, planned)
    arrived = defaultdict(list)
    for _, body in receiver.received:
        arrived[json.loads(body)["id"]].append(body)
    assert arrived == {
        message: [callback.body for callback in callbacks] for message, callbacks in by_message(planned).items()
    }


async def test_a_callback_waits_for_the_answer_to_the_one_before(receiver: Receiver) -> None:
    other_came = asyncio.Event()
    arrived: list[str] = []

    async def answer(body: bytes) -> None:
        arrived.append(json.loads(body)["id"])
        if len(set(arrived)) == 2:
            other_came.set()
        await other_came.wait()

    receiver.before_reply = answer
    messages = list(by_message(at_once("delivered", messages=2)).values())
    first, other = messages[0][0].message_id, messages[1][0].message_id
    await simulate(receiver.url, [*messages[0], messages[1][0]])
    # All four of the first message were due before the other one's.
    assert sorted(arrived[:2]) == sorted([first, other])
    assert len(arrived) == 5


@pytest.mark.parametrize("path", ["", "/", "/hooks/status?a=b", "/a b#fragment", "/ä"])
async def test_a_signing_key_signs_every_dialect(receiver: Receiver, path: str) -> None:
    await simulate(receiver.url + path, at_once("mixed", messages=40), signing_key=KEY)
    schemes = set()
    for request, body in receiver.received:
        headers = [(name.decode(), value.decode()) for name, value in request.raw_headers]
        outcome = check_signature(
            key=KEY, headers=headers, target=request.raw_path, body=body, public_url=None, own_origin="http://other"
        )
        assert outcome.state is SignatureState.VALID, outcome.reason
        schemes.add(outcome.scheme)
        only_256 = [header for header in headers if header[0] != "X-SignalWire-Signature"]
        if outcome.scheme == "A":
            assert (
                check_signature(
                    key=KEY, headers=only_256, target=request.raw_path, body=body, public_url=None, own_origin=""
                ).scheme
                == "A-256"
            )
    assert schemes == {"A", "B"}


async def test_replies_are_counted_by_their_status(receiver: Receiver) -> None:
    receiver.reply = lambda number: web.Response(status=(200, 500, 302)[number % 3], headers={"Location": "/elsewhere"})
    summary = await simulate(receiver.url, at_once("delivered", messages=3))
    assert summary.by_reply_status == {200: 4, 302: 4, 500: 4}
    assert (summary.sent, summary.answered, summary.failed) == (12, 12, 0)


async def test_a_large_reply_is_no_failure(receiver: Receiver) -> None:
    receiver.reply = lambda _: web.Response(body=b"x" * 5_000_000)
    summary = await simulate(receiver.url, at_once("delivered", messages=2))
    assert summary.by_reply_status == {200: 8}


async def test_not_more_than_so_many_at_once(receiver: Receiver) -> None:
    alive: list[int] = []

    def counted() -> Any:
        for callback in at_once("burst", messages=100):
            alive.append(sum(task.get_name().startswith("simulated callback") for task in asyncio.all_tasks()))
            yield callback

    await simulate(receiver.url, counted(), concurrency=3)
    assert len(receiver.received) == 400
    assert receiver.busiest <= 3
    assert max(alive) <= 3


async def test_each_callback_waits_for_its_time(receiver: Receiver) -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    # An hour apart, so that the time that the test itself takes does not matter.
    planned = [
        replace(callback, at=3600.0 * number) for number, callback in enumerate(make_plan("delivered", messages=1))
    ]
    await simulate(receiver.url, planned, sleep=sleep)
    assert [round(seconds / 3600) for seconds in waits] == [1, 2, 3]


async def test_nobody_listening_is_told_in_words() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    results: list[SendResult] = []
    summary = await simulate(
        f"http://127.0.0.1:{port}", at_once("delivered", messages=2), on_result=lambda _, result: results.append(result)
    )
    assert (summary.sent, summary.answered, summary.failed, summary.by_reply_status) == (8, 0, 8, {})
    assert {(result.status, result.error) for result in results} == {
        (None, f"Nothing listens at 127.0.0.1, port {port}.")
    }


@pytest.mark.parametrize(
    ("answer", "words"),
    [(b"", "without a reply"), (b"hello\r\n\r\n", "No valid HTTP reply"), (b"HTTP/1.1 200 OK\r\nContent-Le", "")],
)
async def test_a_broken_reply_is_told_in_words(answer: bytes, words: str) -> None:
    async def answer_and_close(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer_and_close, "127.0.0.1", 0)
    results: list[SendResult] = []
    async with server:
        port = server.sockets[0].getsockname()[1]
        summary = await simulate(
            f"http://127.0.0.1:{port}",
            at_once("delivered", messages=1),
            on_result=lambda _, result: results.append(result),
        )
    assert summary.failed == 4
    assert all(result.status is None and result.error and words in result.error for result in results)


async def test_a_receiver_that_never_answers_is_given_up() -> None:
    async def never(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(never, "127.0.0.1", 0)
    results: list[SendResult] = []
    async with server:
        port = server.sockets[0].getsockname()[1]
        await simulate(
            f"http://127.0.0.1:{port}",
            at_once("stalled", messages=1)[:1],
            on_result=lambda _, result: results.append(result),
            delivery=Delivery(answer=0.01),
        )
    assert [result.error for result in results] == ["No reply within 0.01 seconds."]


async def test_a_cancelled_simulation_leaves_no_task(receiver: Receiver) -> None:
    begun = asyncio.Event()
    planned = plan(["burst"], messages=10**9, rate=5, seed=1, started_at=STARTED_AT)
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(simulate(receiver.url, planned, on_result=lambda *_: begun.set()))
        await begun.wait()
        running.cancel()
    assert not [task for task in asyncio.all_tasks() if task.get_name().startswith("simulated callback")]


@pytest.mark.parametrize("url", ["", "x", "127.0.0.1:9797", "ftp://x/", "http://", "http://[::1", "http://h:99999/"])
async def test_what_is_no_http_url_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="URL"):
        await simulate(url, at_once("delivered", messages=1))


async def test_parameters_of_a_form_arrive_as_they_were_planned(receiver: Receiver) -> None:
    forms = [callback for callback in at_once("mixed", messages=60) if callback.content_type == FORM_TYPE]
    await simulate(receiver.url, forms)
    for _, body in receiver.received:
        parameters = dict(parse_qsl(body.decode(), keep_blank_values=True))
        assert parameters["MessageSid"] == parameters["SmsSid"]
        assert ("ErrorCode" in parameters) == (parameters["MessageStatus"] == "undelivered")
