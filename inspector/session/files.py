"""Session files from outside: is it one, is it in use, who may write it."""

import errno
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from inspector.session.errors import (
    DAMAGE_CODES,
    PRIMARY,
    DamagedSession,
    LinkedSession,
    NewerSession,
    NotASession,
    ReadOnlySession,
    SessionError,
    SessionGone,
    SessionInUse,
    SessionLocked,
    UnreadableSession,
    is_damage,
    sqlite_code,
    unmakable,
)
from inspector.session.schema import APPLICATION_ID, VERSION

if TYPE_CHECKING:
    from filelock import FileLock

DAMAGE: Final = (sqlite3.Error, UnicodeDecodeError)
"""What reading a damaged file may raise: sqlite3 decodes texts, and its own error messages, as UTF-8."""

PATIENCE: Final = 3.0
"""Seconds to wait while another process has the file locked, where nothing else waits for it."""


def check_file(path: Path) -> None:
    """Refuse a file that is no session, or one from a newer version, before anything is written.

    Raises NotASession, NewerSession, SessionLocked or UnreadableSession.

    SQLite itself must read the header: closing any other handle of the file would drop the locks that
    this process holds on it (POSIX, fcntl), and the next process to close the file would take the log of
    a session being captured into for its own to tidy up. `immutable` takes no locks and leaves no files.
    """
    reason = _unreadable(path)
    if reason is not None:
        raise UnreadableSession(path, reason)
    try:
        try:
            application_id, version = _numbers_of(path, "mode=ro&immutable=1")
        except sqlite3.DatabaseError as error:
            if sqlite_code(error) != sqlite3.SQLITE_CORRUPT or not _has_log(path):
                raise
            # In the midst of a checkpoint, also one that was killed, the header counts pages that are in the log only.
            application_id, version = _numbers_of(path, "mode=ro")
    except sqlite3.DatabaseError as error:
        match (sqlite_code(error) or 0) & PRIMARY:
            case sqlite3.SQLITE_NOTADB:
                raise NotASession(path) from None
            case sqlite3.SQLITE_BUSY:
                raise SessionLocked(path, "opened") from None
        raise UnreadableSession(path, str(error)) from None
    if application_id != APPLICATION_ID:
        raise NotASession(path)
    if version > VERSION:
        raise NewerSession(path, version)


def _numbers_of(path: Path, options: str) -> tuple[int, int]:
    """What the header of a database says it is, and of which version. Raises sqlite3.DatabaseError."""
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?{options}", uri=True, timeout=0.0)) as connection:
        (application_id,) = connection.execute("PRAGMA application_id").fetchone()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        return application_id, version


def _has_log(path: Path) -> bool:
    """Whether a write-ahead log with something in it lies beside a file."""
    try:
        return Path(f"{path.resolve()}-wal").stat().st_size > 0
    except OSError:
        return False


def _unreadable(path: Path) -> str | None:
    """Why a file cannot be read, found out without opening it."""
    try:
        if path.is_dir():
            return os.strerror(errno.EISDIR)
        if not path.exists():
            return "there is no such file"
    except OSError as error:
        return error.strerror or str(error)
    return None if os.access(path, os.R_OK) else os.strerror(errno.EACCES)


def _lock_of(path: Path) -> Path:
    """The writer's lock of a session: one, whatever symbolic links lead to it."""
    return Path(f"{path.resolve()}.lock")


def captured_elsewhere(path: Path) -> bool:
    """Whether a process has the session open for capture."""
    from filelock import FileLock, Timeout

    beside = _lock_of(path)
    if not beside.exists():
        return False
    lock = FileLock(beside)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    except OSError as error:
        return error.errno != errno.EROFS  # left there by whoever wrote the medium
    lock.release()
    return False


def interrupted(folder: Path, known: Iterable[Path] = ()) -> list[Path]:
    """The sessions in a folder, and those of `known`, whose capture ended without closing them, newest first.

    Each is told once: the lock that was left beside it is taken away; so is a file that holds nothing yet.
    """
    from filelock import FileLock, Timeout

    left = []
    locks = {*folder.glob("*.inspector.lock"), *filter(Path.is_file, map(_lock_of, known))}
    for beside in locks:
        lock = FileLock(beside)
        try:
            lock.acquire(timeout=0)
        except (Timeout, OSError):
            continue
        path = beside.with_suffix("")
        if _holds_something(path):
            left.append(path)
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        lock.release()
    return sorted(left, key=lambda path: path.stat().st_mtime, reverse=True)


def _holds_something(path: Path) -> bool:
    """Whether a session that nobody has open is worth telling of. One in which the program died before the first
    table was made is taken away."""
    try:
        check_file(path)
        connect_to_read(path, 0.0).close()  # rolls back what was half written
    except (DamagedSession, SessionLocked):
        return True
    except SessionError:
        with suppress(OSError):
            if path.is_file() and not path.stat().st_size:
                path.unlink()
        return False
    return True


