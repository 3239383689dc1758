"""Where the program keeps its files. Free of Qt."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from platformdirs import PlatformDirs


@dataclass(frozen=True, slots=True)
class Folders:
    """The user's folders for sessions, settings and logs, as the operating system has them."""

    sessions: Path
    settings: Path
    logs: Path

    @classmethod
    def of_user(cls) -> "Folders":
        dirs = PlatformDirs("callback-inspector", appauthor=False)
        return cls(dirs.user_data_path / "sessions", dirs.user_config_path, dirs.user_log_path)

    def new_session(self, now: datetime, suffix: str) -> Path:
        """A path for a new session, named after the moment; no file has it yet.

        Nor has one that was deleted while it was captured into, and left its log.
        """
        name = f"{now:%Y-%m-%d %H.%M.%S}"
        path = self.sessions / f"{name}{suffix}"
        number = 2
        while path.exists() or path.with_name(f"{path.name}-wal").exists():
            path = self.sessions / f"{name} ({number}){suffix}"
            number += 1
        return path
