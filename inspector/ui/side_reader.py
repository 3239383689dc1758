"""Reading a session beside the window: one thread with its own connection, for what would hold the loop."""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from inspector.session.reader import SessionReader
from inspector.ui.query_runner import Superseded

_T = TypeVar("_T")


class SideReader:
    """Works on one session, one piece of work after the other. Belongs to the thread of the window."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._reader: SessionReader | None = None
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="beside")
        self._closed = False

    async def ask(self, work: Callable[[SessionReader], _T]) -> _T:
        """What `work` returns, done in the other thread. Raises Superseded when the session is closed meanwhile."""
        if self._closed:
            raise Superseded
        answer = await asyncio.get_running_loop().run_in_executor(self._executor, self._work, work)
        if self._closed:
            raise Superseded
        return answer

    def close(self) -> Future[None]:
        """Stop what runs and give the connection back; does not wait. The future is done when it is given back."""
        self._closed = True
        closed = self._executor.submit(self._close_reader)
        self._executor.shutdown(wait=False)
        return closed

    # -- in the other thread ------------------------------------------------------------------

    def _work(self, work: Callable[[SessionReader], _T]) -> _T:
        if self._closed:
            raise Superseded
        if self._reader is None:
            self._reader = SessionReader(self._path)
        self._reader.stop_when(lambda: self._closed)
        try:
            return work(self._reader)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
                raise Superseded from None
            raise

    def _close_reader(self) -> None:
        if self._reader is not None:
            self._reader.close()
