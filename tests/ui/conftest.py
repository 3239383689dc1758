"""The whole program under test: the real window, the real server, on the real loop."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QMessageBox, QProgressDialog, QWidget
from shiboken6 import delete, isValid

from inspector.app import Program, Start
from inspector.runtime.errors import ErrorSink
from inspector.runtime.folders import Folders
from inspector.runtime.secrets import Secrets
from inspector.runtime.tasks import TaskScope
from inspector.runtime.window_loop import WindowLoop
from inspector.settings import SettingsFile
from inspector.ui.main_window import MainWindow
from tests.factories import make_payload

Run = Callable[[Coroutine[Any, Any, None]], None]


@pytest.fixture
def qt_loop(qapp: QApplication) -> Iterator[asyncio.AbstractEventLoop]:
    qapp.setQuitOnLastWindowClosed(False)
    loop = WindowLoop(qapp)
    asyncio.set_event_loop(loop)
    yield loop
    asyncio.set_event_loop(None)
    loop.close()


@pytest.fixture
def run(qt_loop: asyncio.AbstractEventLoop) -> Run:
    """Run a coroutine on the window's loop; one that waits for what never comes fails."""
    return lambda work: qt_loop.run_until_complete(asyncio.wait_for(work, 30))


async def until(condition: Callable[[], Any], what: str = "") -> Any:
    """The first true answer of `condition`; an AssertionError when there is none for ten seconds."""
    for _ in range(1000):
        if answer := condition():
            return answer
        await asyncio.sleep(0.01)
    raise AssertionError(what or "what was waited for did not happen")


@dataclass
class Driver:
    """Drives the program as its user and as its senders."""

    program: Program
    client: ClientSession
    url: str

    @property
    def window(self) -> MainWindow:
        return self.program.window

    async def post(self, path: str = "/rest", body: bytes | None = None, **changes: Any) -> int:
        """Send a callback (a valid one with `changes`, or `body` as it is); returns the reply's status."""
        content = json.dumps(make_payload(**changes)).encode() if body is None else body
        headers = {"Content-Type": "application/json"}
        async with self.client.post(self.url + path, data=content, headers=headers) as response:
            return response.status

    async def rows(self, count: int) -> None:
        """Wait until the table of messages shows so many rows."""
        model = self.window.panel.messages_model
        await until(lambda: model.rowCount() == count, f"{count} rows")

    def cell(self, row: int, column: int) -> str:
        return str(self.window.panel.messages_model.index(row, column).data())

    def select(self, row: int) -> None:
        table = self.window.panel.messages
        # Not selectRow: Qt's does nothing before the header is laid out.
        assert table.select_id(self.window.panel.messages_model.ids[row])

    async def type_filter(self, text: str) -> None:
        """Type a filter as a user does, and wait until it is worked out."""
        edit = self.window.panel.filter.edit
        edit.setFocus()
        edit.clear()
        QTest.keyClicks(edit, text)
        edit.completer_popup.hide()
        QTest.keyClick(edit, Qt.Key.Key_Return)
        await until(lambda: not self.window.panel.rows.busy)

    def trigger(self, action: str) -> None:
        self.window.menus.actions[action].trigger()

    async def gone(self, dialog: QDialog) -> None:
        """Wait until a dialog is closed; it is deleted then."""
        await until(lambda: not isValid(dialog) or not dialog.isVisible())

    async def dialog(self, kind: type[QDialog]) -> Any:
        """Wait for a dialog of this kind."""
        return await until(lambda: next((one for one in self.window.findChildren(kind) if one.isVisible()), None))


def texts_in(widget: QWidget) -> str:
    """Every text that the visible labels below a widget show."""
    labels = [label.text() for label in widget.findChildren(QLabel) if label.isVisible()]
    readers = [getattr(child, "toPlainText", None) for child in widget.findChildren(QWidget) if child.isVisible()]
    return "\n".join([*labels, *(str(read()) for read in readers if callable(read))])


def _asked(program: Program) -> bool:
    """Whether a start waits for an answer of the user."""
    asking = (*program.window.findChildren(QMessageBox), *program.window.findChildren(QProgressDialog))
    return any(one.isVisible() for one in asking)


StartProgram = Callable[..., Any]


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path / "sessions", tmp_path / "settings", tmp_path / "logs")


class MemoryRing:
    """Stands in for the system's keyring, which tests leave alone."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    def get_password(self, _service: str, name: str) -> str | None:
        return self.kept.get(name)

    def set_password(self, _service: str, name: str, value: str) -> None:
        self.kept[name] = value

    def delete_password(self, _service: str, name: str) -> None:
        del self.kept[name]


@pytest.fixture
def secrets() -> Secrets:
    """Secrets in a keyring of the test's own."""
    ring = MemoryRing()
    return Secrets(lambda: ring)


@pytest.fixture
def started(qapp: QApplication, folders: Folders, secrets: Secrets) -> StartProgram:
    """`async with started() as driver`: the program, listening at a free port, quit at the end.

    A task that fails fails the test; with a `sink`, it goes there.
    """

    @asynccontextmanager
    async def start(
        begin: Start | None = None,
        *,
        listening: bool = True,
        sink: ErrorSink | None = None,
        folders: Folders = folders,
    ) -> AsyncIterator[Driver]:
        failures: list[BaseException] = []
        on_error = sink.report if sink is not None else lambda error, _: failures.append(error)
        async with TaskScope(on_error=on_error) as tasks, ClientSession() as client:
            program = Program(qapp, folders, SettingsFile(folders.settings), begin or Start(port=0), tasks, secrets)
            running = tasks.spawn(program.run(), name="program")
            if listening:
                await until(lambda: program.listening_url or running.done())
            await until(lambda: (program.bench and program.bench.complete) or running.done() or _asked(program))
            yield Driver(program, client, program.listening_url or "")
            program.quit()
            assert await running == 0
        # At once and in this thread, with every timer; left to Python, they could be collected in any.
        delete(program.window)
        delete(program.appearance)
        assert not failures

    return start
