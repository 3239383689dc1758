"""What happens to everything that is under way when the session is switched, cleared or closed."""

import asyncio
import json
import socket
import sqlite3
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLineEdit

from inspector.capture.rest_api import RestApi
from inspector.session.session import Session
from inspector.ui.message_table_model import Column
from inspector.ui.workbench.compare_window import CompareWindow
from inspector.ui.workbench.forward_panel import ForwardChoice
from inspector.ui.workbench.redaction_preview import ExportDialog
from inspector.ui.workbench.simulation import Order
from inspector.workbench.address import Address
from inspector.workbench.bench import Tool
from inspector.workbench.insight import InsightTool
from inspector.workbench.replay import Replay
from inspector.workbench.replies import Replies
from inspector.workbench.signalwire import SignalWireTool
from tests.capture.tunnel import stand_ins
from tests.factories import STARTED, make_callback, make_session
from tests.stand_in import FROM, PROJECT, SPACE, TO, TOKEN, StandIn, stand_in
from tests.ui.conftest import Driver, Run, StartProgram, texts_in, until
from tests.workbench.test_insight import settled
from tests.workbench.test_replay import Application, application
from tests.workbench.test_simulate import shown

OLD = "aaaaaaaa-0000-4000-8000-000000000001"


@dataclass
class World:
    """The running program, and all that it speaks with."""

    app: Driver
    mine: Application
    api: StandIn
    saved: Path
    watched: Session
    faults: list[str] = field(default_factory=list)
    _sent: int = 0

    def tool(self, kind: type[Tool]) -> Any:
        bench = self.app.program.bench
        assert bench is not None
        return next(one for one in bench.tools if type(one) is kind)

    @property
    def path(self) -> Path:
        reader = self.app.window.panel.rows.reader
        assert reader is not None
        return reader.path

    def release(self) -> None:
        """Let all answer that were asked."""
        for held in (self.mine.held, self.api.hold):
            assert held is not None
            held.set()

    def ids(self) -> set[str]:
        reader = self.app.window.panel.rows.reader
        assert reader is not None
        return {one.id for one in reader.message_rows(list(self.app.window.panel.messages_model.ids)).values()}

    async def one_more(self) -> str:
        """Send a callback, and find it in the window and in the file that is shown."""
        self.app.url = await until(lambda: self.app.program.listening_url, "listening")
        self._sent += 1
        name = f"m{self._sent}"
        assert await self.app.post(id=name) == 200
        await until(lambda: name in self.ids(), f"{name} is shown")
        assert name in column(self.path, "SELECT id FROM messages")
        return name

    async def in_turn(self) -> None:
        """Until every command was carried out."""
        await asyncio.sleep(0)
        async with self.app.program.turns.held():
            pass


def column(path: Path, question: str) -> list[Any]:
    with closing(sqlite3.connect(path)) as connection:
        return [value for (value,) in connection.execute(question)]


# -- what is under way ----------------------------------------------------------------------------


async def begin_everything(world: World) -> None:
    app = world.app
    for status in ("queued", "sent", "delivered"):
        assert await app.post("/old", id=OLD, status=status) == 200
    await until(lambda: OLD in world.ids())
    app.window.panel.messages.selectAll()
    app.select(0)
    await until(lambda: OLD in texts_in(app.window.detail) or app.window.detail.callback_seq)
    app.trigger("mark_red")
    await until(lambda: column(world.path, "SELECT colour FROM marks") == ["red"])
    app.trigger("compare")
    app.trigger("insight")
    # The message log, of which the second page never comes.
    tool = world.tool(SignalWireTool)
    tool.make_api = lambda space, project, secret: RestApi(space, project, secret, base=world.api.url)
    app.trigger("show_signalwire")
    for name, text in (("Space", SPACE), ("Project id", PROJECT), ("API token", TOKEN), ("From", FROM), ("To", TO)):
        next(one for one in tool.page.findChildren(QLineEdit) if one.accessibleName() == name).setText(text)
    await asyncio.sleep(0)
    tool.page.log.check_wished.emit()
    await until(lambda: "1 page, 200 messages so far" in texts_in(tool.page.log))
    # The application answers nothing.
    app.trigger("send_again")
    window = await until(lambda: (found := world.tool(Replay).window) and found.isVisible() and found)
    window.address.setCurrentText(world.mine.url + "/replayed")
    window.send.click()
    await until(lambda: any(path.startswith("/replayed") for _, path, _ in world.mine.requests))
    world.tool(Replies).forwarding.use(
        ForwardChoice(on=True, url=f"{world.mine.url}/forwarded", answers=False, seconds=5)
    )
    assert await app.post(id="forwarded") == 200
    await until(lambda: any(path.startswith("/forwarded") for _, path, _ in world.mine.requests))
    app.trigger("insight")
    await until(lambda: world.tool(InsightTool).settled)
    world.tool(Address).start("ssh")
    await until(lambda: app.program.bench and app.program.bench.public_url)


