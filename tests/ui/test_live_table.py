"""The table: its columns, and what is new in it."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from inspector.ui.column_menu import ColumnMenu
from inspector.ui.message_table_model import Column
from tests.ui.conftest import Run, StartProgram, until


def test_several_columns_can_be_hidden_at_once_and_the_room_is_used(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            await app.post(id="one")
            await app.rows(1)
            app.window.resize(1600, 700)
            table = app.window.panel.messages
            header = table.horizontalHeader()
            before = header.sectionSize(Column.BODY)
            header.customContextMenuRequested.emit(QPoint(5, 5))
            menu = await until(lambda: next(iter(table.findChildren(ColumnMenu)), None))
            for text in ("From", "Transitions", "Last change", "To delivered"):
                action = next(action for action in menu.actions() if action.text() == text)
                QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())
                assert menu.isVisible()
            menu.close()
            assert header.isSectionHidden(Column.FROM)
            assert header.isSectionHidden(Column.TRANSITIONS)
            assert header.sectionSize(Column.BODY) > before

    run(scenario())


def test_only_rows_out_of_view_are_counted_as_new(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            for number in range(60):
                await app.post(id=f"m{number}", status="failed" if number == 1 else "sent")
            await app.rows(60)
            table = app.window.panel.messages
            table.setFocus()
            QTest.keyClick(table, Qt.Key.Key_Home)
            await app.post(id="late", status="failed")
            await app.rows(61)
            assert table.new_rows_text == "1 new ↓"
            app.window.panel.filter.set_filter("status:failed")
            await app.rows(2)
            assert table.new_rows_text == ""
            await app.post(id="later", status="failed")
            await app.rows(3)
            assert table.new_rows_text == ""

    run(scenario())
