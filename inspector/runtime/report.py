"""A report of what went wrong, as text that the user can read and hand on."""

import os
import platform
import sqlite3
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from inspector import __version__

_MOST_OF_LOG: Final = 16_384
"""Bytes of the end of each log."""

_PACKAGES: Final = ("PySide6-Essentials", "qasync", "aiohttp", "pydantic")


def report(log_folder: Path) -> str:
    """The versions of everything, and the ends of `inspector.log` and `crash.log`. Reads files: call it in a thread."""
    lines = [
        f"Callback Inspector {__version__}",
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {platform.platform()}",
        ", ".join(f"{name} {_version(name)}" for name in _PACKAGES),
        f"packaged: {'yes' if getattr(sys, 'frozen', False) else 'no'}",
    ]
    for name in ("inspector.log", "crash.log"):
        text = _end_of(log_folder / name)
        if text:
            lines += ["", f"-- {name} --", text]
    return "\n".join(lines)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:  # the packaged program has no metadata
        return "(packaged)"


def _end_of(path: Path) -> str:
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _MOST_OF_LOG))
            text = file.read().decode("utf-8", "replace").strip()
    except OSError:
        return ""
    home = str(Path.home())
    return text.replace(home, "~") if len(home) > 1 else text
