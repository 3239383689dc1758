"""Filtering and sorting beside the window: one thread with its own connection, and only the newest question counts."""

import asyncio
import sqlite3
from array import array
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from inspector.session.conditions import Condition
from inspector.session.reader import SessionReader

_Answer = TypeVar("_Answer")


class Superseded(Exception):
    """A newer question was asked, or the session was closed; this one has no answer."""


class QueryRunner:
    """Asks one session. Belongs to the thread of the window; the work is done in another."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._reader: SessionReader | None = None
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="query")
        self._newest: dict[str, int] = {}
        self._closed = False

    async def message_ids(self, condition: Condition, order: str) -> "array[int]":
        """The rows of the messages that fit, in order. Raises Superseded when asked again meanwhile."""
        return await self._ask("messages", lambda reader: reader.message_ids(condition, order))

    async def callback_ids(self, condition: Condition, order: str) -> "array[int]":
        """The numbers of the callbacks that fit, in order. Raises Superseded when asked again meanwhile."""
        return await self._ask("callbacks", lambda reader: reader.callback_ids(condition, order))

    def close(self) -> Future[None]:
        """Stop what runs and give the connection back; does not wait. The future is done when it is given back."""
        self._closed = True
        if self._reader is not None:
            self._reader.interrupt()
        closed = self._executor.submit(self._close_reader)
        self._executor.shutdown(wait=False)
        return closed

    async def _ask(self, subject: str, question: Callable[[SessionReader], _Answer]) -> _Answer:
        if self._closed:
            raise Superseded
        number = self._newest[subject] = self._newest.get(subject, 0) + 1
        if self._reader is not None:
            self._reader.interrupt()

        def work() -> _Answer:
            if self._outdated(subject, number):
                raise Superseded
            if self._reader is None:
                self._reader = SessionReader(self._path)
                if self._outdated(subject, number):  # nobody could interrupt it before it was there
                    raise Superseded
            return self._uninterrupted(self._reader, subject, number, question)

        answer = await asyncio.get_running_loop().run_in_executor(self._executor, work)
        if self._outdated(subject, number):
            raise Superseded
        return answer

    def _outdated(self, subject: str, number: int) -> bool:
        return self._closed or self._newest[subject] != number

    def _uninterrupted(
        self, reader: SessionReader, subject: str, number: int, question: Callable[[SessionReader], _Answer]
    ) -> _Answer:
        while True:
            try:
                return question(reader)
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
                    raise
                if self._outdated(subject, number):
                    raise Superseded from None
                # The interruption was meant for a question about the other table: ask this one again.

    def _close_reader(self) -> None:
        if self._reader is not None:
            self._reader.close()
