"""When something breaks: the report, and what a run that died left behind."""

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox, QPushButton

from inspector.runtime.folders import Folders
from inspector.session.session import Session
from inspector.ui.dialogs.trouble import TroubleDialog
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
