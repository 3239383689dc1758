"""Retention in the window: old rows go, and nothing that is looked at moves."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from inspector.session.retention import Keep
from inspector.session.session import Session
from inspector.ui.dialogs.preferences import PreferencesDialog
from inspector.ui.message_table_model import Column
from tests.ui.conftest import Driver, Run, StartProgram, until


async def filled(app: Driver, count: int) -> None:
    for number in range(count):
        await app.post(id=f"m{number}", to=f"+1555{number}")
    await app.rows(count)


def test_old_rows_go_and_what_is_looked_at_stays_in_its_place(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            await filled(app, 90)
            table = app.window.panel.messages
            table.setFocus()
            QTest.keyClick(table, Qt.Key.Key_Up)
            app.select(60)
            table.scrollTo(table.model().index(50, 0), table.ScrollHint.PositionAtTop)
            top = app.cell(table.rowAt(2), Column.TO)
            app.program.settings.keep_callbacks = 50
            await app.rows(50)
            assert app.cell(0, Column.TO) == "+155540"
            assert app.cell(table.rowAt(2), Column.TO) == top == "+155550"
            assert table.current_id() == 61
            await until(lambda: "50 messages" in app.window.panel.filter._counter.text())
            app.program.settings.keep_callbacks = 10
            await app.rows(10)
            await until(lambda: not app.window.detail.isVisible() or table.current_id() is None)

    run(scenario())


def test_the_list_of_callbacks_and_a_sorted_table_lose_them_too(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            await filled(app, 40)
            panel = app.window.panel
            panel.messages.horizontalHeader().setSortIndicator(Column.TO, Qt.SortOrder.DescendingOrder)
            app.program.settings.keep_callbacks = 30
            await app.rows(30)
            panel.show_view(1)
            await until(lambda: panel.callbacks_model.rowCount() == 30)
            app.program.settings.keep_callbacks = 20
            await until(lambda: list(panel.callbacks_model.ids) == list(range(21, 41)))
            panel.show_view(0)
            await app.rows(20)

    run(scenario())


def test_another_process_may_trim_what_is_looked_at(run: Run, started: StartProgram, tmp_path: Path) -> None:
    from tests.factories import STARTED, make_callback

    async def scenario() -> None:
        path = tmp_path / "other.inspector"
        with Session.create(path, started=STARTED) as session:
            session.append([make_callback(id=str(number)) for number in range(30)])
            async with started() as app:
                app.program.open_session(path)
                await app.rows(30)
                session.trim(Keep(callbacks=10), STARTED)
                await app.rows(10)

    run(scenario())


def test_preferences_say_what_is_kept(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            app.trigger("preferences")
            dialog = await app.dialog(PreferencesDialog)
            assert (dialog._keep_callbacks.text(), dialog._keep_days.text()) == ("all callbacks", "any age")
            dialog._keep_callbacks.setValue(50_000)
            dialog._keep_days.setValue(7)
            dialog.accept()
            await app.gone(dialog)
            await until(lambda: app.program.capturing.keep() == Keep(50_000, 7.0))

    run(scenario())
