"""Session files from outside: is it one, is it in use, who may write it."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from inspector.session.errors import NewerSession, NotASession, SessionInUse, UnreadableSession
from inspector.session.schema import APPLICATION_ID, VERSION


def check_file(path: Path) -> None:
    """Refuse a file that is no session, or one from a newer version, by its first bytes.

    The file is read, not opened as a database, so that it stays untouched. The offsets are those of
    the SQLite file format, section 1.3. Raises NotASession, NewerSession or UnreadableSession.
    """
    try:
        with path.open("rb") as file:
            header = file.read(100)
    except FileNotFoundError:
        raise UnreadableSession(path, "there is no such file") from None
    except OSError as error:
        raise UnreadableSession(path, error.strerror or str(error)) from None
    if not header.startswith(b"SQLite format 3\0") or int.from_bytes(header[68:72], "big") != APPLICATION_ID:
        raise NotASession(path)
    version = int.from_bytes(header[60:64], "big")
    if version > VERSION:
        raise NewerSession(path, version)


def captured_elsewhere(path: Path) -> bool:
    """Whether a process has the session open for capture."""
    beside = Path(f"{path}.lock")
    if not beside.exists():
        return False
    lock = FileLock(beside)
    try:
        lock.acquire(timeout=0)
    except (Timeout, OSError):
        return True
    lock.release()
    return False


@contextmanager
def removed_on_failure(path: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        path.unlink(missing_ok=True)
        raise


@contextmanager
def opening(path: Path) -> Iterator[tuple[sqlite3.Connection, FileLock]]:
    """A connection and the writer's lock, both given back when the opening fails."""
    lock = FileLock(f"{path}.lock", mode=0o600)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise SessionInUse(path) from None
    except OSError as error:
        raise UnreadableSession(path, error.strerror or str(error)) from None
    connection = None
    try:
        connection = sqlite3.connect(path, isolation_level=None, cached_statements=256)
        yield connection, lock
    except BaseException as error:
        if connection is not None:
            connection.close()
        lock.release()
        if isinstance(error, sqlite3.Error):
            raise UnreadableSession(path, str(error)) from None
        raise