class Place:
    """Where a session's files are: whether the paths still name the files that were opened.

    SQLite goes on writing into a file that was deleted or moved, and notices so only without a write-ahead log
    (its own test, SQLITE_FCNTL_HAS_MOVED, compares the numbers of the files as this one does). Made while the
    session is open, so that its log exists. Two calls of `stat`: three microseconds.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        real = path.resolve()  # SQLite too puts the log beside the file itself, not beside a link to it
        self._names = (str(real), f"{real}-wal")
        self._numbers = self._look()

    def check(self) -> None:
        """Raises SessionGone when something else, or nothing, is there now."""
        if self._look() != self._numbers:
            raise SessionGone(self._path)

    def _look(self) -> tuple[int, int]:
        file, log = self._names
        try:
            return os.stat(file).st_ino, os.stat(log).st_ino  # noqa: PTH116 - a Path costs as much as both
        except OSError:
            return 0, 0


@contextmanager
def removed_on_failure(path: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        path.unlink(missing_ok=True)
        raise


@contextmanager
def opening(path: Path, patience: float = PATIENCE) -> Iterator[tuple[sqlite3.Connection, "FileLock"]]:
    """A connection and the writer's lock, both given back when the opening fails.

    Both may go to another thread than the one that opens: where the file is large or locked, that is not the loop's.
    """
    from filelock import FileLock, Timeout

    if path.stat().st_nlink > 1:
        raise LinkedSession(path)
    lock = FileLock(_lock_of(path), mode=0o600, thread_local=False)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise SessionInUse(path) from None
    except OSError as error:
        raise unmakable(path, error) from None
    connection = None
    try:
        connection = sqlite3.connect(
            path, timeout=patience, isolation_level=None, cached_statements=256, check_same_thread=False
        )
        yield connection, lock
    except BaseException as error:
        if connection is not None:
            connection.close()
        lock.release()
        if isinstance(error, sqlite3.Error):
            match (sqlite_code(error) or 0) & PRIMARY:
                case sqlite3.SQLITE_BUSY:
                    raise SessionLocked(path, "opened") from None
                case sqlite3.SQLITE_READONLY:
                    raise ReadOnlySession(path, str(error)) from None
                case code if code in DAMAGE_CODES:
                    raise DamagedSession(path, str(error), at_all=False) from None
            raise UnreadableSession(path, str(error)) from None
        raise


_READ_ONLY_MEDIUM: Final = "mode=ro&vfs=unix-none"
"""With exclusive locking, which `unix-none` grants to everyone, SQLite keeps the log's index in memory."""


def _has_log_that_stays(path: Path) -> bool:
    """Whether a write-ahead log lies beside a session where nobody can write: `immutable` would not read it.

    In it are the newest callbacks of a capture that did not end in order, or of a copy of both files.
    """
    return os.name == "posix" and _has_log(path) and not os.access(path.parent, os.W_OK)


def connect_to_read(path: Path, patience: float = PATIENCE) -> sqlite3.Connection:
    """A connection that only reads. Raises UnreadableSession, SessionLocked after `patience` seconds."""
    address = path.resolve().as_uri()
    # A session on a read-only medium has no room for WAL's side files; nobody can be writing it either.
    # Elsewhere the last one to close the file tidies them up, which takes the right to write, though none is written.
    for options in ("mode=rw", "mode=ro", _READ_ONLY_MEDIUM if _has_log_that_stays(path) else "mode=ro&immutable=1"):
        connection = sqlite3.connect(
            f"{address}?{options}", uri=True, isolation_level=None, check_same_thread=False, cached_statements=256
        )
        try:
            if options is _READ_ONLY_MEDIUM:
                connection.execute("PRAGMA locking_mode = EXCLUSIVE").fetchone()
            connection.execute(f"PRAGMA busy_timeout = {round(patience * 1000)}")
            connection.execute("PRAGMA trusted_schema = OFF")
            # Version 0.1.0 did not make it; what asks about marks then finds none.
            if connection.execute("SELECT 1 FROM main.sqlite_schema WHERE name = 'marks'").fetchone() is None:
                connection.execute("CREATE TEMP TABLE marks (message INTEGER PRIMARY KEY, colour TEXT, note TEXT)")
            connection.execute("PRAGMA query_only = ON")
            if connection.execute("SELECT value FROM session WHERE key = 'generation'").fetchone() is None:
                connection.close()
                raise NotASession(path)
            return connection
        except sqlite3.OperationalError as error:
            connection.close()
            reason = str(error)
            if (sqlite_code(error) or 0) & PRIMARY == sqlite3.SQLITE_BUSY:
                raise SessionLocked(path, "opened") from None
        except DAMAGE as error:
            connection.close()
            if is_damage(error):
                raise DamagedSession(path, str(error), at_all=True) from None
            raise UnreadableSession(path, str(error)) from None
    raise UnreadableSession(path, reason)
