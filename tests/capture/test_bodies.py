"""What all bodies, heads and requests sent ahead may hold together, and who gives way."""

import asyncio

import pytest

from inspector.capture import bodies
from inspector.capture.gate import LONGEST_HEAD, MOST_AHEAD
from inspector.capture.refusals import Refused, words
from tests.capture.conftest import Capture, HeldRecorder
from tests.capture.wire import BOUND, Wire, ask, in_chunks, make_body, make_post, make_request

BOTH_LOOPS = True

KIB = 1 << 10
ROOM = 1 << 20
"""Bytes for all bodies; one alone may be up to half a mebibyte over its limit."""


async def start(capture: Capture, most_in_flight: int = ROOM) -> int:
    return await capture.start(largest_body=400 * KIB, most_in_flight=most_in_flight)


async def until_held(capture: Capture, held: int) -> None:
    """Wait until all bodies hold so many bytes."""
    async with asyncio.timeout(BOUND):
        while capture.server._bodies.held != held:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0)


async def half(port: int, size: int) -> Wire:
    """A sender of a body of which `size` bytes came, and then nothing."""
    wire = await Wire.open(port)
    await wire.send(make_request(b"x" * size, length=400 * KIB))
    return wire


async def test_bytes_are_counted_until_the_answer_and_then_no_more(capture: Capture) -> None:
    recorder = HeldRecorder(capture)
    port = await capture.serve(recorder)
    body = make_body()
    async with await Wire.open(port) as whole, await Wire.open(port) as part:
        await whole.send(make_post())
        await part.send(make_request(b"x" * 300, length=1000))
        await until_held(capture, len(body) + 300)
        recorder.release()
        assert (await whole.reply()).status == 200
        await until_held(capture, 300)
        await part.send(b"x" * 700)
        assert (await part.reply()).status == 200
    await until_held(capture, 0)


@pytest.mark.parametrize("ending", ["whole", "large", "slow", "gone", "stopped"])
async def test_nothing_stays_counted_however_a_body_ends(capture: Capture, ending: str) -> None:
    port = await capture.start(largest_body=1000, body_seconds=0.1 if ending == "slow" else 15.0)
    async with await Wire.open(port) as wire:
        await wire.send(make_request(b"x" * 500, length=5000 if ending == "large" else 900))
        await until_held(capture, 500)
        match ending:
            case "whole":
                assert (await wire.ask(b"x" * 400)).status == 200
            case "large":
                assert (await wire.ask(b"x" * 4500)).status == 413
            case "slow":
                assert (await wire.reply()).status == 408
            case "gone":
                await wire.close()
            case _:
                await capture.server.stop()
    await until_held(capture, 0)


@pytest.mark.parametrize("slow", [True, False], ids=["the-slow", "the-large"])
async def test_an_honest_callback_finds_room(capture: Capture, monkeypatch: pytest.MonkeyPatch, *, slow: bool) -> None:
    """Over the bound those that come slowly give way, the longest under way first, and then the largest."""
    monkeypatch.setattr(bodies, "_SLOW_SECONDS", 0.0 if slow else 1e9)
    port = await start(capture)
    sizes = [330, 340, 350]
    wires = []
    try:
        for number, size in enumerate(sizes):
            wires.append(await half(port, size * KIB))
            await until_held(capture, sum(sizes[: number + 1]) * KIB)
        assert (await ask(port, make_post(id="good", body="x" * (10 * KIB)))).status == 200
        gone = 0 if slow else 2
        reply = await wires[gone].reply()
        assert (reply.status, reply.headers.get("retry-after")) == (503, "5")
        await until_held(capture, (sum(sizes) - sizes[gone]) * KIB)
        refusals = capture.server.refusals
        assert refusals.count(Refused.FULL) == 1
        what = "slow" if slow else "large"
        assert words(refusals, Refused.FULL) == (
            "1 body was answered 503 because all at once took too much memory "
            f"(last: a {what} one, to make room, from 127.0.0.1)"
        )
    finally:
        for wire in wires:
            await wire.close()
    assert capture.callbacks()[0].message_id == "good"


async def test_whole_bodies_that_wait_to_be_written_stay_and_the_next_is_put_off(capture: Capture) -> None:
    recorder = HeldRecorder(capture)
    port = await capture.serve(recorder, most_in_flight=ROOM, largest_body=400 * KIB)
    wires = [await Wire.open(port) for _ in range(5)]
    try:
        for wire in wires:
            await wire.send(make_request(b"x" * (200 * KIB)))
        await until_held(capture, 1000 * KIB)
        for length in (30 * KIB, 400 * KIB):  # one that comes with its head, and one in pieces
            reply = await ask(port, make_request(b"y" * length))
            assert (reply.status, reply.headers["connection"]) == (503, "close")
        assert capture.server.refusals.count(Refused.FULL) == 2
        last = capture.server.refusals.last(Refused.FULL)
        assert last is not None
        assert last.reason == "the newest one, as all others were smaller or nearly done"
        assert capture.callbacks() == []
        recorder.release()
        for wire in wires:
            assert (await wire.reply()).status == 200
        assert (await ask(port, make_request(b"y" * (30 * KIB)))).status == 200  # the sender tries again
    finally:
        for wire in wires:
            await wire.close()
    assert sorted(len(callback.body) for callback in capture.callbacks()) == [30 * KIB] + [200 * KIB] * 5


