"""A session with every kind of answer, with marks and with what was sent again, out of the window and in again."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientError, ClientTimeout
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from inspector.capture.rules import Action, Rule
from inspector.session.exchange.export import export
from inspector.session.reader import SessionReader
from inspector.ui.detail.content import load_callback
from inspector.ui.detail.reply import reply_lines
from inspector.ui.session_panel import CALLBACKS, MESSAGES
from inspector.ui.workbench.compare_window import CompareWindow
from tests.ui.conftest import Driver, Run, StartProgram, until
from tests.workbench.test_insight import opened, settled
from tests.workbench.test_replay import application, window_of
from tests.workbench.test_replies import forward_to, tool

RULES = (
    Rule("Teapot", path="/teapot", code=418, headers=(("X-A", "\N{SNOWMAN}".encode().hex()),), body="short \u20ac"),
    Rule("Late", path="/late", code=503, delay=0.01),
    Rule("Too late", path="/gone", delay=0.8),
    Rule("Hang up", path="/closed", action=Action.DROP),
    Rule("Reset", path="/reset", action=Action.RESET),
    Rule("Large", path="/large", filler=65_537),
    Rule("Away", path="/away", action=Action.REDIRECT, code=307, redirects=2),
    Rule("", path="/unnamed", code=500),
)


async def send_each(app: Driver) -> None:
    for number, rule in enumerate(RULES):
        try:
            await app.post(f"{rule.path}?n={number}", id=f"m{number}", timestamp=f"2026-03-17T22:27:0{number}Z")
        except ClientError:
            assert rule.action in (Action.DROP, Action.RESET)
        except TimeoutError:
            assert rule.path == "/gone"


def kinds(replies: list[dict[str, Any]]) -> set[str]:
    return {name for reply in replies for name in reply}


def lines(reader: SessionReader) -> list[list[str]]:
    """What the tab Reply says of the answer to each callback."""
    details = [load_callback(reader, callback.seq) for callback in reader.callbacks()]
    return [[line.text for line in reply_lines(replace(one, forwards=[], replays=[]))] for one in details if one]


def test_it_is_the_same_session(
    run: Run, started: StartProgram, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, again = tmp_path / "out.json", tmp_path / "again.json"

    async def scenario() -> None:
        async with started() as app, application() as mine:
            monkeypatch.setattr(app.client, "_timeout", ClientTimeout(total=0.4))
            tool(app)._change(RULES)
            await send_each(app)
            forward_to(app, mine.url, answers=True)
            assert await app.post("/mine", id="mine") == 200
            forward_to(app, "http://127.0.0.1:9", answers=True)
            assert await app.post("/nobody", id="mine", status="sent") == 200
            await until(lambda: any("gave_up" in one.reply for one in reader_of(app).callbacks()))
            forward_to(app, "", answers=False)
            await app.rows(len(RULES) + 1)
            app.window.panel.messages.selectAll()
            app.trigger("mark_blue")
            app.trigger("send_again")
            window = await window_of(app)
            window.address.setCurrentText(mine.url)
            window.send.click()
            total = reader_of(app).summary().callbacks
            await until(lambda: len(reader_of(app).replays()) == total)
            await until(lambda: all(one.mark for one in reader_of(app).messages()))

            first = list(reader_of(app).callbacks())
            told = lines(reader_of(app))
            assert kinds([one.reply for one in first]) == {
                "status", "headers", "body", "rule", "delay_ms", "gave_up", "dropped", "body_bytes", "hop", "from"
            }  # fmt: skip
            with SessionReader(reader_of(app).path) as reader:
                export(reader, out)

            app.program.open_session(out)
            await until(lambda: "out" in app.window.windowTitle())
            await app.rows(len(RULES) + 1)
            second = list(reader_of(app).callbacks())
            assert [(one.seq, one.reply, one.body, one.target) for one in second] == [
                (one.seq, one.reply, one.body, one.target) for one in first
            ]
            assert lines(reader_of(app)) == told
            assert {one.mark.colour for one in reader_of(app).messages() if one.mark} == {"blue"}
            with SessionReader(reader_of(app).path) as reader:
                export(reader, again)
            await all_tools_work(app, mine.url)
        one, other = json.loads(out.read_text()), json.loads(again.read_text())
        one.pop("exported_at"), other.pop("exported_at")
        assert other["session"].pop("ended_at") == one["session"].pop("ended_at")
        assert one == other

    run(scenario())


def reader_of(app: Driver) -> SessionReader:
    reader = app.window.panel.rows.reader
    assert reader is not None
    return reader


async def all_tools_work(app: Driver, url: str) -> None:
    """On a session that nobody captures into, and nobody ever did."""
    await opened(app)
    await settled(app)
    app.select(0)
    app.trigger("mark_red")
    await until(lambda: (row := reader_of(app).message(1)) and row.mark and row.mark.colour == "red")
    menu = next(one for one in app.window.menus.edit.findChildren(QMenu) if one.title() == "Copy a&s")
    menu.actions()[0].trigger()
    await until(lambda: "/teapot?n=0" in QGuiApplication.clipboard().text())
    app.window.panel.show_view(CALLBACKS)
    await until(lambda: app.window.panel.callbacks_model.rowCount() > 2)
    app.window.panel.callbacks.selectAll()
    app.trigger("send_again")
    window = await window_of(app)
    assert "not kept in the file" in window.state.text()
    window.address.setCurrentText(url)
    window.send.click()
    await until(lambda: window.stop.isHidden() and window.results.model.rowCount())
    assert reader_of(app).replays() == []
    app.window.panel.show_view(MESSAGES)
    app.select(len(RULES))
    app.trigger("compare")  # the two callbacks of the last message
    await until(lambda: any(one.isVisible() for one in app.window.findChildren(CompareWindow)))
    await app.type_filter("mark:red")
    await app.rows(1)
