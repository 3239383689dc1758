"""The window where nothing can be written: it stays, says what to do, and shows what can be read."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QMessageBox

from inspector.app import Start
from inspector.runtime.folders import Folders
from tests.factories import make_callback, make_session
from tests.read_only import Place
from tests.ui.conftest import Run, StartProgram, until


def test_a_start_without_a_place_for_sessions_stays_and_says_what_to_do(
    run: Run, started: StartProgram, disk: Place, folders: Folders, tmp_path: Path
) -> None:
    elsewhere = make_session(tmp_path / "elsewhere.inspector", [make_callback(id="m1")])

    async def scenario() -> None:
        disk.freeze()
        there = replace(folders, sessions=disk.folder / "sessions")
        async with started(listening=False, folders=there) as app:
            box = await app.dialog(QMessageBox)
            assert str(disk.folder) in box.text()
            assert "is read-only" in box.text()
            assert "Ctrl+N" in box.text()
            box.accept()
            await app.gone(box)
            assert app.window.status._state.text() == "Not listening"
            app.trigger("toggle_listening")
            box = await app.dialog(QMessageBox)
            assert "is read-only" in box.text()
            box.accept()
            await app.gone(box)
            app.program.open_session(elsewhere)
            await app.rows(1)
            app.trigger("toggle_listening")
            app.url = await until(lambda: app.program.listening_url)
            assert await app.post(id="m2") == 200
            await app.rows(2)
            disk.thaw()
            app.trigger("new_session")
            await app.rows(0)
            app.url = await until(lambda: app.program.listening_url)
            assert await app.post(id="m3") == 200
            await app.rows(1)

    run(scenario())


def test_a_session_there_is_shown_and_that_nothing_listens_is_told(
    run: Run, started: StartProgram, disk: Place
) -> None:
    path = make_session(disk.folder / "a.inspector", [make_callback(id="m1")])
    disk.freeze()
    before = path.read_bytes()

    async def scenario() -> None:
        async with started(Start(path, port=0), listening=False) as app:
            box = await app.dialog(QMessageBox)
            assert box.windowTitle() == "Shown without listening" or "is read-only" in box.text()
            box.accept()
            await app.rows(1)
            app.select(0)
            assert app.program.listening_url is None
            app.trigger("new_session")
            app.url = await until(lambda: app.program.listening_url)
            assert await app.post(id="m9") == 200

    run(scenario())
    assert path.read_bytes() == before
    assert [one.name for one in disk.folder.iterdir()] == ["a.inspector"]


def test_settings_that_cannot_be_saved_are_told_and_count(
    run: Run, started: StartProgram, disk: Place, folders: Folders
) -> None:
    there = replace(folders, settings=disk.folder / "settings", logs=disk.folder / "logs")

    async def scenario() -> None:
        disk.freeze()
        async with started(folders=there) as app:
            assert await app.post(id="m1") == 200
            app.program.settings.largest_body_kib = 1
            app.program.settings_changed()
            assert app.window.status.note.startswith("The settings count until the end, and are not saved")
            assert await app.post(body=b"x" * 5000) == 413

    run(scenario())
