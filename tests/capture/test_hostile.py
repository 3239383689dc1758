"""Requests that nobody well-meaning sends: the server neither falls over nor complains, and goes on capturing."""

import asyncio
import logging
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from inspector.capture.refusals import Refused
from tests.capture.conftest import Capture
from tests.capture.wire import BOUND, Wire, ask, in_chunks, make_body, make_post, make_request
from tests.cli.program import Program

BOTH_LOOPS = True

REQUEST_LINES = [
    b"",
    b"\r\n",
    b"\r\n" * 1000,
    b"\n\n\n",
    b" ",
    b"\0",
    b"G",
    b"GET\r\n\r\n",
    b"GET /\r\n\r\n",
    b"GET  / HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET / HTTP/1.1 \r\nHost: x\r\n\r\n",
    b" GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET / HTTP/1.1\r\n\r\n",
    b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
    b"GET / HTTP/1.1.1\r\nHost: x\r\n\r\n",
    b"GET / HTTP/-1.1\r\nHost: x\r\n\r\n",
    b"GET / HTP/1.1\r\nHost: x\r\n\r\n",
    b"GET / http/1.1\r\nHost: x\r\n\r\n",
    b"get / HTTP/1.1\r\nHost: x\r\n\r\n",
    b"BREW / HTTP/1.1\r\nHost: x\r\n\r\n",
    b"P\xc3\xb6ST / HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET / HTTP/1.1\nHost: x\n\n",
    b"GET / HTTP/1.1\rHost: x\r\r",
    b"GET\t/\tHTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /\x1b[2J HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET x HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET ../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET http:// HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET http://[::1 HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET http://x:99999/ HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET ///// HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET * HTTP/1.1\r\nHost: x\r\n\r\n",
    b"CONNECT / HTTP/1.1\r\nHost: x\r\n\r\n",
    b"CONNECT x HTTP/1.1\r\nHost: x\r\n\r\n",
    b"CONNECT x:1 HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}",
    b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /?" + b"&" * 60_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    b"A" * 200_000,
]
HEADERS = [
    b": value",
    b"Name",
    b"Name : value",
    b" Name: value",
    b"Name: one\r\n two",
    b"Name: one\r\n\ttwo",
    b"Name: one\nInjected: two",
    b"Name: one\rInjected: two",
    b"Name: a\0b",
    b"Na\0me: value",
    b"N\xc3\xa4me: value",
    b"Name: \x1b]0;owned\x07",
    b"Name: " + b"v" * 200_000,
    b"N" * 100_000 + b": v",
    b"\r\n".join(b"X-%d: %d" % (number, number) for number in range(10_000)),
    b"\r\n".join(b"X: 1" for _ in range(129)),
    b"Host: y",
    b"Content-Type: a/b\r\nContent-Type: c/d",
    b"Content-Type: \xff",
    b"Content-Type: application/json; charset=\xff",
    b"Content-Type: " + b"x" * 5000,
    b"Content-Length: -1",
    b"Content-Length: +2",
    b"Content-Length: 0x2",
    b"Content-Length: 2, 2",
    b"Content-Length: 2\r\nContent-Length: 3",
    b"Content-Length: 99999999999999999999999999",
    b"Content-Length: 18446744073709551615",
    b"Content-Length: two",
    b"Content-Length: ",
    b"Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
    b"Content-Encoding: br, zstd, x\r\nContent-Length: 3\r\n\r\nabc",
    b"Expect: 100-continue\r\nContent-Length: 2",
    b"Expect: the spanish inquisition\r\nContent-Length: 2\r\n\r\n{}",
    b"Connection: close, keep-alive, upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__",
    b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key1: x",
    b"Connection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 5",
    b"X-SignalWire-Signature: \xff\xff",
    b"X-SignalWire-Signature: " + b"a" * 40 + b"\r\nHost: ",
    b"X-Forwarded-Host: [::1\r\nX-Forwarded-Proto: gopher\r\nX-SignalWire-Signature: " + b"a" * 40,
    b"Cookie: " + b"a=b; " * 5000,
]
SMUGGLING = [
    b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\nG",
    b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
    b"Transfer-Encoding: identity\r\nContent-Length: 2\r\n\r\n{}",
    b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    b"Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
    b"Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n",
    b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    b"Transfer-Encoding: chunked\r\n\r\n",
    b"Transfer-Encoding: chunked\r\n\r\n5\r\nhel",
    b"Transfer-Encoding: chunked\r\n\r\nZZ\r\nhello\r\n0\r\n\r\n",
    b"Transfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n",
    b"Transfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n",
    b"Transfer-Encoding: chunked\r\n\r\n5 \r\nhello\r\n0\r\n\r\n",
    b"Transfer-Encoding: chunked\r\n\r\n5\nhello\n0\n\n",
    b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello0\r\n\r\n",
    b"Transfer-Encoding: chunked\r\n\r\n5\r\nhelloworld\r\n0\r\n\r\n",
    b"Transfer-Encoding: chunked\r\n\r\n5;ext=\xff\r\nhello\r\n0\r\n\r\n",
    b"Transfer-Encoding: chunked\r\n\r\n5;" + b"e" * 100_000 + b"\r\nhello\r\n0\r\n\r\n",
    b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nhello",
    b"Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nhello",
    b"Transfer-Encoding: chunked\r\n\r\n0\r\nX-Trailer: 1\r\n\r\n",
    b"Transfer-Encoding: chunked\r\n\r\n0\r\nBad Trailer\r\n\r\n",
    b"Transfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 20_000 + b"0\r\n\r\n",
]
BODIES = [
    b"[" * 100_000,
    b'{"a":' * 50_000,
    b"1" * 20_000,
    b'{"number_of_segments":' + b"9" * 20_000 + b"}",
    b'{"number_of_segments":1e400}',
    b'{"number_of_segments":NaN,"id":"\\ud800"}',
    b'{"id":"\\u0000\\u001b[2J","status":"sent"}',
    b'{"id":"a","id":"b","' + b"x" * 5000 + b'":1,"status":"sent"}',
    b"\xef\xbb\xbf{}",
    b"\xff\xfe{\0}\0",
    b"\0" * 1000,
    b"MessageSid=%ff%00&MessageStatus=%",
    b"&".join(b"MessageSid=1" for _ in range(5000)),
    b"=" * 10_000,
    make_body(id="\0"),
    make_body(id="x" * 100_000),
    make_body(id="", timestamp="0000-01-01T00:00:00+23:59"),
    make_body(id="", timestamp="9999-12-31T23:59:60-23:59"),
    make_body(number_of_segments=10**30),
    make_body(custom_variables={str(number): {"deep": [[[]]]} for number in range(1000)}),
]
OTHER_PROTOCOLS = [
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(9),
    bytes.fromhex("16030100c8010000c40303") + bytes(range(189)),
    bytes.fromhex("1603010200010001fc0303"),
    b"\x05\x01\x00",
    b"SSH-2.0-OpenSSH_9.9\r\n",
    b"EHLO example.com\r\nMAIL FROM:<a@example.com>\r\n",
    b"\x00\x00\x00\x08\x04\xd2\x16\x2f",
    b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n" + make_post(),
    b"*1\r\n$4\r\nPING\r\n",
]


