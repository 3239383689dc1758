"""What can go wrong with a session file, in the user's words."""

import errno
import sqlite3
from pathlib import Path
from typing import Final

PRIMARY: Final = 0xFF
"""The part of an extended result code that says what kind of error it is (sqlite.org/rescode.html)."""


def sqlite_code(error: sqlite3.Error) -> int | None:
    """SQLite's own number of an error; None for those that Python made itself, such as of a text that is no UTF-8."""
    return getattr(error, "sqlite_errorcode", None)


class SessionError(Exception):
    """A session cannot be opened or written; the text says why and what to do next."""


class NotASession(SessionError):
    def __init__(self, path: Path) -> None:
        super().__init__(f"{path.name} is not a session of Callback Inspector. It was left as it is.")


class NewerSession(SessionError):
    def __init__(self, path: Path, version: int) -> None:
        super().__init__(
            f"{path.name} was made by a newer version of Callback Inspector (file version {version}). "
            "Install the newer version to open it. It was left as it is."
        )


class SessionInUse(SessionError):
    def __init__(self, path: Path) -> None:
        super().__init__(f"Another process is capturing into {path.name}. Open it without listening, or stop that one.")


class UnreadableSession(SessionError):
    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path.name} cannot be opened: {reason}.")


class NotForCapture(UnreadableSession):
    """It cannot be captured into as it lies there; it may still be read."""


class ReadOnlySession(NotForCapture):
    """Nothing can be written there."""

    def __init__(self, path: Path, reason: str) -> None:
        SessionError.__init__(
            self,
            f"{path.name} cannot be captured into: it, or its folder {path.parent}, is read-only ({reason}). "
            "Make both writable, or choose another place.",
        )


class LinkedSession(NotForCapture):
    """The file has two names. SQLite names its log after the one that it was given, and cannot know of the other
    (sqlite.org/howtocorrupt.html, 2.4)."""

    def __init__(self, path: Path) -> None:
        SessionError.__init__(
            self,
            f"{path.name} has a second name on this disk (a hard link), and capturing under one of them could damage "
            "it. Make a copy and open that.",
        )


class DamagedSession(NotForCapture):
    """The disk, or something else than SQLite, changed the file. `at_all`: not even its beginning can be read."""

    def __init__(self, path: Path, reason: str, *, at_all: bool) -> None:
        what = "opened" if at_all else "captured into"
        remedy = "Go back to a copy of it." if at_all else "Export what is left of it, and begin a new session."
        text = f"{path.name} cannot be {what}: it is damaged ({reason}). It was left as it is. {remedy}"
        SessionError.__init__(self, text)


class SessionLocked(SessionError):
    """Another program holds the file's lock; it may be gone in a moment."""

    def __init__(self, path: Path, what: str = "written") -> None:
        super().__init__(f"{path.name} cannot be {what}: another program has it locked. Close that program.")


class SessionGone(SessionError):
    """What stands at the session's place is not the file that is open: writing on would be into nowhere."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path.name} was moved or deleted. Put it back or begin a new one.")


_READ_ONLY: Final = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})


def unmakable(path: Path, error: OSError) -> UnreadableSession:
    """Why a session, or what belongs beside it, could not be made, from the system's own reason."""
    reason = error.strerror or str(error)
    return ReadOnlySession(path, reason) if error.errno in _READ_ONLY else UnreadableSession(path, reason)


DAMAGE_CODES: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


def is_damage(error: Exception) -> bool:
    """Whether an error of reading says that the file is damaged: texts that are no UTF-8 are so too."""
    if isinstance(error, sqlite3.Error):
        code = sqlite_code(error)
        return code is None or code & PRIMARY in DAMAGE_CODES
    return isinstance(error, UnicodeDecodeError)


def partly_unreadable(path: Path, error: Exception) -> str:
    """What to do with a session that is open, and of which part cannot be read."""
    why = "it is damaged" if is_damage(error) else "the file cannot be read"
    return (
        f"Part of {path.name} cannot be read: {why} ({error}). What can be read is shown, and the rows that cannot are "
        "empty. Export what is left, or go back to a copy of the file."
    )


def unwritable(path: Path, error: sqlite3.Error) -> SessionError:
    """Why a session could not be written, from SQLite's own reason."""
    match (sqlite_code(error) or 0) & PRIMARY:
        case sqlite3.SQLITE_BUSY:
            return SessionLocked(path)
        case sqlite3.SQLITE_FULL:
            reason = "the disk is full. Free some space"
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            reason = "it is damaged. Begin a new session"
        case sqlite3.SQLITE_READONLY:
            reason = "it is read-only. Make the file and its folder writable"
        case sqlite3.SQLITE_IOERR:
            reason = f"the disk reports an error ({error})"
        case _:
            reason = str(error)
    return SessionError(f"{path.name} cannot be written: {reason}.")
