"""Beats once a second, and tells of the times in which this process or its machine stood still."""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Final, NoReturn

from inspector.runtime.carry_on import carrying_on
from inspector.session.deaf import DeafWindow, Heartbeat, window_of
from inspector.session.errors import SessionError, SessionLocked

_log: Final = logging.getLogger(__name__)

BETWEEN_BEATS: Final = 1.0
"""Seconds."""


async def keep_beating(
    on_missed: Callable[[DeafWindow], None],
    heartbeat: Heartbeat | None = None,
    *,
    pause: float = BETWEEN_BEATS,
    now: Callable[[], int] = lambda: time.time_ns() // 1000,
) -> NoReturn:
    """Until cancelled. `on_missed` hears of every window in which the listener cannot have answered."""
    heartbeat = heartbeat or Heartbeat()
    untold: list[DeafWindow] = []
    while True:
        await asyncio.sleep(pause)
        gap = heartbeat.beat()
        if gap is not None:
            untold.append(window_of(gap, now()))
        while untold:
            with carrying_on("A time without listening is not shown"):
                try:
                    on_missed(untold[0])
                except SessionLocked:  # told again at the next beat
                    break
                except SessionError as error:
                    _log.warning("A time without listening is not noted: %s", error)
            del untold[0]
