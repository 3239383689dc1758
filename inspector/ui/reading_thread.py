"""A thread that reads one session for the window, with a connection of its own."""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from inspector.session.errors import sqlite_code
from inspector.session.reader import SessionReader

_T = TypeVar("_T")


class Superseded(Exception):
    """A newer question was asked, or the session was closed; this one has no answer."""


class ReadingThread:
    """Does one piece of work after the other. Belongs to the thread of the window."""

    def __init__(self, path: Path, name: str) -> None:
        self._path = path
        self._reader: SessionReader | None = None
        self._executor = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._closed = False

    @property
    def closed(self) -> bool:
        """Whether nothing can be asked any more."""
        return self._closed

    async def ask(self, work: Callable[[SessionReader], _T], outdated: Callable[[], bool] = lambda: False) -> _T:
        """What `work` returns, done in the thread.

        Raises Superseded when the session is closed meanwhile or `outdated` says that the answer is not wanted any
        more: it is asked before, while and after the work is done, in both threads.
        """

        def over() -> bool:
            return self._closed or outdated()

        if over():
            raise Superseded
        answer = await asyncio.get_running_loop().run_in_executor(self._executor, self._work, work, over)
        if over():
            raise Superseded
        return answer

    def close(self) -> Future[None]:
        """Stop what runs and give the connection back; does not wait. The future is done when it is given back."""
        self._closed = True
        closed = self._executor.submit(self._close_reader)
        self._executor.shutdown(wait=False)
        return closed

    # -- in the thread ------------------------------------------------------------------------

    def _work(self, work: Callable[[SessionReader], _T], over: Callable[[], bool]) -> _T:
        if over():
            raise Superseded
        if self._reader is None:
            self._reader = SessionReader(self._path)
        self._reader.stop_when(over)
        try:
            return work(self._reader)
        except sqlite3.OperationalError as error:
            if sqlite_code(error) == sqlite3.SQLITE_INTERRUPT:
                raise Superseded from None
            raise

    def _close_reader(self) -> None:
        if self._reader is not None:
            self._reader.close()
