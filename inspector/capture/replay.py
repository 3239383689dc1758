"""Replaying: captured callbacks sent again, byte for byte, in the rhythm in which they came or faster."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from inspector.callbacks.signing import signed_again
from inspector.capture.outgoing import Answer, Sender, with_target, without_login
from inspector.session.records import CallbackRow


@dataclass(frozen=True, slots=True)
class Replayed:
    """One callback that was sent again, and what came back."""

    callback: CallbackRow
    url: str
    answer: Answer
    sent: int = 0
    """In microseconds since 1970 (UTC)."""


async def replay(
    callbacks: Iterable[CallbackRow],
    url: str,
    *,
    on_result: Callable[[Replayed], None],
    speed: float | None = 1.0,
    seconds: float = 15.0,
    signing_key: str | None = None,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Send captured callbacks to `url` one after the other, so that they arrive in the order of their capture.

    A `url` without a path gets the path that was captured, and one without a query the query. `speed` is
    the factor by which the times between them shrink; None waits for nothing but the answers, each of
    which may take `seconds`. Callbacks of which only the beginning was captured are not sent.
    """
    loop = asyncio.get_running_loop()
    due = loop.time()
    before: int | None = None
    async with Sender(at_once=1, seconds=seconds) as sender:
        for callback in callbacks:
            if speed is not None and before is not None:
                # Where the clock was set back while they were captured, the pause is not known: none is made.
                due += max(0, callback.received - before) / 1e6 / speed
                if (delay := due - loop.time()) > 0:
                    await sleep(delay)
            before = callback.received
            address, headers = with_target(url, callback.target), callback.headers
            if signing_key:
                address, headers = signed_again(signing_key, address, headers, callback.body)
            sent = time.time_ns() // 1000
            if callback.truncated:
                answer = Answer(0, error="Not sent: only the beginning of the callback was captured.")
            else:
                answer = await sender.send(callback.method, address, headers, callback.body)
            on_result(Replayed(callback, without_login(address), answer, sent))
