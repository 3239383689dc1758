"""A second start with the session of a program that runs."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMessageBox

from inspector.app import Start
from inspector.session.schema import VERSION
from inspector.session.session import Session
from inspector.ui.message_table_model import Column
from tests.factories import STARTED, make_callback, make_session
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


def test_a_symbolic_link_to_it_is_the_same_session(
    run: Run, started: StartProgram, in_use: Session, tmp_path: Path
) -> None:
    link = tmp_path / "link.inspector"
    try:
        link.symlink_to(in_use.path)
    except OSError:
        pytest.skip("no symbolic links may be made here")

    async def scenario() -> None:
        async with started(Start(link, port=0), listening=False) as app:
            box = await app.dialog(QMessageBox)
            assert "Another process" in box.text()
            next(button for button in box.buttons() if button.text() == "Show it read-only").click()
            await app.rows(1)
            in_use.append([make_callback(id="m2")])
            await app.rows(2)
            # F5 does not take it away from who captures into it.
            app.trigger("toggle_listening")
            told = await app.dialog(QMessageBox)
            assert "Another process is capturing into" in told.text()
            told.accept()
            await app.gone(told)
            assert app.program.listening_url is None

    run(scenario())


def test_a_hard_link_is_shown_and_why_nothing_listens_is_told(run: Run, started: StartProgram, tmp_path: Path) -> None:
    path = make_session(tmp_path / "one.inspector", [make_callback(id="m1")])
    os.link(path, tmp_path / "two.inspector")
    before = path.read_bytes()

    async def scenario() -> None:
        async with started(Start(path, port=0), listening=False) as app:
            box = await app.dialog(QMessageBox)
            assert "a hard link" in box.text()
            box.accept()
            await app.rows(1)

    run(scenario())
    assert path.read_bytes() == before


def test_a_lock_that_a_dead_process_left_is_in_nobodys_way(run: Run, started: StartProgram, tmp_path: Path) -> None:
    path = make_session(tmp_path / "one.inspector", [make_callback(id="m1")])
    path.with_name("one.inspector.lock").touch()

    async def scenario() -> None:
        async with started(Start(path, port=0)) as app:
            assert await app.post(id="m2") == 200
            await app.rows(2)

    run(scenario())
    assert not path.with_name("one.inspector.lock").exists()


def test_one_of_a_newer_version_is_refused_and_left_as_it_is(run: Run, started: StartProgram, tmp_path: Path) -> None:
    path = make_session(tmp_path / "newer.inspector", [make_callback(id="m1")])
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    before = {one.name: one.read_bytes() for one in tmp_path.glob("newer*")}

    async def scenario() -> None:
        async with started() as app:
            assert await app.post(id="mine") == 200
            app.program.open_session(path)
            box = await app.dialog(QMessageBox)
            assert "was made by a newer version" in box.text()
            box.accept()
            assert await app.post(id="mine too") == 200
            await app.rows(2)

    run(scenario())
    assert {one.name: one.read_bytes() for one in tmp_path.glob("newer*")} == before
