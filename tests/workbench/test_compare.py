"""Two messages, or two callbacks, beside each other."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from inspector.app import Start
from inspector.ui.session_panel import CALLBACKS
from inspector.ui.workbench.compare_window import CompareWindow
from inspector.ui.workbench.side_by_side import Sign
from tests.factories import make_callback, make_form_callback, make_session, stamp
from tests.ui.conftest import Driver, Run, StartProgram, until


async def window_of(app: Driver) -> CompareWindow:
    found: CompareWindow = await until(
        lambda: next((one for one in app.window.findChildren(CompareWindow) if one.isVisible()), None)
    )
    return found


def differences(window: CompareWindow) -> list[tuple[str | None, str | None]]:
    return [(pair.left, pair.right) for pair in window.view._pairs if pair.sign is not Sign.SAME]


def session(path: Path) -> Path:
    return make_session(
        path,
        [
            make_callback(id="a", status="queued"),
            make_callback(id="a", status="sent", timestamp=stamp(2), headers=[("Host", "other")]),
            make_callback(id="b", status="sent", to="+15550001111", timestamp=stamp(-1)),
            make_form_callback(),
            make_callback(b'{"id": "a", '),
        ],
    )


def test_two_messages(run: Run, started: StartProgram, tmp_path: Path) -> None:
    path = session(tmp_path / "s.inspector")

    async def scenario() -> None:
        async with started(Start(session=path, listen=False), listening=False) as app:
            await app.rows(3)
            app.select(0)
            QTest.keyClick(app.window.panel.messages, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
            app.trigger("compare")
            window = await window_of(app)
            assert ("Id: a", "Id: b") in differences(window)
            assert ("To: +15551230001", "To: +15550001111") in differences(window)
            assert "From: +15559870002" in window.view.left.toPlainText()
            assert f"  timestamp {stamp(2)}" in window.view.left.toPlainText()
            assert "  arrived 2026-03-17" in window.view.left.toPlainText()
            before = differences(window)
            window.swap.click()
            assert ("Id: b", "Id: a") in differences(window)
            window.swap.click()
            assert differences(window) == before
            QTest.keyClick(window.view.left, Qt.Key.Key_F3)
            QTest.keyClick(window.view.left, Qt.Key.Key_Escape)
            await until(lambda: not app.window.findChildren(CompareWindow))

    run(scenario())


def test_the_newest_callbacks_of_one_message(run: Run, started: StartProgram, tmp_path: Path) -> None:
    path = session(tmp_path / "s.inspector")

    async def scenario() -> None:
        async with started(Start(session=path, listen=False), listening=False) as app:
            await app.rows(3)
            app.select(0)
            app.trigger("compare")
            window = await window_of(app)
            assert ("Host: 127.0.0.1:9797", "Host: other") in differences(window)
            assert ('  "status": "queued",', '  "status": "sent",') in differences(window)
            window.close()
            app.select(1)
            app.trigger("compare")
            assert "it has only one callback" in app.window.status.note

    run(scenario())


def test_callbacks_of_different_kinds(run: Run, started: StartProgram, tmp_path: Path) -> None:
    path = session(tmp_path / "s.inspector")

    async def scenario() -> None:
        async with started(Start(session=path, listen=False), listening=False) as app:
            await app.rows(3)
            app.window.panel.show_view(CALLBACKS)
            await until(lambda: app.window.panel.callbacks_model.rowCount() == 5)
            table = app.window.panel.callbacks
            app.trigger("compare")
            assert app.window.status.note == "Select two rows to compare; 0 callbacks selected now."
            table.select_id(4)
            app.trigger("compare")
            assert app.window.status.note == "Select a second callback to compare this one with."
            QTest.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
            app.trigger("compare")
            window = await window_of(app)
            assert "MessageStatus = queued" in window.view.left.toPlainText()
            assert '{"id": "a", ' in window.view.right.toPlainText()
            assert "Verdict: Invalid: 1 problem" in window.view.right.toPlainText()
            app.trigger("select_all")
            app.trigger("compare")
            assert "5 callbacks selected" in app.window.status.note
            window.close()

    run(scenario())
