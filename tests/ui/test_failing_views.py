"""A view that fails: what comes is stored and answered all the same, the other views go on, one report tells of it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from inspector.runtime.errors import ErrorSink, install_error_sink
from inspector.runtime.folders import Folders
from inspector.session.reader import SessionReader
from inspector.ui.callback_table_model import CallbackTableModel
from inspector.ui.detail.pane import DetailPane
from inspector.ui.detail.timeline_delegate import TimelineDelegate
from inspector.ui.detail.view import DetailView
from inspector.ui.dialogs.trouble import TroubleDialog
from inspector.ui.live_rows import LiveRows
from inspector.ui.main_window import MainWindow
from inspector.ui.message_painter import MessagePainter
from inspector.ui.message_table_model import MessageTableModel
from inspector.ui.row_painter import RowPainter
from inspector.ui.session_panel import CALLBACKS, MESSAGES
from inspector.ui.status_chips import StatusChips
from inspector.ui.status_line import StatusLine
from inspector.ui.workbench.insight_page import InsightPage
from inspector.workbench.door import Door
from inspector.workbench.insight import InsightTool
from inspector.workbench.notify import NotifyTool
from inspector.workbench.replies import Replies
from tests.ui.conftest import Driver, Run, StartProgram, until

pytestmark = pytest.mark.qt_no_exception_capture  # they go to the sink, as in the program

FLOOD = 60


@dataclass(frozen=True)
class Case:
    """Which method fails, and what makes it be called beside callbacks that come."""

    owner: type
    method: str
    provoke: Callable[[Driver], object] = lambda app: app.select(0)
    table: bool = True
    """Whether the table of messages goes on."""

    def __str__(self) -> str:
        return f"{self.owner.__name__}.{self.method}"


def look_at_insight(app: Driver) -> None:
    app.trigger("insight")


def look_at_callbacks(app: Driver) -> None:
    app.window.panel.show_view(CALLBACKS)


def tell_of_settings(app: Driver) -> None:
    app.program.capturing.apply()
    app.program.settings_changed()


def turn_away(app: Driver) -> None:
    app.program.capturing.refusals.no_more_files()
    app.program.capturing.refusals.tell()


def show_state(app: Driver) -> None:
    app.program.bench.listening_changed()  # type: ignore[union-attr]
    app.window.show_listening(app.url, "Listening")


CASES = [
    Case(MessageTableModel, "read"),
    Case(MessageTableModel, "shown"),
    Case(MessageTableModel, "refresh"),
    Case(MessageTableModel, "append_ids", table=False),
    Case(CallbackTableModel, "shown", look_at_callbacks, table=False),
    Case(MessagePainter, "picture"),
    Case(RowPainter, "paint_rows"),
    Case(TimelineDelegate, "paint"),
    Case(DetailPane, "show_message"),
    Case(DetailView, "show_message"),
    Case(StatusChips, "show_counts"),
    Case(StatusLine, "show_counts"),
    Case(StatusLine, "show_note", lambda app: app.trigger("copy_address")),
    Case(LiveRows, "_count"),
    Case(MainWindow, "session_changed", table=False),
    Case(InsightTool, "refresh", look_at_insight),
    Case(InsightPage, "show_insight", look_at_insight),
    Case(NotifyTool, "appended"),
    Case(Replies, "appended"),
    Case(Door, "_show", tell_of_settings),
    Case(Door, "_on_refused", turn_away),
    Case(Replies, "listening_changed", show_state),
]


@pytest.fixture
def sink(folders: Folders) -> Iterator[ErrorSink]:
    sink = install_error_sink(folders.logs, None)
    yield sink
    sink.close()


class Switch:
    """Makes a method fail while it is on. Put in before the program starts, which takes hold of its methods then."""

    def __init__(self, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
        self.on = False
        self.failed = 0
        working = getattr(case.owner, case.method)

        def method(*args: Any, **more: Any) -> Any:
            if self.on:
                self.failed += 1
                raise ZeroDivisionError("made to fail")
            return working(*args, **more)

        monkeypatch.setattr(case.owner, case.method, method)


@asynccontextmanager
async def reported(started: StartProgram, sink: ErrorSink) -> AsyncIterator[tuple[Driver, list[str]]]:
    """The program with its error sink, as `inspector.app` puts them together; and what the sink told."""
    told: list[str] = []
    asyncio.get_running_loop().set_exception_handler(sink.handle_loop_exception)
    async with started(sink=sink) as app:

        def tell(text: str) -> None:
            told.append(text)
            app.window.show_error(text)

        sink._on_error = tell
        yield app, told


def stored(app: Driver) -> int:
    path = app.window.panel.rows.reader.path  # type: ignore[union-attr]
    with SessionReader(path) as reader:
        return reader.summary().callbacks


@pytest.mark.parametrize("case", CASES, ids=str)
def test_capture_and_the_other_views_go_on(
    case: Case, run: Run, started: StartProgram, sink: ErrorSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    switch = Switch(case, monkeypatch)

    async def scenario() -> None:
        async with reported(started, sink) as (app, told):
            window = app.window
            heard: list[object] = []
            app.program.capturing.on_appended.append(lambda received, _: heard.extend(received))
            assert await app.post(id="first") == 200
            await app.rows(1)
            switch.on = True
            case.provoke(app)
            assert await asyncio.gather(*(app.post(id=f"m{number}") for number in range(FLOOD))) == [200] * FLOOD
            assert (stored(app), len(heard)) == (FLOOD + 1, FLOOD + 1)
            await until(lambda: switch.failed, "it was never called")
            dialog = await app.dialog(TroubleDialog)
            assert "made to fail" in dialog.report
            if case.table:
                await app.rows(FLOOD + 1)
            dialog.close()
            assert await app.post(id="after") == 200
            switch.on = False
            assert await app.post(id="last") == 200
            window.panel.show_view(MESSAGES)
            await app.rows(FLOOD + 3)  # what is mended shows all that came meanwhile
            await until(lambda: f"{FLOOD + 3}" in window.status._verdicts.text())
            assert [one for one in window.findChildren(TroubleDialog) if one.isVisible()] == []
            assert len(told) <= 1 + switch.failed // 2
        assert "made to fail" in sink.log_path.read_text(encoding="utf-8")

    run(scenario())
