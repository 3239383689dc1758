"""The capture server: what is sent is what is kept, and what is kept is what is answered."""

import asyncio
import gzip
from email.utils import parsedate_to_datetime

import pytest

from inspector.callbacks.signature import sign_form, sign_json, sign_json_sha256
from inspector.capture.reply import Reply
from tests.capture.conftest import Capture
from tests.capture.wire import BOUND, Wire, ask, in_chunks, make_body, make_post, make_request
from tests.factories import FORM_TYPE, JSON_TYPE, MESSAGE, MISSING

BOTH_LOOPS = True
KEY = "PSKtest1234567890abcdef"


# What is kept


async def test_callback_is_answered_with_an_empty_200_and_kept(capture: Capture) -> None:
    port = await capture.start()
    reply = await ask(port, make_post(target="/rest?x=1"))
    assert (reply.status, reply.body) == (200, b"")
    callback = capture.only()
    assert (callback.seq, callback.method, callback.target, callback.remote) == (1, "POST", "/rest?x=1", "127.0.0.1")
    assert (callback.body, callback.dialect, callback.valid, callback.status) == (make_body(), "json", True, "queued")
    assert (callback.truncated, callback.signature, callback.reply) == (False, "absent", {"status": 200})
    assert callback.message_id == MESSAGE


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "HEAD"])
async def test_any_method_is_captured(capture: Capture, method: str) -> None:
    port = await capture.start()
    async with await Wire.open(port) as wire:
        await wire.send(make_request(make_body(), f"Content-Type: {JSON_TYPE}", method=method))
        assert (await wire.reply(of_head=method == "HEAD")).status == 200
    callback = capture.only()
    assert (callback.method, callback.body) == (method, make_body())
    assert [problem["code"] for problem in callback.problems] == ["method"]


@pytest.mark.parametrize(
    "target",
    [
        "/",
        "//",
        "/rest?x=1&x=2",
        "/a%2Fb/../c/./%zz?q=%20+%C3%BC",
        "/p;v=1?x#fragment",
        "/?",
        "/" + "long/" * 10_000,
        "http://other.example/p?q=1",
        "*",
    ],
    ids=lambda target: target[:30],
)
async def test_target_is_kept_raw(capture: Capture, target: str) -> None:
    port = await capture.start()
    method = "OPTIONS" if target == "*" else "POST"
    assert (await ask(port, make_request(b"{}", method=method, target=target))).status == 200
    assert capture.only().target == target


async def test_headers_keep_order_case_repetitions_and_bytes(capture: Capture) -> None:
    port = await capture.start()
    headers = [b"X-One: 1", b"x-ONE: 2", b"X-Raw: \xff\xe9\x80", "X-Text: Zoë".encode(), b"X-Empty:", b"X-one: 1"]
    assert (await ask(port, make_request(b"{}", *headers))).status == 200
    kept = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in capture.only().headers]
    assert kept == [
        (b"Host", b"inspector.example"),
        (b"X-One", b"1"),
        (b"x-ONE", b"2"),
        (b"X-Raw", b"\xff\xe9\x80"),
        (b"X-Text", "Zoë".encode()),
        (b"X-Empty", b""),
        (b"X-one", b"1"),
        (b"Content-Length", b"2"),
    ]


async def test_compressed_body_is_kept_as_it_came(capture: Capture) -> None:
    port = await capture.start()
    body = gzip.compress(make_body(), mtime=0)
    assert (await ask(port, make_request(body, "Content-Encoding: gzip", f"Content-Type: {JSON_TYPE}"))).status == 200
    assert capture.only().body == body


async def test_bytes_that_are_no_text_are_kept(capture: Capture) -> None:
    port = await capture.start()
    body = bytes(range(256))
    assert (await ask(port, make_request(body, f"Content-Type: {JSON_TYPE}"))).status == 200
    callback = capture.only()
    assert (callback.body, callback.valid) == (body, False)


async def test_chunked_body_is_put_together(capture: Capture) -> None:
    port = await capture.start()
    body = make_body()
    head = make_request(b"", "Transfer-Encoding: chunked", f"Content-Type: {JSON_TYPE}")
    assert (await ask(port, head + in_chunks(body[:10], body[10:11], body[11:]))).status == 200
    assert (capture.only().body, capture.only().valid) == (body, True)


async def test_body_in_many_pieces(capture: Capture) -> None:
    port = await capture.start()
    request = make_post(body="x" * 2000)
    async with await Wire.open(port) as wire:
        for start in range(0, len(request), 100):
            await wire.send(request[start : start + 100])
            await asyncio.sleep(0)
        assert (await wire.reply()).status == 200
    assert capture.only().valid


