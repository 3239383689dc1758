"""The real window with real HTTP on its own loop."""

import asyncio
import json
import socket
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLineEdit, QMessageBox, QWidget

from inspector.app import Start
from inspector.runtime.folders import Folders
from inspector.session.exchange.export import export
from inspector.session.reader import SessionReader
from inspector.ui.callback_table_model import CallbackColumn
from inspector.ui.dialogs.address import AddressDialog
from inspector.ui.dialogs.lists import AboutDialog, TwoColumns
from inspector.ui.dialogs.preferences import PreferencesDialog
from inspector.ui.message_table_model import Column
from inspector.ui.session_panel import CALLBACKS
from inspector.ui.workbench.redaction_preview import ExportDialog
from tests.ui.conftest import Run, StartProgram, texts_in, until


def test_a_badge_changes_in_its_row_while_callbacks_arrive(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            assert await app.post(id="one", status="queued") == 200
            assert await app.post(id="two", status="queued") == 200
            await app.rows(2)
            assert app.cell(0, Column.STATUS) == "Queued"
            await app.post(id="one", status="sent", timestamp="2026-03-17T22:26:58Z")
            await until(lambda: app.cell(0, Column.STATUS) == "Sent")
            await app.post(id="one", status="delivered", timestamp="2026-03-17T22:26:59Z")
            await until(lambda: app.cell(0, Column.STATUS) == "Delivered")
            assert app.cell(0, Column.TRANSITIONS) == "Queued, Sent, Delivered".lower()
            assert app.cell(1, Column.STATUS) == "Queued"
            assert app.window.panel.messages_model.rowCount() == 2

    run(scenario())


def test_selecting_a_failed_message_explains_its_error(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            await app.post(id="m", status="undelivered", error_code="30007", error_message="Carrier <b>violation</b>")
            await app.rows(1)
            app.select(0)
            shown = await until(lambda: "30007" in texts_in(app.window.detail) and texts_in(app.window.detail))
            assert "Carrier <b>violation</b>" in shown
            assert "filter" in shown.lower()

    run(scenario())


def test_the_detail_follows_its_message(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            await app.post(id="m", status="sent")
            await app.rows(1)
            app.select(0)
            assert "30003" not in texts_in(app.window.detail)
            await app.post(
                id="m", status="undelivered", timestamp="2026-03-17T22:27:30Z", error_code="30003", error_message="Off"
            )
            await until(lambda: "30003" in texts_in(app.window.detail))

    run(scenario())


def test_a_filter_shows_what_fits_and_follows_what_comes(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            for number in range(4):
                await app.post(id=f"m{number}", status="failed" if number % 2 else "sent", error_code=None)
            await app.rows(4)
            await app.type_filter("status:failed")
            await app.rows(2)
            await app.post(id="m8", status="failed")
            await app.rows(3)
            await app.post(id="m9", status="sent")
            # A message of the past that begins to fit takes its place in the order of arrival.
            await app.post(id="m0", status="failed", timestamp="2026-03-17T22:27:30Z")
            await app.rows(4)
            reader = app.window.panel.rows.reader
            assert reader is not None
            ids = [reader.message(row).id for row in app.window.panel.messages_model.ids]
            assert ids == ["m0", "m1", "m3", "m8"]
            await app.type_filter("")
            await app.rows(6)

    run(scenario())


def test_a_wrong_filter_turns_red_and_keeps_the_last_result(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            await app.post(id="a", status="failed")
            await app.post(id="b", status="sent")
            await app.rows(2)
            await app.type_filter("status:failed")
            await app.rows(1)
            await app.type_filter("stats:failed")
            edit = app.window.panel.filter.edit
            assert edit.property("invalid") is True
            assert "Did you mean “status:”?" in app.window.panel.filter.problem_label.text()
            assert app.window.panel.messages_model.rowCount() == 1
            await app.type_filter("status:sent")
            assert edit.property("invalid") is False
            await until(lambda: app.cell(0, Column.STATUS) == "Sent")

    run(scenario())


def test_a_selected_row_stays_although_it_no_longer_fits(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            for name in ("a", "b", "c"):
                await app.post(id=name, status="sent")
            await app.rows(3)
            await app.type_filter("status:sent")
            app.select(1)
            await app.post(id="a", status="delivered", timestamp="2026-03-17T22:27:30Z")
            await app.rows(2)
            await app.post(id="b", status="delivered", timestamp="2026-03-17T22:27:30Z")
            await until(lambda: app.cell(0, Column.STATUS) == "Delivered")
            assert app.window.panel.messages.selected_ids() == [2]
            assert app.window.panel.messages_model.rowCount() == 2

    run(scenario())


def test_chips_count_and_filter(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            await app.post(id="a", status="failed")
            await app.post(id="b", status="delivered")
            await app.post(id="c", status="sent")
            await app.rows(3)
            chips = {chip.text(): chip for chip in app.window.panel.chips.chips}
            assert "1" in chips["Failed"].accessibleName()
            chips["Failed"].click()
            await app.rows(1)
            chips["Sent"].click()
            await app.rows(2)
            assert app.window.panel.filter.edit.text() == "status:failed,sent"
            assert chips["Sent"].isChecked()
            chips["Failed"].click()
            chips["Sent"].click()
            await app.rows(3)

    run(scenario())


def test_following_ends_with_a_move_up_and_begins_with_end(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            table = app.window.panel.messages
            bar = table.verticalScrollBar()
            for number in range(60):
                await app.post(id=f"m{number}")
            await app.rows(60)
            await until(lambda: bar.maximum() > 0 and bar.value() == bar.maximum())
            QTest.keyClick(table, Qt.Key.Key_End)
            QTest.keyClick(table, Qt.Key.Key_Up)
            assert not table.following
            place, selected = bar.value(), table.selected_ids()
            for number in range(60, 70):
                await app.post(id=f"m{number}")
            await app.rows(70)
            assert bar.value() == place
            assert table.selected_ids() == selected
            assert table.new_rows_text == "10 new ↓"
            QTest.keyClick(table, Qt.Key.Key_End)
            assert table.following
            await app.post(id="m70")
            await app.rows(71)
            await until(lambda: bar.value() == bar.maximum())
            assert table.new_rows_text == ""

    run(scenario())


def test_sorting_by_a_column_keeps_the_selection(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            for name, number in (("a", "+15555550130"), ("b", "+15555550110"), ("c", "+15555550120")):
                await app.post(id=name, to=number)
            await app.rows(3)
            app.select(0)
            header = app.window.panel.messages.horizontalHeader()
            header.setSortIndicator(Column.TO, Qt.SortOrder.AscendingOrder)
            await until(lambda: list(app.window.panel.messages_model.ids) == [2, 3, 1])
            assert app.window.panel.messages.selected_ids() == [1]
            await app.post(id="d", to="+15555550115")
            await until(lambda: list(app.window.panel.messages_model.ids) == [2, 4, 3, 1])
            assert app.window.panel.messages.selected_ids() == [1]
            header.setSortIndicator(Column.FIRST_SEEN, Qt.SortOrder.DescendingOrder)
            await until(lambda: list(app.window.panel.messages_model.ids) == [4, 3, 2, 1])

    run(scenario())


def test_a_sorted_list_of_callbacks_takes_in_what_comes(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            for path in ("/b", "/c"):
                await app.post(path)
            app.trigger("view_callbacks")
            panel = app.window.panel
            await until(lambda: panel.callbacks_model.rowCount() == 2)
            panel.callbacks.horizontalHeader().setSortIndicator(CallbackColumn.PATH, Qt.SortOrder.DescendingOrder)
            await until(lambda: list(panel.callbacks_model.ids) == [2, 1])
            await app.post("/a")
            await app.post("/d")
            await until(lambda: list(panel.callbacks_model.ids) == [4, 2, 1, 3])

    run(scenario())


def test_the_list_of_callbacks_has_the_invalid_and_the_unassigned(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            assert await app.post(body=b"{nonsense") == 200
            await app.post(id="m", status="sennt")
            await app.rows(1)
            app.trigger("view_callbacks")
            panel = app.window.panel
            assert panel.view == CALLBACKS
            await until(lambda: panel.callbacks_model.rowCount() == 2)
            assert panel.callbacks_model.index(0, 2).data() == "Invalid (json)"
            assert panel.callbacks_model.index(0, 7).data() == "Unassigned"
            panel.callbacks.selectRow(0)
            await until(lambda: "not JSON" in texts_in(app.window.detail))
            await app.type_filter("is:unassigned")
            await until(lambda: panel.callbacks_model.rowCount() == 1)

    run(scenario())


@pytest.mark.parametrize(("action", "messages"), [("export_all", 3), ("export_filtered", 1), ("export_selected", 2)])
def test_export_from_the_menu(run: Run, started: StartProgram, tmp_path: Path, action: str, messages: int) -> None:
    out = tmp_path / "out.json"

    async def scenario() -> None:
        async with started() as app:
            for name, status in (("a", "failed"), ("b", "sent"), ("c", "sent")):
                await app.post(id=name, status=status)
            await app.rows(3)
            if action == "export_filtered":
                await app.type_filter("status:failed")
                await app.rows(1)
            if action == "export_selected":
                app.window.panel.messages.selectAll()
                QTest.keyClick(app.window.panel.messages, Qt.Key.Key_Home)
                QTest.keyClick(app.window.panel.messages, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
            app.trigger(action)
            how = await app.dialog(ExportDialog)
            how.accept()
            dialog = await app.dialog(QFileDialog)
            dialog.findChild(QLineEdit).setText(str(out))
            dialog.accept()
            await until(lambda: "Exported" in app.window.status.note)

    run(scenario())
    document = json.loads(out.read_text(encoding="utf-8"))
    assert document["summary"]["messages"] == messages == len(document["messages"])


def test_an_exported_session_opens_from_the_menu(run: Run, started: StartProgram, tmp_path: Path) -> None:
    out = tmp_path / "shared.json"

    async def scenario() -> None:
        async with started() as app:
            await app.post(id="a", status="delivered")
            await app.rows(1)
            with SessionReader(app.window.panel.rows.reader.path) as reader:
                export(reader, out)
            app.trigger("new_session")
            await app.rows(0)
            app.trigger("open")
            dialog = await app.dialog(QFileDialog)
            dialog.findChild(QLineEdit).setText(str(out))
            dialog.accept()
            await app.rows(1)
            assert app.cell(0, Column.STATUS) == "Delivered"
            assert "shared" in app.window.windowTitle()
            assert app.program.listening_url is None

    run(scenario())


def test_a_file_can_be_dragged_in_and_a_strange_one_is_refused(run: Run, started: StartProgram, tmp_path: Path) -> None:
    stranger = tmp_path / "notes.inspector"
    stranger.write_text("not a session")

    async def scenario() -> None:
        async with started() as app:
            await app.post(id="a")
            await app.rows(1)
            data = QMimeData()
            data.setUrls([QUrl.fromLocalFile(str(stranger))])
            copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
            app.window.dropEvent(QDropEvent(QPointF(5, 5), copy, data, left, Qt.KeyboardModifier.NoModifier))
            box = await app.dialog(QMessageBox)
            assert "is not a session" in box.text() + box.informativeText()
            box.accept()
            await app.gone(box)
            assert app.window.panel.messages_model.rowCount() == 1
            assert app.program.listening_url is not None

    run(scenario())
    assert stranger.read_text() == "not a session"


def test_quitting_under_load_loses_nothing(run: Run, started: StartProgram, tmp_path: Path) -> None:
    answered: list[str] = []
    paths: list[Path] = []

    async def send(app: object, sender: int) -> None:
        for number in range(400):
            name = f"{sender}-{number}"
            try:
                if await app.post(id=name) == 200:  # type: ignore[attr-defined]
                    answered.append(name)
            except OSError:
                return
            except Exception as error:  # noqa: BLE001 - aiohttp's own errors for a server that goes away
                assert type(error).__module__.startswith("aiohttp"), error  # noqa: PT017
                return

    async def scenario() -> None:
        async with started() as app:
            paths.append(app.window.panel.rows.reader.path)
            async with asyncio.TaskGroup() as group:
                for sender in range(8):
                    group.create_task(send(app, sender))
                await until(lambda: len(answered) > 100)
                app.program.quit()

    run(scenario())
    with SessionReader(paths[0]) as reader:
        stored = {message.id for message in reader.messages()}
        assert reader.info().ended_at is not None
    assert set(answered) <= stored
    assert len(answered) > 100


def test_a_port_in_use_is_told_and_another_offered(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            async with started(Start(port=port), listening=False) as app:
                dialog = await app.dialog(AddressDialog)
                assert str(port) in texts_in(dialog)
                dialog._port.setValue(0)
                dialog.accept()
                await until(lambda: app.program.listening_url)
                assert app.program.listening_url != f"http://127.0.0.1:{port}"

    run(scenario())


def test_stop_and_start(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            assert "Waiting for the first callback" in texts_in(app.window.panel)
            app.trigger("toggle_listening")
            await until(lambda: app.program.listening_url is None)
            assert "Not listening" in texts_in(app.window.panel)
            app.trigger("toggle_listening")
            app.url = await until(lambda: app.program.listening_url)
            await app.post(id="a")
            await app.rows(1)

    run(scenario())


def test_the_sample_button_sends_a_whole_life(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            app.trigger("send_sample")
            await app.rows(1)
            await until(lambda: app.cell(0, Column.STATUS) == "Delivered")

    run(scenario())


def test_clearing_asks_first_and_goes_on(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            await app.post(id="a")
            await app.rows(1)
            app.trigger("clear")
            box = await app.dialog(QMessageBox)
            box.reject()
            await app.gone(box)
            await app.post(id="b")
            await app.rows(2)
            app.trigger("clear")
            box = await app.dialog(QMessageBox)
            next(button for button in box.buttons() if "Delete" in button.text()).click()
            await app.rows(0)
            await app.post(id="c")
            await app.rows(1)

    run(scenario())


def test_preferences_are_remembered(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            app.trigger("preferences")
            dialog = await app.dialog(PreferencesDialog)
            dialog._scheme.setCurrentIndex(dialog._scheme.findData("dark"))
            dialog._stalled.setValue(2.5)
            dialog.accept()
            await until(lambda: app.program.appearance.colors.dark)
        async with started() as app:
            assert app.program.appearance.colors.dark
            assert app.program.settings.stalled_minutes == 2.5
            await app.post(id="a")

    run(scenario())


def test_the_address_and_the_limit_of_the_preferences_count_at_once(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            before = app.program.listening_url
            app.trigger("preferences")
            dialog = await app.dialog(PreferencesDialog)
            dialog._limit.setValue(1)
            dialog.accept()
            await app.gone(dialog)
            assert app.program.listening_url == before
            assert await app.post(body=b" " * 2000) == 413
            app.trigger("preferences")
            dialog = await app.dialog(PreferencesDialog)
            dialog._port.setValue(0)
            dialog.accept()
            await until(lambda: app.program.listening_url not in (None, before))

    run(scenario())


def test_the_address_dialog_shows_the_address_of_the_command_line(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started(Start(host="::1", port=0)) as app:
            app.trigger("change_address")
            dialog = await app.dialog(AddressDialog)
            assert dialog.address == ("::1", 0)
            dialog.reject()
            await app.gone(dialog)

    run(scenario())


def test_a_session_that_is_let_go_is_one_file(run: Run, started: StartProgram, folders: Folders) -> None:
    """Without a log beside it: whoever hands the file on hands on everything."""

    async def scenario() -> None:
        for _ in range(3):
            async with started() as app:
                await app.post(id="a")
        assert {path.suffix for path in folders.sessions.iterdir()} == {".inspector"}

    run(scenario())


def test_a_saved_session_is_gone_on_with_or_only_shown(run: Run, started: StartProgram, tmp_path: Path) -> None:
    path = tmp_path / "earlier.inspector"

    async def scenario() -> None:
        async with started(Start(session=path, port=0)) as app:
            await app.post(id="a")
            await app.rows(1)
        async with started(Start(session=path, listen=False), listening=False) as app:
            await app.rows(1)
            assert app.program.listening_url is None
            with SessionReader(path) as reader:
                assert reader.info().ended_at is not None
            app.program.open_session(path)
            await until(lambda: app.window.status.note == "This session is the one that is open.")
        async with started(Start(session=path, port=0)) as app:
            await app.post(id="b")
            await app.rows(2)
        async with started(Start(session=path, port=0, listen=False), listening=False) as app:
            app.trigger("toggle_listening")
            app.url = await until(lambda: app.program.listening_url)
            await app.post(id="c")
            await app.rows(3)

    run(scenario())


def test_a_session_that_nobody_named_and_nothing_came_into_goes_away(
    run: Run, started: StartProgram, folders: Folders
) -> None:
    async def scenario() -> None:
        async with started() as app:
            app.trigger("new_session")
            await until(lambda: len(app.program.settings.recent) == 1 and app.program.listening_url)
        async with started() as app:
            await app.post(id="a")
        async with started() as app:
            assert len(app.program.settings.recent) == 2  # the one with a callback, and the one that is open

    run(scenario())
    assert len(list(folders.sessions.iterdir())) == 1


def test_the_other_dialogs_open_and_close(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            for action, kind in (("shortcuts", TwoColumns), ("filter_help", TwoColumns), ("about", AboutDialog)):
                app.trigger(action)
                dialog = await app.dialog(kind)
                dialog.reject()
                await app.gone(dialog)

    run(scenario())


def test_tab_goes_through_the_window_as_it_is_read(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            await app.post(id="a", status="delivered")
            await app.rows(1)
            app.select(0)
            app.window.activateWindow()
            app.window.panel.filter.edit.setFocus()
            names = []
            for _ in range(25):
                focused = app.window.focusWidget()
                names.append(focused.accessibleName() or focused.text())
                QTest.keyClick(focused, Qt.Key.Key_Tab)
            places = [names.index(name) for name in ("Filter", "Messages", "Timeline of the message's callbacks")]
            stop = names.index("Stop listening")
            assert places == sorted(places)
            assert places[-1] < stop < 25

    run(scenario())


@pytest.mark.parametrize(
    ("action", "first", "last"),
    [
        ("show_address", "Look again which tunnel programs are installed", "My own public address"),
        ("show_simulate", "Parts of a simulation", "Start"),
    ],
)
def test_tab_goes_through_a_page_before_the_status_line(
    run: Run, started: StartProgram, action: str, first: str, last: str
) -> None:
    async def scenario() -> None:
        async with started() as app:
            app.trigger(action)
            await until(lambda: any(one.accessibleName() == first for one in app.window.side.findChildren(QWidget)))
            names: list[str] = []

            def walked() -> bool:
                app.window.activateWindow()
                app.window.side.tabs.setFocus()
                names.clear()
                while "Stop listening" not in names and len(names) < 80:
                    focused = app.window.focusWidget()
                    names.append(focused.accessibleName() or getattr(focused, "text", str)().replace("&", ""))
                    QTest.keyClick(focused, Qt.Key.Key_Tab)
                return last in names

            await until(walked)  # a page may be made in pieces
            assert names.index("Side pane") < names.index(first) < names.index(last) < names.index("Stop listening")

    run(scenario())


def test_every_control_has_an_accessible_name(run: Run, started: StartProgram) -> None:
    from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QLineEdit

    async def scenario() -> None:
        async with started() as app:
            nameless = [
                control
                for kind in (QAbstractButton, QAbstractItemView, QLineEdit)
                for control in app.window.findChildren(kind)
                if not control.objectName().startswith("qt_")
                and control.focusPolicy() is not Qt.FocusPolicy.NoFocus
                and not (control.accessibleName() or (isinstance(control, QAbstractButton) and control.text()))
            ]
            assert nameless == []

    run(scenario())


def test_the_focus_stays_with_the_rows_when_there_are_none_for_a_while(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            panel = app.window.panel
            await app.post(id="a")
            await app.rows(1)
            panel.focus_table()
            assert app.window.focusWidget() is panel.messages
            app.trigger("new_session")
            await app.rows(0)
            await until(panel.empty.isVisible)
            focused = app.window.focusWidget()
            assert focused is not None
            assert panel.empty.isAncestorOf(focused)
            app.url = await until(lambda: app.program.listening_url)
            await app.post(id="b")
            await app.rows(1)
            assert app.window.focusWidget() is panel.messages
            QTest.keyClick(panel.messages, Qt.Key.Key_Down)
            assert panel.messages.selected_ids() == [1]
            panel.filter.edit.setFocus()
            app.trigger("new_session")
            await until(panel.empty.isVisible)
            assert app.window.focusWidget() is panel.filter.edit

    run(scenario())
