"""Checkpoints: what the write-ahead log holds goes into the session file beside the capture, not in the midst of it."""

import logging
import sqlite3
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Final

_log: Final = logging.getLogger(__name__)

_COMMITS: Final = 200
_CHANGES: Final = 1500
"""A checkpoint is due after so many transactions, or so many rows changed: some megabytes of log, as with SQLite's own
rule of a thousand pages."""

_LONGEST_LOG: Final = 8192
_LITTLE: Final = 20
"""Pages of log (32 MB) from which the writer ends it itself, as else it would never begin anew while writing goes on:
once no more than a few transactions came while a checkpoint ran, so that there is little left to do."""


class Checkpointer:
    """Runs checkpoints in a thread with its own connection.

    SQLite's automatic ones wait for the disk inside a commit: 6 to 8 milliseconds twice a second under
    load, in which nobody is answered and nothing is painted. Aside, a commit stays under one.
    Belongs to the thread that writes the session.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="checkpoint")
        self._connection: sqlite3.Connection | None = None
        self._running: Future[int] | None = None
        self._commits = 0
        self._changes = 0
        self._used = False

    def committed(self, writer: sqlite3.Connection) -> None:
        """Called after each transaction of `writer`, outside of one."""
        self._commits += 1
        if self._running is not None:
            if not self._running.done():
                return
            self._finish(self._running, writer)
        changes = writer.total_changes
        if self._commits >= _COMMITS or changes - self._changes >= _CHANGES:
            self._begin(changes)

    def _begin(self, changes: int) -> None:
        self._used = True
        self._commits, self._changes = 0, changes
        self._running = self._executor.submit(self._checkpoint)

    def close(self) -> None:
        """Wait for the one that runs, and give the file back."""
        if self._used:
            self._executor.submit(self._close_connection)
        self._executor.shutdown()

    def _finish(self, checkpoint: "Future[int]", writer: sqlite3.Connection) -> None:
        self._running = None
        try:
            pages = checkpoint.result()
            if pages > _LONGEST_LOG and self._commits <= _LITTLE:
                writer.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
            elif pages > _LONGEST_LOG:
                self._begin(writer.total_changes)  # the next one has less to do
        except sqlite3.Error as error:
            # The log grows instead. Nothing is lost, and the next attempt may do better.
            _log.warning("No checkpoint: %s", error)

    def _checkpoint(self) -> int:
        """In the thread: returns the pages in the log."""
        if self._connection is None:
            self._connection = sqlite3.connect(self._path, isolation_level=None)
        _, pages, _ = self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        return int(pages)

    def _close_connection(self) -> None:
        if self._connection is not None:
            self._connection.close()
