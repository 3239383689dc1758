"""The window and a session that another program has locked: it says so, waits, and never stands still."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMessageBox, QProgressDialog, QPushButton

from inspector.app import Start
from inspector.runtime.tasks import TaskScope
from inspector.session.marks import Mark
from inspector.session.reader import SessionReader
from inspector.ui.workbench.note_dialog import NoteDialog
from inspector.workbench import marks
from tests.factories import make_callback, make_session
from tests.session.locks import EVERYTHING, WRITING, locked
from tests.ui.conftest import Driver, Run, StartProgram, until


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    return make_session(tmp_path / "saved.inspector", [make_callback(id="m1")])


@asynccontextmanager
async def turning() -> AsyncIterator[list[float]]:
    """How long the loop stood still, at each of its turns, in seconds."""
    late: list[float] = []

    async def measure() -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.001)
            late.append(time.perf_counter() - before)

    async with TaskScope() as tasks:
        tasks.spawn(measure(), name="measure")
        yield late


@pytest.mark.parametrize("statements", [WRITING, EVERYTHING], ids=["writing", "everything"])
def test_a_start_with_it_waits_and_goes_on(
    run: Run, started: StartProgram, saved: Path, statements: tuple[str, ...]
) -> None:
    async def scenario() -> None:
        with locked(saved, statements) as lock:
            async with started(Start(saved, port=0), listening=False) as app:
                dialog = await app.dialog(QProgressDialog)
                assert dialog.windowTitle() == "Waiting"
                assert "Another program has “saved” locked" in dialog.labelText()
                assert app.program.listening_url is None
                lock.release()
                app.url = await until(lambda: app.program.listening_url)
                await app.rows(1)
                assert await app.post(id="m2") == 200
                await app.rows(2)

    run(scenario())


def test_who_does_not_wait_keeps_the_session_he_had(run: Run, started: StartProgram, saved: Path) -> None:
    async def scenario() -> None:
        async with started() as app:
            before = app.window.panel.rows.reader
            assert await app.post(id="mine") == 200
            with locked(saved, EVERYTHING):
                app.program.open_session(saved)
                dialog = await app.dialog(QProgressDialog)
                assert await app.post(id="mine too") == 200
                dialog.findChild(QPushButton).click()
                await until(lambda: app.window.status.note == "Cancelled.")
                assert app.window.panel.rows.reader is before
                await app.rows(2)

    run(scenario())


def test_the_loop_does_not_stand_still(run: Run, started: StartProgram, saved: Path) -> None:
    """No stopwatch: SQLite would wait for seconds, this machine's noise is far below one."""

    async def scenario() -> None:
        async with started() as app:
            with locked(saved, EVERYTHING) as lock:
                async with turning() as late:
                    app.program.open_session(saved)
                    await app.dialog(QProgressDialog)
                    lock.release()
                    await until(lambda: app.window.status._state.text() == "Saved session")
                assert max(late) < 1.0

    run(scenario())


async def type_a_note(app: Driver, text: str) -> None:
    app.trigger("note")
    dialog = await app.dialog(NoteDialog)
    dialog.edit.setPlainText(text)
    dialog.accept()


def mark_of_first(path: Path) -> Mark | None:
    with SessionReader(path) as reader:
        message = reader.message(1)
        assert message is not None
        return message.mark


def test_a_note_waits_for_the_lock_to_end(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            assert await app.post(id="m1") == 200
            await app.rows(1)
            app.select(0)
            path = app.window.panel.rows.reader.path
            with locked(path) as lock:
                await type_a_note(app, "what I typed")
                await until(lambda: app.window.status.note.startswith("Waiting: another program"))
                lock.release()
                await until(lambda: (mark := mark_of_first(path)) is not None and mark.note == "what I typed")

    run(scenario())


@pytest.mark.parametrize("captured", [True, False])
def test_a_note_that_cannot_be_written_is_not_lost(
    run: Run, started: StartProgram, saved: Path, captured: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def no_patience(write: object, **_: object) -> None:
        write()  # type: ignore[operator]

    monkeypatch.setattr(marks, "once_unlocked", no_patience)

    async def scenario() -> None:
        async with started(Start(saved, port=0, listen=captured), listening=captured) as app:
            await app.rows(1)
            app.select(0)
            with locked(saved) as lock:
                await type_a_note(app, "what I typed")
                box = await app.dialog(QMessageBox)
                assert "another program has it locked. Close that program. Then try again." in box.text()
                box.accept()
                dialog = await app.dialog(NoteDialog)
                assert dialog.note == "what I typed"
                lock.release()
                dialog.accept()
                await until(lambda: (mark := mark_of_first(saved)) is not None and mark.note == "what I typed")

    run(scenario())


def test_what_is_deaf_and_hears_again_is_noted_after_the_lock(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            path = app.window.panel.rows.reader.path
            with locked(path) as lock:
                app.program.stop_listening()
                await until(lambda: app.program.listening_url is None)
                with SessionReader(path) as reader:
                    assert [one for one in reader.deaf_windows() if one.until is None] == []
                    lock.release()
                    await until(lambda: [one for one in reader.deaf_windows() if one.until is None])

    run(scenario())
