"""When something breaks: the report, and what a run that died left behind."""

import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox, QPushButton

from inspector.runtime.folders import Folders
from inspector.session.session import Session
from inspector.settings import SettingsFile
from inspector.ui.dialogs.trouble import TroubleDialog
from tests.cli.program import Program
from tests.factories import STARTED, make_callback
from tests.ui.conftest import Run, StartProgram, until


def test_an_unexpected_error_is_reported_while_the_capture_goes_on(
    run: Run, started: StartProgram, folders: Folders
) -> None:
    folders.logs.mkdir(parents=True)
    (folders.logs / "inspector.log").write_text("ERROR it broke <b>here</b>")

    async def scenario() -> None:
        async with started() as app:
            app.window.show_error("ZeroDivisionError: a number")
            dialog = await app.dialog(TroubleDialog)
            assert "it broke <b>here</b>" in dialog.report
            assert "Callback Inspector" in dialog.report
            copy = next(button for button in dialog.findChildren(QPushButton) if button.text() == "Copy the report")
            copy.click()
            assert QGuiApplication.clipboard().text() == dialog.report
            await app.post()
            await app.rows(1)
            dialog.close()
            (folders.logs / "inspector.log").write_text("ERROR again")
            app.trigger("report")
            await until(lambda: dialog.isVisible() and "again" in dialog.report)
            dialog.close()

    run(scenario())


def test_a_session_of_a_run_that_died_is_offered(run: Run, started: StartProgram, folders: Folders) -> None:
    folders.sessions.mkdir(parents=True)
    path = folders.sessions / "died.inspector"
    with Session.create(path, started=STARTED) as session:
        session.append([make_callback(id="m1")])
    (folders.sessions / "died.inspector.lock").touch()  # as `kill -9` leaves it

    async def scenario() -> None:
        async with started() as app:
            box = await app.dialog(QMessageBox)
            assert "“died”" in box.text()
            next(button for button in box.buttons() if button.text() == "Open the session").click()
            rows = app.window.panel.rows
            await until(lambda: rows.reader is not None and rows.reader.path == path)
            await app.rows(1)
        assert not (folders.sessions / "died.inspector.lock").exists()

    run(scenario())


def killed_while_it_starts(home: Path, *arguments: str, lock: str) -> Path:
    """Start the real window, and kill it as soon as its session is made; returns the session."""
    with Program(home, "--port", "0", *arguments, env={"QT_QPA_PLATFORM": "offscreen"}) as program:
        for _ in range(3000):
            if list(home.rglob("*.inspector-wal")):  # its tables are there, and little else
                break
            with suppress(subprocess.TimeoutExpired):
                program._process.wait(0.01)
                raise AssertionError(program.errors)
    (left,) = home.rglob(lock)
    return left.with_suffix("")


@pytest.mark.skipif(sys.platform == "win32", reason="the folders of a process are not set by its environment there")
@pytest.mark.parametrize("named", [False, True])
def test_a_start_that_was_killed_is_told_at_the_next_with_its_session(
    run: Run, started: StartProgram, tmp_path: Path, named: bool
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    arguments = [str(home / "named.inspector")] if named else []
    path = killed_while_it_starts(home, *arguments, lock="*.inspector.lock")
    there = Folders(home / "callback-inspector" / "sessions", home / "callback-inspector", tmp_path / "logs")
    if named:
        # The settings were not written before the end came: another start, that had shown it before.
        file = SettingsFile(there.settings)
        settings = file.load()
        settings.remember(path)
        file.save(settings)

    async def scenario() -> None:
        async with started(folders=there) as app:
            box = await app.dialog(QMessageBox)
            assert box.windowTitle() == "The last run did not end in order"
            assert f"“{path.stem}”" in box.text()
            next(button for button in box.buttons() if button.text() == "Open the session").click()
            await until(lambda: (reader := app.window.panel.rows.reader) is not None and reader.path == path)
        async with started(folders=there) as app:
            assert await app.post() == 200
            await app.rows(1)
            assert not [one for one in app.window.findChildren(QMessageBox) if one.isVisible()]

    run(scenario())


def test_what_is_shown_is_known_to_the_next_start_whatever_happens(
    run: Run, started: StartProgram, folders: Folders
) -> None:
    async def scenario() -> None:
        async with started() as app:
            path = app.window.panel.rows.reader.path
            assert SettingsFile(folders.settings).load().recent[0] == str(path)

    run(scenario())
