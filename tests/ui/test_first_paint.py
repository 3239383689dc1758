"""How the window comes up: seen first, complete soon after."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import delete

from inspector.session.session import Session
from inspector.ui.first_paint import first_paint
from tests.factories import STARTED
from tests.ui.conftest import Run, StartProgram, until


class Paper(QWidget):
    """Knows whether it was painted."""

    painted = False

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        self.painted = True


@pytest.fixture
def paper(qapp: QApplication) -> Iterator[Paper]:
    paper = Paper()
    paper.resize(200, 100)
    yield paper
    delete(paper)


def test_a_window_is_seen_when_all_in_it_is_painted(run: Run, paper: Paper) -> None:
    inside = Paper(paper)

    async def scenario() -> None:
        paper.show()
        await first_paint(paper, patience=20)

    run(scenario())
    assert paper.painted
    assert inside.painted


def test_a_window_that_nobody_sees_holds_nothing_up(run: Run, paper: Paper) -> None:
    run(first_paint(paper, patience=0.01))
    assert not paper.painted


def test_the_window_is_complete_soon_after_it_listens(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            view = await until(lambda: app.window.detail._view)
            assert not view.isVisible()

    run(scenario())


def test_a_wish_that_comes_before_the_first_session_is_followed_after_it(
    run: Run, started: StartProgram, tmp_path: Path
) -> None:
    saved = tmp_path / "saved.inspector"
    Session.create(saved, started=STARTED).close()

    async def scenario() -> None:
        async with started(listening=False) as app:
            await until(app.window.isVisible)
            app.program.open_session(saved)
            await until(lambda: app.window.status._state.text() == "Saved session")
            assert app.window.panel.rows.reader is not None
            assert app.window.panel.rows.reader.path == saved
            assert app.program.listening_url is None

    run(scenario())


def test_the_tab_key_goes_from_the_rows_to_the_details_to_the_status_line(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            window = app.window
            await app.post(id="m", status="sent")
            await app.rows(1)
            app.select(0)
            window.panel.messages.setFocus()
            stops = [window.panel, window.side.tabs, window.detail, window.status]
            passed: list[QWidget] = []
            for _ in range(60):
                focused = window.focusWidget()
                assert focused is not None
                part = next(one for one in stops if one is focused or one.isAncestorOf(focused))
                if not passed or part is not passed[-1]:
                    passed.append(part)
                QTest.keyClick(focused, Qt.Key.Key_Tab)
            assert passed[:4] == stops

    run(scenario())
