"""The load: many senders on keep-alive connections, in a process of their own.

    python -m tests.benchmarks.senders PORT --senders 16 --seconds 5 [--rate 500]

Without a rate each sender sends its next callback when the answer to the last has come. With one they are sent on
a schedule, and the time of an answer counts from the moment its callback was due: a server that stands still pays
for all those that had to wait. It must never be what is slowest, so a callback costs one concatenation of bytes, one
write and a look for the end of the answer.
"""

import argparse
import asyncio
import gc
import json
import selectors
import sys
import time
from array import array
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from itertools import count
from typing import Any, Final, cast
from uuid import uuid4

from tests.benchmarks.orders import in_milliseconds, say

_LIFE: Final = ("queued", "initiated", "sent", "delivered")
_TEXTS: Final = (
    ("Your parcel arrives today between 2 and 4 pm. Reply STOP to end these messages.", 1),
    ("Your code is 483920. It is valid for ten minutes; never give it to anyone.", 1),
    ("Your appointment is on Thursday at 9:40. Please be there ten minutes early and bring your card. " * 2, 2),
    ("Schön, dass du da bist! Dein Tisch für zwei ist ab 19 Uhr reserviert.", 1),
)
_ID: Final = "00000000-0000-4000-8000-000000000000"
_PATIENCE: Final = 15.0
"""Seconds after its end that a load waits for the answers that are still to come."""


def callbacks(port: int, number: int) -> Iterator[bytes]:
    """The requests of one sender, without end: message after message, each through its whole life."""
    family = str(uuid4())[:24].encode()
    second = 0
    steps: list[tuple[bytes, bytes]] = []
    for message in count():
        if (now := int(time.time())) != second:
            second = now
            steps = [_request(port, number, status, second) for status in _LIFE]
        name = b"%s%012x" % (family, message)
        for before, after in steps:
            yield before + name + after


def _request(port: int, number: int, status: str, second: int) -> tuple[bytes, bytes]:
    """A request as bytes: what comes before the id of its message, and what comes after it."""
    text, segments = _TEXTS[number % len(_TEXTS)]
    payload = {
        "id": _ID,
        "project_id": "9d3a2c41-5b7e-4f0a-8d26-1e0b7c5a9f33",
        "status": status,
        "to": f"+1555123{number:04d}",
        "from": "+15559870002",
        "body": text,
        "number_of_segments": segments,
        "timestamp": datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "error_code": None,
        "error_message": None,
    }
    body = json.dumps(payload).encode()
    head = (
        f"POST /rest HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
        f"User-Agent: callback-inspector-benchmarks\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    before, _, after = (head.encode() + body).partition(_ID.encode())
    return before, after


class Load:
    """All senders together: when they begin and end, and what was answered."""

    def __init__(self, port: int, senders: int, seconds: float, rate: float | None) -> None:
        self.loop = asyncio.get_running_loop()
        self.interval = None if rate is None else senders / rate
        self.end = 0.0
        self.times = array("d")
        self.by_status = Counter[bytes]()
        self._port = port
        self._seconds = seconds
        self._left = senders
        self._over = self.loop.create_future()
        self._senders = [Sender(self, callbacks(port, number)) for number in range(senders)]

    async def run(self) -> dict[str, Any]:
        for sender in self._senders:
            await self.loop.create_connection(partial(_itself, sender), "127.0.0.1", self._port)
        gc.disable()  # nothing here goes in circles
        began = time.perf_counter()
        self.end = began + self._seconds
        for number, sender in enumerate(self._senders):
            sender.begin(began if self.interval is None else began + number * self.interval / len(self._senders))
        try:
            async with asyncio.timeout(self._seconds + _PATIENCE):
                await self._over
        except TimeoutError:
            self.by_status[b"unanswered"] = self._left
        seconds = time.perf_counter() - began
        return {
            "answers": len(self.times),
            "seconds": round(seconds, 3),
            "rate": round(len(self.times) / seconds, 1),
            **in_milliseconds(self.times),
            "by_status": {status.decode(): number for status, number in self.by_status.items()},
        }

    def ended(self) -> None:
        """One more sender has nothing more to send."""
        self._left -= 1
        if not self._left and not self._over.done():
            self._over.set_result(None)


class Sender(asyncio.Protocol):
    """One connection, one callback after the other."""

    def __init__(self, load: Load, requests: Iterator[bytes]) -> None:
        self._load = load
        self._requests = requests
        self._next = next(requests)
        self._transport: asyncio.WriteTransport | None = None
        self._due = 0.0
        self._rest = b""
        self._ended = False

    def begin(self, due: float) -> None:
        self._go_on(time.perf_counter(), due)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)  # uvloop's is none by its class

    def connection_lost(self, error: Exception | None) -> None:
        if not self._ended:
            self._load.by_status[b"lost"] += 1
            self._end()

    def data_received(self, data: bytes) -> None:
        now = time.perf_counter()
        data = self._rest + data
        if not _is_whole(data):
            self._rest = data
            return
        load = self._load
        self._rest = b""
        load.times.append(now - self._due)
        load.by_status[data[9:12]] += 1
        self._go_on(now, now if load.interval is None else self._due + load.interval)

    def _go_on(self, now: float, due: float) -> None:
        """Send the next callback when it is due, if the load goes on so long."""
        if self._ended:
            return
        if due >= self._load.end:
            self._end()
            return
        self._due = due
        if due <= now:
            self._send()
        else:
            self._load.loop.call_later(due - now, self._send)

    def _send(self) -> None:
        if self._ended or self._transport is None:
            return
        self._transport.write(self._next)
        self._next = next(self._requests)  # made while the server works on this one

    def _end(self) -> None:
        self._ended = True
        self._load.ended()
        if self._transport is not None:
            self._transport.close()


def _is_whole(data: bytes) -> bool:
    """Whether the whole of an answer has come."""
    head, end, body = data.partition(b"\r\n\r\n")
    if not end:
        return False
    _, _, length = head.lower().partition(b"\r\ncontent-length:")
    return len(body) >= (int(length.partition(b"\r\n")[0]) if length else 0)


def _itself(sender: Sender) -> Sender:
    return sender


def _new_loop(rate: float | None) -> asyncio.AbstractEventLoop:
    """The fastest loop there is; on a schedule, one whose timers are not rounded to milliseconds as others' are."""
    if rate is not None:
        return asyncio.SelectorEventLoop(selectors.SelectSelector())
    try:
        from uvloop import new_event_loop
    except ImportError:
        return asyncio.new_event_loop()
    loop: asyncio.AbstractEventLoop = new_event_loop()
    return loop


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.senders")
    parser.add_argument("port", type=int, help="where the server listens on 127.0.0.1")
    parser.add_argument("--senders", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument(
        "--rate", type=float, help="callbacks a second of all senders together; without it, all they can"
    )
    options = parser.parse_args()

    async def load() -> dict[str, Any]:
        return await Load(options.port, options.senders, options.seconds, options.rate).run()

    with asyncio.Runner(loop_factory=partial(_new_loop, options.rate)) as runner:
        say(runner.run(load()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
