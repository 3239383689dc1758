"""What every test shares: no window of a test ever reaches a person's screen."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.read_only import Place, place

# Before anything imports Qt, which reads this once.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture(scope="session")
def qapp_args() -> list[str]:
    """How pytest-qt starts its application: in the style of ours."""
    from inspector.runtime.quit import IN_FUSION

    return ["pytest", *IN_FUSION]


@pytest.fixture(scope="session")
def x_display() -> Iterator[str]:
    """An X server of the tests' own, as the value for DISPLAY.

    Where Xvfb is not installed, the tests that need it are skipped; with INSPECTOR_REQUIRE_XVFB set they fail.
    """
    program = shutil.which("Xvfb")
    if program is None:
        if os.environ.get("INSPECTOR_REQUIRE_XVFB"):
            pytest.fail("Xvfb is not installed (Debian package xvfb), and INSPECTOR_REQUIRE_XVFB asks for it")
        pytest.skip("Xvfb is not installed")
    reader, writer = os.pipe()
    # The server itself finds a free display number and writes it as soon as it can be connected to.
    command = [program, "-displayfd", str(writer), "-screen", "0", "1600x1000x24", "-nolisten", "tcp", "-noreset"]
    server = subprocess.Popen(command, pass_fds=[writer], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(writer)
    try:
        with os.fdopen(reader, encoding="ascii") as displays:
            number = displays.readline().strip()
        if not number:
            pytest.fail("Xvfb ended before it could be connected to")
        yield f":{number}"
    finally:
        server.terminate()
        server.wait(timeout=10)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Place]:
    """A folder that can be made read-only."""
    with place(tmp_path / "disk") as made:
        yield made
