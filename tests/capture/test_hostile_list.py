"""What hostile senders are known to send, one by one: how each is answered, and what of it is kept.

The requests of `test_hostile.py` come in a crowd, and only have to be survived.
"""

import asyncio
import gzip
import zlib
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from inspector.capture.refusals import Refused
from tests.capture.conftest import Capture
from tests.capture.wire import BOUND, Wire, ask, in_chunks, make_body, make_post, make_request
from tests.factories import JSON_TYPE

BOTH_LOOPS = True

LIMIT = 1 << 20
JSON = f"Content-Type: {JSON_TYPE}"
HEAD = f"POST / HTTP/1.1\r\nHost: inspector.example\r\n{JSON}\r\n".encode()
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="


class Sent(NamedTuple):
    """Something sent over a connection of its own. `kept` is the body as it is kept, None where nothing is."""

    data: bytes
    status: int
    kept: bytes | None = None
    valid: bool = False
    problems: tuple[str, ...] = ()
    method: str = "POST"
    target: str = "/"


def body(content: bytes, *problems: str, headers: tuple[str, ...] = ()) -> Sent:
    """A body that is answered 200, and kept as it came."""
    return Sent(make_request(content, JSON, *headers), 200, content, not problems, problems)


def whole(*headers: str, method: str = "POST", target: str = "/") -> Sent:
    """A good callback in an unusual request, kept as it came."""
    data = make_request(make_body(), JSON, *headers, method=method, target=target)
    return Sent(data, 200, make_body(), True, () if method == "POST" else ("method",), method, target)  # noqa: FBT003


def refused(data: bytes) -> Sent:
    """What cannot be told for sure to be one request, or is none: nothing of it is taken for a callback."""
    return Sent(data, 400)


WITH_MANY_DIGITS = make_body().replace(b'"number_of_segments": 1', b'"number_of_segments": ' + b"9" * 20_000)
WITH_TWO_IDS = make_body()[:-1] + b', "id": "another"}'
BOMB = gzip.compress(bytes(100 << 20), mtime=0)
SMUGGLED = make_request(make_body(id="smuggled"), JSON, target="/smuggled")
LAST = b"0\r\n\r\n" + SMUGGLED
LENGTH = b"Content-Length: 5\r\n"

