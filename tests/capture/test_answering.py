"""Answers by rules, as senders see them: late, wrong, none; and always only after the callback was kept."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import jsonschema_rs
import pytest
from aiohttp import ClientError, ClientSession

from inspector.capture.answering import RulePlan, plan_of_application
from inspector.capture.recorder import Recorder
from inspector.capture.reply import OK
from inspector.capture.rules import Action, Rule, Rules
from inspector.capture.server import CaptureServer, CaptureSettings
from inspector.runtime.resources import read_text
from inspector.session.exchange.export import export
from inspector.session.exchange.json_import import import_json
from inspector.session.reader import SessionReader
from inspector.session.records import ForwardRow, Received
from tests.capture.conftest import Capture, HeldRecorder
from tests.capture.provider import Provider
from tests.capture.wire import BOUND, Wire, ask, make_body, make_post, make_request

BOTH_LOOPS = True
SCHEMA: Final = jsonschema_rs.Draft202012Validator(json.loads(read_text("session.schema.json")))


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    async with ClientSession() as client:
        yield Provider(client)


def ruled(*rules: Rule) -> dict[str, Any]:
    return {"answer": RulePlan(Rules(rules))}


async def test_rule_gives_status_headers_and_body(capture: Capture) -> None:
    rule = Rule("teapot", code=418, headers=(("X-One", "1"), ("Content-Type", "text/x-tea")), body="short and stout")
    port = await capture.start(**ruled(rule))
    reply = await ask(port, make_post())
    assert (reply.status, reply.body, reply.headers["x-one"]) == (418, b"short and stout", "1")
    assert reply.headers["content-type"].startswith("text/x-tea")
    assert capture.only().reply == {
        "status": 418,
        "headers": [["X-One", "1"], ["Content-Type", "text/x-tea"]],
        "body": "short and stout",
        "rule": "teapot",
    }


async def test_callback_that_no_rule_fits_is_answered_as_usual(capture: Capture) -> None:
    port = await capture.start(**ruled(Rule(path="/other", code=500)))
    async with await Wire.open(port) as wire:
        assert [(await wire.ask(make_post(target=target))).status for target in ("/rest", "/other", "/rest")] == [
            200, 500, 200,
        ]  # fmt: skip
    assert [callback.reply for callback in capture.callbacks()] == [{"status": 200}, {"status": 500}, {"status": 200}]


async def test_callback_is_committed_before_anything_is_answered(capture: Capture) -> None:
    recorder = HeldRecorder(capture)
    port = await capture.serve(recorder, **ruled(Rule(action=Action.DROP)))
    async with await Wire.open(port) as wire:
        await wire.send(make_post())
        await asyncio.wait_for(recorder.submitted.wait(), BOUND)
        assert await wire.is_silent()
        recorder.release()
        assert await wire.rest() == b""
    assert capture.only().reply["dropped"] == "closed"


async def test_connection_is_closed_without_an_answer(capture: Capture) -> None:
    port = await capture.start(**ruled(Rule("hang up", action=Action.DROP)))
    async with await Wire.open(port) as wire:
        await wire.send(make_post())
        assert await wire.rest() == b""
    assert capture.only().reply == {"status": 444, "rule": "hang up", "dropped": "closed"}
    assert (await ask(await capture.start(), make_post())).status == 200


async def test_connection_is_reset(capture: Capture) -> None:
    port = await capture.start(**ruled(Rule(action=Action.RESET)))
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(make_post())
    with pytest.raises(ConnectionResetError):
        await asyncio.wait_for(reader.read(), BOUND)
    writer.close()
    assert capture.only().reply == {"status": 444, "dropped": "reset"}


async def test_large_body_is_sent_whole_and_not_kept(capture: Capture) -> None:
    port = await capture.start(**ruled(Rule(body="x", filler=65_537)))
    reply = await ask(port, make_post())
    assert len(reply.body) == 65_537
    assert reply.body.startswith(b"x.")
    assert capture.only().reply == {"status": 200, "body_bytes": 65_537}


async def test_delayed_answer_delays_no_other_sender_and_not_the_end(capture: Capture) -> None:
    port = await capture.start(**ruled(Rule(status="sent", code=503, delay=100)))
    async with await Wire.open(port) as slow, await Wire.open(port) as quick:
        await slow.send(make_post(status="sent"))
        for _ in range(20):
            assert (await quick.ask(make_post(status="queued"))).status == 200
        assert await slow.is_silent()
        assert capture.callbacks()[0].reply == {"status": 503, "delay_ms": 100_000}
        await asyncio.wait_for(capture.server.stop(), BOUND)
        assert (await slow.reply()).status == 503


async def test_delayed_answer_comes(capture: Capture) -> None:
    port = await capture.start(**ruled(Rule(delay=0.02)))
    assert (await ask(port, make_post())).status == 200
    assert capture.only().reply == {"status": 200, "delay_ms": 20}


async def test_sender_that_hangs_up_meanwhile_is_noted(capture: Capture) -> None:
    amended: asyncio.Queue[list[int]] = asyncio.Queue()
    recorder = Recorder(capture.session, on_amended=lambda seqs: amended.put_nowait(list(seqs)))
    port = await capture.serve(recorder, **ruled(Rule(delay=0.1)))
    async with await Wire.open(port) as wire:
        await wire.send(make_post())
    assert await asyncio.wait_for(amended.get(), BOUND) == [1]
    assert capture.only().reply == {"status": 200, "delay_ms": 100, "gave_up": True}


@pytest.mark.parametrize("code", [301, 302, 307])
async def test_redirect_to_another_address(capture: Capture, code: int) -> None:
    rule = Rule(action=Action.REDIRECT, code=code, location="https://elsewhere.example/x?y")
    reply = await ask(await capture.start(**ruled(rule)), make_post())
    assert (reply.status, reply.headers["location"]) == (code, "https://elsewhere.example/x?y")
    assert capture.only().reply["headers"] == [["Location", "https://elsewhere.example/x?y"]]


async def test_chain_ends_after_its_redirects(capture: Capture) -> None:
    rule = Rule("chain", action=Action.REDIRECT, code=302, redirects=2)
    port = await capture.start(**ruled(rule))
    async with (
        ClientSession() as client,
        client.post(f"http://127.0.0.1:{port}/rest?a=1", data=make_body()) as response,
    ):
        assert (response.status, len(response.history)) == (200, 2)
    first, second, third = capture.callbacks()
    assert (first.reply["rule"], second.reply["hop"], third.reply) == ("chain", 1, {"status": 200, "hop": 2})
    assert [one.target.split("&")[0] for one in (second, third)] == ["/rest?a=1", "/rest?a=1"]


@pytest.mark.parametrize(
    ("rules", "outcomes"),
    [
        ([], ["delivered"]),
        ([Rule(code=500)], ["500", "500", "500"]),
        ([Rule(code=500, attempt=1), Rule(code=503, attempt=2)], ["500", "503", "delivered"]),
        ([Rule(action=Action.RESET, attempt=1)], ["reset", "delivered"]),
        ([Rule(action=Action.DROP, attempt=1)], ["no answer", "delivered"]),
        ([Rule(filler=65_537, attempt=1)], ["too large", "delivered"]),
        ([Rule(action=Action.REDIRECT, code=307, redirects=3)], ["delivered"]),
        ([Rule(action=Action.REDIRECT, code=307, redirects=4, attempt=1)], ["too many redirects", "delivered"]),
    ],
    ids=str,
)
async def test_provider_tries_again_as_the_contract_says(
    capture: Capture, provider: Provider, rules: list[Rule], outcomes: list[str]
) -> None:
    port = await capture.start(**ruled(*rules))
    assert await provider.deliver(f"http://127.0.0.1:{port}/rest", make_body()) == outcomes
    assert sum("hop" not in callback.reply for callback in capture.callbacks()) == len(outcomes)


async def test_provider_gives_up_on_a_slow_answer(capture: Capture, provider: Provider) -> None:
    provider.seconds = 0.2
    port = await capture.start(**ruled(Rule(delay=100, attempt=1)))
    assert await provider.deliver(f"http://127.0.0.1:{port}/rest", make_body()) == ["too slow", "delivered"]


async def test_what_came_in_part_is_answered_as_without_rules(capture: Capture) -> None:
    port = await capture.start(largest_body=10, **ruled(Rule(code=500)))
    assert (await ask(port, make_request(b"x" * 11))).status == 413


async def test_callback_that_cannot_be_kept_is_answered_503(capture: Capture) -> None:
    port = await capture.start(**ruled(Rule(code=404)))
    capture.session.close()
    assert (await ask(port, make_post())).status == 503


async def test_rules_count_from_the_next_callback_on(capture: Capture) -> None:
    port = await capture.start()
    async with await Wire.open(port) as wire:
        assert (await wire.ask(make_post())).status == 200
        capture.server.settings = CaptureSettings(**ruled(Rule(code=500)))
        assert (await wire.ask(make_post())).status == 500
        capture.server.settings = CaptureSettings()
        assert (await wire.ask(make_post())).status == 200


class CountedSettings:
    """Settings that count how often each was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __getattr__(self, name: str) -> Any:
        self.asked.append(name)
        return getattr(CaptureSettings(), name)


