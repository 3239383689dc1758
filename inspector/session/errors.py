"""What can go wrong with a session file, in the user's words."""

import sqlite3
from pathlib import Path


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
