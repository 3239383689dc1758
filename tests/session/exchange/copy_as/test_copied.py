"""What is copied is run against a real server, and the bytes that arrive are compared."""

import asyncio
import os
import shutil
import sys
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inspector.session.exchange.copy_as.kinds import Kind, copied_as
from inspector.session.records import CallbackRow
from tests.capture.conftest import Capture
from tests.ui.detail.detail_factory import make_callback

OWN = {"host", "content-length", "connection"}
HEADERS = (
    ("Host", "example.org"),
    ("User-Agent", "SignalWire"),
    ("Accept", "*/*"),
    ("X-Twice", "a"),
    ("X-Quoted", 'it\'s "so" \\ $HOME `id`'),
    ("X-Twice", "b"),
    ("X-Raw", "\u00e2\u0098\u0083"),
    ("Content-Type", "application/json"),
)
CALLBACKS = [
    make_callback(headers=HEADERS, body='{"body": "it\'s 5 € \\"now\\" \\u0007"}\n'.encode(), target="/r?x=%20&y=$1"),
    make_callback(seq=2, headers=HEADERS[:5], body=bytes(range(256)) * 3, target="/a/../b//c;d=[1]{2}", method="PUT"),
    make_callback(seq=3, headers=HEADERS[:2], body=b"", method="GET", target="/?MessageSid=SM1&x=%E2", status=None),
    make_callback(seq=4, headers=HEADERS, body=b'{"a": "' + b"long " * 400 + b'"}', status="delivered"),
    make_callback(seq=5, headers=HEADERS[-1:], body=b'"""\'\'\'\\\r\n\t{name}', target="/x"),
]  # fmt: skip


@pytest.fixture
async def capture(tmp_path: Path) -> AsyncIterator[Capture]:
    capture = Capture(tmp_path / "captured.inspector")
    yield capture
    await capture.close()


async def run(*words: str, **variables: str) -> str:
    """Run a command to its end; returns what it printed."""
    environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    process = await asyncio.create_subprocess_exec(
        *words, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, env=environment | variables
    )
    output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()
    return output.decode()


def at_port(callbacks: Sequence[CallbackRow], port: int) -> list[CallbackRow]:
    """The callbacks as if their sender had addressed this port."""
    here = ("Host", f"127.0.0.1:{port}")
    return [
        replace(callback, headers=(here, *(pair for pair in callback.headers if pair[0] != "Host")))
        for callback in callbacks
    ]


def compare(sent: Sequence[CallbackRow], arrived: Sequence[CallbackRow]) -> None:
    assert len(arrived) == len(sent)
    for old, new in zip(sent, arrived, strict=True):
        assert (new.method, new.target, new.body) == (old.method, old.target, old.body)
        assert sorted(pair for pair in new.headers if pair[0].lower() not in OWN) == sorted(
            pair for pair in old.headers if pair[0].lower() not in OWN
        )


@pytest.mark.parametrize("kind", [Kind.AIOHTTP, Kind.HTTPX])
async def test_a_program_sends_the_bytes_that_were_captured(capture: Capture, tmp_path: Path, kind: Kind) -> None:
    callbacks = at_port(CALLBACKS, await capture.start())
    program = tmp_path / "again.py"
    program.write_text(copied_as(kind, callbacks), encoding="utf-8")
    output = await run(sys.executable, str(program))
    assert len(output.splitlines()) == len(callbacks)
    compare(callbacks, capture.callbacks())


@pytest.mark.parametrize("count", [1, len(CALLBACKS)])
async def test_a_test_file_passes_and_sends_the_bytes_that_were_captured(
    capture: Capture, tmp_path: Path, count: int
) -> None:
    port = await capture.start()
    chosen = CALLBACKS[:count]
    file = tmp_path / "test_again.py"
    file.write_text(copied_as(Kind.PYTEST, chosen), encoding="utf-8")
    output = await run(
        sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), str(file),
        APP_URL=f"http://127.0.0.1:{port}",
    )  # fmt: skip
    assert f"{count} passed" in output
    compare(chosen, capture.callbacks())