def hostile_requests() -> Iterator[bytes]:
    """All of the above, each as the bytes of one connection, and then some of chance."""
    yield from REQUEST_LINES
    yield from OTHER_PROTOCOLS
    for header in HEADERS:
        yield b"POST / HTTP/1.1\r\nHost: x\r\n" + header + b"\r\n\r\n"
    for rest in SMUGGLING:
        yield b"POST / HTTP/1.1\r\nHost: x\r\n" + rest
        # What a deceived server would take for a request of its own.
        yield b"POST / HTTP/1.1\r\nHost: x\r\n" + rest + b"GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
    for body in BODIES:
        yield make_request(body, "Content-Type: application/json")
        yield make_request(b"", "Transfer-Encoding: chunked") + in_chunks(body[:7], body[7:])
    good = make_post()
    yield good + b"\0\r\n garbage \r\n\r\n"
    yield good * 40 + good[:50]
    chance = random.Random(20261123)  # noqa: S311 - the same bytes again
    for _ in range(60):
        yield chance.randbytes(chance.randrange(1, 3000))
    for _ in range(120):
        spoiled = bytearray(good)
        for _ in range(chance.randrange(1, 6)):
            spoiled[chance.randrange(len(spoiled))] = chance.randrange(256)
        yield bytes(spoiled[: chance.randrange(1, len(spoiled) + 1)])


