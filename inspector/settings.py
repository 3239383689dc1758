"""What the user set and what the window remembers, in one JSON file. Free of Qt."""

import logging
import os
import tempfile
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

_log = logging.getLogger(__name__)
_RECENT = 10


class Settings(BaseModel):
    """Preferences and remembered state. Unknown fields (of a newer version) are kept."""

    model_config = ConfigDict(extra="allow", validate_assignment=True)

    scheme: Literal["system", "light", "dark"] = "system"
    host: str = "127.0.0.1"
    port: int = Field(default=9797, ge=0, le=65_535)
    listen_at_start: bool = True
    stalled_minutes: float = Field(default=5.0, gt=0, le=10_000)
    durable: bool = False
    keep_callbacks: int = Field(default=0, ge=0)
    """The last so many callbacks are kept; 0: all."""
    keep_days: float = Field(default=0.0, ge=0)
    """Those of the last so many days are kept; 0: all."""
    largest_body_kib: int = Field(default=1024, ge=1, le=1_048_576)
    recent: list[str] = []
    window_geometry: str = ""
    splitter: str = ""
    detail_sizes: dict[str, list[int]] = {}
    message_header: str = ""
    callback_header: str = ""

    def remember(self, path: Path) -> None:
        """Put a session at the head of the recent ones."""
        text = str(path)
        self.recent = [text, *(one for one in self.recent if one != text)][:_RECENT]

    def forget(self, path: Path) -> None:
        """Take a session out of the recent ones."""
        self.recent = [one for one in self.recent if one != str(path)]


class SettingsFile:
    """Where the settings are kept."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "settings.json"

    def load(self) -> Settings:
        """The settings; the defaults where there are none. A damaged file is set aside, not overwritten."""
        try:
            return Settings.model_validate_json(self._path.read_bytes())
        except FileNotFoundError:
            return Settings()
        except (OSError, ValidationError, ValueError) as error:
            _log.warning("The settings are not read: %s", error)
            try:
                self._path.replace(self._path.with_suffix(".damaged.json"))
            except OSError:
                _log.warning("The damaged settings stay where they are.")
            return Settings()

    def save(self, settings: Settings) -> None:
        """Write the settings, whole or not at all. A full disk costs the settings, nothing else."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(prefix=".settings.", dir=self._path.parent)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(settings.model_dump_json(indent=2))
            Path(name).replace(self._path)
        except OSError as error:
            _log.warning("The settings are not saved: %s", error)
