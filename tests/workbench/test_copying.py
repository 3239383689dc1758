"""Copy as: what is selected, on the clipboard."""

import pytest
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QMenu

from inspector.ui.session_panel import CALLBACKS
from inspector.workbench import copying
from tests.ui.conftest import Driver, Run, StartProgram, until


def kinds(driver: Driver) -> dict[str, QAction]:
    (menu,) = [one for one in driver.window.menus.edit.findChildren(QMenu) if one.title() == "Copy a&s"]
    assert any(action is menu.menuAction() for actions in driver.window._row_actions.values() for action in actions)
    return {action.text(): action for action in menu.actions() if action.text()}


def test_what_is_selected_is_copied(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as driver:
            clipboard = QGuiApplication.clipboard()
            actions = kinds(driver)
            assert [*actions] == [
                "cURL", "Python (aiohttp)", "Python (httpx)", "Raw HTTP", "pytest test", "Body", "Table rows"
            ]  # fmt: skip
            actions["cURL"].trigger()
            await until(lambda: driver.window.status.note.startswith("Nothing is selected."))
            await driver.post("/rest?x=1", status="queued")
            await driver.post("/rest?x=1", status="delivered")
            await driver.rows(1)
            await until(lambda: driver.cell(0, 0) == "Delivered")
            driver.select(0)
            actions["Raw HTTP"].trigger()
            await until(lambda: driver.window.status.note == "2 callbacks copied as Raw HTTP.")
            assert clipboard.text().count("POST /rest?x=1 HTTP/1.1") == 2
            actions["Table rows"].trigger()
            assert clipboard.text().startswith("Delivered\t")
            driver.window.panel.show_view(CALLBACKS)
            await until(lambda: driver.window.panel.callbacks.select_id(2))
            actions["Body"].trigger()
            await until(lambda: driver.window.status.note == "1 callback copied as Body.")
            assert '"delivered"' in clipboard.text()
            actions["pytest test"].trigger()
            await until(lambda: "pytest" in driver.window.status.note)
            assert "def test_callback_2_is_accepted(" in clipboard.text()

    run(scenario())


def test_too_much_for_the_clipboard(run: Run, started: StartProgram, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with started() as driver:
            await driver.post()
            await driver.rows(1)
            driver.select(0)
            QGuiApplication.clipboard().setText("before")
            monkeypatch.setattr(copying, "_MOST_BYTES", 10)
            kinds(driver)["Body"].trigger()
            await until(lambda: "too large for the clipboard" in driver.window.status.note)
            monkeypatch.setattr(copying, "_MOST", 0)
            kinds(driver)["Body"].trigger()
            await until(lambda: "1 callback is too many" in driver.window.status.note)
            assert QGuiApplication.clipboard().text() == "before"

    run(scenario())
