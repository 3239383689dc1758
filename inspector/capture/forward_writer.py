"""What forwarding came to, on its way into the session: many rows in one transaction."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from inspector.session.errors import SessionError
from inspector.session.records import ForwardRow

_PAUSE: Final = 0.05
_MOST: Final = 64
"""Rows, each with an answer of up to 64 KiB, that wait at most."""


class ForwardWriter:
    """Hands rows on in groups: one that comes alone in the next turn of the loop, many at most every 50 ms.

    `write` may raise SessionError; `on_failure` is told. `on_written` hears of the rows that were written.
    """

    def __init__(
        self,
        write: Callable[[Sequence[ForwardRow]], None],
        *,
        on_written: Callable[[Sequence[ForwardRow]], None] = lambda _: None,
        on_failure: Callable[[SessionError], None] = lambda _: None,
    ) -> None:
        self._write = write
        self._on_written = on_written
        self._on_failure = on_failure
        self._pending: list[ForwardRow] = []
        self._timer: asyncio.TimerHandle | None = None
        self._written_at = -_PAUSE

    def add(self, row: ForwardRow) -> None:
        """Take a row; it is written soon."""
        self._pending.append(row)
        if len(self._pending) >= _MOST:
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
        self._written_at = asyncio.get_running_loop().time()
        try:
            self._write(rows)
        except SessionError as error:
            self._on_failure(error)
        else:
            self._on_written(rows)
