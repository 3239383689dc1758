"""A signing key that is being looked for: the keyring takes its time, and may ask the user first."""

import asyncio
from typing import Final

PATIENCE: Final = 4.0
"""Seconds. A sender waits 5 for its answer, so that whoever comes first still gets one."""


class KeyToCome:
    """Signed callbacks wait for it, all of them together no longer than `seconds` from now. Belongs to one loop."""

    def __init__(self, seconds: float = PATIENCE) -> None:
        loop = asyncio.get_running_loop()
        self._loop = loop
        self._until = loop.time() + seconds
        self.known: asyncio.Future[None] = loop.create_future()
        """Done when there is a key, or it is known that there is none."""

    @property
    def seconds_left(self) -> float:
        """How long it is still worth waiting."""
        return max(0.0, self._until - self._loop.time())

    def end(self) -> None:
        """The capture has what was found: judge by it."""
        if not self.known.done():
            self.known.set_result(None)
