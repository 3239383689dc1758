"""Walks of chance through sessions, with everything under way. INSPECTOR_WALKS=100 takes a hundred of them."""

import asyncio
import os
import random
from collections.abc import Callable
from typing import Any

import pytest
from aiohttp import ClientError
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog

from inspector.ui.session_panel import CALLBACKS, MESSAGES
from inspector.ui.workbench.forward_panel import ForwardChoice
from inspector.workbench.address import Address
from inspector.workbench.replay import Replay
from inspector.workbench.replies import Replies
from inspector.workbench.signalwire import SignalWireTool
from tests.factories import make_callback
from tests.ui.conftest import Run, until
from tests.workbench.test_seams import World, begun, column, pytestmark

__all__ = ["begun", "pytestmark"]

_STEPS = 60
_ENTRIES = (
    "new_session", "toggle_listening", "clear", "mark_red", "note", "compare", "send_again", "edit_and_send", "resend",
    "insight", "send_sample", "export_all", "check_signatures", "copy_rows_redacted",
)  # fmt: skip
_FILTERS = ("", "status:failed", "id:w1", "is:invalid", "mark:red", "is:stalled", "no such:term")


def steps(world: World, chance: random.Random) -> dict[str, Callable[[], object]]:
    """What a user, the desktop or another process may do next, by name."""
    app, program = world.app, world.app.program
    panel = app.window.panel

    def answer(*, accept: bool) -> None:
        for dialog in app.window.findChildren(QDialog):
            if dialog.isVisible():
                (dialog.accept if accept else dialog.reject)()

    def send_again() -> None:
        window = world.tool(Replay).window
        if window is not None and window.isVisible():
            window.address.setCurrentText(f"{world.mine.url}/replayed")
            window.send.click()

    def clear() -> None:
        if program.sessions.path is not None:
            program.clear_session(program.sessions.path)

    def check_log() -> None:
        app.trigger("show_signalwire")
        world.tool(SignalWireTool).page.log.check_wished.emit()

    def forward() -> None:
        answers = chance.random() < 0.5
        choice = ForwardChoice(on=chance.random() < 0.7, url=f"{world.mine.url}/f", answers=answers, seconds=0.3)
        world.tool(Replies).forwarding.use(choice)

    header = panel.messages.horizontalHeader()
    return {
        **{name: lambda name=name: app.trigger(name) for name in _ENTRIES},  # type: ignore[misc]
        "open": lambda: program.open_session(world.saved),
        "follow": lambda: program.open_session(world.watched.path),
        "clear at once": clear,
        "another port": lambda: program.listen_at("127.0.0.1", 0),
        "accept": lambda: answer(accept=True),
        "reject": lambda: answer(accept=False),
        "send": send_again,
        "check": check_log,
        "forward": forward,
        "select": panel.select_all,
        "filter": lambda: panel.filter.set_filter(chance.choice(_FILTERS)),
        "view": lambda: panel.show_view(chance.choice((CALLBACKS, MESSAGES))),
        "sort": lambda: header.setSortIndicator(chance.randrange(8), chance.choice(list(Qt.SortOrder))),
        "tunnel": lambda: world.tool(Address).start("ssh"),
        "no tunnel": lambda: world.tool(Address).stop(),
        "settings": program.settings_changed,
        "release": world.release,
        "elsewhere": lambda: world.watched.append([make_callback(id=f"w{chance.randrange(9)}")]),
        "cleared elsewhere": world.watched.clear,
    }


async def post(world: World, chance: random.Random) -> None:
    """Where it listens just now. Who comes as listening ends is turned away, and never left waiting."""
    url = world.app.program.listening_url
    if url is None:
        return
    world.app.url = url
    try:
        async with asyncio.timeout(10):
            status = await world.app.post(id=f"w{chance.randrange(7)}", status=chance.choice(("sent", "failed")))
    except ClientError:
        return
    assert status == 200


@pytest.mark.parametrize("seed", range(int(os.environ.get("INSPECTOR_WALKS", "3"))))
def test_wherever_it_leads_callbacks_are_kept_and_shown(run: Run, begun: Callable[[], Any], seed: int) -> None:
    chance, taken = random.Random(seed), list[str]()  # noqa: S311 - no secret

    async def scenario() -> None:
        async with begun() as world:
            app = world.app
            possible = steps(world, chance)
            for _ in range(_STEPS):
                taken.append(chance.choice(list(possible)))
                possible[taken[-1]]()
                if chance.random() < 0.7:
                    await asyncio.sleep(chance.choice((0, 0, 0.01, 0.05)))
                if chance.random() < 0.4:
                    await post(world, chance)
                assert not world.faults, taken
            for _ in range(2):  # what was answered first may ask once more
                possible["reject"]()
                await world.in_turn()
            if app.program.listening_url is None:
                app.trigger("new_session")
                await world.in_turn()
            app.window.panel.filter.set_filter("")
            app.window.panel.show_view(MESSAGES)
            world.release()
            await world.one_more()
            path = world.path
            count = column(path, "SELECT count(*) FROM messages")[0]
            await until(lambda: app.window.panel.messages_model.rowCount() == count, f"every row, after {taken}")
            assert app.program.capturing.session is not None
            assert app.program.capturing.session.path == path
            tally = column(path, "SELECT count FROM tallies WHERE name = 'callbacks'")
            assert column(path, "SELECT count(*) FROM callbacks") == tally

    run(scenario())