async def test_without_rules_one_look_is_all_there_is_to_do(capture: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[str] = []
    monkeypatch.setattr("inspector.capture.answering.Answering.answer", lambda *_: called.append("answer"))
    monkeypatch.setattr(CaptureServer, "_answer", lambda *_: called.append("_answer"))
    monkeypatch.setattr(Rules, "first", lambda *_: called.append("first"))
    port = await capture.start()
    settings = CountedSettings()
    capture.server.settings = settings  # type: ignore[assignment]
    assert (await ask(port, make_post())).status == 200
    of_the_body = ["body_seconds", "largest_body", "most_in_flight"]
    assert sorted(settings.asked) == sorted(
        ["answer", *of_the_body, "key_to_come", "reply", "require_signature", "secret_path"]
    )
    assert called == []
    assert capture.session._reply_text(OK.as_json) == '{"status":200}'


async def test_an_error_in_planning_costs_no_callback(capture: Capture) -> None:
    told: list[str] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context["message"]))

    def fail(_: Received) -> None:
        raise ZeroDivisionError

    port = await capture.start(answer=fail)
    assert (await ask(port, make_post())).status == 200
    assert capture.only().reply == {"status": 200}
    assert told == ["No answer could be planned for a callback."]


# What the application answers


def forwarded(**changes: Any) -> ForwardRow:
    values: dict[str, Any] = {
        "callback": 1,
        "url": "http://app.example/",
        "sent": 0,
        "milliseconds": 3,
        "status": 422,
        "headers": (("X-App", "1"), ("X-App", "2"), ("Content-Length", "99"), ("Content-Type", "text/x")),
        "body": b"no \xff",
        "error": None,
    }
    values.update(changes)
    return ForwardRow(**values)


