"""What the user set and what the window remembers, in one JSON file. Free of Qt.

Without pydantic, which is read in here before the window is seen: that took a fifth of the time until then.
"""

import json
import logging
import math
import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

_log = logging.getLogger(__name__)
_RECENT = 10


def _whole(least: int, most: float = math.inf) -> Callable[[Any], bool]:
    return lambda value: type(value) is int and least <= value <= most


def _number(least: float, most: float = math.inf) -> Callable[[Any], bool]:
    return lambda value: type(value) in (int, float) and least <= value <= most


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _choice(value: Any) -> bool:
    return isinstance(value, bool)


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_text, value))


def _sizes(value: Any) -> bool:
    return isinstance(value, dict) and all(
        isinstance(sizes, list) and all(type(size) is int for size in sizes) for sizes in value.values()
    )


_FITS: Final[Mapping[str, Callable[[Any], bool]]] = {
    "scheme": lambda value: value in ("system", "light", "dark"),
    "host": _text,
    "port": _whole(0, 65_535),
    "listen_at_start": _choice,
    "stalled_minutes": _number(math.nextafter(0, 1), 10_000),
    "durable": _choice,
    "keep_callbacks": _whole(0),
    "keep_days": _number(0),
    "largest_body_kib": _whole(1, 1_048_576),
    "reply_rules": lambda value: isinstance(value, list),
    "forward_url": _text,
    "forward_on": _choice,
    "forward_answers": _choice,
    "forward_seconds": _number(0.1, 60),
    "notify_failed": _choice,
    "notify_stalled": _choice,
    "notify_invalid": _choice,
    "notify_codes": _text,
    "notify_filter": _text,
    "recent": _texts,
    "window_geometry": _text,
    "splitter": _text,
    "detail_sizes": _sizes,
    "message_header": _text,
    "callback_header": _text,
    "public_url": _text,
    "secret_path": lambda value: _text(value) and (not value or (value.startswith("/") and len(value) > 16)),
    "require_signature": _choice,
    "most_connections": _whole(10, 100_000),
    "most_in_flight_mib": _whole(1, 65_536),
    "simulate_url": _text,
    "simulate": lambda value: isinstance(value, dict),
    "space": _text,
    "project": _text,
    "test_from": _text,
    "test_to": _text,
    "replay_url": _text,
    "export_folder": _text,
    "redact_exports": _choice,
    "redact": _texts,
}


@dataclass
class Settings:
    """Preferences and remembered state. Setting one to what it cannot be raises a ValueError."""

    scheme: Literal["system", "light", "dark"] = "system"
    host: str = "127.0.0.1"
    port: int = 9797
    listen_at_start: bool = True
    stalled_minutes: float = 5.0
    durable: bool = False
    keep_callbacks: int = 0
    """The last so many callbacks are kept; 0: all."""
    keep_days: float = 0.0
    """Those of the last so many days are kept; 0: all."""
    largest_body_kib: int = 1024
    reply_rules: list[Any] = field(default_factory=list)
    """What callbacks are answered; each is checked where it is used, so that a damaged one costs only itself."""
    forward_url: str = ""
    forward_on: bool = False
    forward_answers: bool = False
    """Whether a sender is answered what the application answers, within `forward_seconds`."""
    forward_seconds: float = 4.0
    notify_failed: bool = False
    notify_stalled: bool = False
    notify_invalid: bool = False
    notify_codes: str = ""
    """Error codes, parted by commas or spaces."""
    notify_filter: str = ""
    recent: list[str] = field(default_factory=list)
    window_geometry: str = ""
    splitter: str = ""
    detail_sizes: dict[str, list[int]] = field(default_factory=dict)
    message_header: str = ""
    callback_header: str = ""
    public_url: str = ""
    """Where a proxy of the user's own makes the address listened at public; signatures may ask for one with a path."""
    simulate_url: str = ""
    """The user's own app, which simulated callbacks are sent to."""
    simulate: dict[str, Any] = field(default_factory=dict)
    """The last simulation that was asked for."""
    space: str = ""
    """Of SignalWire: the first part of `<space>.signalwire.com`."""
    project: str = ""
    test_from: str = ""
    test_to: str = ""
    replay_url: str = ""
    """Where callbacks were sent again last."""
    export_folder: str = ""
    """Where the last export went."""
    redact_exports: bool = False
    redact: list[str] = field(default_factory=lambda: ["numbers", "bodies", "ids", "signatures", "addresses"])
    """What a redacted export replaces; "notes" lets notes leave."""
    secret_path: str = field(default="", repr=False)
    """What the path of every request must begin with, "" for nothing. It stands in every callback captured, too."""
    require_signature: bool = False
    """Whether callbacks without a valid signature are answered 403."""
    most_connections: int = 1000
    most_in_flight_mib: int = 64
    """What all bodies may hold together until they are answered."""
    unknown: dict[str, Any] = field(default_factory=dict)
    """Settings of a newer version, which are kept."""

    @classmethod
    def from_json(cls, text: bytes) -> "tuple[Settings, list[str]]":
        """The settings, and the names of those that cannot be what they are, which are the defaults.

        Raises ValueError when the text is no settings at all.
        """
        found = json.loads(text)
        if not isinstance(found, dict):
            raise ValueError("not a JSON object")  # noqa: TRY004 - wrong content, not a wrong call
        wrong = [name for name, value in found.items() if name in _FITS and not _FITS[name](value)]
        known = {name: value for name, value in found.items() if name in _FITS and name not in wrong}
        return cls(**known, unknown={name: value for name, value in found.items() if name not in _FITS}), wrong

    def as_json(self) -> str:
        values = asdict(self)
        return json.dumps(values | values.pop("unknown"), indent=2)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in _FITS and not _FITS[name](value):
            raise ValueError(f"{name} cannot be {str(value)[:80]}")
        super().__setattr__(name, value)

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
        self.problem = ""
        """What was wrong with the file, in the user's words."""
        self.unsaved = ""
        """Why the settings could not be saved last, as above."""

    def load(self) -> Settings:
        """The settings; the defaults where there are none, or wrong ones. A damaged file is kept beside the new one.

        `problem` then says so in the user's words.
        """
        try:
            settings, wrong = Settings.from_json(self._path.read_bytes())
        except FileNotFoundError:
            return Settings()
        except (OSError, ValueError, RecursionError) as error:
            self._set_aside(f"The settings cannot be read ({type(error).__name__}), so they are the defaults again.")
            return Settings()
        if wrong:
            self._set_aside(f"Settings that cannot be so are the defaults again: {', '.join(wrong)}.")
        return settings

    def _set_aside(self, what: str) -> None:
        aside = self._path.with_suffix(".damaged.json")
        try:
            self._path.replace(aside)
        except OSError:
            self.problem = what
        else:
            self.problem = f"{what} The old file is kept as {aside.name}."
        _log.warning("%s", self.problem)

    def save(self, settings: Settings) -> None:
        """Write the settings, whole or not at all. A full disk costs the settings, nothing else."""
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(prefix=".settings.", dir=self._path.parent)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(settings.as_json())
            Path(name).replace(self._path)
        except OSError as error:
            _log.warning("The settings are not saved: %s", error)
            self.unsaved = f"The settings count until the end, and are not saved: {error.strerror or error}."
        else:
            self.unsaved = ""
