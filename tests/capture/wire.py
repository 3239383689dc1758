"""Requests as bytes: a raw connection to a server, and the callbacks that go over it."""

import asyncio
import json
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from tests.factories import JSON_TYPE, make_payload

BOUND = 20.0
"""Seconds after which a test that waits for what never comes fails instead of standing still."""


def make_body(**changes: Any) -> bytes:
    return json.dumps(make_payload(**changes)).encode()


def make_request(
    body: bytes = b"", *headers: str | bytes, method: str = "POST", target: str = "/", length: int | None = None
) -> bytes:
    """A request as it goes over the wire, with `Host`, and with `Content-Length` where there is a body."""
    lines = [f"{method} {target} HTTP/1.1".encode(), b"Host: inspector.example"]
    lines += [header if isinstance(header, bytes) else header.encode("latin-1") for header in headers]
    if length is not None or body:
        lines.append(f"Content-Length: {len(body) if length is None else length}".encode())
    return b"\r\n".join([*lines, b"", body])


def make_post(*headers: str | bytes, target: str = "/", **changes: Any) -> bytes:
    """A valid callback as a whole request."""
    return make_request(make_body(**changes), f"Content-Type: {JSON_TYPE}", *headers, target=target)


def in_chunks(*chunks: bytes) -> bytes:
    """A body in the chunked transfer coding."""
    return b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in (*chunks, b""))


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply as it came. The names of the headers are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


class Wire:
    """One connection, as raw as it gets. Every wait is bounded."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, port: int) -> Self:
        async with asyncio.timeout(BOUND):
            return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        self._writer.close()
        try:
            async with asyncio.timeout(BOUND):
                await self._writer.wait_closed()
        except ConnectionError:
            pass  # the server was first, and less polite

    def write(self, data: bytes) -> None:
        """Hand bytes to the system without giving the loop a turn."""
        self._writer.write(data)

    async def send(self, data: bytes) -> None:
        self._writer.write(data)
        async with asyncio.timeout(BOUND):
            await self._writer.drain()

    def finish(self) -> None:
        """Say that nothing more comes, as a sender does that closes its half."""
        if not self._writer.is_closing():
            self._writer.write_eof()

    async def ask(self, data: bytes) -> Reply:
        """Send a request and wait for its reply."""
        await self.send(data)
        return await self.reply()

    async def reply(self, *, of_head: bool = False) -> Reply:
        """The next reply; `of_head` to a HEAD request, which has no body."""
        async with asyncio.timeout(BOUND):
            head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            first, *lines = head.rstrip("\r\n").split("\r\n")
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
            length = 0 if of_head else int(headers.get("content-length", "0"))
            return Reply(int(first.split(" ")[1]), headers, await self._reader.readexactly(length))

    async def is_silent(self) -> bool:
        """Whether the server has said nothing so far. Looks again for a few turns of the loop."""
        for _ in range(10):
            await asyncio.sleep(0)
        try:
            async with asyncio.timeout(0):
                return not await self._reader.read(1)
        except TimeoutError:
            return True

    async def rest(self) -> bytes:
        """Everything until the server closes the connection."""
        async with asyncio.timeout(BOUND):
            try:
                return await self._reader.read()
            except ConnectionError:
                return b""


async def ask(port: int, data: bytes) -> Reply:
    """The reply to one request over a connection of its own."""
    async with await Wire.open(port) as wire:
        return await wire.ask(data)
