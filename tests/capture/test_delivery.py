"""A sender that tries again: what it tries again, how often, and what it does meanwhile."""

import asyncio
import json
import math
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import web

from inspector.capture.plan import PlannedCallback, plan
from inspector.capture.simulator import LIKE_SIGNALWIRE, Delivery, SendResult, SimulationSummary, simulate
from tests.capture.receiver import receiving

STARTED_AT = datetime(2026, 11, 23, 10, 0, 0, tzinfo=UTC)


def at_once(*scenarios: str, messages: int = 1) -> list[PlannedCallback]:
    planned = plan(scenarios, messages=messages, rate=5, seed=7, started_at=STARTED_AT)
    return [replace(callback, at=0.0) for callback in planned]


class Sender:
    """Sends as SignalWire does, without waiting for the pauses, and keeps what came of it."""

    def __init__(self, **changes: Any) -> None:
        self.delivery = replace(LIKE_SIGNALWIRE, **changes)
        self.results: list[tuple[PlannedCallback, SendResult]] = []
        self.pauses: list[float] = []

    async def send(self, url: str, planned: list[PlannedCallback]) -> SimulationSummary:
        return await simulate(
            url,
            planned,
            delivery=self.delivery,
            on_result=lambda callback, result: self.results.append((callback, result)),
            sleep=self._sleep,
        )

    @property
    def attempts(self) -> list[tuple[int, int | None, bool]]:
        return [(result.attempt, result.status, result.again) for _, result in self.results]

    async def _sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)


def test_the_limits_are_those_of_the_contract() -> None:
    limits = LIKE_SIGNALWIRE
    assert (limits.attempts, limits.connect, limits.answer, limits.total, limits.redirects) == (3, 2.0, 5.0, 15.0, 3)
    assert (Delivery().attempts, Delivery().total, Delivery().redirects) == (1, math.inf, 0)


@pytest.mark.parametrize("status", [500, 502, 503, 599])
async def test_an_error_of_the_receiver_is_tried_three_times(status: int) -> None:
    async with receiving() as receiver:
        receiver.reply = lambda _: web.Response(status=status)
        sender = Sender()
        (one, *_) = at_once("delivered")
        summary = await sender.send(receiver.url, [one])
    assert receiver.bodies == [one.body] * 3
    assert sender.attempts == [(1, status, True), (2, status, True), (3, status, False)]
    assert sender.pauses == [LIKE_SIGNALWIRE.pause] * 2
    assert (summary.sent, summary.answered, summary.retries) == (1, 1, 2)
    assert summary.by_reply_status == {status: 1}


@pytest.mark.parametrize("status", [200, 204, 302, 400, 404, 429])
async def test_any_other_answer_is_an_answer(status: int) -> None:
    async with receiving() as receiver:
        receiver.reply = lambda _: web.Response(status=status)
        sender = Sender(redirects=0)
        summary = await sender.send(receiver.url, at_once("delivered"))
    assert len(receiver.received) == 4
    assert sender.attempts == [(1, status, False)] * 4
    assert summary.retries == 0


async def test_a_retry_that_is_taken_is_the_last() -> None:
    async with receiving() as receiver:
        receiver.reply = lambda number: web.Response(status=500 if number == 1 else 200)
        sender = Sender()
        summary = await sender.send(receiver.url, at_once("delivered")[:1])
    assert sender.attempts == [(1, 500, True), (2, 200, False)]
    assert summary.by_reply_status == {200: 1}


async def test_without_retries_an_error_is_an_answer() -> None:
    async with receiving() as receiver:
        receiver.reply = lambda _: web.Response(status=500)
        summary = await simulate(receiver.url, at_once("delivered"))
    assert len(receiver.received) == 4
    assert (summary.by_reply_status, summary.retries) == ({500: 4}, 0)


async def test_silence_is_tried_three_times() -> None:
    held = asyncio.Event()
    async with receiving() as receiver:
        receiver.before_reply = lambda _: _until(held)
        sender = Sender(answer=0.02)
        summary = await sender.send(receiver.url, at_once("delivered")[:1])
        held.set()
    assert sender.attempts == [(1, None, True), (2, None, True), (3, None, False)]
    assert {result.error for _, result in sender.results} == {"No reply within 0.02 seconds."}
    assert (summary.sent, summary.answered, summary.failed, summary.retries) == (1, 0, 1, 2)


async def _until(event: asyncio.Event) -> None:
    await event.wait()


async def test_no_attempt_begins_after_the_whole_time() -> None:
    async with receiving() as receiver:
        receiver.reply = lambda _: web.Response(status=500)
        sender = Sender(total=LIKE_SIGNALWIRE.pause)
        await sender.send(receiver.url, at_once("delivered")[:1])
    assert sender.attempts == [(1, 500, False)]


async def test_a_callback_does_not_wait_for_the_retries_of_the_one_before() -> None:
    resumed = asyncio.Event()
    order: list[tuple[str, int]] = []

    async def sleep(_: float) -> None:
        await resumed.wait()

    def told(callback: PlannedCallback, result: SendResult) -> None:
        order.append((json.loads(callback.body)["status"], result.attempt))
        if len(order) == 4:
            resumed.set()

    async with receiving() as receiver:
        receiver.reply = lambda number: web.Response(status=500 if number == 1 else 200)
        await simulate(receiver.url, at_once("delivered"), delivery=LIKE_SIGNALWIRE, on_result=told, sleep=sleep)
    assert order == [("queued", 1), ("initiated", 1), ("sent", 1), ("delivered", 1), ("queued", 2)]


@pytest.mark.parametrize("status", [200, 500])
async def test_a_retry_storm_is_three_attempts_whatever_the_answers_are(status: int) -> None:
    async with receiving() as receiver:
        receiver.reply = lambda _: web.Response(status=status)
        await Sender().send(receiver.url, at_once("retry-storm", messages=2))
    assert set(Counter(receiver.bodies).values()) == {3}
    assert len(set(receiver.bodies)) == 8


async def test_duplicates_are_not_multiplied() -> None:
    async with receiving() as receiver:
        receiver.reply = lambda _: web.Response(status=500)
        await Sender().send(receiver.url, at_once("duplicates", messages=4))
    assert max(Counter(receiver.bodies).values()) == 3
    assert min(Counter(receiver.bodies).values()) == 2


async def test_three_redirects_are_followed_and_no_more() -> None:
    async with receiving() as receiver:
        receiver.reply = lambda number: _redirect() if number <= 3 else web.Response()
        sender = Sender()
        await sender.send(receiver.url, at_once("delivered")[:1])
        assert sender.attempts == [(1, 200, False)]
        assert len(set(receiver.bodies)) == 1
        receiver.received.clear()
        receiver.reply = lambda _: _redirect()
        sender = Sender(attempts=1)
        await sender.send(receiver.url, at_once("delivered")[:1])
    assert [result.error for _, result in sender.results] == ["More than 3 redirects."]
    assert len(receiver.received) == 4


def _redirect() -> web.Response:
    return web.Response(status=307, headers={"Location": "/elsewhere"})


async def test_cancelling_ends_retries_too() -> None:
    begun = asyncio.Event()
    async with receiving() as receiver:
        receiver.reply = lambda _: web.Response(status=500)
        async with asyncio.TaskGroup() as tasks:
            work = simulate(
                receiver.url, at_once("delivered"), delivery=LIKE_SIGNALWIRE, on_result=lambda *_: begun.set()
            )
            running = tasks.create_task(work)
            await begun.wait()
            running.cancel()
        assert len(receiver.received) <= 4
    assert not [task for task in asyncio.all_tasks() if task.get_name().startswith("simulated callback")]
