"""Forwarding to a real application: byte for byte, beside the capture, whatever the application does."""

import asyncio
import socket
import sqlite3
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web

from inspector.callbacks.signature import SignatureState, check_signature, sign_json
from inspector.capture.forward import Forwarder
from inspector.capture.outgoing import with_query, with_target
from inspector.capture.recorder import Listener, Recorder
from inspector.session.errors import SessionError
from inspector.session.records import Appended, ForwardRow, Received
from tests.capture.conftest import Capture
from tests.capture.wire import BOUND, Wire, make_body, make_request
from tests.factories import JSON_TYPE, make_callback

KEY = "PSKtest1234567890abcdef"


@dataclass(frozen=True, slots=True)
class Arrived:
    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes


@dataclass
class App:
    """The developer's own application."""

    url: str = ""
    arrived: list[Arrived] = field(default_factory=list)
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"X-App": "1"})
    body: bytes = b"thanks"
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    held: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.raw_headers]
        self.arrived.append(Arrived(request.method, request.raw_path, headers, await request.read()))
        self.asked.set()
        await self.held.wait()
        return web.Response(status=self.status, headers=self.headers, body=self.body)


@pytest.fixture
async def app() -> AsyncIterator[App]:
    app = App()
    app.held.set()
    runner = web.ServerRunner(web.Server(app.handle, access_log=None, auto_decompress=False), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    app.url = f"http://127.0.0.1:{runner.addresses[0][1]}/app"
    yield app
    await runner.cleanup()


class Rows:
    """What forwarding came to, in the order of its ends."""

    def __init__(self) -> None:
        self._rows: asyncio.Queue[ForwardRow] = asyncio.Queue()
        self.add = self._rows.put_nowait

    async def next(self) -> ForwardRow:
        return await asyncio.wait_for(self._rows.get(), BOUND)


@pytest.fixture
def rows() -> Rows:
    return Rows()


def sending_on(forwarder: Forwarder) -> Listener:
    def send_on(batch: Sequence[Received], appended: Sequence[Appended]) -> None:
        for received, one in zip(batch, appended, strict=True):
            forwarder.forward(one.seq, received)

    return send_on


async def test_captured_callback_is_sent_on_byte_for_byte(capture: Capture, app: App, rows: Rows) -> None:
    forwarder = Forwarder(app.url, rows.add)
    port = await capture.start(on_appended=sending_on(forwarder))
    body = b' {"id" : "m1"}\n'
    public_url = "https://tunnel.example/app?a=%20b"
    sent: list[str | bytes] = [
        f"Content-Type: {JSON_TYPE}; charset=utf-8",
        f"X-SignalWire-Signature: {sign_json(KEY, public_url, body)}",
        "x-forwarded-host: tunnel.example",
        "X-Forwarded-Proto: https",
        "User-Agent: SignalWire",
        "X-Twice: 1",
        "x-twice: 2",
        b"X-Text: \xe2\x98\x83",
        "Cookie: a=b; c",
        "Content-Encoding: identity",
        "TE: trailers",
        "Connection: keep-alive",
    ]
    async with await Wire.open(port) as wire:
        assert (await wire.ask(make_request(body, *sent, target="/captured?a=%20b"))).status == 200
    row = await rows.next()
    await forwarder.close()
    assert (row.callback, row.status, row.body, row.error) == (1, 200, b"thanks", None)
    assert ("X-App", "1") in row.headers
    assert row.url == f"{app.url}?a=%20b"
    (arrived,) = app.arrived
    assert (arrived.method, arrived.target, arrived.body) == ("POST", "/app?a=%20b", body)
    expected = [tuple(line.split(": ", 1)) for line in sent[:-2] if isinstance(line, str)]
    expected[6] = ("X-Twice", "2")
    expected.insert(7, ("X-Text", "\u2603".encode().decode("latin-1")))
    assert [pair for pair in arrived.headers if pair[0] not in ("Host", "Content-Length")] == expected
    assert ("Content-Length", str(len(body))) in arrived.headers
    check = check_signature(
        key=KEY,
        headers=arrived.headers,
        target=arrived.target,
        body=arrived.body,
        public_url=None,
        own_origin="",
    )
    assert check.state is SignatureState.VALID


async def test_result_is_kept_in_the_session(capture: Capture, app: App, rows: Rows) -> None:
    def keep(row: ForwardRow) -> None:
        capture.session.record_forwards([row])
        rows.add(row)

    forwarder = Forwarder(app.url, keep)
    received = make_callback()
    (appended,) = capture.session.append([received])
    forwarder.forward(appended.seq, received)
    row = await rows.next()
    await forwarder.close()
    assert capture.reader.forwards(appended.seq) == [row]


@pytest.mark.parametrize("status", [201, 204, 302, 404, 500])
async def test_any_status_is_an_answer(app: App, rows: Rows, status: int) -> None:
    """A redirect is not followed: SignalWire's own rules for them are not ours to play."""
    app.status, app.headers = status, {"Location": "/elsewhere", "Set-Cookie": "a=b"}
    # By its name, because cookies are never kept for bare addresses.
    forwarder = Forwarder(app.url.replace("127.0.0.1", "localhost"), rows.add)
    for seq in (1, 2):
        forwarder.forward(seq, make_callback())
        row = await rows.next()
        assert (row.callback, row.status, row.error) == (seq, status, None)
    await forwarder.close()
    assert [arrived.target for arrived in app.arrived] == ["/app", "/app"]
    assert not [name for arrived in app.arrived for name, _ in arrived.headers if name == "Cookie"]


async def test_long_answer_is_kept_in_part(app: App, rows: Rows) -> None:
    app.body = b"x" * 300_000
    forwarder = Forwarder(app.url, rows.add)
    forwarder.forward(1, make_callback())
    assert len((await rows.next()).body) == 64 * 1024
    await forwarder.close()


async def test_nothing_listens(rows: Rows) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        port = listener.getsockname()[1]
    forwarder = Forwarder(f"http://127.0.0.1:{port}/", rows.add)
    forwarder.forward(1, make_callback())
    row = await rows.next()
    await forwarder.close()
    assert (row.status, row.body, row.headers) == (None, b"", ())
    assert row.error is not None
    assert row.error.startswith("The request failed: ")


@pytest.mark.parametrize(
    "answer", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", b"\x16\x03\x01 no HTTP\r\n\r\n"]
)
async def test_application_that_speaks_no_http(rows: Rows, answer: bytes) -> None:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answer)
            await writer.drain()
        writer.close()

    async with await asyncio.start_server(speak, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        forwarder = Forwarder(f"http://127.0.0.1:{port}/", rows.add)
        forwarder.forward(1, make_callback())
        row = await rows.next()
        await forwarder.close()
    assert row.error is not None
    assert row.error.startswith("The request failed: ")


async def test_slow_application(app: App, rows: Rows) -> None:
    app.held.clear()
    forwarder = Forwarder(app.url, rows.add, seconds=0.05)
    forwarder.forward(1, make_callback())
    row = await rows.next()
    await forwarder.close()
    assert (row.status, row.error) == (None, "No answer came within 0.05 seconds.")


async def test_capture_does_not_wait_for_the_application(capture: Capture, app: App, rows: Rows) -> None:
    app.held.clear()
    forwarder = Forwarder(app.url, rows.add)
    port = await capture.start(on_appended=sending_on(forwarder))
    async with await Wire.open(port) as wire:
        for _ in range(20):
            assert (await wire.ask(make_request(make_body()))).status == 200
    assert len(app.arrived) <= 8
    app.held.set()
    assert {(await rows.next()).callback for _ in range(20)} == set(range(1, 21))
    await forwarder.close()


async def test_close_waits_for_what_is_under_way(app: App, rows: Rows) -> None:
    app.held.clear()
    forwarder = Forwarder(app.url, rows.add)
    forwarder.forward(1, make_callback())

    async def let_go() -> None:
        await app.asked.wait()
        app.held.set()

    await asyncio.wait_for(asyncio.gather(forwarder.close(), let_go()), BOUND)
    assert (await rows.next()).status == 200


async def test_close_without_work() -> None:
    await Forwarder("http://127.0.0.1:1/", lambda _: None).close()


async def test_a_password_in_the_address_is_used_and_not_kept(app: App, rows: Rows) -> None:
    forwarder = Forwarder(app.url.replace("http://", "http://user:pass%20word@"), rows.add)
    forwarder.forward(1, make_callback())
    row = await rows.next()
    await forwarder.close()
    assert (row.status, row.url) == (200, app.url)
    assert ("Authorization", "Basic dXNlcjpwYXNzIHdvcmQ=") in app.arrived[0].headers


async def test_callback_that_was_not_captured_whole_is_not_sent_on(app: App, rows: Rows) -> None:
    forwarder = Forwarder(app.url, rows.add)
    forwarder.forward(1, make_callback(b"{", incomplete="the sender broke off."))
    row = await rows.next()
    await forwarder.close()
    assert (row.status, app.arrived) == (None, [])
    assert row.error is not None
    assert "only the beginning" in row.error


async def test_waiting_callbacks_are_bounded(app: App, rows: Rows) -> None:
    app.held.clear()
    forwarder = Forwarder(app.url, rows.add)
    received = make_callback()
    for seq in range(1, 1003):
        forwarder.forward(seq, received)
    refused = [await rows.next(), await rows.next()]
    assert [row.callback for row in refused] == [1001, 1002]
    assert all(row.error and "1,000 callbacks wait" in row.error for row in refused)
    app.held.set()
    assert {(await rows.next()).status for _ in range(1000)} == {200}
    await forwarder.close()


async def test_what_waiting_callbacks_hold_is_bounded(app: App, rows: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inspector.capture.forward._MOST_BYTES", 3 << 20)
    app.held.clear()
    forwarder = Forwarder(app.url, rows.add)
    large = make_callback(b"x" * (1 << 20))
    for seq in range(1, 5):
        forwarder.forward(seq, large)
    refused = await rows.next()
    assert (refused.callback, refused.error) == (4, "Not sent on: 3 MiB of callbacks wait for an answer already.")
    app.held.set()
    assert [(await rows.next()).status for _ in range(3)] == [200] * 3
    forwarder.forward(5, large)
    assert (await rows.next()).status == 200
    await forwarder.close()


@pytest.mark.parametrize("locked", [False, True], ids=["stored", "stored-later"])
async def test_what_is_locked_out_is_kept_and_goes_no_further(
    capture: Capture, app: App, rows: Rows, *, locked: bool
) -> None:
    """Where a valid signature is required, nothing unsigned gets behind the door."""
    forwarder = Forwarder(app.url, rows.add)
    failed: list[SessionError] = []
    recorder = Recorder(capture.session, on_appended=sending_on(forwarder), on_failure=failed.append, patience=0.0)
    port = await capture.serve(recorder, signing_key=KEY, require_signature=True)
    url, body = f"http://127.0.0.1:{port}/x", make_body()
    with ExitStack() as stack:
        if locked:
            stack.enter_context(locked_by_another(capture.session.path))
        for key in (None, "PSKanother", KEY):
            headers = [f"Content-Type: {JSON_TYPE}"]
            if key is not None:
                headers.append(f"X-SignalWire-Signature: {sign_json(key, url, body)}")
            async with await Wire.open(port) as wire:
                reply = await wire.ask(make_request(body, *headers, target="/x"))
                assert reply.status == (503 if locked else 200 if key == KEY else 403)
    async with asyncio.timeout(BOUND):
        row = await rows.next()
    await forwarder.close()
    assert (row.callback, row.status) == (3, 200)
    assert [arrived.body for arrived in app.arrived] == [body]
    assert [callback.signature for callback in capture.callbacks()] == ["absent", "invalid", "valid"]
    assert bool(failed) is locked


@contextmanager
def locked_by_another(path: Path) -> Iterator[None]:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@pytest.mark.parametrize("method", ["GET", "PUT", "HEAD", "OPTIONS"])
async def test_method_goes_along(app: App, rows: Rows, method: str) -> None:
    forwarder = Forwarder(app.url, rows.add)
    forwarder.forward(1, make_callback(b"", method=method, content_type=""))
    assert (await rows.next()).status == 200
    await forwarder.close()
    (arrived,) = app.arrived
    assert (arrived.method, arrived.body) == (method, b"")


@pytest.mark.parametrize(
    ("url", "target", "query", "whole"),
    [
        ("http://app:1", "/a?x=%20+", "http://app:1?x=%20+", "http://app:1/a?x=%20+"),
        ("http://app:1/", "/a", "http://app:1/", "http://app:1/a"),
        ("http://app:1/b?y=1", "/a?x=1", "http://app:1/b?y=1", "http://app:1/b?y=1"),
        ("http://app:1/b", "/a?x=1#f", "http://app:1/b?x=1", "http://app:1/b?x=1"),
        ("http://app:1/", "http://other/a/b?x=1", "http://app:1/?x=1", "http://app:1/a/b?x=1"),
        ("http://app:1/", "http://other", "http://app:1/", "http://app:1/"),
        ("http://app:1/", "//a//b", "http://app:1/", "http://app:1//a//b"),
        ("http://app:1/", "*", "http://app:1/", "http://app:1/"),
        ("http://app:1/", "other.example:443", "http://app:1/", "http://app:1/"),
        ("http://app:1/ü", "/", "http://app:1/%C3%BC", "http://app:1/%C3%BC"),
    ],
)
def test_addresses(url: str, target: str, query: str, whole: str) -> None:
    assert with_query(url, target) == query
    assert with_target(url, target) == whole