LIST = {
    # what is in a body
    "deep nesting": body(b"[" * 100_000, "json"),
    "deep nesting in an object": body(b'{"a":' * 50_000 + b"1" + b"}" * 50_000, "json"),
    "an integer of 20,000 digits": body(WITH_MANY_DIGITS),
    "a lone surrogate, escaped": body(make_body(body="\ud83d")),
    "a lone surrogate, as bytes": body(make_body().replace(b'"queued"', b'"\xed\xa0\xbd"'), "encoding", "enum"),
    "NUL, escaped": body(make_body(id="a\0b", body="\0")),
    "NUL, as it is": body(make_body().replace(b'"queued"', b'"\0"'), "json"),
    "bidirectional overrides": body(make_body(body="\u202e\u2066abc\u2069\u202c").decode("unicode-escape").encode()),
    "duplicate keys": body(WITH_TWO_IDS, "json"),
    "invalid UTF-8": body(make_body().replace(b'"body": "', b'"body": "\xff\xfe\xc0\x80'), "encoding"),
    "a gzip bomb": body(BOMB, "encoding", "json", headers=("Content-Encoding: gzip",)),
    "a deflate bomb": body(zlib.compress(bytes(100 << 20)), "encoding", "json", headers=("Content-Encoding: deflate",)),
    "a brotli bomb": body(b"\xdb\xff\xff\x1f\x00\xe2" * 100, "encoding", "json", headers=("Content-Encoding: br",)),
    "a bomb within a bomb": body(gzip.compress(BOMB), "encoding", "json", headers=("Content-Encoding: gzip, gzip",)),
    "10 MB in chunks of 64 KiB": Sent(
        CHUNKED + in_chunks(*[b"x" * 65_536] * 160), 413, b"x" * LIMIT, problems=("too_large",)
    ),
    "20,000 chunks of one byte": Sent(CHUNKED + in_chunks(*[b"1"] * 20_000), 200, b"1" * 20_000, problems=("json",)),
    # what is around it
    "10,000 headers": refused(HEAD + b"".join(b"X-%d: 1\r\n" % number for number in range(10_000)) + b"\r\n"),
    "Content-Length and chunked": refused(HEAD + LENGTH + b"Transfer-Encoding: chunked\r\n\r\n" + LAST),
    "chunked and Content-Length": refused(HEAD + b"Transfer-Encoding: chunked\r\n" + LENGTH + b"\r\n" + LAST),
    "two lengths": refused(HEAD + b"Content-Length: 2\r\nContent-Length: 300\r\n\r\n{}" + SMUGGLED),
    "two lengths that are the same": refused(HEAD + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}" + SMUGGLED),
    "two lengths in a line": refused(HEAD + b"Content-Length: 2, 2\r\n\r\n{}" + SMUGGLED),
    "a length with a sign": refused(HEAD + b"Content-Length: +2\r\n\r\n{}" + SMUGGLED),
    "a folded header": refused(HEAD + b"X-Folded: one\r\n two\r\nContent-Length: 2\r\n\r\n{}" + SMUGGLED),
    "a folded Transfer-Encoding": refused(HEAD + b"Transfer-Encoding:\r\n chunked\r\n\r\n" + LAST),
    "a space before the colon": refused(HEAD + b"Transfer-Encoding : chunked\r\n\r\n" + LAST),
    "chunked twice": refused(HEAD + b"Transfer-Encoding: chunked\r\n" * 2 + b"\r\n" + LAST),
    "chunked twice in a line": refused(HEAD + b"Transfer-Encoding: chunked, chunked\r\n\r\n" + LAST),
    "chunked, but not last": refused(HEAD + b"Transfer-Encoding: chunked, gzip\r\n\r\n" + LAST),
    "a chunk size that is none": refused(CHUNKED + b"ZZ\r\nhello\r\n" + LAST),
    "a chunk size with 0x": refused(CHUNKED + b"0x5\r\nhello\r\n" + LAST),
    "a chunk size below zero": refused(CHUNKED + b"-5\r\nhello\r\n" + LAST),
    "a chunk size over 64 bits": refused(CHUNKED + b"fffffffffffffffff\r\nhello" + SMUGGLED),
    "a chunk longer than its size": refused(CHUNKED + b"2\r\nhello\r\n" + LAST),
    "chunks that end with a bare LF": refused(CHUNKED + b"2\n{}\n0\n\n" + SMUGGLED),
    "HTTP/2 without being asked": refused(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(9)),
    "an asterisk with another method": refused(make_request(make_body(), JSON, target="*")),
    # what is unusual, and a request all the same
    "HTTP/1.0": whole()._replace(data=make_post().replace(b"HTTP/1.1", b"HTTP/1.0")),
    "an absolute target": whole(target="http://internal.example:8080/admin?x=1"),
    "an absolute target of another scheme": whole(target="gopher://internal.example/_x"),
    "an upgrade to WebSocket": whole("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", KEY),
    "an upgrade to HTTP/2": whole("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk"),
    "CONNECT": Sent(
        make_request(method="CONNECT", target="internal.example:443"),
        200,
        b"",
        problems=("method", "content_type", "json"),
        method="CONNECT",
        target="internal.example:443",
    ),
    "TRACE": whole(method="TRACE"),
    "an asterisk": whole(method="OPTIONS", target="*"),
}


def cases() -> Iterator[object]:
    for name, sent in LIST.items():
        yield pytest.param(sent, False, id=name)
        if len(sent.data) < 4000:
            yield pytest.param(sent, True, id=f"{name}, in pieces")


@pytest.mark.parametrize(("sent", "in_pieces"), list(cases()))
async def test_what_is_sent_is_answered_and_kept_as_promised(capture: Capture, sent: Sent, in_pieces: bool) -> None:
    unexpected: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: unexpected.append(context))
    port = await capture.start()
    async with await Wire.open(port) as wire:
        try:
            for start in range(0, len(sent.data), 7) if in_pieces else [0]:
                await wire.send(sent.data[start : start + 7] if in_pieces else sent.data)
        except (ConnectionError, RuntimeError):
            assert sent.status != 200  # it had enough, and listens no more
        if sent.status == 200:
            assert (await wire.reply()).status == 200
            wire.finish()
            assert await wire.rest() == b""
        else:
            answer = await wire.rest()
            # A reset overtakes the answer where the sender goes on sending.
            assert answer.split(b" ")[1:2] == [b"%d" % sent.status] or (in_pieces and not answer)
            assert b"aiohttp" not in answer
            assert answer.count(b"\r\n\r\n") <= 1  # nobody can say where the next would begin
    # In pieces the beginning of a body may have been taken before the rest turns out to be none.
    stored = [callback for callback in capture.callbacks() if sent.kept is not None or not callback.truncated]
    if sent.kept is None:
        assert stored == []
        assert in_pieces or capture.server.refusals.count(Refused.UNREADABLE) == 1
    else:
        (callback,) = stored
        assert (callback.method, callback.target, callback.body) == (sent.method, sent.target, sent.kept)
        assert (callback.valid, callback.truncated) == (sent.valid, sent.status == 413)
        assert sorted({problem["code"] for problem in callback.problems}) == sorted(sent.problems)
        assert capture.server.refusals.count(Refused.UNREADABLE) == 0
    await honest(capture, port)
    assert unexpected == []


