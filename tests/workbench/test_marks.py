"""Marking messages: in the session that is captured into, in a saved one, and where it cannot be."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox

from inspector.app import Start
from inspector.session.marks import Mark
from inspector.session.reader import SessionReader
from inspector.session.session import Session
from inspector.ui.message_table_model import RECORD_ROLE, Column
from inspector.ui.session_panel import CALLBACKS
from inspector.ui.workbench.note_dialog import NoteDialog
from tests.factories import STARTED, make_callback, make_session
from tests.ui.conftest import Driver, Run, StartProgram, texts_in, until


def mark_at(app: Driver, row: int) -> Mark | None:
    found: Mark | None = app.window.panel.messages_model.index(row, 0).data(RECORD_ROLE).mark
    return found


def test_a_mark_is_seen_in_the_row_the_details_and_the_filter(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            for name in "abc":
                await app.post(id=name)
            await app.rows(3)
            app.select(1)
            table = app.window.panel.messages
            before = table.viewport().grab().toImage()
            QTest.keyClick(table, Qt.Key.Key_5, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
            await until(lambda: mark_at(app, 1) == Mark("blue", ""))
            assert app.window.status.note == "1 message marked blue."
            assert table.viewport().grab().toImage() != before
            assert "Marked blue" in texts_in(app.window.detail)
            app.trigger("note")
            dialog = await app.dialog(NoteDialog)
            dialog.edit.setPlainText("  <b>ask</b> the customer\nagain ")
            QTest.keyClick(dialog.edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
            await until(lambda: mark_at(app, 1) == Mark("blue", "<b>ask</b> the customer\nagain"))
            assert "<b>ask</b> the customer\nagain" in texts_in(app.window.detail)
            await app.type_filter("mark:blue note:customer")
            await app.rows(1)
            app.trigger("mark_none")
            await until(lambda: mark_at(app, 0) == Mark(None, "<b>ask</b> the customer\nagain"))
            await app.type_filter("has:mark")
            await app.rows(0)

    run(scenario())


def test_the_tooltip_has_the_note_as_plain_text(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            await app.post(id="a")
            await app.rows(1)
            app.program.bench.session.annotate([1], "<img> see ticket")
            app.window.panel.rows.marked([1])
            table = app.window.panel.messages
            place = table.visualRect(table.model().index(0, Column.STATUS)).center()
            QApplication.sendEvent(table.viewport(), QHelpEvent(QEvent.Type.ToolTip, place, QPoint(0, 0)))
            assert table.viewport().toolTip().endswith("Note: &lt;img&gt; see ticket</qt>")

    run(scenario())


def test_thousands_of_rows_are_marked_at_once_and_the_selection_stays(
    run: Run, started: StartProgram, tmp_path: Path
) -> None:
    path = make_session(tmp_path / "s.inspector", [make_callback(id=f"m{number}") for number in range(3500)])

    async def scenario() -> None:
        async with started(Start(session=path, port=0)) as app:
            await app.rows(3500)
            app.trigger("select_all")
            app.trigger("mark_green")
            await until(lambda: app.window.status.note == "3,500 messages marked green.")
            assert app.window.panel.messages.selected_count() == 3500
            assert mark_at(app, 0) == mark_at(app, 3499) == Mark("green", "")
            await app.type_filter("-mark:green")
            await app.rows(0)

    run(scenario())


def test_selected_callbacks_mark_their_messages(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            await app.post(id="a")
            await app.post(body=b"{")
            await app.rows(1)
            app.window.panel.show_view(CALLBACKS)
            await until(lambda: app.window.panel.callbacks_model.rowCount() == 2)
            app.trigger("select_all")
            app.trigger("mark_red")
            await until(lambda: app.window.status.note == "1 message marked red.")
            assert mark_at(app, 0) == Mark("red", "")

    run(scenario())


def test_nothing_selected_is_told(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            for action in ("mark_red", "note"):
                app.window.status.show_note("")
                app.trigger(action)
                await until(lambda: app.window.status.note == "No message is selected. Select rows first.")

    run(scenario())


@pytest.mark.parametrize("old", [False, True])
def test_a_saved_session_is_marked_and_stays_a_saved_one(
    run: Run, started: StartProgram, tmp_path: Path, old: bool
) -> None:
    path = make_session(tmp_path / "s.inspector", [make_callback(id="a"), make_callback(id="b")])
    with Session.open(path) as session:
        session.end(STARTED + 5)
    if old:  # as version 0.1.0 made it
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.executescript("DROP TABLE marks; DROP TABLE replays; DROP TABLE deaf; DROP TABLE logged;")

    async def scenario() -> None:
        async with started(Start(session=path, listen=False), listening=False) as app:
            await app.rows(2)
            app.select(1)
            app.trigger("mark_purple")
            await until(lambda: app.window.status.note == "1 message marked purple.")
            await until(lambda: not app.window.panel.rows.busy and app.window.panel.messages.current_id() == 2)
            assert mark_at(app, 1) == Mark("purple", "")
            assert app.program.bench.session is None
            await app.type_filter("mark:purple")
            await app.rows(1)

    run(scenario())
    with SessionReader(path) as reader:
        assert reader.info().ended_at == STARTED + 5


def test_what_another_process_captures_into_is_left_alone(run: Run, started: StartProgram, tmp_path: Path) -> None:
    path = make_session(tmp_path / "s.inspector", [make_callback(id="a")])

    async def scenario() -> None:
        async with started(Start(session=path, listen=False), listening=False) as app:
            await app.rows(1)
            app.select(0)
            with Session.open(path):
                app.trigger("mark_red")
                box = await app.dialog(QMessageBox)
                assert "Another process captures into this session" in box.text()
                box.accept()
                await app.gone(box)
            assert mark_at(app, 0) is None

    run(scenario())


def test_a_note_that_is_too_long_cannot_be_saved(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            await app.post(id="a")
            await app.rows(1)
            app.select(0)
            app.trigger("note")
            dialog = await app.dialog(NoteDialog)
            dialog.edit.setPlainText("x" * 2003)
            QTest.keyClick(dialog.edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
            assert dialog.isVisible()
            assert "3 characters too many." in texts_in(dialog)
            dialog.reject()
            await app.gone(dialog)
            assert mark_at(app, 0) is None

    run(scenario())