async def test_get_with_a_long_query_of_the_form_dialect(capture: Capture) -> None:
    """A text of 1,600 emoji is 19 kB long once it is percent-encoded."""
    port = await capture.start()
    target = f"/?MessageSid=SM1&MessageStatus=sent&From=%2B15550199&To=%2B15550100&Body={'%F0%9F%93%A6' * 1600}"
    assert (await ask(port, make_request(method="GET", target=target))).status == 200
    callback = capture.only()
    assert (callback.dialect, callback.valid, callback.message_id) == ("form", True, "SM1")


async def test_invalid_callback_is_answered_like_a_valid_one(capture: Capture) -> None:
    port = await capture.start()
    for body in (b"", b"{", b"[]", make_body(status="sennt"), make_body(id=MISSING)):
        reply = await ask(port, make_request(body, f"Content-Type: {JSON_TYPE}"))
        assert (reply.status, reply.body) == (200, b"")
    assert [callback.valid for callback in capture.callbacks()] == [False] * 5


# Bodies that are too large, too slow, or never end


@pytest.mark.parametrize("length", [1000, 1001, 5000])
@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunked"])
async def test_limit(capture: Capture, length: int, *, chunked: bool) -> None:
    port = await capture.start(largest_body=1000)
    body = b"{" + b"x" * (length - 1)
    head = make_request(b"", "Transfer-Encoding: chunked") if chunked else make_request(b"", length=length)
    async with await Wire.open(port) as wire:
        reply = await wire.ask(head + (in_chunks(body[:900], body[900:]) if chunked else body))
        fits = length == 1000
        assert reply.status == (200 if fits else 413)
        if not fits:
            assert await wire.rest() == b""
    callback = capture.only()
    assert (callback.body, callback.truncated) == (body[:1000], not fits)
    codes = [problem["code"] for problem in callback.problems]
    assert ("too_large" in codes) is (not fits)
    assert callback.reply["status"] == reply.status


async def test_the_limit_is_a_mebibyte_unless_set(capture: Capture) -> None:
    port = await capture.start()
    assert (await ask(port, make_post(body="x" * (1 << 20), number_of_segments=7000))).status == 413
    assert (await ask(port, make_request(b"x" * (1 << 20)))).status == 200
    large, fitting = capture.callbacks()
    assert (len(large.body), large.truncated) == (1 << 20, True)
    assert (len(fitting.body), fitting.truncated) == (1 << 20, False)


async def test_a_sender_of_too_much_is_answered_before_it_is_done(capture: Capture) -> None:
    port = await capture.start(largest_body=1000)
    async with await Wire.open(port) as wire:
        assert (await wire.ask(make_request(b"x" * 2000, length=1 << 40))).status == 413
    callback = capture.only()
    assert (len(callback.body), callback.truncated) == (1000, True)


async def test_half_sent_body_times_out(capture: Capture) -> None:
    port = await capture.start(body_seconds=0.05)
    async with await Wire.open(port) as wire:
        assert (await wire.ask(make_request(b'{"id":', f"Content-Type: {JSON_TYPE}", length=500))).status == 408
        assert await wire.rest() == b""
    callback = capture.only()
    assert (callback.body, callback.truncated, callback.reply["status"]) == (b'{"id":', True, 408)
    assert [problem["code"] for problem in callback.problems] == ["json"]
    assert "6 bytes came" in callback.problems[0]["text"]


@pytest.mark.parametrize("sent", [b"", b'{"id":"m1"'], ids=["no-body", "half-a-body"])
@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunked"])
async def test_sender_that_breaks_off_is_recorded(capture: Capture, sent: bytes, *, chunked: bool) -> None:
    recorded = asyncio.Event()
    port = await capture.start(on_appended=lambda *_: recorded.set())
    head = make_request(b"", "Transfer-Encoding: chunked") if chunked else make_request(b"", length=500)
    part = b"%x\r\n%s\r\n" % (len(sent), sent) if chunked and sent else sent
    async with await Wire.open(port) as wire:
        await wire.send(head + part)
    async with asyncio.timeout(BOUND):
        await recorded.wait()
    callback = capture.only()
    assert (callback.body, callback.truncated) == (sent, True)
    assert "broke off" in callback.problems[-1]["text"]
    assert (await ask(port, make_post())).status == 200


async def test_half_sent_head_is_closed_and_the_server_goes_on(capture: Capture) -> None:
    port = await capture.start(idle_seconds=0.1)
    async with await Wire.open(port) as half, await Wire.open(port) as silent:
        await half.send(b"POST / HTTP/1.1\r\nHost: x\r\nX-Never: end")
        assert await half.rest() == b""
        assert await silent.rest() == b""
    assert (await ask(port, make_post())).status == 200
    assert len(capture.callbacks()) == 1


