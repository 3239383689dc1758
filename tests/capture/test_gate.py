"""The door: how many may come in, what is turned away, and that it is counted."""

import asyncio
import gc
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress

import pytest

from inspector.capture import gate
from inspector.capture.gate import TLS_HINT, room
from inspector.capture.refusals import Refusals, Refused, words
from tests.capture.conftest import Capture
from tests.capture.wire import BOUND, Wire, ask, make_post, make_request

BOTH_LOOPS = True

HEAD = b"POST / HTTP/1.1\r\nHost: x\r\n"
NO_HTTP = [
    (b"BREW /pot HTTP/1.1\r\nHost: x\r\n\r\n", "the method BREW is not known"),
    (b"\0\0\0\x08\x04\xd2\x16\x2f", "no HTTP method at its beginning"),
    (b"GET / HTP/1.1\r\nHost: x\r\n\r\n", "no HTTP request line"),
    (HEAD + b"\r\n".join(b"X: 1" for _ in range(129)) + b"\r\n\r\n", "over 128 headers"),
    (HEAD + b"X: " + b"v" * 200_000 + b"\r\n\r\n", "a line of over 65,536 bytes"),
    (HEAD + b"Host: y\r\n\r\n", "more than one Host header"),
    (HEAD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", "a Content-Length that does not fit"),
    (HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "a Content-Length that does not fit"),
    (HEAD + b"Na\0me: value\r\n\r\n", "a header that HTTP does not allow"),
    (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(9), "HTTP/2"),
    (bytes.fromhex("16030100c8010000c40303") + bytes(range(189)), "a TLS handshake"),
    (b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n" + make_post(), "the PROXY protocol"),
]


@pytest.mark.parametrize(("request_bytes", "reason"), NO_HTTP, ids=[reason for _, reason in NO_HTTP])
async def test_what_is_no_http_is_answered_400_and_counted(
    capture: Capture, request_bytes: bytes, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    port = await capture.start()
    async with await Wire.open(port) as wire:
        with suppress(ConnectionError):
            await wire.send(request_bytes)
        answer = await wire.rest()
    assert answer.startswith(b"HTTP/1.0 400 ")
    assert capture.callbacks() == []
    refusals = capture.server.refusals
    assert refusals.count(Refused.UNREADABLE) == 1
    last = refusals.last(Refused.UNREADABLE)
    assert last is not None
    assert (last.reason, last.remote) == (reason, "127.0.0.1")
    assert caplog.records == []  # a log that strangers can fill, would be


async def test_the_answer_quotes_nothing_that_was_sent(capture: Capture) -> None:
    port = await capture.start()
    for request in (
        b"GET /<script>alert(1)</script> HTP/1.1\r\n\r\n",
        HEAD + b"<b>quoted</b>\r\n\r\n",
        b"QUOTED / x\r\n",
    ):
        async with await Wire.open(port) as wire:
            await wire.send(request)
            answer = await wire.rest()
        assert b"script" not in answer
        assert b"quoted" not in answer.lower()


async def test_a_handshake_of_tls_is_told_what_to_do(capture: Capture) -> None:
    port = await capture.start()
    with pytest.raises((ssl.SSLError, ConnectionError)):
        await asyncio.open_connection("127.0.0.1", port, ssl=ssl.create_default_context(), server_hostname="localhost")
    last = capture.server.refusals.last(Refused.UNREADABLE)
    assert last is not None
    assert last.hint == TLS_HINT
    # What comes behind it does not bury the hint.
    async with await Wire.open(port) as wire:
        await wire.send(b"BREW / HTTP/1.1\r\n\r\n")
        await wire.rest()
    last = capture.server.refusals.last(Refused.UNREADABLE)
    assert last is not None
    assert (last.reason, last.hint) == ("the method BREW is not known", TLS_HINT)


async def test_listeners_are_told_seldom(capture: Capture) -> None:
    port = await capture.start()
    told: list[str] = []
    done = asyncio.Event()

    def tell(refusals: Refusals) -> None:
        told.append(words(refusals, Refused.UNREADABLE))
        done.set()

    capture.server.refusals.on_changed.append(tell)
    for _ in range(3):
        async with await Wire.open(port) as wire:
            await wire.send(b"BREW / HTTP/1.1\r\n\r\n")
            await wire.rest()
    async with asyncio.timeout(BOUND):
        await done.wait()
    capture.server.refusals.tell()
    assert told[-1] == (
        "3 requests were no HTTP that could be read (last: the method BREW is not known, from 127.0.0.1)"
    )
    capture.server.refusals.clear()
    assert told[-1] == ""


# -- too many at once ------------------------------------------------------------------------------


@asynccontextmanager
async def wires(port: int, count: int) -> AsyncIterator[list[Wire]]:
    opened = [await Wire.open(port) for _ in range(count)]
    try:
        yield opened
    finally:
        for wire in opened:
            await wire.close()


@pytest.fixture
def unexpected() -> Iterator[list[str]]:
    """What the loop complains of. Nothing must be in it at the end."""
    told: list[str] = []
    yield told
    assert told == []


@pytest.fixture
async def watched(unexpected: list[str]) -> AsyncIterator[None]:
    """Has the loop's complaints counted, those of tasks that nobody asked among them."""
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(
        lambda _, context: unexpected.append(f"{context['message']} {context.get('exception')!r}")
    )
    yield
    gc.collect()


pytestmark = pytest.mark.usefixtures("watched")


async def test_two_thousand_idle_connections_shut_nobody_out(capture: Capture) -> None:
    port = await capture.start(most_connections=100)
    async with wires(port, 1):
        pass
    honest = await Wire.open(port)
    assert (await honest.ask(make_post(id="first"))).status == 200
    idle: list[Wire] = []
    try:
        for start in range(0, 2000, 100):
            idle += await asyncio.gather(*(Wire.open(port) for _ in range(100)))
            assert (await ask(port, make_post(id=f"among {start}"))).status == 200
        # One that asked before is worth more than those that never did.
        assert (await honest.ask(make_post(id="last"))).status == 200
        closed = [wire for wire in idle[:1500] if await wire.rest() == b""]
    finally:
        for wire in (honest, *idle):
            await wire.close()
    assert len(closed) == 1500
    assert len(capture.callbacks()) == 22
    assert capture.server.refusals.count(Refused.CROWDED) >= 1800
    assert "closed because there were too many at once (last: a silent one, to make room, from 127.0.0.1)" in words(
        capture.server.refusals, Refused.CROWDED
    )


async def test_when_all_are_at_work_a_new_one_is_told_to_come_later(capture: Capture) -> None:
    port = await capture.start(most_connections=3)
    async with wires(port, 3) as busy:
        for wire in busy:
            await wire.send(make_request(b"{", length=100))
        await until_bodies_are_read(capture, 3)
        async with await Wire.open(port) as late:
            answer = await late.rest()
    assert answer.startswith(b"HTTP/1.1 503 ")
    assert b"Retry-After: 5" in answer


async def test_slow_bodies_give_way(capture: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "_SLOW_SECONDS", 0.0)
    port = await capture.start(most_connections=3)
    async with wires(port, 3) as slow:
        for wire in slow:
            await wire.send(make_request(b"{", length=100))
        await until_bodies_are_read(capture, 3)
        assert (await ask(port, make_post(id="good"))).status == 200
        assert (await slow[0].reply()).status == 408
    given_up = next(callback for callback in capture.callbacks() if callback.message_id is None)
    assert given_up.truncated
    assert "given up after 1 bytes" in str(given_up.problems)


async def until_bodies_are_read(capture: Capture, count: int) -> None:
    """Wait until the server waits for so many bodies."""
    site = capture.server._runner
    assert site is not None
    assert site.server is not None
    for _ in range(10_000):
        if sum(getattr(one, "body_limit", None) is not None for one in site.server.connections) >= count:
            return
        await asyncio.sleep(0)
    raise AssertionError("the bodies are not waited for")


async def test_a_flood_of_connections_leaves_none_behind(capture: Capture) -> None:
    port = await capture.start(most_connections=50)
    for _ in range(10):
        async with asyncio.TaskGroup() as group:
            for _ in range(100):
                group.create_task(come_and_go(port))
        assert (await ask(port, make_post(id="good"))).status == 200
    assert len(capture.callbacks()) == 10


async def come_and_go(port: int) -> None:
    with suppress(ConnectionError):
        async with await Wire.open(port):
            pass


async def test_pipelining_without_reading_is_bounded(capture: Capture) -> None:
    """A sender that asks and asks and never reads is hung up on, or held back; others are answered."""
    port = await capture.start(body_seconds=1.0, idle_seconds=1.0)
    async with await Wire.open(port) as greedy:
        flood = make_post(id="flood") * 50
        for _ in range(40):
            greedy.write(flood)
        assert (await ask(port, make_post(id="good"))).status == 200
    assert any(callback.message_id == "good" for callback in capture.callbacks())


async def test_there_are_never_more_than_the_system_has_files(monkeypatch: pytest.MonkeyPatch) -> None:
    resource = pytest.importorskip("resource")
    limits = {256: 160, 1024: 928, 4096: 1000, 100: 50, resource.RLIM_INFINITY: 1000}
    for files, most in limits.items():
        monkeypatch.setattr(resource, "getrlimit", lambda _, files=files: (files, files))
        assert room(1000) == most