HOSTILE = list(hostile_requests())


async def attack(port: int, request: bytes, *, patient: bool) -> None:
    """Send it; then wait for what the server does about it, or leave at once."""
    try:
        async with await Wire.open(port) as wire:
            await wire.send(request)
            if patient:
                wire.finish()
                await wire.rest()
    except ConnectionError:
        pass  # the server had enough


async def attack_all(port: int) -> None:
    for start in range(0, len(HOSTILE), 16):
        part = HOSTILE[start : start + 16]
        await asyncio.gather(*(attack(port, request, patient=True) for request in part))
        await asyncio.gather(*(attack(port, request, patient=False) for request in part))
        reply = await ask(port, make_post(id="good", target=f"/good/{start}"))
        assert reply.status == 200


def test_there_are_enough() -> None:
    assert len(set(HOSTILE)) >= 300


async def test_server_survives(capture: Capture, caplog: pytest.LogCaptureFixture) -> None:
    unexpected: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: unexpected.append(context))
    port = await capture.start(largest_body=10_000, body_seconds=0.2, idle_seconds=0.2, signing_key="key")
    with caplog.at_level(logging.INFO):
        await attack_all(port)
        await capture.server.stop()
    assert unexpected == []
    # What is refused is counted, not logged: strangers must not be able to fill a log.
    assert [record.exc_info for record in caplog.records if record.exc_info] == []
    assert capture.server.refusals.count(Refused.UNREADABLE) > 100
    targets = [callback.target for callback in capture.callbacks()]
    assert [target for target in targets if target.startswith("/good/")] == [
        f"/good/{start}" for start in range(0, len(HOSTILE), 16)
    ]


async def test_heads_that_never_end(capture: Capture) -> None:
    port = await capture.start(body_seconds=0.2, idle_seconds=0.2)
    wires = [await Wire.open(port) for _ in range(100)]
    try:
        for number, wire in enumerate(wires):
            await wire.send(make_post(f"X-Long: {'x' * 100}")[:number])
        assert (await ask(port, make_post(id="good"))).status == 200
        async with asyncio.timeout(BOUND):
            await asyncio.gather(*(wire.rest() for wire in wires))
    finally:
        for wire in wires:
            await wire.close()
    assert capture.only().message_id == "good"


async def test_smuggled_requests_are_not_callbacks(capture: Capture) -> None:
    """What stands in a body is no request, however the body is framed."""
    port = await capture.start(body_seconds=0.2, idle_seconds=0.2)
    inner = b"GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
    for framing in (
        b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n%s" % (len(inner) + 5, b"0\r\n\r\n" + inner),
        b"Content-Length: %d\r\nTransfer-Encoding: xchunked\r\n\r\n%s" % (len(inner), inner),
        b"Content-Length: %d\r\nContent-Length: 0\r\n\r\n%s" % (len(inner), inner),
        b"Content-Length: %d\r\n\r\n%s" % (len(inner), inner),
        b"Content-Length : %d\r\n\r\n%s" % (len(inner), inner),
    ):
        await attack(port, b"POST /outer HTTP/1.1\r\nHost: x\r\n" + framing, patient=True)
    assert {callback.target for callback in capture.callbacks()} == {"/outer"}
    assert capture.only().body == inner


async def test_the_program_stays_silent(tmp_path: Path) -> None:
    """The same against a real process: now and then a line about what is no HTTP, and everything good recorded."""
    path = tmp_path / "hostile.inspector"
    with Program(tmp_path, "listen", "--json", "--port", "0", "--session", str(path)) as program:
        port = program.port()
        await attack_all(port)
        program.interrupt()
        assert program.end() == 0
        lines = program.errors.splitlines()
        assert 1 <= len(lines) <= 20
        assert all(line.startswith("inspector: ") and line.isprintable() for line in lines)
        assert all("no HTTP that could be read" in line for line in lines)
        *_, closed = program.lines()
        assert '"reason": "signal"' in closed
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        (good,) = connection.execute("SELECT callbacks FROM messages WHERE id = 'good'").fetchone()
    assert good == len(range(0, len(HOSTILE), 16))
