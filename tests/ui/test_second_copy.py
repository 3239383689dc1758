"""A second start with the session of a program that runs."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMessageBox

from inspector.app import Start
from inspector.session.session import Session
from inspector.ui.message_table_model import Column
from tests.factories import STARTED, make_callback
from tests.ui.conftest import Run, StartProgram, until


@pytest.fixture
def in_use(tmp_path: Path) -> Iterator[Session]:
    """A session that is captured into."""
    with Session.create(tmp_path / "busy.inspector", started=STARTED) as session:
        session.append([make_callback(id="m1")])
        yield session


def test_it_is_told_and_shown_read_only_and_followed(run: Run, started: StartProgram, in_use: Session) -> None:
    async def scenario() -> None:
        async with started(Start(in_use.path, port=0), listening=False) as app:
            box = await app.dialog(QMessageBox)
            assert "capturing into “busy”" in box.text()
            next(button for button in box.buttons() if button.text() == "Show it read-only").click()
            await app.rows(1)
            assert app.program.listening_url is None
            in_use.append([make_callback(id="m1", status="sent", timestamp="2026-03-17T22:27:30Z")])
            in_use.append([make_callback(id="m2")])
            await app.rows(2)
            assert app.cell(0, Column.STATUS) == "Sent"

    run(scenario())


def test_who_does_not_want_that_gets_a_new_session(run: Run, started: StartProgram, in_use: Session) -> None:
    async def scenario() -> None:
        async with started(Start(in_use.path, port=0), listening=False) as app:
            box = await app.dialog(QMessageBox)
            box.reject()
            app.url = await until(lambda: app.program.listening_url)
            await app.post(id="m9")
            await app.rows(1)
        assert in_use.path.exists()

    run(scenario())