async def test_idle_connection_is_closed(capture: Capture) -> None:
    port = await capture.start(idle_seconds=0.1)
    async with await Wire.open(port) as wire:
        assert (await wire.ask(make_post())).status == 200
        assert await wire.rest() == b""


# The rest of HTTP


async def test_connection_is_kept_for_the_next_request(capture: Capture) -> None:
    port = await capture.start()
    async with await Wire.open(port) as wire:
        for number in range(3):
            assert (await wire.ask(make_post(id=f"m{number}"))).status == 200
    assert [callback.message_id for callback in capture.callbacks()] == ["m0", "m1", "m2"]


async def test_connection_is_closed_where_the_sender_wants_it(capture: Capture) -> None:
    port = await capture.start()
    async with await Wire.open(port) as wire:
        assert (await wire.ask(make_post("Connection: close"))).status == 200
        assert await wire.rest() == b""


@pytest.mark.parametrize("status", [200, 201, 204, 304, 404, 418, 503, 599, 799])
async def test_a_status_alone_is_a_whole_answer(capture: Capture, status: int) -> None:
    port = await capture.start(reply=Reply(status))
    async with await Wire.open(port) as wire:
        for method in ("POST", "HEAD", "POST"):
            await wire.send(make_request(make_body(), f"Content-Type: {JSON_TYPE}", method=method))
            reply = await wire.reply(of_head=method == "HEAD")
            assert (reply.status, reply.body) == (status, b"")
            assert ("content-length" in reply.headers) == (status not in (204, 304))
            assert reply.headers.keys() >= {"server", "date"}
            assert "connection" not in reply.headers  # HTTP/1.1 stays open unless it says otherwise
            assert parsedate_to_datetime(reply.headers["date"]).tzinfo is not None
    assert len(capture.callbacks()) == 3


@pytest.mark.parametrize("version", ["HTTP/1.0", "HTTP/1.1"])
@pytest.mark.parametrize("wish", ["close", "keep-alive"])
async def test_the_connection_stays_open_as_the_sender_wishes(capture: Capture, version: str, wish: str) -> None:
    port = await capture.start()
    async with await Wire.open(port) as wire:
        await wire.send(make_post(f"Connection: {wish}").replace(b"HTTP/1.1", version.encode(), 1))
        reply = await wire.reply()
        assert reply.status == 200
        if wish == "close":
            assert await wire.rest() == b""
        else:
            assert reply.headers.get("connection") == ("keep-alive" if version == "HTTP/1.0" else None)
            assert (await wire.ask(make_post())).status == 200