async def honest(capture: Capture, port: int) -> None:
    """The next one who means well is answered, and the callback is there."""
    reply = await ask(port, make_post(id="honest"))
    assert (reply.status, reply.body) == (200, b"")
    last = capture.callbacks()[-1]
    assert (last.message_id, last.valid, last.body) == ("honest", True, make_body(id="honest"))


async def test_chunks_that_go_wrong_later_leave_their_beginning(capture: Capture) -> None:
    port = await capture.start()
    async with await Wire.open(port) as wire:
        await wire.send(CHUNKED + b"5\r\nhello\r\n")
        async with asyncio.timeout(BOUND):
            while not capture.server._bodies.held:  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0)
        await wire.send(b"ZZ\r\nhello\r\n" + LAST)
        assert (await wire.reply()).status == 400
        assert await wire.rest() == b""
    callback = capture.only()
    assert (callback.body, callback.truncated, callback.reply["status"]) == (b"hello", True, 400)
    assert "5 bytes could be read, then came a body in chunks that do not fit" in callback.problems[-1]["text"]
    await honest(capture, port)


async def test_trace_tells_nobody_what_was_sent(capture: Capture) -> None:
    port = await capture.start()
    reply = await ask(port, make_request(b"", "Cookie: secret=1", method="TRACE"))
    assert (reply.status, reply.body, "cookie" in reply.headers) == (200, b"", False)


async def test_pipelined_good_and_bad_ones(capture: Capture) -> None:
    """What comes before the bad one is answered and kept; what comes behind it is not taken for a request."""
    port = await capture.start()
    async with await Wire.open(port) as wire:
        bad = HEAD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"
        await wire.send(make_post(id="a") + make_request(b"{", JSON) + make_post(id="b"))
        assert [(await wire.reply()).status for _ in range(3)] == [200, 200, 200]
        await wire.send(make_post(id="c") + bad + SMUGGLED)
        statuses = [int(line.split()[1]) for line in (await wire.rest()).split(b"\r\n") if line.startswith(b"HTTP/")]
    # A parser may take all that came at once for unreadable; an answer to what is kept is never missing.
    stored = [callback.message_id for callback in capture.callbacks()]
    assert stored == ["a", None, "b", "c"][: 3 + statuses.count(200)]
    assert statuses[-1] == 400
    await honest(capture, port)


@pytest.mark.parametrize("expectation", ["100-continue", "100-Continue", "200-ok", ""])
async def test_whatever_is_expected(capture: Capture, expectation: str) -> None:
    port = await capture.start()
    content = make_body(id="expecting")
    async with await Wire.open(port) as wire:
        await wire.send(make_request(b"", JSON, f"Expect: {expectation}", length=len(content)))
        if expectation.lower() == "100-continue":
            assert (await wire.reply()).status == 100
        assert (await wire.ask(content)).status == 200
    assert (capture.only().body, capture.only().valid) == (content, True)
    await honest(capture, port)


async def test_nobody_is_served_a_tunnel_or_frames(capture: Capture) -> None:
    """Behind a CONNECT or an upgrade that was not granted, what comes is a request, or none."""
    port = await capture.start()
    upgrade = make_request(
        b"", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", KEY, method="GET"
    )
    for first in (make_request(method="CONNECT", target="127.0.0.1:1"), upgrade):
        async with await Wire.open(port) as wire:
            assert (await wire.ask(first)).status == 200
            await wire.send(b"\x81\x85\x00\x00\x00\x00hello")
            assert (await wire.rest()).startswith(b"HTTP/1.0 400 ")
    assert [callback.method for callback in capture.callbacks()] == ["CONNECT", "GET"]
    await honest(capture, port)
