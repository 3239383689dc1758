"""The window while its session cannot be written: it says so as long as it lasts, and what was kept is shown then."""

import sys
from pathlib import Path

import pytest

from inspector.session.reader import SessionReader
from tests.factories import make_callback, make_session
from tests.ui.conftest import Driver, Run, StartProgram, until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows moves and deletes no file that is open")


def path_of(app: Driver) -> Path:
    reader = app.window.panel.rows.reader
    assert reader is not None
    return reader.path


def test_a_file_that_is_moved_and_put_back(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            status = app.window.status
            assert await app.post(id="a") == 200
            path = path_of(app)
            path.rename(path.with_name("elsewhere"))
            assert await app.post(id="b") == 503
            assert status._state.text() == "Answering 503"
            assert status.note.startswith("⚠ ")
            assert "was moved or deleted" in status._note.toolTip()
            assert status._note.accessibleDescription() == status._note.toolTip()
            status.show_note("Something else.")
            assert (status.note, status._note.toolTip()) == ("Something else.", "")
            status._note_timer.timeout.emit()
            assert status.note.startswith("⚠ ")
            path.with_name("elsewhere").rename(path)
            await app.rows(2)
            assert status.note.startswith("The session can be written again: 1 callback")
            assert status._state.text() == "Listening"
            status._note_timer.timeout.emit()
            assert status.note == ""
            assert await app.post(id="c") == 200
            await app.rows(3)

    run(scenario())


def test_a_new_session_takes_what_the_old_one_could_not(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            assert await app.post(id="a") == 200
            path = path_of(app)
            path.unlink()
            assert await app.post(id="b") == 503
            app.trigger("new_session")
            await until(lambda: (reader := app.window.panel.rows.reader) is not None and reader.path != path)
            await until(lambda: app.program.listening_url)
            await app.rows(1)
            assert app.window.status._state.text() == "Listening"
            with SessionReader(path_of(app)) as reader:
                (callback,) = reader.callbacks()
            assert (callback.message_id, callback.reply["status"]) == ("b", 503)
            assert not path.exists()
        assert app.program.capturing.lost_text == ""

    run(scenario())


def test_what_waits_for_a_session_is_told_while_a_saved_one_is_shown(
    run: Run, started: StartProgram, tmp_path: Path
) -> None:
    saved = make_session(tmp_path / "saved.inspector", [make_callback(id="saved")])

    async def scenario() -> None:
        async with started() as app:
            status = app.window.status
            path_of(app).unlink()
            assert await app.post(id="b") == 503
            app.program.open_session(saved)
            await until(lambda: status._state.text() == "Saved session")
            status._note_timer.timeout.emit()
            assert status.note.startswith("⚠ 1 callback waits for the next session")
            app.trigger("new_session")
            await until(lambda: status._state.text() == "Listening")
            await app.rows(1)
            assert status._trouble == ""

    run(scenario())


def test_what_is_lost_in_the_end_is_told(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            assert await app.post(id="a") == 200
            path_of(app).unlink()
            assert await app.post(id="b") == 503
        assert app.program.capturing.lost_text.startswith("1 callback that was answered 503 could not be written")

    run(scenario())


def test_the_trouble_does_not_widen_the_window(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            narrowest = app.window.minimumSizeHint().width()
            app.window.status.show_trouble("The session cannot be written. " * 20)
            await until(lambda: app.window.status.note.endswith("…"))
            assert app.window.status._note.sizeHint().width() < app.window.width()
            app.window.status.show_trouble("")
            assert app.window.minimumSizeHint().width() <= narrowest

    run(scenario())
