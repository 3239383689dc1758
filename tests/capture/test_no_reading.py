"""Nothing of a session can be read over HTTP: not by another page in the browser, not by anybody."""

import asyncio
from itertools import product

from tests.capture.conftest import Capture
from tests.capture.wire import Wire, ask, make_body, make_post, make_request

MARK = "Captured-4711"
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"]
PATHS = [
    "/", "/favicon.ico", "/robots.txt", "/index.html", "/api/callbacks", "/callbacks/1", "/session",
    "/captured.inspector", "/../captured.inspector", "/..%2f..%2fetc/passwd", "/metrics", "/.git/config",
    f"/{MARK}", f"/?{MARK}", "http://x/",
]  # fmt: skip
ORIGINS = ["", "null", "https://evil.example", "http://127.0.0.1:9797", "http://localhost"]


async def test_no_answer_holds_anything_that_was_captured(capture: Capture) -> None:
    port = await capture.start(largest_body=1000)
    await ask(port, make_post(f"X-Mark: {MARK}", id=MARK, body=MARK, target=f"/{MARK}"))

    async def try_one(method: str, path: str, origin: str) -> None:
        headers = [f"Origin: {origin}", "Access-Control-Request-Method: POST", f"X-Echo: {MARK}"] if origin else []
        async with await Wire.open(port) as wire:
            await wire.send(make_request(make_body(id=MARK), *headers, "Connection: close", method=method, target=path))
            answer = await wire.rest()
        assert answer.startswith(b"HTTP/1.")
        assert MARK.encode() not in answer
        assert b"access-control" not in answer.lower()
        assert b"set-cookie" not in answer.lower()
        head, _, body = answer.partition(b"\r\n\r\n")
        assert body == b"", head

    cases = list(product(METHODS, PATHS, ORIGINS))
    for start in range(0, len(cases), 50):
        await asyncio.gather(*(try_one(*case) for case in cases[start : start + 50]))
    assert len(capture.callbacks()) == len(cases) + 1


async def test_nor_do_the_answers_to_what_is_refused(capture: Capture) -> None:
    port = await capture.start(largest_body=100, body_seconds=0.2, idle_seconds=0.2)
    await ask(port, make_post(id=MARK, body=MARK))
    refused = [
        make_request(MARK.encode() * 100),
        make_request(MARK.encode(), length=5000),
        f"GET /{MARK} HTP/1.1\r\nOrigin: https://evil.example\r\n\r\n".encode(),
        f"GET / HTTP/1.1\r\n{MARK}\r\n\r\n".encode(),
        f"{MARK} / HTTP/1.1\r\n\r\n".encode(),
    ]
    for request in refused:
        async with await Wire.open(port) as wire:
            await wire.send(request)
            answer = await wire.rest()
        assert answer
        assert MARK.encode() not in answer
        assert b"access-control" not in answer.lower()
