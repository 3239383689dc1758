"""A dialog asks about one session while another one takes its place, as when the desktop opens a file."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QDialog, QFileDialog, QLineEdit, QMessageBox
from shiboken6 import isValid

from inspector.app import Start
from inspector.session.exchange.export import export
from inspector.session.exchange.json_import import import_json
from inspector.session.reader import SessionReader
from inspector.session.session import Session
from inspector.ui.dialogs.address import AddressDialog
from inspector.ui.dialogs.preferences import PreferencesDialog
from inspector.ui.workbench.note_dialog import NoteDialog
from inspector.ui.workbench.notifications_dialog import NotificationsDialog
from inspector.ui.workbench.redaction_preview import ExportDialog
from inspector.ui.workbench.rule_editor import RuleEditor
from inspector.ui.workbench.signing_key_dialog import SigningKeyDialog
from tests.factories import STARTED, make_callback, make_session
from tests.ui.conftest import Driver, Run, StartProgram, texts_in, until
from tests.workbench.test_seams import column


async def shown(app: Driver, path: Path, count: int) -> None:
    await until(lambda: app.program.sessions.path == path, f"{path.name} is shown")
    await app.rows(count)


async def with_one(app: Driver) -> Path:
    assert await app.post(id="old") == 200
    await app.rows(1)
    app.select(0)
    path = app.program.sessions.path
    assert path is not None
    return path


@pytest.fixture
def other(tmp_path: Path) -> Path:
    return make_session(tmp_path / "other.inspector", [make_callback(id="o1"), make_callback(id="o2")])


def test_who_agrees_to_clear_a_session_does_not_clear_another_one(run: Run, started: StartProgram, other: Path) -> None:
    async def scenario() -> None:
        async with started() as app:
            old = await with_one(app)
            app.trigger("clear")
            box = await app.dialog(QMessageBox)
            app.program.open_session(other)
            await shown(app, other, 2)
            next(button for button in box.buttons() if button.text() == "Delete all").click()
            told = await until(
                lambda: next((one for one in app.window.findChildren(QMessageBox) if "Nothing was" in one.text()), None)
            )
            told.accept()
            assert app.window.panel.messages_model.rowCount() == 2
            assert column(old, "SELECT id FROM messages") == ["old"]
            # Also when the other one is still on its way.
            app.program.start_listening()
            app.url = await until(lambda: app.program.listening_url)
            app.program.new_session()
            app.program.clear_session(other)
            await until(lambda: any("Nothing was" in one.text() for one in app.window.findChildren(QMessageBox)))
        assert column(other, "SELECT id FROM messages") == ["o1", "o2"]

    run(scenario())


def test_a_note_for_a_message_does_not_go_to_that_of_another_session(
    run: Run, started: StartProgram, other: Path
) -> None:
    async def scenario() -> None:
        async with started() as app:
            await with_one(app)
            app.trigger("note")
            dialog = await app.dialog(NoteDialog)
            app.program.open_session(other)
            await shown(app, other, 2)
            dialog.edit.setPlainText("of the first one")
            dialog.accept()
            await until(lambda: "another session is shown" in app.window.status.note)
        with SessionReader(other) as reader:
            assert [one.mark for one in reader.messages()] == [None, None]

    run(scenario())


def test_a_note_does_not_go_to_a_message_that_came_after_clearing(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            path = await with_one(app)
            app.trigger("note")
            dialog = await app.dialog(NoteDialog)
            app.program.clear_session(path)
            await app.rows(0)
            await app.post(id="new")
            await app.rows(1)
            assert app.window.panel.messages.selected_ids() == []
            dialog.edit.setPlainText("of the first one")
            dialog.accept()
            await app.gone(dialog)
            await asyncio.sleep(0)
            assert column(path, "SELECT note FROM marks") == []

    run(scenario())


def test_an_export_is_of_the_session_that_it_was_asked_for(
    run: Run, started: StartProgram, other: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.json"

    async def scenario() -> None:
        async with started() as app:
            await with_one(app)
            app.trigger("export_selected")
            dialog = await app.dialog(ExportDialog)
            await until(lambda: "1 message" in texts_in(dialog))
            app.program.open_session(other)
            await shown(app, other, 2)
            dialog.accept()
            chooser = await app.dialog(QFileDialog)
            chooser.findChild(QLineEdit).setText(str(out))
            chooser.accept()
            await until(lambda: "Exported 1 message, 1 callback" in app.window.status.note)
        import_json(out, tmp_path / "back.inspector")
        with SessionReader(tmp_path / "back.inspector") as reader:
            assert [one.id for one in reader.messages()] == ["old"]

    run(scenario())


async def by_entry(app: Driver, name: str, kind: type[QDialog]) -> QDialog:
    app.trigger(name)
    dialog: QDialog = await app.dialog(kind)
    return dialog


async def rule_editor(app: Driver) -> QDialog:
    app.trigger("show_replies")
    app.window.side.widget(app.window.side.page).add_wished.emit()  # type: ignore[attr-defined]
    dialog: QDialog = await app.dialog(RuleEditor)
    return dialog


DIALOGS: dict[str, Callable[[Driver], Awaitable[QDialog]]] = {
    "preferences": lambda app: by_entry(app, "preferences", PreferencesDialog),
    "address": lambda app: by_entry(app, "change_address", AddressDialog),
    "signing key": lambda app: by_entry(app, "signing_key", SigningKeyDialog),
    "notifications": lambda app: by_entry(app, "notifications", NotificationsDialog),
    "rule": rule_editor,
    "open": lambda app: by_entry(app, "open", QFileDialog),
    "note": lambda app: by_entry(app, "note", NoteDialog),
    "export": lambda app: by_entry(app, "export_all", ExportDialog),
    "clear": lambda app: by_entry(app, "clear", QMessageBox),
}


def test_dialogs_survive_other_sessions_and_end_with_the_window(run: Run, started: StartProgram, other: Path) -> None:
    async def scenario() -> None:
        async with started() as app:
            await with_one(app)
            dialogs = {kind: await opened(app) for kind, opened in DIALOGS.items()}
            app.program.open_session(other)
            await shown(app, other, 2)
            app.program.start_listening()
            app.url = await until(lambda: app.program.listening_url)
            assert await app.post(id="new") == 200
            await app.rows(3)
            assert {kind for kind, dialog in dialogs.items() if dialog.isVisible()} == DIALOGS.keys()
        assert not any(isValid(dialog) and dialog.isVisible() for dialog in dialogs.values())

    run(scenario())


def test_the_wish_to_quit_is_heard_while_the_start_waits_for_an_answer(
    run: Run, started: StartProgram, tmp_path: Path
) -> None:
    async def scenario() -> None:
        with Session.create(tmp_path / "busy.inspector", started=STARTED) as busy:
            async with started(Start(busy.path, port=0), listening=False) as app:
                await app.dialog(QMessageBox)

    run(scenario())


def test_the_wish_to_quit_is_heard_while_a_command_waits_for_an_answer(
    run: Run, started: StartProgram, tmp_path: Path
) -> None:
    async def scenario() -> None:
        with Session.create(tmp_path / "busy.inspector", started=STARTED) as busy:
            busy.append([make_callback(id="b")])
            async with started() as app:
                app.program.open_session(busy.path)
                await shown(app, busy.path, 1)
                app.program.start_listening()
                box = await app.dialog(QMessageBox)
                assert "capturing into busy" in box.text()
                assert app.program.listening_url is None
                assert app.program.sessions.path == busy.path

    run(scenario())


def test_an_import_that_is_under_way_at_the_end_leaves_nothing_behind(
    run: Run, started: StartProgram, tmp_path: Path
) -> None:
    source = make_session(tmp_path / "big.inspector", [make_callback(id=f"m{n}") for n in range(8000)])
    with SessionReader(source) as reader:
        export(reader, tmp_path / "big.json")

    async def scenario() -> Path:
        async with started() as app:
            old = await with_one(app)
            app.program.open_session(tmp_path / "big.json")
            folder = app.program._folders.sessions
            await until(lambda: list(folder.glob(".big*.part")), "the import has begun")
        assert [one.name for one in folder.iterdir() if "big" in one.name] == []
        return old

    async def checked() -> None:
        old = await scenario()
        with SessionReader(old) as reader:
            assert reader.info().ended_at is not None

    run(checked())
