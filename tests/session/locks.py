"""Another program that has a session locked: a process of its own, as its locks would be ours in this one."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
for statement in sys.argv[2:]:
    connection.execute(statement).fetchall()
print("locked", flush=True)
sys.stdin.read()
"""

WRITING = ("BEGIN EXCLUSIVE",)
"""Nobody else can write."""

EVERYTHING = ("PRAGMA locking_mode = EXCLUSIVE", "BEGIN EXCLUSIVE", "DELETE FROM callbacks")
"""Nobody else can read either. Only where no other has the file open."""


class Lock:
    """The lock; ended by `release`."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process

    def release(self) -> None:
        self._process.kill()
        self._process.wait(timeout=30)


@contextmanager
def locked(path: Path, statements: tuple[str, ...] = WRITING) -> Iterator[Lock]:
    """A session locked by another process, until released or the end of the block."""
    command = [sys.executable, "-c", _HOLD, str(path), *statements]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"locked\n"
        lock = Lock(process)
        try:
            yield lock
        finally:
            lock.release()
