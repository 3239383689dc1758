"""Checkpoints: what the write-ahead log holds goes into the session file beside the capture, not in the midst of it."""

import logging
import sqlite3
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Final

_log: Final = logging.getLogger(__name__)

_COMMITS: Final = 200
"""A checkpoint is due after so many: some megabytes of log, as with SQLite's own rule of a thousand pages."""

_LONGEST_LOG: Final = 8192
"""Pages of log (32 MB) from which the writer ends it itself. Else it would never begin anew while writing goes on."""


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

    def committed(self, writer: sqlite3.Connection) -> None:
        """Called after each transaction of `writer`, outside of one."""
        self._commits += 1
        if self._running is not None:
            if not self._running.done():
                return
            self._finish(self._running, writer)
            self._running = None
        if self._commits >= _COMMITS:
            self._commits = 0
            self._running = self._executor.submit(self._checkpoint)

    def close(self) -> None:
        """Wait for the one that runs, and give the file back."""
        if self._running is not None:
            self._executor.submit(self._close_connection)
        self._executor.shutdown()

    def _finish(self, checkpoint: "Future[int]", writer: sqlite3.Connection) -> None:
        try:
            pages = checkpoint.result()
            if pages > _LONGEST_LOG:
                # Little is left to do, as nearly all was done aside; then the next commit begins the log anew.
                writer.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
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
