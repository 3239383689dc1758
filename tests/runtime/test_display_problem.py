import builtins
import contextlib
import ctypes
import os
import socket
import sys
from pathlib import Path
from typing import Any

import pytest

from inspector.runtime import display
from inspector.runtime.display import display_problem

pytestmark = pytest.mark.skipif(
    os.name != "posix" or sys.platform == "darwin", reason="only here can a display be missing"
)


@pytest.fixture(autouse=True)
def _no_display(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def _no_plugin_check(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(display, "_plugin_problem", lambda _file_name: None)


def _only_line(problem: str | None) -> str:
    assert problem is not None
    assert "\n" not in problem
    assert problem.endswith("inspector listen")
    return problem


def test_no_display_at_all() -> None:
    assert "neither DISPLAY nor WAYLAND_DISPLAY is set" in _only_line(display_problem())


@pytest.mark.parametrize("platform", ["offscreen", "minimal", "vnc:size=800x600", "xcb;offscreen"])
def test_a_platform_without_display_is_fine(monkeypatch: pytest.MonkeyPatch, platform: str) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", platform)
    assert display_problem() is None


def test_a_library_that_qt_itself_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "libEGL.so.1: cannot open shared object file: No such file or directory"
    real = builtins.__import__

    def fail(name: str, *rest: Any) -> Any:
        if name == "PySide6.QtGui":
            raise ImportError(text)
        return real(name, *rest)

    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.setattr(builtins, "__import__", fail)
    problem = _only_line(display_problem())
    assert "libEGL.so.1 is missing" in problem
    assert "apt install libegl1." in problem


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "libxcb-cursor.so.0: cannot open shared object file: No such file or directory",
            ["apt install libxcb-cursor0"],
        ),
        ("libodd.so.3: cannot open shared object file: No such file or directory", ["libodd.so.3", "install it"]),
        ("/lib/libQt6Gui.so.6: undefined symbol: _Zabc", ["cannot be loaded", "undefined symbol"]),
    ],
)
def test_a_library_that_the_x11_plugin_needs(monkeypatch: pytest.MonkeyPatch, text: str, parts: list[str]) -> None:
    real = ctypes.CDLL

    def fail(name: str, *rest: Any) -> Any:
        if name.endswith("libqxcb.so"):
            raise OSError(text)
        return real(name, *rest)

    monkeypatch.setenv("DISPLAY", ":1")
    monkeypatch.setattr(ctypes, "CDLL", fail)
    problem = _only_line(display_problem())
    assert all(part in problem for part in parts)


@pytest.mark.usefixtures("_no_plugin_check")
def test_an_x_display_that_nobody_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":64999")
    assert "“:64999” does not answer" in _only_line(display_problem())


@pytest.mark.usefixtures("_no_plugin_check")
def test_x11_chosen_without_a_display(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")
    assert "DISPLAY is not set" in _only_line(display_problem())


@pytest.mark.usefixtures("_no_plugin_check")
def test_a_wayland_display_that_nobody_serves(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-7")
    assert "“wayland-7” does not answer" in _only_line(display_problem())


@pytest.mark.usefixtures("_no_plugin_check")
def test_a_wayland_display_that_answers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-7")
    with contextlib.closing(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)) as server:
        server.bind(str(tmp_path / "wayland-7"))
        server.listen()
        assert display_problem() is None


@pytest.mark.xvfb
def test_an_x_display_that_answers(monkeypatch: pytest.MonkeyPatch, x_display: str) -> None:
    monkeypatch.setenv("DISPLAY", x_display)
    assert display_problem() is None
    # Qt falls back to it from a Wayland display that does not answer.
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-7")
    assert display_problem() is None