async def test_a_sender_that_reads_no_answers_is_hung_up_on(capture: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    # The system's own buffers hold megabytes of answers; here not even nothing is little enough.
    monkeypatch.setattr("inspector.capture.reply._MOST_UNREAD", -1)
    port = await capture.start()
    async with await Wire.open(port) as wire:
        await wire.send(make_post())
        assert await wire.rest() == b""
    assert capture.only().reply == {"status": 200}
    monkeypatch.undo()
    assert (await ask(port, make_post())).status == 200


async def test_pipelined_requests_are_answered_in_order(capture: Capture) -> None:
    port = await capture.start()
    async with await Wire.open(port) as wire:
        await wire.send(b"".join(make_post(id=f"m{number}") for number in range(100)))
        for _ in range(100):
            assert (await wire.reply()).status == 200
    assert [callback.message_id for callback in capture.callbacks()] == [f"m{number}" for number in range(100)]


async def test_body_that_waits_for_100_continue(capture: Capture) -> None:
    port = await capture.start()
    body = make_body()
    async with await Wire.open(port) as wire:
        head = make_request(b"", f"Content-Type: {JSON_TYPE}", "Expect: 100-continue", length=len(body))
        assert (await wire.ask(head)).status == 100
        assert (await wire.ask(body)).status == 200
    assert capture.only().valid


async def test_too_large_body_that_waits_for_100_continue(capture: Capture) -> None:
    """curl asks so for every body over a mebibyte; the beginning is evidence too."""
    port = await capture.start(largest_body=1000)
    async with await Wire.open(port) as wire:
        assert (await wire.ask(make_request(b"", "Expect: 100-continue", length=2000))).status == 100
        assert (await wire.ask(b"x" * 2000)).status == 413
    callback = capture.only()
    assert (len(callback.body), callback.problems[-1]["code"]) == (1000, "too_large")


@pytest.mark.parametrize("keep", [False, True])
async def test_http_1_0(capture: Capture, *, keep: bool) -> None:
    port = await capture.start()
    request = make_post(*(["Connection: keep-alive"] if keep else [])).replace(b"HTTP/1.1", b"HTTP/1.0")
    async with await Wire.open(port) as wire:
        assert (await wire.ask(request)).status == 200
        if keep:
            assert (await wire.ask(request)).status == 200
        else:
            assert await wire.rest() == b""
    assert len(capture.callbacks()) == 1 + keep


async def test_connect_is_a_callback_like_any_other(capture: Capture) -> None:
    port = await capture.start()
    assert (await ask(port, make_request(method="CONNECT", target="other.example:443"))).status == 200
    assert (capture.only().method, capture.only().target) == ("CONNECT", "other.example:443")


async def test_websocket_handshake_is_captured_and_declined(capture: Capture) -> None:
    port = await capture.start()
    handshake = make_request(
        b"",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        method="GET",
        target="/socket",
    )
    async with await Wire.open(port) as wire:
        assert (await wire.ask(handshake)).status == 200
        assert (await wire.ask(make_post())).status == 200
    assert [callback.target for callback in capture.callbacks()] == ["/socket", "/"]


# Replies


async def test_configured_reply(capture: Capture) -> None:
    headers = {"X-Drill": "yes", "Content-Type": "text/xml", "Server": "mine"}
    port = await capture.start(reply=Reply(418, headers, "<tea/> ☕"))
    reply = await ask(port, make_post())
    assert (reply.status, reply.body.decode()) == (418, "<tea/> ☕")
    assert reply.headers["x-drill"] == "yes"
    assert reply.headers["content-type"].startswith("text/xml")
    assert reply.headers["server"] == "mine"
    assert capture.only().reply == {
        "status": 418,
        "headers": [["X-Drill", "yes"], ["Content-Type", "text/xml"], ["Server", "mine"]],
        "body": "<tea/> ☕",
    }


@pytest.mark.parametrize("status", [200, 201, 204, 299, 302, 304, 404, 500, 503, 599])
async def test_reply_status(capture: Capture, status: int) -> None:
    port = await capture.start(reply=Reply(status, {"Location": "/elsewhere"} if status == 302 else {}))
    async with await Wire.open(port) as wire:
        assert (await wire.ask(make_post())).status == status
        assert (await wire.ask(make_post())).status == status
    assert [callback.reply["status"] for callback in capture.callbacks()] == [status, status]


async def test_reply_that_closes_the_connection_does(capture: Capture) -> None:
    port = await capture.start(reply=Reply(200, {"connection": "close"}))
    async with await Wire.open(port) as wire:
        assert (await wire.ask(make_post())).status == 200
        assert await wire.rest() == b""


# Signatures


@pytest.mark.parametrize(
    ("key", "signed_with", "state"),
    [
        (None, None, "absent"),
        (KEY, None, "absent"),
        (None, KEY, "unchecked"),
        (KEY, KEY, "valid"),
        (KEY, "no", "invalid"),
    ],
)
@pytest.mark.parametrize("scheme", ["A", "A-256", "B"])
async def test_signature_state(
    capture: Capture, key: str | None, signed_with: str | None, state: str, scheme: str
) -> None:
    port = await capture.start(signing_key=key, public_url="https://tunnel.example/hook?a=1")
    url = "https://tunnel.example/hook?a=1"
    body, content_type, headers = make_body(), JSON_TYPE, []
    if scheme == "B":
        body, content_type = b"MessageSid=SM1&MessageStatus=sent", FORM_TYPE
    if signed_with is not None:
        headers = {
            "A": [f"x-signalwire-SIGNATURE: {sign_json(signed_with, url, body)}"],
            "A-256": [f"X-SignalWire-SHA256-Signature: {sign_json_sha256(signed_with, url, body)}"],
            "B": [
                "X-Twilio-Signature: " + sign_form(signed_with, url, [("MessageSid", "SM1"), ("MessageStatus", "sent")])
            ],
        }[scheme]
    request = make_request(body, f"Content-Type: {content_type}", *headers, target="/hook?a=1")
    assert (await ask(port, request)).status == 200
    assert capture.only().signature == state


async def test_signature_for_the_own_address(capture: Capture) -> None:
    port = await capture.start(signing_key=KEY)
    signature = sign_json(KEY, f"http://127.0.0.1:{port}/hook", make_body())
    await ask(port, make_post(f"X-SignalWire-Signature: {signature}", target="/hook"))
    assert capture.only().signature == "valid"


async def test_a_callback_at_which_the_judge_fails_is_kept_raw(
    capture: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: told.append(context))
    port = await capture.start()
    with monkeypatch.context() as patch:
        patch.setattr("inspector.capture.server.judge", lambda **_: 1 // 0)
        assert (await ask(port, make_post())).status == 200
    callback = capture.only()
    assert (callback.body, callback.valid, callback.message_id) == (make_body(), False, None)
    assert "not judged" in callback.problems[0]["text"]
    assert [type(context["exception"]) for context in told] == [ZeroDivisionError]
