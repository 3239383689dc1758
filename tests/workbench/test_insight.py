"""The insight page in the running program: what it shows, what its marks filter, what it costs."""

import os
import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from inspector.capture.simulator import play
from inspector.program import Start
from inspector.session import files, reader
from inspector.session.session import Session
from inspector.ui.session_panel import CALLBACKS, MESSAGES
from inspector.ui.theme import Scheme
from inspector.ui.workbench.charts.chart import Chart
from inspector.ui.workbench.insight_page import InsightPage
from inspector.workbench.insight import InsightTool
from tests.factories import RECEIVED, make_callback, make_session, stamp
from tests.ui.conftest import Driver, Run, StartProgram, texts_in, until


def tool_of(app: Driver) -> InsightTool:
    assert app.program.bench is not None
    return next(one for one in app.program.bench.tools if isinstance(one, InsightTool))


async def opened(app: Driver) -> InsightPage:
    app.trigger("insight")
    await settled(app)
    page = app.window.side.widget(app.window.side.page)
    assert isinstance(page, InsightPage)
    return page


async def settled(app: Driver) -> None:
    """Until the page shows all that came. Its timer is not waited for."""
    await until(lambda: not app.window.panel.rows._flush.isActive())
    tool_of(app).refresh()
    await until(lambda: tool_of(app).settled)


def shown(chart: Chart) -> dict[str, str]:
    return {mark.label: mark.shown for mark in chart.marks}


async def choose(app: Driver, chart: Chart, number: int) -> None:
    """Click a mark and wait until the table shows what it filters."""
    QTest.mouseClick(
        chart, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, chart.areas()[number].center().toPoint()
    )
    await until(lambda: not app.window.panel.rows.busy)


def number_of(text: str) -> int:
    return int(text.split(maxsplit=1)[0].replace(",", ""))


def test_every_mark_filters_the_rows_that_it_counts(run: Run, started: StartProgram, tmp_path: Path) -> None:
    """A session with every kind of life, saved, so that nothing moves."""

    async def scenario() -> None:
        async with started() as app:
            await play(f"{app.url}/x", ["mixed"], messages=60, rate=2000.0, seed=20)
            await app.post(body=b"{")
            await app.post(id="drift", status="sennt", carrier="X", number_of_segments="1")
            await app.post(id="drift too", carrier="X", timestamp=stamp())
            page = await opened(app)
            panel = app.window.panel

            def shows(number: float) -> bool:
                return bool(panel.table.model().rowCount() == number)

            looked_at = 0
            charts = (page.funnel, page.took, page.rate, page.errors, page.findings, page.drift)
            for chart in charts:
                for number, mark in enumerate(chart.marks):
                    if not mark.term:
                        continue
                    await choose(app, chart, number)
                    assert panel.filter.edit.text() == mark.term
                    assert not panel.filter.problem_label.isVisible(), mark
                    assert panel.view == (CALLBACKS if mark.callbacks else MESSAGES)
                    await until(partial(shows, mark.value), str(mark))
                    looked_at += 1
            assert looked_at > 30
            for mark in page.percentiles.marks:
                panel.show_view(MESSAGES)
                panel.filter.set_filter(mark.term)
                wanted = int(mark.detail.split("; ")[1].split()[0])
                await until(partial(shows, wanted), str(mark))

    run(scenario())


