"""The program as its user starts it, on a real X server, driven by the keyboard alone."""

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path

import pytest

from inspector.session.errors import SessionError
from inspector.session.reader import SessionReader
from tests.factories import make_payload

pytestmark = pytest.mark.xvfb


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _until(process: subprocess.Popen[str], condition: Callable[[], object], what: str) -> None:
    """Wait for something that the program does; fail at once when it ends instead."""
    for _ in range(600):
        if condition():
            return
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.05)
        assert process.returncode is None, f"the program ended: {process.communicate()}"
    pytest.fail(f"{what} did not come")


def _post(port: int, **changes: object) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        body = json.dumps(make_payload(**changes))
        connection.request("POST", "/rest", body, {"Content-Type": "application/json"})
        return connection.getresponse().status
    finally:
        connection.close()


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True


class _Keyboard:
    def __init__(self, environment: dict[str, str]) -> None:
        program = shutil.which("xdotool")
        if program is None:
            if os.environ.get("INSPECTOR_REQUIRE_XVFB"):
                pytest.fail("xdotool is not installed (Debian package xdotool)")
            pytest.skip("xdotool is not installed")
        self._program = program
        self._environment = environment

    def _run(self, *words: str) -> str:
        done = subprocess.run(
            [self._program, *words], env=self._environment, capture_output=True, text=True, check=False
        )
        return done.stdout.strip()

    def focus(self, title: str = "— Callback Inspector$") -> None:
        """Give the focus to a window, as a window manager would; there is none here."""
        # A search can come upon a window that is just going away, and then finds none at all.
        for _ in range(20):
            windows = self._run("search", "--sync", "--onlyvisible", "--name", title).splitlines()
            if windows:
                self._run("windowfocus", "--sync", windows[-1])
                return
        pytest.fail(f"no window {title}")

    def press(self, *keys: str) -> None:
        for key in keys:
            self._run("key", key)

    def write(self, text: str) -> None:
        self._run("type", "--delay", "20", text)


@contextmanager
def _program(environment: dict[str, str], *arguments: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "inspector", *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def environment(x_display: str, tmp_path: Path) -> dict[str, str]:
    changed = {
        "DISPLAY": x_display,
        "QT_QPA_PLATFORM": "xcb",
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "XDG_STATE_HOME": str(tmp_path / "state"),
    }
    return {**os.environ, **changed}


def _statuses(path: Path) -> list[str | None]:
    try:
        with SessionReader(path) as reader:
            return [message.status for message in reader.messages()]
    except SessionError:
        return []


def test_a_session_by_keyboard_alone(environment: dict[str, str], tmp_path: Path) -> None:
    session, port, out = tmp_path / "s.inspector", _free_port(), tmp_path / "out.csv"
    keyboard = _Keyboard(environment)
    with _program(environment, "--port", str(port), str(session)) as process:
        _until(process, lambda: _listens(port), "the port")
        assert _post(port, id="one", status="failed", error_code="30003") == 200
        assert _post(port, id="two", status="sent") == 200
        keyboard.focus()
        keyboard.press("ctrl+t")  # a sample, sent by the program to itself
        _until(process, lambda: _statuses(session) == ["failed", "sent", "delivered"], "the sample's life")
        keyboard.press("ctrl+f")
        keyboard.write("error:30003")
        keyboard.press("Return", "ctrl+shift+e")
        keyboard.focus("Export")
        keyboard.press("Return")  # as it is, to a file
        keyboard.focus("^Export to")
        keyboard.press("ctrl+a")
        keyboard.write(str(out))
        keyboard.press("Return")
        _until(process, out.exists, "the export")
        keyboard.focus()
        keyboard.press("ctrl+q")
        stdout, stderr = process.communicate(timeout=30)
    assert process.returncode == 0
    assert (stdout, stderr) == ("", "")
    lines = out.read_text(encoding="utf-8").splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("one,")


def test_the_demo_plays_into_the_window(environment: dict[str, str], tmp_path: Path) -> None:
    session = tmp_path / "demo.inspector"
    with _program(environment, "--port", "0", "--demo", str(session)) as process:
        _until(process, lambda: len(_statuses(session)) >= 3, "simulated messages")
        process.terminate()
        stdout, stderr = process.communicate(timeout=30)
    assert process.returncode == 0
    assert (stdout, stderr) == ("", "")
