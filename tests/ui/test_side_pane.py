"""The side of the window: details first, other pages made when they are looked at."""

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from inspector.ui.menus import Entry
from inspector.ui.side_pane import SidePane
from tests.ui.conftest import Run, StartProgram


def test_a_page_is_made_when_it_is_looked_at_first(qtbot: QtBot) -> None:
    details = QLabel("details")
    pane = SidePane(details)
    qtbot.addWidget(pane)
    made: list[QLabel] = []

    def make() -> QLabel:
        made.append(QLabel("page"))
        return made[-1]

    pane.show()
    assert not pane.tabs.isVisible()
    number = pane.add_page("Page", make)
    assert pane.tabs.isVisible()
    assert (pane.page, made) == (0, [])
    with qtbot.waitSignal(pane.page_shown):
        pane.show_page(number)
    assert made[0].isVisible()
    pane.show_details()
    assert details.isVisible()
    pane.show_page(number)
    assert len(made) == 1
    assert pane.widget(number) is made[0]


def test_an_entry_of_the_tools_menu_leads_to_its_page(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            app.window.add_page("Extra", lambda: QLabel("extra"), Entry("show_extra", "E&xtra", "Ctrl+Alt+X"))
            app.trigger("toggle_details")
            assert not app.window.side.isVisible()
            app.trigger("show_extra")
            page = app.window.side.widget(app.window.side.tabs.count() - 1)
            assert page.isVisible()
            assert ("Ctrl+Alt+X", "Extra") in app.window.menus.shortcuts()

    run(scenario())
