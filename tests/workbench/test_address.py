"""The public address in the running program, with stand-ins on its PATH."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication

from inspector.app import Start
from inspector.callbacks.signature import sign_json
from inspector.capture.server import CaptureSettings
from inspector.runtime.folders import Folders
from inspector.settings import SettingsFile
from inspector.ui.workbench.address_page import AddressPage
from inspector.workbench.address import Address
from tests.capture.tunnel import stand_ins
from tests.capture.tunnel.stand_ins import StandIn, runs
from tests.ui.conftest import Driver, StartProgram, texts_in, until

KEY = "PSKtest1234567890abcdef"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are scripts")


@pytest.fixture
def bin_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder on the PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def tool(app: Driver) -> Address:
    assert app.program.bench is not None
    return next(tool for tool in app.program.bench.tools if isinstance(tool, Address))


def page(app: Driver) -> AddressPage:
    """The page, looked at as by its entry of the Tools menu."""
    app.trigger("show_address")
    shown = app.window.side.widget(app.window.side.page)
    assert isinstance(shown, AddressPage)
    return shown


def public_url(app: Driver) -> str | None:
    assert app.program.bench is not None
    return app.program.bench.public_url


async def up(app: Driver) -> str:
    return str(await until(lambda: public_url(app), "a public address"))


async def test_one_click_makes_the_address_public(started: StartProgram, bin_folder: Path) -> None:
    program = StandIn(bin_folder, "tailscale", stand_ins.TAILSCALE)
    async with started() as app:
        shown = page(app)
        shown.programs.programs["tailscale"].start.click()
        assert await up(app) == stand_ins.TAILSCALE_ADDRESS
        assert program.arguments == ["funnel", app.url]
        assert stand_ins.TAILSCALE_ADDRESS in texts_in(shown.card)
        await until(shown.card.qr_code.isVisible)
        assert app.window.status.public.isVisible()
        assert stand_ins.TAILSCALE_ADDRESS in app.window.status.public.toolTip()
        assert stand_ins.TAILSCALE_ADDRESS in texts_in(app.window.panel.empty)
        shown.card.stop.click()
        await until(lambda: public_url(app) is None)
        await until(lambda: not runs(program.pid))
        assert "No public address" in texts_in(shown.card)
        assert not app.window.status.public.isVisible()


async def test_it_ends_with_the_window(started: StartProgram, bin_folder: Path) -> None:
    program = StandIn(bin_folder, "ssh", stand_ins.SSH, stubborn=True)
    async with started() as app:
        tool(app).start("ssh")
        await up(app)
        assert runs(program.pid)
    assert not runs(program.pid)


async def test_it_feeds_the_signature_check(started: StartProgram, bin_folder: Path) -> None:
    StandIn(bin_folder, "tailscale", stand_ins.TAILSCALE)
    async with started() as app:
        tool(app).start("tailscale")
        await up(app)
        seen: list[CaptureSettings] = []

        def look(settings: CaptureSettings) -> CaptureSettings:
            seen.append(settings)
            return settings

        app.program.capturing.adjust.append(look)
        app.program.capturing.apply()
        assert [settings.public_url for settings in seen] == [stand_ins.TAILSCALE_ADDRESS]
        tool(app).stop()
        await until(lambda: public_url(app) is None)
        assert seen[-1].public_url is None


async def test_it_follows_the_listener(started: StartProgram, bin_folder: Path) -> None:
    program = StandIn(bin_folder, "tailscale", stand_ins.TAILSCALE)
    async with started() as app:
        shown = page(app)
        tool(app).start("tailscale")
        await up(app)
        first = program.pid
        app.trigger("toggle_listening")
        await until(lambda: public_url(app) is None)
        assert not runs(first)
        assert "because listening stopped" in texts_in(shown.card)
        assert not shown.programs.programs["tailscale"].start.isEnabled()
        app.trigger("toggle_listening")
        await up(app)
        assert program.arguments == ["funnel", app.program.listening_url]
        assert program.pid != first


async def test_a_new_session_at_the_same_port_leaves_it_alone(started: StartProgram, bin_folder: Path) -> None:
    program = StandIn(bin_folder, "tailscale", stand_ins.TAILSCALE)
    async with started(Start(port=0)) as app:
        port = int(app.url.rpartition(":")[2])
        app.program.listen_at("127.0.0.1", port)
        tool(app).start("tailscale")
        await up(app)
        pid, path = program.pid, app.window.panel.rows.reader
        app.trigger("new_session")
        await until(lambda: app.window.panel.rows.reader not in (None, path) and app.program.listening_url)
        assert app.program.listening_url == f"http://127.0.0.1:{port}"
        assert public_url(app) == stand_ins.TAILSCALE_ADDRESS
        assert runs(pid)


async def test_a_failure_is_told_and_tried_again(started: StartProgram, bin_folder: Path) -> None:
    StandIn(bin_folder, "ngrok", stand_ins.NGROK_NO_TOKEN)
    async with started() as app:
        shown = page(app)
        shown.programs.programs["ngrok"].start.click()
        await until(lambda: "Failed at" in texts_in(shown.card))
        assert "ngrok config add-authtoken" in texts_in(shown.card)
        assert "ERR_NGROK_4018" in texts_in(shown.card)
        assert "Address page" in app.window.status.note
        StandIn(bin_folder, "ngrok", stand_ins.NGROK)
        shown.card.restart.click()
        assert await up(app) == stand_ins.NGROK_ADDRESS


async def test_another_tool_takes_the_place_of_the_first(started: StartProgram, bin_folder: Path) -> None:
    first = StandIn(bin_folder, "tailscale", stand_ins.TAILSCALE)
    StandIn(bin_folder, "ssh", stand_ins.SSH)
    async with started() as app:
        tool(app).start("tailscale")
        await up(app)
        tool(app).start("ssh")
        await until(lambda: public_url(app) == stand_ins.SSH_ADDRESS)
        assert not runs(first.pid)


async def test_a_changed_address_is_told(started: StartProgram, bin_folder: Path) -> None:
    program = StandIn(bin_folder, "ssh", stand_ins.SSH)
    async with started() as app:
        shown = page(app)
        tool(app).start("ssh")
        await up(app)
        program.say("a.lhr.life tunneled with tls termination, https://a.lhr.life")
        await until(lambda: public_url(app) == "https://a.lhr.life")
        assert "The address changed" in texts_in(shown.card)
        assert "Give the new one to SignalWire" in app.window.status.note


async def test_what_is_installed_meanwhile_is_found(started: StartProgram, bin_folder: Path) -> None:
    async with started() as app:
        shown = page(app)
        program = shown.programs.programs["cloudflared"]
        assert program.how.isVisible()
        StandIn(bin_folder, "cloudflared", ())
        shown.look_again.click()
        assert program.start.isVisible()


async def test_an_own_address_is_kept_and_used_without_a_tunnel(
    started: StartProgram, bin_folder: Path, folders: Folders
) -> None:
    StandIn(bin_folder, "ssh", stand_ins.SSH)
    async with started() as app:
        shown = page(app)
        shown.own_address_wished.emit("https://own.example/rest?a=b")
        assert "Leave out what stands behind the path" in texts_in(shown)
        assert public_url(app) is None
        shown.own_address_wished.emit("HTTPS://Own.example/")
        assert public_url(app) == "https://own.example"
        assert "Your own address" in texts_in(shown.card)
        assert SettingsFile(folders.settings).load().public_url == "https://own.example"
        tool(app).start("ssh")
        await until(lambda: public_url(app) == stand_ins.SSH_ADDRESS)
        tool(app).stop()
        await until(lambda: public_url(app) == "https://own.example")
    async with started() as app:
        assert public_url(app) == "https://own.example"
        page(app).own_address_wished.emit("")
        assert public_url(app) is None


async def test_the_empty_window_leads_to_the_page(started: StartProgram, bin_folder: Path) -> None:
    async with started() as app:
        app.window.panel.empty.public_wished.emit()
        assert isinstance(app.window.side.widget(app.window.side.page), AddressPage)


async def test_the_status_line_copies_it(started: StartProgram, bin_folder: Path) -> None:
    StandIn(bin_folder, "ssh", stand_ins.SSH)
    async with started() as app:
        tool(app).start("ssh")
        await up(app)
        status = app.window.status
        app.window.resize(1280, 800)
        assert await until(lambda: status.public.text() == "⇄ 8beaa541ba3dc2.lhr.life")
        app.window.resize(760, 480)
        assert await until(lambda: status.public.text() == "⇄ Public")
        status.public.click()
        assert QGuiApplication.clipboard().text() == stand_ins.SSH_ADDRESS
        assert status.note == "Public address copied."


async def test_a_callback_signed_for_the_public_address(started: StartProgram, bin_folder: Path) -> None:
    StandIn(bin_folder, "tailscale", stand_ins.TAILSCALE)
    async with started() as app:
        app.program.capturing.adjust.append(lambda settings: replace(settings, signing_key=KEY))
        tool(app).start("tailscale")
        await up(app)
        body = b'{"id":"a"}'
        signature = sign_json(KEY, f"{stand_ins.TAILSCALE_ADDRESS}/rest", body)
        headers = {"Content-Type": "application/json", "X-SignalWire-Signature": signature}
        async with app.client.post(f"{app.url}/rest", data=body, headers=headers) as response:
            assert response.status == 200
        reader = app.window.panel.rows.reader
        assert reader is not None
        (callback,) = reader.callbacks()
        assert callback.signature == "valid"


async def test_what_is_copied_works_behind_a_proxy_with_a_path(started: StartProgram) -> None:
    async with started() as app:
        shown = page(app)
        shown.own_address_wished.emit("https://proxy.example/hooks/")
        assert public_url(app) == "https://proxy.example/hooks"
        tool(app).make_secret_path()
        secret = await until(lambda: app.program.settings.secret_path)
        shown.card.copy.click()
        copied = QGuiApplication.clipboard().text()
        assert copied == f"https://proxy.example/hooks{secret}"
        for target in (copied.removeprefix("https://proxy.example"), secret):  # handed on by the proxy, or taken off
            assert await app.post(target) == 200
        assert await app.post("/hooks") == 404
        assert shown.own.text() == "https://proxy.example/hooks"
        assert shown.use_own.text() == "Remove"
