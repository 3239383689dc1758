"""A folder that is read-only for real: for root, whom no permissions bind, a file system of its own, else by mode."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


class Place:
    """A folder that can be frozen. No file in it may be open for writing then."""

    def __init__(self, folder: Path, *, mounted: bool) -> None:
        self.folder = folder
        self._mounted = mounted

    def freeze(self) -> None:
        """Let nothing be written there."""
        self._change("ro", 0o500)

    def thaw(self) -> None:
        self._change("rw", 0o700)

    def _change(self, option: str, mode: int) -> None:
        if self._mounted:
            subprocess.run(["mount", "-o", f"remount,{option}", str(self.folder)], check=True)
        else:
            self.folder.chmod(mode)


@contextmanager
def place(folder: Path) -> Iterator[Place]:
    """Make `folder`. Skips where it cannot be made read-only; with INSPECTOR_REQUIRE_READ_ONLY set that fails."""
    folder.mkdir()
    if sys.platform == "win32":
        pytest.skip("Windows has no such modes")
    if os.geteuid() != 0:
        made = Place(folder, mounted=False)
        try:
            yield made
        finally:
            made.thaw()
        return
    command = ["mount", "-t", "tmpfs", "-o", "mode=700", "none", str(folder)]
    if not shutil.which("mount") or subprocess.run(command, check=False, capture_output=True).returncode:
        if os.environ.get("INSPECTOR_REQUIRE_READ_ONLY"):
            pytest.fail("root may mount nothing here, and INSPECTOR_REQUIRE_READ_ONLY asks for a read-only folder")
        pytest.skip("no file system may be mounted here")
    try:
        yield Place(folder, mounted=True)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
