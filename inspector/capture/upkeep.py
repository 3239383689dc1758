"""Upkeep of the session being captured into: takes out what is not to be kept, a little at a time."""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Final, NoReturn

from inspector.runtime.carry_on import carrying_on
from inspector.session.errors import SessionError
from inspector.session.retention import Keep, Trimmed
from inspector.session.session import Session

_log: Final = logging.getLogger(__name__)

BETWEEN_STEPS: Final = 0.02
"""Seconds. A step looks at a hundred callbacks and takes two or three milliseconds: more leave than can come."""

_IDLE: Final = 1.0
_AFTER_FAILURE: Final = 10.0


async def keep_trimmed(session: Session, keep: Callable[[], Keep], told: Callable[[Trimmed], None]) -> NoReturn:
    """Trim a session until cancelled. `keep` is asked before every step, `told` hears what was taken out."""
    reached = -1
    while True:
        pause = _IDLE
        wanted = keep()
        if not wanted.everything:
            try:
                trimmed = session.trim(wanted, time.time_ns() // 1000)
            except SessionError as error:
                _log.warning("Old callbacks stay for now: %s", error)
                pause = _AFTER_FAILURE
            else:
                if trimmed.callbacks:
                    with carrying_on("What was taken out is still shown"):
                        told(trimmed)
                if trimmed.callbacks or trimmed.reached != reached:
                    pause = BETWEEN_STEPS
                reached = trimmed.reached
        await asyncio.sleep(pause)