async def test_one_body_alone_always_finds_room(capture: Capture) -> None:
    port = await start(capture, most_in_flight=1)
    assert (await ask(port, make_request(b"x" * (400 * KIB)))).status == 200
    assert (await ask(port, make_request(b"x" * (500 * KIB)))).status == 413
    assert len(capture.callbacks()) == 2


async def test_many_large_bodies_never_hold_more_than_they_may(capture: Capture) -> None:
    port = await start(capture)
    wires: list[Wire] = []
    most = 0
    try:
        for number in range(40):
            wires.append(await Wire.open(port))
            wires[-1].write(make_request(b"", "Transfer-Encoding: chunked") + in_chunks(b"x" * (390 * KIB))[:-9])
            for _ in range(20):
                await asyncio.sleep(0)
                most = max(most, capture.server._bodies.held)
            assert (await ask(port, make_post(id=f"good {number}"))).status == 200
        assert ROOM // 2 < most <= ROOM
    finally:
        for wire in wires:
            await wire.close()
    good = [callback for callback in capture.callbacks() if callback.valid]
    assert [callback.message_id for callback in good] == [f"good {number}" for number in range(40)]
    assert capture.server.refusals.count(Refused.FULL) >= 30


# -- beside bodies ---------------------------------------------------------------------------------


async def test_a_head_may_be_long_but_not_endless(capture: Capture) -> None:
    """128 lines of 64 KiB would be 8 MiB for every connection, before anything was asked."""
    port = await capture.start()
    line = b"X-Long: " + b"v" * 50_000
    async with await Wire.open(port) as wire:
        assert (await wire.ask(make_post(line, line))).status == 200
        assert (await wire.ask(make_post(line, line))).status == 200
    async with await Wire.open(port) as endless:
        endless.write(b"POST / HTTP/1.1\r\nHost: x\r\n" + (line + b"\r\n") * 100)
        answer = await endless.rest()
    assert answer.startswith(b"HTTP/1.1 431 ") or not answer  # a reset may overtake it
    last = capture.server.refusals.last(Refused.UNREADABLE)
    assert last is not None
    assert last.reason == f"a head of over {LONGEST_HEAD:,} bytes"
    assert (await ask(port, make_post())).status == 200
    assert len(capture.callbacks()) == 3


async def test_a_body_that_nobody_reads_any_more_is_no_head(capture: Capture) -> None:
    """What is too large is read on for a while, so that its sender sees the answer."""
    port = await capture.start(largest_body=1000)
    async with await Wire.open(port) as wire:
        await wire.send(make_request(b"x" * 2000, length=3 * LONGEST_HEAD))
        assert (await wire.reply()).status == 413
        await wire.send(b"x" * (3 * LONGEST_HEAD - 2000))
        assert await wire.rest() == b""
    assert capture.server.refusals.count(Refused.UNREADABLE) == 0


@pytest.mark.parametrize(("size", "count"), [(300 * KIB, 30), (10, 5000)], ids=["large", "many"])
async def test_what_is_sent_ahead_of_answers_is_bounded_and_answered_in_the_end(
    capture: Capture, size: int, count: int
) -> None:
    recorder = HeldRecorder(capture)
    port = await capture.serve(recorder)
    async with await Wire.open(port) as wire:
        wire.write(b"".join(make_request(b"%d" % number * size, target=f"/{number}") for number in range(10)))
        wire.write(make_request(b"x" * size) * (count - 10))
        await recorder.submitted.wait()
        for _ in range(1000):
            await asyncio.sleep(0)
        runner = capture.server._runner
        assert runner is not None
        assert runner.server is not None
        (connection,) = runner.server.connections
        ahead = connection._ahead  # type: ignore[attr-defined]
        assert ahead <= MOST_AHEAD + 256 * KIB  # which may come at once
        assert sum(body.total_bytes for _, body in connection._messages) <= MOST_AHEAD + 256 * KIB + size
        recorder.release()
        for _ in range(count):
            assert (await wire.reply()).status == 200
    stored = capture.callbacks()
    assert len(stored) == count
    assert [callback.target for callback in stored[:10]] == [f"/{number}" for number in range(10)]
