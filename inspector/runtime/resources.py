"""Where the files in `resources/` are: in a packaged program, in an installed wheel, or in a source checkout."""

import sys
from collections.abc import Iterator
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]


def resource_path(name: str) -> Path:
    """The file `name` of `resources/`; raises FileNotFoundError, in plain words, when it is missing."""
    for folder in _resource_folders():
        path = folder / name
        if path.exists():
            return path
    raise FileNotFoundError(f"A file of this program is missing: {name}. Please install the program again.")


def read_text(name: str) -> str:
    """The text of a file of `resources/`."""
    return resource_path(name).read_text(encoding="utf-8")


def _resource_folders() -> Iterator[Path]:
    bundle = getattr(sys, "_MEIPASS", None)  # set by PyInstaller in a packaged program
    if bundle is not None:
        yield Path(bundle) / "resources"
    yield _PACKAGE / "resources"
    yield _PACKAGE.parent / "resources"
