"""Waiting, for a time, while another program has a session locked."""

import asyncio
import time
from collections.abc import Callable
from typing import Final, TypeVar

from inspector.session.errors import SessionLocked

_Result = TypeVar("_Result")

PATIENCE: Final = 5.0
"""Seconds that something the user wished is tried again before he is told that it cannot be written."""

_PAUSE: Final = 0.05


async def once_unlocked(
    write: Callable[[], _Result], *, on_wait: Callable[[], object] = lambda: None, seconds: float = PATIENCE
) -> _Result:
    """What `write` returns, tried again while it raises SessionLocked; the loop turns meanwhile.

    `on_wait` is called once when there is something to wait for. Raises what `write` raises, SessionLocked after
    `seconds`.
    """
    end, waits = time.monotonic() + seconds, False
    while True:
        try:
            return write()
        except SessionLocked:
            if time.monotonic() >= end:
                raise
        if not waits:
            waits = True
            on_wait()
        await asyncio.sleep(_PAUSE)


def once_unlocked_in_thread(write: Callable[[], _Result], *, seconds: float = PATIENCE) -> _Result:
    """`once_unlocked`, for a thread that may stand still."""
    end = time.monotonic() + seconds
    while True:
        try:
            return write()
        except SessionLocked:
            if time.monotonic() >= end:
                raise
        time.sleep(_PAUSE)
