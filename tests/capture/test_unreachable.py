"""Why an application gave no answer, in words: against real listeners that misbehave."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing, suppress

import pytest

from inspector.capture.outgoing import Answer, Sender
from inspector.capture.unreachable import explained

Speak = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def listener(speak: Speak) -> AsyncIterator[int]:
    async with await asyncio.start_server(speak, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


async def sent(url: str, seconds: float = 15.0) -> Answer:
    async with Sender(at_once=1, seconds=seconds) as sender:
        return await sender.send("POST", url, [], b"{}")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_nothing_listens(host: str) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
    answer = await sent(f"http://{host}:{port}/x")
    assert answer.error == (
        f"The request failed: nothing listens at {host}:{port} (connection refused). Start the application there."
    )


async def test_a_name_that_is_none() -> None:
    answer = await sent("http://nobody.invalid/x")
    assert answer.error is not None
    assert "the name nobody.invalid cannot be found (DNS)" in answer.error


async def test_tls_is_asked_of_a_listener_without() -> None:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async with listener(speak) as port:
        answer = await sent(f"https://127.0.0.1:{port}/")
    assert answer.error is not None
    assert f"no TLS connection with 127.0.0.1:{port}" in answer.error


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (b"", "hung up without an answer"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", "broke off in the middle"),
        (b"SSH-2.0-OpenSSH\r\n\r\n", "is no HTTP"),
    ],
)
async def test_answers_that_are_none(said: bytes, words: str) -> None:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(2)
            writer.write(said)
            await writer.drain()
        writer.close()

    async with listener(speak) as port:
        answer = await sent(f"http://127.0.0.1:{port}/")
    assert answer.error is not None
    assert words in answer.error


async def test_too_slow() -> None:
    held = asyncio.Event()

    async def speak(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await held.wait()
        writer.close()

    async with listener(speak) as port:
        answer = await sent(f"http://127.0.0.1:{port}/", seconds=0.1)
        held.set()
    assert answer.error == "No answer came within 0.1 seconds."


def test_an_error_of_another_kind_keeps_its_own_words() -> None:
    assert explained(ValueError("odd"), "http://x/", 1) == "The request failed: odd"
    assert explained(ValueError(), "http://x/", 1) == "The request failed: ValueError"
    assert "reset the connection" in explained(ConnectionResetError(), "http://u:p@x:1/", 1)
    assert "u:p" not in explained(ConnectionResetError(), "http://u:p@x:1/", 1)