async def all_is_as_new(world: World, expected: set[str], *, emptied: bool) -> None:
    """Nothing of the session before is shown. `emptied`: nor is anything written."""
    app = world.app
    await until(lambda: world.ids() == expected, f"{expected} are shown")
    assert app.window.detail.callback_seq is None
    assert app.window.panel.messages.selected_ids() == []
    assert app.window.panel.callbacks.selected_ids() == []
    assert OLD not in texts_in(app.window.detail)
    assert not any(one.isVisible() for one in app.window.findChildren(CompareWindow))
    replay = world.tool(Replay)
    await until(lambda: not replay._busy, "the sending has ended")
    assert replay.window is None or not replay.window.isVisible()
    assert not replay._seqs
    page = world.tool(SignalWireTool).page
    assert page.log.result.steps == ()
    assert not page.log.model.lines
    world.release()
    await until(lambda: not world.tool(Replies).forwarding._closing, "what was sent on is over")
    assert world.tool(Replies).forwarding.state()[0].startswith("Nothing was sent on yet.")
    await settled(app)
    left = {"send again", "check against the message log", "send a test message", "end forwarding", "insight"}
    await until(lambda: not left & {task.get_name() for task in asyncio.all_tasks()}, "nothing of it is at work")
    if emptied:
        for table in ("replays", "forwards", "marks", "logged"):
            assert column(world.path, f"SELECT count(*) FROM {table}") == [0], table


# -- what is done ---------------------------------------------------------------------------------


async def new_session(world: World) -> set[str]:
    world.app.trigger("new_session")
    return set()


async def open_saved(world: World) -> set[str]:
    world.app.program.open_session(world.saved)
    return {"s1", "s2"}


async def open_watched(world: World) -> set[str]:
    world.app.program.open_session(world.watched.path)
    return {"w1"}


async def clear(world: World) -> set[str]:
    world.app.program.clear_session(world.path)
    return set()


async def clear_after_stopping(world: World) -> set[str]:
    world.app.trigger("toggle_listening")
    world.app.program.clear_session(world.path)
    return set()


async def clear_saved(world: World) -> set[str]:
    world.app.program.open_session(world.saved)
    await world.in_turn()
    world.app.program.clear_session(world.saved)
    return set()


async def several_at_once(world: World) -> set[str]:
    world.app.program.open_session(world.saved)
    world.app.trigger("new_session")
    world.app.program.open_session(world.watched.path)
    world.app.program.clear_session(world.path)
    world.app.trigger("new_session")
    return set()


DEEDS: dict[str, Callable[[World], Awaitable[set[str]]]] = {
    one.__name__: one
    for one in (new_session, open_saved, open_watched, clear, clear_after_stopping, clear_saved, several_at_once)
}
UNTOUCHED = {"stop_and_start", "change_port"}


@pytest.fixture
def begun(started: StartProgram, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Any]:
    stand_ins.StandIn(tmp_path / "bin", "ssh", stand_ins.SSH)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    saved = make_session(tmp_path / "saved.inspector", [make_callback(id="s1"), make_callback(id="s2")])

    @asynccontextmanager
    async def begin() -> AsyncIterator[World]:
        loop = asyncio.get_running_loop()
        async with application() as mine, stand_in(hold=asyncio.Event()) as api:
            for _ in range(450):
                api.logged()
            mine.held = asyncio.Event()
            with Session.create(tmp_path / "watched.inspector", started=STARTED) as watched:
                watched.append([make_callback(id="w1")])
                async with started() as app:
                    world = World(app, mine, api, saved, watched)
                    loop.set_exception_handler(lambda _, context: world.faults.append(str(context)))
                    await begin_everything(world)
                    yield world
                assert not world.faults

    return begin


pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are scripts")


@pytest.mark.parametrize("deed", DEEDS)
def test_nothing_of_a_session_stays(run: Run, begun: Callable[[], Any], deed: str) -> None:
    async def scenario() -> None:
        async with begun() as world:
            before = world.path
            expected = await DEEDS[deed](world)
            await world.in_turn()
            await all_is_as_new(world, expected, emptied=deed not in ("open_saved", "open_watched"))
            if world.app.program.listening_url is not None:
                assert await world.one_more() in world.ids()
            else:
                world.app.trigger("toggle_listening" if deed != "open_watched" else "new_session")
                await world.one_more()
            assert not world.faults
            if world.path != before:
                assert "m1" not in column(before, "SELECT id FROM messages") if before.exists() else True

    run(scenario())


def test_stopping_and_another_port_leave_the_session_as_it_is(run: Run, begun: Callable[[], Any]) -> None:
    async def scenario() -> None:
        async with begun() as world:
            app, path = world.app, world.path
            app.trigger("toggle_listening")
            await until(lambda: app.program.listening_url is None)
            app.trigger("toggle_listening")
            await world.one_more()
            app.program.listen_at("127.0.0.1", 0)
            await world.in_turn()
            await world.one_more()
            assert world.path == path
            assert any(one.isVisible() for one in app.window.findChildren(CompareWindow))
            assert app.window.panel.messages.selected_ids() == [1]
            assert world.tool(Replay)._busy
            world.release()
            await until(lambda: not world.tool(Replay)._busy)
            await until(lambda: "3 callbacks sent on" in world.tool(Replies).forwarding.state()[0])
            page = world.tool(SignalWireTool).page
            await until(lambda: page.log.result.steps[0].text == "450 messages without any callback")
            assert column(path, "SELECT colour FROM marks") == ["red"]
            assert column(path, "SELECT count(*) FROM replays") == [3]
            assert column(path, "SELECT count(*) FROM forwards WHERE status = 200") == [3]
            await until(lambda: app.program.bench and app.program.bench.public_url)

    run(scenario())


