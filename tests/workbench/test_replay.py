"""Sending again from the window, to a real server."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web

from inspector.app import Start
from inspector.callbacks.signature import SignatureState, check_signature
from inspector.runtime.secrets import Secrets
from inspector.session.reader import SessionReader
from inspector.ui.session_panel import CALLBACKS
from inspector.ui.workbench.replay_window import ReplayWindow
from inspector.workbench.replay import Replay
from tests.factories import RECEIVED, make_callback, make_payload, make_session
from tests.ui.conftest import Driver, Run, StartProgram, until


@dataclass
class Application:
    """The developer's own application: notes what it is sent, and answers with `status`."""

    url: str = ""
    status: int = 200
    requests: list[tuple[str, str, bytes]] = field(default_factory=list)
    headers: list[list[tuple[str, str]]] = field(default_factory=list)
    held: asyncio.Event | None = None
    """Answers wait for it."""

    async def answer(self, request: web.Request) -> web.Response:
        self.requests.append((request.method, request.raw_path, await request.read()))
        self.headers.append([(name.decode(), value.decode()) for name, value in request.raw_headers])
        if self.held is not None:
            await self.held.wait()
        return web.json_response({"number": len(self.requests)}, status=self.status)


@asynccontextmanager
async def application() -> AsyncIterator[Application]:
    app, server = Application(), web.Application()
    server.router.add_route("*", "/{path:.*}", app.answer)
    runner = web.AppRunner(server, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    app.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield app
    if app.held is not None:
        app.held.set()
    await runner.cleanup()


def tool(driver: Driver) -> Replay:
    assert driver.program.bench is not None
    return next(one for one in driver.program.bench.tools if isinstance(one, Replay))


async def window_of(driver: Driver) -> ReplayWindow:
    found: ReplayWindow = await until(lambda: (window := tool(driver).window) and window.isVisible() and window)
    return found


async def begun(driver: Driver, url: str) -> ReplayWindow:
    """Begin to send what is chosen again, to `url`."""
    driver.trigger("send_again")
    window = await window_of(driver)
    window.address.setCurrentText(url)
    window.send.click()
    return window


async def sent(window: ReplayWindow, count: int) -> None:
    await until(lambda: window.results.model.rowCount() == count and window.stop.isHidden(), f"{count} results")


async def told(driver: Driver, text: str) -> None:
    await until(lambda: text in driver.window.status.note, text)


async def with_life(driver: Driver) -> None:
    """A message with three callbacks, chosen."""
    for status in ("queued", "sent", "delivered"):
        await driver.post("/rest?x=1", status=status)
    await driver.rows(1)
    await until(lambda: driver.cell(0, 0) == "Delivered")
    driver.select(0)


def test_a_message_is_sent_again(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as driver, application() as app:
            await with_life(driver)
            driver.trigger("send_again")
            window = await window_of(driver)
            assert not window.send.isEnabled()
            window.address.setCurrentText(app.url)
            window.send.click()
            await sent(window, 3)
            assert [json.loads(body)["status"] for _, _, body in app.requests] == ["queued", "sent", "delivered"]
            assert {(method, path) for method, path, _ in app.requests} == {("POST", "/rest?x=1")}
            assert window.state.text() == "3 of 3 sent · 3 accepted (2xx)"
            assert driver.program.settings.replay_url == app.url
            reader = driver.window.panel.rows.reader
            assert reader is not None
            assert [(row.callback, row.status, row.edited) for row in reader.replays()] == [
                (1, 200, None), (2, 200, None), (3, 200, None)
            ]  # fmt: skip
            panel = driver.window.detail.view._callback
            assert any(line.text == f"Sent again to {app.url}/rest?x=1" for line in panel.reply._lines)

    run(scenario())


def test_ctrl_r_asks_once_and_then_sends_at_once(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as driver, application() as app:
            driver.trigger("resend")
            await told(driver, "Nothing is selected.")
            await with_life(driver)
            driver.trigger("resend")
            window = await window_of(driver)
            window.address.setCurrentText(f"{app.url}/hook")
            window.send.click()
            await sent(window, 3)
            window.close()
            driver.window.panel.show_view(CALLBACKS)
            await until(lambda: driver.window.panel.callbacks.select_id(2))
            app.status = 503
            driver.trigger("resend")
            await told(driver, "503 Service Unavailable")
            assert [path for _, path, _ in app.requests] == ["/hook?x=1"] * 4
            assert not window.isVisible()
            driver.trigger("send_again")
            await until(window.isVisible)
            assert window.url == f"{app.url}/hook"
            assert window.results.model.rowCount() == 4

    run(scenario())


def test_one_callback_is_edited_and_sent(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as driver, application() as app:
            await with_life(driver)
            driver.trigger("edit_and_send")
            window = await window_of(driver)
            window.address.setCurrentText(app.url)
            editor = window.editor
            await until(lambda: editor.pill.text == "Valid")
            editor.target.setText("no path")
            assert not window.send.isEnabled()
            editor.target.setText("/other?y=2")
            editor.headers.setPlainText("Content-Type: application/json\nX-New: é")
            editor.body.setPlainText('{"status": "sennt"}')
            await until(lambda: editor.pill.text.startswith("Invalid"))
            window.send.click()
            await sent(window, 1)
            assert app.requests == [("POST", "/other?y=2", b'{"status": "sennt"}')]
            assert app.headers[0][1:3] == [("Content-Type", "application/json"), ("X-New", "é")]
            editor.restore.click()
            window.send.click()
            await sent(window, 2)
            assert app.requests[1][2] == json.dumps(make_payload(status="delivered")).encode()
            reader = driver.window.panel.rows.reader
            assert reader is not None
            assert [row.edited for row in reader.replays(3)] == [b'{"status": "sennt"}', None]

    run(scenario())


@pytest.mark.parametrize("place", ["keyring", "environment"])
def test_what_is_sent_can_be_signed_again(
    run: Run, started: StartProgram, secrets: Secrets, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    async def scenario() -> None:
        if place == "keyring":
            await secrets.keep("signing-key", "PSKone")
        else:
            monkeypatch.setenv("INSPECTOR_SIGNING_KEY", "PSKone")
        async with started() as driver, application() as app:
            await with_life(driver)
            driver.trigger("send_again")
            window = await window_of(driver)
            await until(window.sign_choice.isEnabled)
            window.address.setCurrentText(app.url)
            window.sign_choice.setChecked(True)
            window.send.click()
            await sent(window, 3)
            for (_, path, body), headers in zip(app.requests, app.headers, strict=True):
                checked = check_signature(
                    key="PSKone", headers=headers, target=path, body=body, public_url=app.url, own_origin="http://x"
                )
                assert checked.state is SignatureState.VALID

    run(scenario())


def test_without_a_key_nothing_can_be_signed(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as driver:
            await with_life(driver)
            driver.trigger("send_again")
            window = await window_of(driver)
            assert not window.sign_choice.isEnabled()
            assert "no signing key" in window.sign_choice.text()

    run(scenario())


def test_a_sending_can_be_stopped(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as driver, application() as app:
            await with_life(driver)
            app.held = asyncio.Event()
            window = await begun(driver, app.url)
            await until(lambda: app.requests)
            assert not window.send.isEnabled()
            driver.trigger("resend")
            await told(driver, "still under way")
            window.stop.click()
            await until(lambda: window.state.text() == "Stopped: 0 of 3 sent")
            assert window.send.isEnabled()
            app.held.set()
            app.held = None
            window.send.click()
            await sent(window, 3)

    run(scenario())


def test_nothing_listens_there(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as driver:
            await with_life(driver)
            window = await begun(driver, "http://127.0.0.1:1")
            await sent(window, 3)
            assert window.state.text() == "3 of 3 sent · 3 not answered"
            row = window.results.model.row(0)
            assert row.status is None
            assert "127.0.0.1" in (row.error or "")

    run(scenario())


def test_results_of_a_session_that_is_only_shown_are_not_kept(run: Run, started: StartProgram, tmp_path: Path) -> None:
    path = make_session(tmp_path / "saved.inspector", [make_callback(), make_callback(b"{", too_large=1)])

    async def scenario() -> None:
        async with started(Start(session=path, listen=False), listening=False) as driver, application() as app:
            driver.window.panel.show_view(CALLBACKS)
            await until(lambda: driver.window.panel.callbacks_model.rowCount() == 2)
            driver.trigger("select_all")
            window = await begun(driver, app.url)
            await sent(window, 2)
            assert "not kept in the file" in window.state.text()
            assert "Only" not in (window.results.model.row(0).error or "")
            assert "only the beginning" in (window.results.model.row(1).error or "")
        with SessionReader(path) as reader:
            assert reader.replays() == []

    run(scenario())


def test_another_session_ends_the_sending(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as driver, application() as app:
            await with_life(driver)
            app.held = asyncio.Event()
            window = await begun(driver, app.url)
            await until(lambda: app.requests)
            driver.trigger("new_session")
            await until(lambda: not window.isVisible())
            await driver.rows(0)
            reader = driver.window.panel.rows.reader
            assert reader is not None
            assert reader.replays() == []

    run(scenario())


def test_the_rows_offer_it(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as driver:
            for actions in driver.window._row_actions.values():
                names = [action.objectName() for action in actions]
                assert {"resend", "send_again", "edit_and_send"} <= set(names)
            assert ("Ctrl+R", "Resend to the last address") in driver.window.menus.shortcuts()

    run(scenario())


def test_the_rhythm_of_the_capture_can_be_kept(run: Run, started: StartProgram, tmp_path: Path) -> None:
    hour = 3_600_000_000
    path = make_session(tmp_path / "a.inspector", [make_callback(received=RECEIVED + turn * hour) for turn in (0, 1)])

    async def scenario() -> None:
        async with started(Start(session=path, port=0)) as driver, application() as app:
            await driver.rows(1)
            driver.select(0)
            driver.trigger("send_again")
            window = await window_of(driver)
            assert [window.speed_choice.itemText(index) for index in (1, 2)] == [
                "As recorded",
                "Ten times as fast as recorded",
            ]
            window.address.setCurrentText(app.url)
            window.speed_choice.setCurrentIndex(1)
            window.send.click()
            await until(lambda: window.state.text().startswith("1 of 2 sent"))
            assert window.progress.isVisible()
            window.close()
            await told(driver, "Stopped: 1 of 2 sent")
            assert len(app.requests) == 1

    run(scenario())


def test_a_long_resend_can_be_watched(run: Run, started: StartProgram, tmp_path: Path) -> None:
    path = make_session(tmp_path / "a.inspector", [make_callback(id=f"m{number}") for number in range(25)])

    async def scenario() -> None:
        async with started(Start(session=path, port=0)) as driver, application() as app:
            await driver.rows(25)
            driver.program.settings.replay_url = app.url
            driver.trigger("select_all")
            driver.trigger("resend")
            window = await window_of(driver)
            await sent(window, 25)
            assert window.url == app.url
            assert [json.loads(body)["id"] for _, _, body in app.requests] == [f"m{number}" for number in range(25)]

    run(scenario())