async def test_a_test_file_fails_when_the_application_refuses(capture: Capture, tmp_path: Path) -> None:
    port = await capture.start(largest_body=10)
    file = tmp_path / "test_again.py"
    file.write_text(copied_as(Kind.PYTEST, CALLBACKS[:1]), encoding="utf-8")
    with pytest.raises(AssertionError, match="assert 413 < 300"):
        await run(
            sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), str(file),
            APP_URL=f"http://127.0.0.1:{port}",
        )  # fmt: skip


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no cURL")
async def test_the_curl_lines_send_the_bytes_that_were_captured(capture: Capture) -> None:
    callbacks = at_port(CALLBACKS, await capture.start())
    lines = copied_as(Kind.CURL, callbacks)
    await run("sh", "-e", "-c", lines, LC_ALL="C.UTF-8")
    compare(callbacks, capture.callbacks())


async def test_a_raw_request_is_what_went_over_the_wire(capture: Capture) -> None:
    port = await capture.start()
    chunked = make_callback(
        headers=(("Host", "a"), ("Transfer-Encoding", "chunked"), ("X-Raw", "\u00e2\u0098\u0083")),
        body="ü\n{}".encode(),
    )
    text = copied_as(Kind.RAW, [chunked])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(text.encode())
    assert (await reader.readline()).startswith(b"HTTP/1.1 200")
    writer.close()
    await writer.wait_closed()
    (arrived,) = capture.callbacks()
    assert (arrived.target, arrived.body) == (chunked.target, chunked.body)
    assert arrived.headers == (("Host", "a"), ("Content-Length", "5"), ("X-Raw", "\u00e2\u0098\u0083"))


def test_several_raw_requests_are_parted() -> None:
    text = copied_as(Kind.RAW, [make_callback(seq=3, body=b"{}"), make_callback(seq=7, body=b"\xff")])
    first, second = text.split("\n\n### callback 7\n")
    assert first.startswith("### callback 3\nPOST /rest?x=1 HTTP/1.1\r\nHost: 127.0.0.1:9797\r\n")
    assert first.endswith("\r\n\r\n{}")
    assert second.startswith("# The body is not text: it follows in base64.\nPOST ")
    assert second.endswith("\r\n\r\n/w==")


def test_bodies() -> None:
    assert copied_as(Kind.BODY, [make_callback(body=b"{}"), make_callback(body="ü".encode())]) == "{}\nü"


ANY_TEXT = st.text(max_size=60)
ANY_CALLBACK = st.builds(
    make_callback,
    seq=st.integers(1, 10**9),
    body=st.one_of(st.binary(max_size=300), ANY_TEXT.map(lambda text: text.encode("utf-8", "replace"))),
    target=ANY_TEXT.map(lambda text: f"/{text}"),
    method=st.text(min_size=1, max_size=12),
    headers=st.lists(st.tuples(st.text(max_size=12), ANY_TEXT), max_size=4).map(tuple),
    status=st.one_of(st.none(), ANY_TEXT),
    truncated=st.booleans(),
)


@given(st.lists(ANY_CALLBACK, min_size=1, max_size=3, unique_by=lambda one: one.seq))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_python_is_valid_and_holds_the_bytes_whatever_the_strings(callbacks: list[CallbackRow]) -> None:
    tests: dict[str, Any] = {}
    exec(compile(copied_as(Kind.PYTEST, callbacks), "test_x.py", "exec"), tests)  # noqa: S102 - it is what is tested
    for callback in callbacks:
        assert tests[f"callback_{callback.seq}"]() == callback.body
    for kind in (Kind.AIOHTTP, Kind.HTTPX):
        source = copied_as(kind, callbacks)
        end = source.index("\n]\n") + 3
        compile(source, "x.py", "exec")
        client: dict[str, Any] = {}
        exec(compile(source[:end], "x.py", "exec"), client)  # noqa: S102 - as above, without sending
        assert [request[-1] for request in client["REQUESTS"]] == [callback.body for callback in callbacks]
    for callback in callbacks:
        assert copied_as(Kind.RAW, [callback]).endswith("\r\n\r\n" + copied_as(Kind.BODY, [callback]))
        assert " " in copied_as(Kind.CURL, [callback])