def test_the_window_closes_with_all_of_it_under_way(run: Run, begun: Callable[[], Any]) -> None:
    async def scenario() -> Path:
        async with begun() as world, asyncio.timeout(10):
            path: Path = world.path
            world.app.program.quit()
            await until(lambda: world.app.program.capturing.session is None)
        return path

    async def checked() -> None:
        path = await scenario()
        assert column(path, "SELECT value IS NOT NULL FROM session WHERE key = 'ended_at'") == [1]
        assert column(path, "SELECT id FROM messages") == [OLD, "forwarded"]

    run(checked())


def test_a_simulation_goes_on_into_whatever_session_listens_next(run: Run, started: StartProgram) -> None:
    """It is a sender like any other, with the window's own address."""

    async def scenario() -> None:
        async with started() as app:
            page = await shown(app)
            page.show_order(Order(scenarios=("delivered",), rate=200.0, messages=500, seed=5))
            page.start.click()
            await until(lambda: app.window.panel.messages_model.rowCount() > 2)
            old = app.program.sessions.path
            app.trigger("new_session")
            await until(lambda: app.program.sessions.path != old)
            await until(lambda: app.window.panel.messages_model.rowCount() > 2)
            path = app.program.sessions.path
            assert path is not None
            app.program.clear_session(path)
            await until(lambda: app.window.panel.messages_model.rowCount() > 2)
            assert page.stop.isEnabled()
        assert old is not None
        told = "SELECT m.id || c.status FROM callbacks AS c JOIN messages AS m ON c.message = m.row"
        assert not {*column(old, told)} & {*column(path, told)}

    run(scenario())


def test_a_large_session_is_left_while_all_of_it_is_read(run: Run, started: StartProgram, tmp_path: Path) -> None:
    large = make_session(tmp_path / "large.inspector", [make_callback(id=f"l{n}") for n in range(20_000)])
    other = make_session(tmp_path / "other.inspector", [make_callback(id="o1", error_code="7")])
    out = tmp_path / "out.json"

    async def read(app: Driver) -> None:
        app.program.open_session(large)
        await until(lambda: app.program.sessions.path == large)
        app.trigger("insight")
        app.trigger("check_signatures")
        app.window.panel.filter.set_filter("error:7")
        app.window.panel.messages.horizontalHeader().setSortIndicator(Column.BODY, Qt.SortOrder.DescendingOrder)

    async def scenario() -> None:
        faults: list[str] = []
        async with started() as app:
            asyncio.get_running_loop().set_exception_handler(lambda _, context: faults.append(str(context)))
            app.program.settings.redact_exports = True
            await read(app)
            app.trigger("export_all")
            dialog = await app.dialog(ExportDialog)
            app.program.open_session(other)
            await app.rows(1)
            dialog.accept()
            chooser = await app.dialog(QFileDialog)
            chooser.findChild(QLineEdit).setText(str(out))
            chooser.accept()
            app.trigger("new_session")
            app.url = await until(lambda: app.program.listening_url)
            assert await app.post(id="n", error_code="7") == 200
            await app.rows(1)
            await until(lambda: "Exported 20,000 messages" in app.window.status.note)
            await settled(app)
            page = app.window.side.widget(app.window.side.page)
            assert "20,000" not in texts_in(page)
            await read(app)
        assert not faults
        assert json.loads(out.read_text())["summary"]["messages"] == 20_000

    run(scenario())


def test_a_saved_session_is_gone_on_with(run: Run, started: StartProgram, tmp_path: Path) -> None:
    saved = make_session(tmp_path / "saved.inspector", [make_callback(id="s1")])

    async def scenario() -> None:
        async with started() as app:
            app.program.open_session(saved)
            await app.rows(1)
            assert app.program.listening_url is None
            app.trigger("toggle_listening")
            app.url = await until(lambda: app.program.listening_url)
            assert app.program.sessions.path == saved
            assert await app.post(id="s2") == 200
            await app.rows(2)
        assert column(saved, "SELECT id FROM messages") == ["s1", "s2"]

    run(scenario())


def test_any_free_port_stays_the_same_for_the_next_session(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            before = app.program.sessions.path
            app.trigger("new_session")
            await until(lambda: app.program.sessions.path not in (None, before) and app.program.listening_url)
            assert app.program.listening_url == app.url
            app.trigger("toggle_listening")
            await until(lambda: app.program.listening_url is None)
            with socket.create_server(("127.0.0.1", int(app.url.rpartition(":")[2]))):
                app.trigger("toggle_listening")
                other = await until(lambda: app.program.listening_url)
                assert other != app.url

    run(scenario())
