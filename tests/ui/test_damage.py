"""A damaged session in the window: what can be read is shown, the rest is told of once and plainly."""

import asyncio
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMessageBox

from inspector.app import Start
from inspector.ui.dialogs.trouble import TroubleDialog
from inspector.ui.session_panel import CALLBACKS, MESSAGES
from tests.session.damage import HEADER, PLACES, damage, make_large
from tests.ui.conftest import Run, StartProgram, until


@pytest.fixture
def large(tmp_path: Path) -> Path:
    return make_large(tmp_path / "saved.inspector")


@pytest.mark.parametrize("place", PLACES)
def test_it_is_told_once_and_the_window_goes_on(run: Run, started: StartProgram, large: Path, place: str) -> None:
    damage(large, place)
    before = large.read_bytes()

    async def scenario() -> None:
        async with started() as app:
            assert await app.post(id="mine") == 200
            await app.rows(1)
            was = app.window.panel.rows.reader
            app.program.open_session(large)
            await until(lambda: app.window.panel.rows.reader is not was or app.window.findChildren(QMessageBox))
            told: set[str] = set()
            for view in (CALLBACKS, MESSAGES):
                app.window.panel.show_view(view)
                await until(lambda: not app.window.panel.rows.busy)
                app.window.repaint()
                app.window.panel.table.selectRow(0)
                await asyncio.sleep(0)  # what is told is a task of its own
                await asyncio.sleep(0)
                for box in app.window.findChildren(QMessageBox):
                    if box.isVisible():
                        told.add(box.text())
                        box.accept()
            assert all("damaged" in text and "saved.inspector" in text for text in told)
            assert len(told) <= 1
            if place in (HEADER, "session"):
                assert told
                assert await app.post(id="mine too") == 200  # the session before is still the one that is open
            if place in ("messages", "callbacks", "tallies"):
                assert told
            assert app.window.findChildren(TroubleDialog) == []

    run(scenario())
    assert large.read_bytes() == before


@pytest.mark.parametrize("place", ["messages", "callbacks_list"])
def test_a_start_with_it_shows_what_is_left_and_does_not_listen(
    run: Run, started: StartProgram, large: Path, place: str
) -> None:
    damage(large, place)
    before = large.read_bytes()

    async def scenario() -> None:
        async with started(Start(large, port=0), listening=False) as app:
            box = await app.dialog(QMessageBox)
            assert "damaged" in box.text()
            assert app.program.listening_url is None
            for one in app.window.findChildren(QMessageBox):
                one.accept()

    run(scenario())
    assert large.read_bytes() == before
