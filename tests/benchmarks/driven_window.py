"""The real window in this process, on the real loop, as a benchmark drives it: acts, and when they are shown."""

import asyncio
import math
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from keyring.backends.null import Keyring
from PySide6.QtCore import QObject, Qt, qInstallMessageHandler
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from shiboken6 import delete

from inspector.app import Program, Start
from inspector.runtime.errors import install_error_sink, qt_message_handler
from inspector.runtime.folders import Folders
from inspector.runtime.quit import Application
from inspector.runtime.secrets import Secrets
from inspector.runtime.tasks import TaskScope
from inspector.runtime.window_loop import WindowLoop
from inspector.settings import SettingsFile
from inspector.ui.live_table import LiveTable
from inspector.ui.main_window import MainWindow
from inspector.ui.session_panel import SessionPanel
from tests.benchmarks.witnesses import Blocks, Painted, Timing, complete, first_rows_held

_PATIENCE: Final = 120.0
"""Seconds that an act may take before something must be wrong."""


class Driver:
    """The user of one window."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.window: MainWindow = program.window
        self.panel: SessionPanel = program.window.panel
        self.blocks = Blocks(parent=program.window)
        self._painted = {table: Painted(table.viewport()) for table in (self.panel.messages, self.panel.callbacks)}
        self._detail_painted = Painted(self.window.detail, within=True)

    def started(self, start: Start) -> bool:
        """Whether the program has come as far as it was asked to."""
        listens, shows = self.program.listening_url is not None, self.panel.rows.reader is not None
        return listens if start.listen else shows

    async def answered(self, act: Callable[[], object], table: LiveTable, filtered: str | None = None) -> Timing:
        """Do what asks the session anew; timed until the first rows are painted and until all is there.

        `filtered` is the filter that must be in force for rows to count as the answer to this act.
        """
        rows, model = self.panel.rows, table.model()
        reset, first = False, math.nan

        def on_reset() -> None:
            nonlocal reset
            reset = reset or filtered is None or rows.query.text == filtered

        def on_painted() -> None:
            nonlocal first
            if reset and math.isnan(first) and first_rows_held(table):
                first = time.perf_counter()

        def shown() -> bool:
            return not math.isnan(first) and complete(rows)

        connection = model.modelReset.connect(on_reset)
        paint = self._painted[table]
        try:
            with paint.calling(on_painted):
                begun, done, blocked = await self._timed(act, shown, rows.settled, paint.painted)
        finally:
            QObject.disconnect(connection)
        return Timing((first - begun) * 1000, (done - begun) * 1000, blocked)

    async def shown(
        self, act: Callable[[], object], table: LiveTable, when: Callable[[], bool] = lambda: True
    ) -> Timing:
        """Do what needs no new answer, such as to scroll; timed until the table is painted (`when` this holds)."""
        return await self._until_painted(act, self._painted[table], when)

    async def detailed(self, act: Callable[[], object], row: int) -> Timing:
        """Choose a message; timed until the detail pane shows it."""
        return await self._until_painted(act, self._detail_painted, lambda: self.window.detail.message_row == row)

    async def _until_painted(self, act: Callable[[], object], paint: Painted, when: Callable[[], bool]) -> Timing:
        seen = False

        def on_painted() -> None:
            nonlocal seen
            seen = seen or when()

        with paint.calling(on_painted):
            begun, done, blocked = await self._timed(act, lambda: seen, paint.painted)
        return Timing((done - begun) * 1000, (done - begun) * 1000, blocked)

    async def _timed(
        self, act: Callable[[], object], when: Callable[[], bool], *signals: Any
    ) -> tuple[float, float, float]:
        """Begin, end and longest block of an act. Asked at the signals, and at each tick in case that none comes."""
        over: asyncio.Future[float] = asyncio.get_running_loop().create_future()

        def check(*_: object) -> None:
            if not over.done() and when():
                over.set_result(time.perf_counter())

        connections = [one.connect(check) for one in (*signals, self.blocks.timeout)]
        self.blocks.begin()
        begun = time.perf_counter()
        try:
            act()
            async with asyncio.timeout(_PATIENCE):
                done = await over
            return begun, done, self.blocks.longest()
        finally:
            self.blocks.stop()
            for connection in connections:
                QObject.disconnect(connection)

    async def until(self, condition: Callable[[], Any], what: str) -> None:
        """Wait for something that is not timed."""
        for _ in range(int(_PATIENCE * 100)):
            if condition():
                return
            await asyncio.sleep(0.01)
        raise AssertionError(f"{what}: this did not happen")

    async def quiet(self) -> None:
        """Wait until the window rests."""
        await self.until(lambda: complete(self.panel.rows), "the window comes to rest")
        await asyncio.sleep(0.05)

    async def filter(self, text: str, table: LiveTable) -> Timing:
        """Put a filter in and press Return, which does not wait for more keys."""
        edit = self.panel.filter.edit
        edit.setText(text)
        return await self.answered(lambda: QTest.keyClick(edit, Qt.Key.Key_Return), table, text)

    def press(self, widget: QWidget, key: Qt.Key) -> None:
        QTest.keyClick(widget, key)


@asynccontextmanager
async def driven(application: Application, folder: Path, start: Start) -> AsyncIterator[Driver]:
    """The program with its window of 1280 x 800, ended in order afterwards. What fails in it fails here."""
    failures: list[BaseException] = []
    folders = Folders(folder / "sessions", folder / "settings", folder / "logs")
    async with TaskScope(on_error=lambda error, _: failures.append(error)) as tasks:
        program = Program(application, folders, SettingsFile(folders.settings), start, tasks, Secrets(Keyring))
        program.window.resize(1280, 800)
        driver = Driver(program)
        running = tasks.spawn(program.run(), name="program")
        try:
            await driver.until(lambda: driver.started(start) or running.done(), "the program starts")
            yield driver
        finally:
            program.quit()
            await running
    # At once and in this thread, with every timer; left to Python, they could be collected in any.
    delete(program.window)
    delete(program.appearance)
    if failures:
        raise failures[0]


def run_window(main: Callable[[Application], Coroutine[Any, Any, None]]) -> int:
    """Run a coroutine as `inspector.app.run` runs the program; returns the exit code, 1 when errors came up."""
    errors: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        sink = install_error_sink(Path(folder), errors.append)
        qInstallMessageHandler(qt_message_handler)
        application = Application(["inspector"])
        application.setQuitOnLastWindowClosed(False)
        loop = WindowLoop(application)
        loop.set_exception_handler(sink.handle_loop_exception)
        asyncio.set_event_loop(loop)
        try:
            loop.run_until_complete(main(application))
        finally:
            loop.close()
            asyncio.set_event_loop(None)
            qInstallMessageHandler(None)
            sink.close()
    for error in errors:
        print(f"window: {error}", file=sys.stderr, flush=True)
    return 1 if errors else 0
