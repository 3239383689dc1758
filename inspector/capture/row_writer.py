"""What forwarding, or sending again, came to, on its way into the session: many rows in one transaction."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final, Generic, TypeVar

from inspector.capture.recorder import PATIENCE
from inspector.session.errors import SessionError, SessionLocked

_Row = TypeVar("_Row")

_PAUSE: Final = 0.05
_MOST: Final = 64
"""Rows, each with an answer of up to 64 KiB, that wait at most."""

_TRY_AGAIN: Final = 0.25
"""Seconds until the next attempt while another program has the file locked."""

_MOST_LOCKED: Final = 512
"""Rows that wait at most for the lock to end."""


class RowWriter(Generic[_Row]):
    """Hands rows on in groups: one that comes alone in the next turn of the loop, many at most every 50 ms.

    `write` may raise SessionError. While another program has the file locked, rows wait; of those that are given up
    `on_failure` is told. `on_written` hears of the rows that were written.
    """

    def __init__(
        self,
        write: Callable[[Sequence[_Row]], None],
        *,
        on_written: Callable[[Sequence[_Row]], None] = lambda _: None,
        on_failure: Callable[[SessionError], None] = lambda _: None,
    ) -> None:
        self._write = write
        self._on_written = on_written
        self._on_failure = on_failure
        self._pending: list[_Row] = []
        self._timer: asyncio.TimerHandle | None = None
        self._written_at = -_PAUSE
        self._locked: SessionLocked | None = None

    @property
    def waits(self) -> bool:
        """Whether rows wait, as another program has the file locked."""
        return self._locked is not None

    def add(self, row: _Row) -> None:
        """Take a row; it is written soon."""
        self._pending.append(row)
        if self._locked is not None:
            if len(self._pending) > _MOST_LOCKED:
                self._give_up(self._locked)
        elif len(self._pending) >= _MOST:
            self.flush()
        elif self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_at(max(loop.time(), self._written_at + _PAUSE), self.flush)

    def flush(self) -> None:
        """Write what waits, now."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self._pending:
            return
        rows, self._pending = self._pending, []
        loop = asyncio.get_running_loop()
        self._written_at = loop.time()
        try:
            self._write(rows)
        except SessionLocked as error:
            self._pending, self._locked = rows, error
            self._timer = loop.call_later(_TRY_AGAIN, self.flush)
        except SessionError as error:
            self._locked = None
            self._on_failure(error)
        else:
            self._locked = None
            self._on_written(rows)

    async def close(self, seconds: float = PATIENCE) -> None:
        """Write what is left; while the file is locked, wait so long for it."""
        end = asyncio.get_running_loop().time() + seconds
        self.flush()
        while self._locked is not None and asyncio.get_running_loop().time() < end:
            await asyncio.sleep(_TRY_AGAIN)
            self.flush()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._locked is not None:
            self._give_up(self._locked)

    def _give_up(self, error: SessionError) -> None:
        self._pending.clear()
        self._on_failure(error)