def test_what_is_shown_grows_with_the_session(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            page = await opened(app)
            assert "Nothing was captured yet" in texts_in(page)
            await app.post(id="a", status="queued", timestamp=stamp())
            await settled(app)
            assert shown(page.funnel)["Queued"] == "1 · 100%"
            assert "No message was seen on its way" in texts_in(page)
            await app.post(id="a", status="delivered", timestamp=stamp(3))
            await app.post(id="b", status="failed", error_code="30003")
            await app.post(id="c", status="failed", error_code="teapot<b>")
            await settled(app)
            assert shown(page.funnel)["Delivered"] == "1 · 33%"
            assert shown(page.percentiles)["p99"] == "3.0 s"
            assert shown(page.errors) == {"30003  Handset cannot be reached": "1", "teapot<b>": "1"}
            assert shown(page.took)["2s to 5s"] == "1 message"
            app.program.settings.stalled_minutes = 0.00001
            app.program.settings_changed()
            await app.post(id="d", status="sent")
            app.window.panel.rows.clock_moved.emit()
            await settled(app)
            assert shown(page.findings)["Stalled"] == "1"
            app.program.clear_session(app.program.sessions.path)
            await until(lambda: app.window.panel.rows._generation)
            await settled(app)
            assert "Nothing was captured yet" in texts_in(page)

    run(scenario())


def test_the_keyboard_reaches_every_mark(run: Run, started: StartProgram, tmp_path: Path) -> None:
    batch = [make_callback(id=str(number), status=status) for number, status in enumerate(("queued", "sent", "read"))]
    path = make_session(tmp_path / "a.inspector", batch)

    async def scenario() -> None:
        async with started(Start(session=path, listen=False), listening=False) as app:
            page = await opened(app)
            funnel = page.funnel
            assert funnel.accessibleName() == "How far messages came"
            funnel.setFocus()
            QTest.keyClick(funnel, Qt.Key.Key_Down)
            QTest.keyClick(funnel, Qt.Key.Key_Right)
            assert funnel.accessibleDescription().startswith("Sent, 1 · 33%")
            QTest.keyClick(funnel, Qt.Key.Key_Return)
            assert app.window.panel.filter.edit.text() == "reached:sent"
            QTest.keyClick(funnel, Qt.Key.Key_Home)
            QTest.keyClick(funnel, Qt.Key.Key_Up)
            QTest.keyClick(funnel, Qt.Key.Key_Space)
            assert app.window.panel.filter.edit.text() == "reached:queued"
            QTest.keyClick(funnel, Qt.Key.Key_End)
            assert funnel.current == len(funnel.marks) - 1
            for scheme in (Scheme.DARK, Scheme.LIGHT):
                app.program.appearance.use(scheme)
                picture = funnel.grab().toImage()
                assert picture.pixelColor(1, 3) != picture.pixelColor(picture.width() - 30, 3)

    run(scenario())


def test_a_page_that_nobody_sees_reads_nothing(
    run: Run, started: StartProgram, monkeypatch: pytest.MonkeyPatch
) -> None:
    statements: list[str] = []
    connect = files.connect_to_read

    def listening(path: Path, patience: float) -> sqlite3.Connection:
        connection = connect(path, patience)
        connection.set_trace_callback(statements.append)
        return connection

    monkeypatch.setattr(reader, "connect_to_read", listening)

    def looks() -> int:
        return len([one for one in statements if "delivered_after" in one and "ORDER BY row" in one])

    async def scenario() -> None:
        async with started() as app:
            await app.post(id="a")
            await app.rows(1)
            tool_of(app).refresh()
            assert looks() == 0
            await opened(app)
            assert looks() == 1
            tool_of(app).refresh()
            await settled(app)
            assert looks() == 1  # nothing changed
            app.window.side.show_details()
            await app.post(id="b")
            await app.rows(2)
            assert not tool_of(app)._timer.isActive()
            assert looks() == 1

    run(scenario())


def test_another_session_is_read_anew_and_its_file_given_back(run: Run, started: StartProgram, tmp_path: Path) -> None:
    def life(number: int) -> list[Any]:
        return [make_callback(id=str(one), status="sent", received=RECEIVED) for one in range(number)]

    one = make_session(tmp_path / "one.inspector", life(3))
    other = make_session(tmp_path / "other.inspector", life(5))

    async def scenario() -> None:
        async with started(Start(session=one, port=0)) as app:
            page = await opened(app)
            assert shown(page.funnel)["Sent"] == "3 · 100%"
            app.window._commands.open_session(other)
            await until(lambda: shown(page.funnel)["Sent"] == "5 · 100%")
            # Nobody reads the first one any more, so its log was folded into it.
            assert f"{one.name}-wal" not in os.listdir(tmp_path)  # noqa: PTH208 - Path would be told to block
        with closing(sqlite3.connect(one)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        with Session.open(one):
            pass

    run(scenario())