def told_by(row: ForwardRow | None) -> dict[str, Any]:
    """The application says `row`, or nothing."""

    def forward(_seq: int, _received: Received) -> asyncio.Future[ForwardRow]:
        future = asyncio.get_running_loop().create_future()
        if row is not None:
            asyncio.get_running_loop().call_soon(future.set_result, row)
        return future

    plan = plan_of_application(forward, 100 if row is not None else 0.05)
    return {"answer": lambda _: plan}


async def test_sender_is_answered_what_the_application_answers(capture: Capture) -> None:
    reply = await ask(await capture.start(**told_by(forwarded())), make_post())
    assert (reply.status, reply.body, reply.headers["content-type"]) == (422, b"no \xff", "text/x")
    assert reply.headers["content-length"] == "4"
    kept = capture.only().reply
    assert kept.pop("delay_ms") >= 0
    assert kept == {
        "status": 422,
        "headers": [["X-App", "1"], ["X-App", "2"], ["Content-Type", "text/x"]],
        "body": "no \ufffd",
        "from": "forward",
    }


@pytest.mark.parametrize(
    "row", [None, forwarded(status=None, error="refused"), forwarded(error="broke off"), forwarded(status=103)], ids=str
)
async def test_our_own_reply_goes_where_the_application_has_none(capture: Capture, row: ForwardRow | None) -> None:
    reply = await ask(await capture.start(**told_by(row)), make_post())
    assert (reply.status, reply.body) == (200, b"")
    assert {**capture.only().reply, "delay_ms": 0} == {"status": 200, "from": "default", "delay_ms": 0}


async def test_our_own_reply_goes_where_nothing_is_sent_on(capture: Capture) -> None:
    plan = plan_of_application(lambda _seq, _received: None, 100)
    assert (await ask(await capture.start(answer=lambda _: plan), make_post())).status == 200
    assert capture.only().reply["from"] == "default"


async def test_waiting_for_the_application_does_not_hold_up_the_end(capture: Capture) -> None:
    asked = asyncio.Event()

    def forward(_seq: int, _received: Received) -> asyncio.Future[ForwardRow]:
        asked.set()
        return asyncio.get_running_loop().create_future()

    plan = plan_of_application(forward, 100)
    port = await capture.start(answer=lambda _: plan)
    async with await Wire.open(port) as wire:
        await wire.send(make_post())
        await asyncio.wait_for(asked.wait(), BOUND)
        await asyncio.wait_for(capture.server.stop(), BOUND)
        assert (await wire.reply()).status == 200


async def test_every_kind_of_reply_survives_export_and_import(capture: Capture, tmp_path: Path) -> None:
    hang_up, slow = Rule("hang up", action=Action.DROP), Rule("slow", delay=0.01, headers=(("A", "b"),), body="x")
    chain = Rule("chain", action=Action.REDIRECT, code=307)
    for rule in (hang_up, slow, chain, Rule(filler=70_000)):
        port = await capture.start(**ruled(rule))
        async with ClientSession() as client:
            with suppress(ClientError):
                await client.post(f"http://127.0.0.1:{port}/rest", data=make_body())
    await ask(await capture.start(**told_by(forwarded())), make_post())
    await ask(await capture.start(**told_by(None)), make_post())
    capture.session.amend_replies([(1, {**capture.callbacks()[0].reply, "gave_up": True})])
    exported = tmp_path / "exported.json"
    export(capture.reader, exported)
    assert not list(SCHEMA.iter_errors(json.loads(exported.read_text())))
    again = tmp_path / "again.inspector"
    import_json(exported, again)
    with SessionReader(again) as reader:
        assert [one.reply for one in reader.callbacks()] == [one.reply for one in capture.callbacks()]
        assert reader.callback_summaries([1])[1].reply == {
            "status": 444,
            "rule": "hang up",
            "dropped": "closed",
            "gave_up": True,
        }
