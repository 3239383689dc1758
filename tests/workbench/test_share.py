"""What leaves: the preview, the redacted export from the window, and redacted copies."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QLineEdit, QMessageBox

from inspector.app import Start
from inspector.runtime.folders import Folders
from inspector.session.exchange.export import Format
from inspector.session.exchange.redaction import Redaction
from inspector.session.exchange.selection import EVERYTHING, Cancelled, Selection
from inspector.session.session import Session
from inspector.settings import Settings, SettingsFile
from inspector.ui.session_panel import CALLBACKS
from inspector.ui.workbench.export_flow import redaction_of, suggested
from inspector.ui.workbench.export_preview import preview
from inspector.ui.workbench.redaction_preview import ExportDialog
from tests.factories import make_callback, make_session, stamp
from tests.ui.conftest import Driver, Run, StartProgram, texts_in, until

_NUMBER, _BODY = "+4915112345678", "Meet me at the old place"
_SIGNED = (("Host", "h"), ("X-SignalWire-Signature", "abcdef"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    fields: dict[str, Any] = {"id": "a", "to": _NUMBER, "body": _BODY, "headers": _SIGNED}
    path = make_session(
        tmp_path / "2026-11-23 10.00.00.inspector",
        [make_callback(**fields), make_callback(**fields, status="sent", timestamp=stamp(1)), make_callback(b"{")],
    )
    with Session.open(path) as session:
        session.mark([1], "red")
        session.annotate([1], "secret note")
    return path


async def how(app: Driver, action: str = "export_all") -> ExportDialog:
    app.trigger(action)
    dialog: ExportDialog = await app.dialog(ExportDialog)
    await until(lambda: "callback" in texts_in(dialog))
    return dialog


def test_the_preview_shows_what_leaves_and_follows_the_choices(run: Run, started: StartProgram, path: Path) -> None:
    async def scenario() -> None:
        async with started(Start(session=path, listen=False), listening=False) as app:
            await app.rows(1)
            dialog = await how(app)
            assert "The whole session: 1 message, 3 callbacks." in texts_in(dialog)
            assert "leave as they are" in texts_in(dialog)
            dialog.redact.click()
            await until(lambda: "Replaced: " in texts_in(dialog))
            left, right = dialog._view.left.toPlainText(), dialog._view.right.toPlainText()
            assert _NUMBER in left
            assert _BODY in left
            assert "secret note" in left
            assert not [one for one in (_NUMBER[1:], _BODY, "secret note", "abcdef") if one in right]
            assert re.search(r"^To: \+1\d{3}55501\d\d$", right, re.MULTILINE)
            dialog.parts["numbers"].click()
            await until(lambda: f"To: {_NUMBER}" in dialog._view.right.toPlainText())
            assert _BODY not in dialog._view.right.toPlainText()
            dialog.notes.click()
            await until(lambda: "secret note" in dialog._view.right.toPlainText())
            for box in dialog.parts.values():
                box.setChecked(False)
            await until(lambda: "Nothing is replaced." in texts_in(dialog))
            dialog.reject()
            await app.gone(dialog)

    run(scenario())


def test_a_redacted_export_and_what_is_remembered_of_it(
    run: Run, started: StartProgram, path: Path, folders: Folders, tmp_path: Path
) -> None:
    out = tmp_path / "shared" / "out.json"
    out.parent.mkdir()

    async def scenario() -> None:
        async with started(Start(session=path, listen=False), listening=False) as app:
            await app.rows(1)
            dialog = await how(app)
            dialog.redact.click()
            dialog.parts["ids"].click()
            dialog.accept()
            files = await app.dialog(QFileDialog)
            assert Path(files.selectedFiles()[0]).name == "2026-11-23 10.00.00 redacted.json"
            files.findChild(QLineEdit).setText(str(out))
            files.accept()
            await until(lambda: "redacted, to out.json" in app.window.status.note)
            dialog = await how(app)
            assert dialog.redact.isChecked()
            assert dialog.choice == Redaction(ids=False)
            dialog.accept()
            files = await app.dialog(QFileDialog)
            assert Path(files.selectedFiles()[0]).parent == out.parent
            files.reject()
            await app.gone(files)

    run(scenario())
    document = json.loads(out.read_bytes())
    (message,) = document["messages"]
    assert message["id"] == "a"
    assert message["mark"] == {"colour": "red", "note": ""}
    assert _NUMBER[1:] not in out.read_text("utf-8")
    assert SettingsFile(folders.settings).load().redact == ["numbers", "bodies", "signatures", "addresses"]


def test_an_export_that_is_given_up_writes_nothing(run: Run, started: StartProgram, path: Path) -> None:
    async def scenario() -> None:
        async with started(Start(session=path, listen=False), listening=False) as app:
            await app.rows(1)
            dialog = await how(app)
            dialog.redact.click()
            dialog.reject()
            await app.gone(dialog)
            assert not app.window.findChildren(QFileDialog)
            assert not app.window.findChildren(QMessageBox)
            assert app.program.settings.redact_exports is False

    run(scenario())


def test_copies_are_redacted_alike(run: Run, started: StartProgram, path: Path) -> None:
    async def scenario() -> None:
        async with started(Start(session=path, listen=False), listening=False) as app:
            await app.rows(1)
            clipboard = QGuiApplication.clipboard()
            app.trigger("copy_body_redacted")
            assert app.window.status.note == "No callback is shown. Select a row first."
            app.trigger("copy_rows_redacted")
            assert app.window.status.note == "Nothing is selected."
            app.select(0)
            await until(lambda: app.window.detail.callback_seq)
            app.trigger("copy_rows_redacted")
            row = clipboard.text()
            app.trigger("copy_body_redacted")
            body = json.loads(clipboard.text())
            app.trigger("copy_curl_redacted")
            curl = clipboard.text()
            assert app.window.status.note == "cURL line copied, redacted."
            assert not [one for one in (_NUMBER[1:], _BODY, "abcdef") if one in row + json.dumps(body) + curl]
            assert body["to"] in row.split("\t")
            assert body["to"] in curl
            assert "example.invalid" in curl
            app.window.panel.show_view(CALLBACKS)
            await until(lambda: app.window.panel.callbacks_model.rowCount() == 3)
            app.trigger("select_all")
            app.trigger("copy_rows_redacted")
            assert [line.split("\t")[7] for line in clipboard.text().split("\n")] == [
                body["id"],
                body["id"],
                "Unassigned",
            ]

    run(scenario())


def test_the_preview_says_where_it_counted_only_the_beginning(tmp_path: Path) -> None:
    path = make_session(tmp_path / "s.inspector", [make_callback(id=f"m{number}") for number in range(501)])
    found = preview(path, EVERYTHING, Redaction(), lambda *_: None)
    assert found.size_text == "501 messages, 501 callbacks"
    said = "Replaced in the first 500 messages and callbacks: 2,000 numbers (2 different), "
    assert found.counts_text.startswith(said)


def test_the_preview_of_callbacks_without_a_message(path: Path) -> None:
    found = preview(path, Selection((), (3,)), Redaction(), lambda *_: None)
    assert found.size_text == "0 messages, 1 callback"
    assert found.before[0] == found.after[0] == "Callback 3"


def test_a_preview_can_be_stopped(path: Path) -> None:
    def stop(_: int, __: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        preview(path, Selection(tuple(range(200_000))), Redaction(), stop)


def test_the_suggested_name_is_free_and_says_what_it_is(tmp_path: Path) -> None:
    source = tmp_path / "s.inspector"
    assert suggested(str(tmp_path), source, "", Format.JSON, redacted=False) == tmp_path / "s.json"
    (tmp_path / "s filtered redacted.json").touch()
    (tmp_path / "s filtered redacted (2).json").touch()
    found = suggested(str(tmp_path), source, "filtered", Format.JSON, redacted=True)
    assert found == tmp_path / "s filtered redacted (3).json"
    assert suggested(str(tmp_path / "gone"), source, "", Format.JSON, redacted=False).parent == Path.home()


def test_everything_is_redacted_unless_chosen_otherwise() -> None:
    assert redaction_of(Settings()) == Redaction()
