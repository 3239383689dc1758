"""Forwarding: a captured callback sent on to the developer's own application, byte for byte."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from inspector.capture.outgoing import Answer, Sender, with_query, without_login
from inspector.runtime.tasks import TaskScope
from inspector.session.records import ForwardRow, Received

_AT_ONCE: Final = 8
_MOST_WAITING: Final = 1000
_LAST_SECONDS: Final = 5.0
_MOST_BYTES: Final = 64 << 20
_LONGEST: Final = 64 * 1024


class Forwarder:
    """Sends callbacks to `url` beside the capture, a few at a time; answers are handed to `on_done`.

    A callback of which only the beginning was captured is not sent on, nor is one that comes while a
    thousand wait already, or 64 MiB of bodies: `on_done` is told so at once. One that is locked out is not sent on
    either; of that there is nothing to tell, its reply says it.
    """

    def __init__(
        self, url: str, on_done: Callable[[ForwardRow], None], *, seconds: float = 15.0, longest: int = _LONGEST
    ) -> None:
        """`seconds` is how long an answer may take, `longest` how many of its bytes are kept."""
        self._url = url
        self._on_done = on_done
        self._seconds = seconds
        self._longest = longest
        self._tasks = TaskScope()
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._sender: Sender | None = None
        self._idle = asyncio.Event()
        self._idle.set()
        self._under_way = 0
        self._bytes = 0

    def forward(self, seq: int, received: Received) -> asyncio.Task[ForwardRow] | None:
        """Send one callback on; returns at once. The task has what came of it; None where it is not sent on."""
        if received.locked_out:
            return None
        if received.truncated:
            self._skip(seq, received, "Not sent on: only the beginning of the callback was captured.")
            return None
        if self._under_way >= _MOST_WAITING:
            self._skip(seq, received, f"Not sent on: {_MOST_WAITING:,} callbacks wait for an answer already.")
            return None
        if self._bytes and self._bytes + len(received.body) > _MOST_BYTES:
            self._skip(seq, received, f"Not sent on: {_MOST_BYTES >> 20} MiB of callbacks wait for an answer already.")
            return None
        self._under_way += 1
        self._bytes += len(received.body)
        self._idle.clear()
        return self._tasks.spawn(self._forward(seq, received), name=f"forward callback {seq}")

    async def close(self, seconds: float = _LAST_SECONDS) -> None:
        """Stop; what is under way has so many seconds to end."""
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._idle.wait()
        finally:
            await self._tasks.aclose()
            if self._sender is not None:
                await self._sender.close()

    async def _forward(self, seq: int, received: Received) -> ForwardRow:
        try:
            async with self._slots:
                row = await self._send(seq, received)
            self._on_done(row)
            return row
        finally:
            self._under_way -= 1
            self._bytes -= len(received.body)
            if not self._under_way:
                self._idle.set()

    async def _send(self, seq: int, received: Received) -> ForwardRow:
        if self._sender is None:
            self._sender = Sender(at_once=_AT_ONCE, seconds=self._seconds, longest=self._longest)
        url, sent = with_query(self._url, received.target), time.time_ns() // 1000
        answer = await self._sender.send(received.method, url, received.headers, received.body)
        return _row(seq, url, sent, answer)

    def _skip(self, seq: int, received: Received, reason: str) -> None:
        url = with_query(self._url, received.target)
        self._on_done(_row(seq, url, time.time_ns() // 1000, Answer(0, error=reason)))


def _row(seq: int, url: str, sent: int, answer: Answer) -> ForwardRow:
    # A password that stands in the address is for the application, and for no file.
    url = without_login(url)
    return ForwardRow(seq, url, sent, answer.milliseconds, answer.status, answer.headers, answer.body, answer.error)
