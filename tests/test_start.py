"""What is done before the window is seen first. Without a stopwatch: what is not loaded takes no time."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]

UNTIL_SEEN = """
import asyncio, gc, json, os, sys
from inspector.cli.main import main

async def told(work):  # what is heavy begins with a thread of its own
    from PySide6 import QtCore, QtWidgets
    classes = [name for module in (QtCore, QtWidgets) for name in vars(module) if name.startswith("Q")]
    sources = [name for name, module in sys.modules.items() if str(getattr(module, "__file__", "")).endswith(".py")]
    found = {"modules": list(sys.modules), "sources": sources, "classes": classes, "collecting": gc.isenabled()}
    print(json.dumps({**found, "work": work.__name__}), flush=True)
    os._exit(0)

asyncio.to_thread = told
main(["--port", "0"])
"""


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What there is in the interpreter when the window is seen first."""
    home = str(tmp_path_factory.mktemp("home"))
    folders = {f"XDG_{kind}_HOME": home for kind in ("DATA", "CONFIG", "STATE", "CACHE")}
    environment = {**os.environ, **folders, "HOME": home, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", UNTIL_SEEN]
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert run.stdout, run.stderr
    found: dict[str, Any] = json.loads(run.stdout)
    assert found["work"] == "import_the_rest"
    return found


def test_the_window_is_seen_before_anything_is_loaded_that_only_listening_needs(seen: dict[str, Any]) -> None:
    banned = ("aiohttp", "filelock", "inspector.capture", "inspector.session.session", "inspector.session.exchange")
    judging = [f"inspector.callbacks.{name}" for name in ("payload", "facts", "judgement", "lifecycle")]

    assert [name for name in seen["modules"] if name.startswith((*banned, *judging))] == []


def test_the_window_is_seen_before_anything_is_loaded_that_is_shown_later(seen: dict[str, Any]) -> None:
    later = ("inspector.runtime.dialogs", "inspector.ui.dialogs", "inspector.ui.progress", "inspector.ui.detail.view")

    assert [name for name in seen["modules"] if name.startswith((*later, "difflib", "html"))] == []


def test_what_needs_no_qt_is_loaded_before_qt(seen: dict[str, Any]) -> None:
    """PySide6 reads the source of whatever is loaded after it."""
    after_qt = seen["modules"][seen["modules"].index("PySide6") :]
    brought_by_qt = ("PySide6", "shibokensupport", "inspector", "qasync")
    read = set(after_qt) & set(seen["sources"])

    assert [name for name in after_qt if name in read and not name.startswith(brought_by_qt)] == []


def test_no_class_of_qt_is_set_up_that_the_first_paint_does_without(seen: dict[str, Any]) -> None:
    """Most of them come at once where PySide6 has to find out which one a widget is that Qt made."""
    banned = {"QStyle", "QDialog", "QFileDialog", "QMessageBox", "QWizard", "QTreeView", "QPlainTextEdit", "QTabWidget"}

    assert "QTableView" in seen["classes"]
    assert banned & set(seen["classes"]) == set()


def test_no_garbage_is_collected_before_the_window_is_seen(seen: dict[str, Any]) -> None:
    assert seen["collecting"] is False
