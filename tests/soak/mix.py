"""A mix of senders as they are in life: valid and broken callbacks, forms, retries, large bodies, slow ones, quitters.

What each sees is counted: at the end the session must hold exactly what was answered, and what was broken off.
"""

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import count
from typing import Final
from urllib.parse import urlencode
from uuid import uuid4

from tests.benchmarks.senders import callbacks
from tests.capture.wire import Reply, Wire, make_body, make_post, make_request
from tests.factories import FORM_TYPE, JSON_TYPE, make_form

LARGE: Final = 900_000
TOO_LARGE: Final = (1 << 20) + 1
_RETRY_EVERY: Final = 10
_PIECES: Final = 5


class Mix:
    """The load on one port. `rate` is that of ordinary callbacks, a second; `pause` how long slow senders dawdle."""

    def __init__(self, port: int, *, senders: int = 8, rate: float = 200.0, pause: float = 1.0) -> None:
        self.answered = Counter[int]()
        self.broken_off = 0
        self.times: list[float] = []
        """Seconds that ordinary callbacks waited for their answers, since it was last emptied."""
        self._port = port
        self._senders = senders
        self._interval = senders / rate
        self._pause = pause
        self._ended = asyncio.Event()

    def end(self) -> None:
        """Let every sender end with the callback that it is at."""
        self._ended.set()

    @property
    def stored(self) -> int:
        """How many callbacks the session must hold, once all senders have ended."""
        return self.answered.total() + self.broken_off

    async def run(self) -> None:
        """Send until `end`. Raises what goes wrong with any sender."""
        others: list[tuple[Callable[[], Awaitable[None]], float]] = [
            (self._invalid, 0.5),
            (self._form, 0.5),
            (self._large, 1.0),
            (self._too_large, 5.0),
            (self._slow, 1.0),
            (self._broken_off, 2.0),
        ]
        async with asyncio.TaskGroup() as group:
            for number in range(self._senders):
                group.create_task(self._ordinary(number))
            for send, every in others:
                group.create_task(self._again_and_again(send, every * self._pause))

    async def _ordinary(self, number: int) -> None:
        """Lives of messages over one connection, on a schedule; now and then a callback comes twice."""
        requests = callbacks(self._port, number)
        due = time.perf_counter() + number * self._interval / self._senders
        async with await Wire.open(self._port) as wire:
            for sent in count(1):
                if await self._over(max(0.0, due - time.perf_counter())):
                    return
                request = next(requests)
                for _ in range(2 if sent % _RETRY_EVERY == 0 else 1):
                    begun = time.perf_counter()
                    self._count(await wire.ask(request), 200)
                    self.times.append(time.perf_counter() - begun)
                due = max(due + self._interval, time.perf_counter() - 1)

    async def _again_and_again(self, send: Callable[[], Awaitable[None]], every: float) -> None:
        while True:
            await send()
            if await self._over(every):
                return

    async def _invalid(self) -> None:
        async with self._wire() as wire:
            self._count(await wire.ask(make_post(id=str(uuid4()), status="sennt", number_of_segments="1")), 200)
            self._count(await wire.ask(make_request(b'{"id": ', f"Content-Type: {JSON_TYPE}")), 200)

    async def _form(self) -> None:
        body = urlencode(make_form(MessageSid=f"SM{uuid4().hex}", MessageStatus="sent")).encode()
        async with self._wire() as wire:
            self._count(await wire.ask(make_request(body, f"Content-Type: {FORM_TYPE}")), 200)

    async def _large(self) -> None:
        async with self._wire() as wire:
            self._count(await wire.ask(make_post(id=str(uuid4()), body="x" * LARGE)), 200)

    async def _too_large(self) -> None:
        async with self._wire() as wire:
            self._count(await wire.ask(make_request(b"x" * TOO_LARGE)), 413)

    async def _slow(self) -> None:
        """The body comes in pieces, with pauses."""
        request = make_post(id=str(uuid4()))
        head = len(request) - len(make_body(id=str(uuid4())))
        async with self._wire() as wire:
            await wire.send(request[:head])
            size = -(-(len(request) - head) // _PIECES)
            for begin in range(head, len(request), size):
                await asyncio.sleep(self._pause)
                await wire.send(request[begin : begin + size])
            self._count(await wire.reply(), 200)

    async def _broken_off(self) -> None:
        """The connection ends in the midst of the body."""
        async with self._wire() as wire:
            await wire.send(make_request(json.dumps({"id": str(uuid4())}).encode(), length=10_000))
            wire.finish()
            await wire.rest()
        self.broken_off += 1

    @asynccontextmanager
    async def _wire(self) -> AsyncIterator[Wire]:
        async with await Wire.open(self._port) as wire:
            yield wire

    def _count(self, reply: Reply, expected: int) -> None:
        if reply.status != expected:
            raise AssertionError(f"answered {reply.status} instead of {expected}")
        self.answered[reply.status] += 1

    async def _over(self, seconds: float) -> bool:
        """Wait so long; whether the end came meanwhile."""
        try:
            async with asyncio.timeout(seconds):
                await self._ended.wait()
        except TimeoutError:
            return self._ended.is_set()
        return True
