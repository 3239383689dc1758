"""The door in the running program: who is turned away is shown, and the secret path goes wherever the address goes."""

import json
import socket

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QMessageBox

from inspector.app import Start
from inspector.callbacks.signature import sign_json
from inspector.runtime.errors import install_error_sink
from inspector.runtime.folders import Folders
from inspector.runtime.secrets import SIGNING_KEY, Secrets
from inspector.settings import SettingsFile
from inspector.ui.dialogs.address import AddressDialog
from inspector.ui.dialogs.preferences import PreferencesDialog
from inspector.ui.workbench.address_page import AddressPage
from inspector.ui.workbench.notice import Notice
from tests.capture.wire import Wire, make_request
from tests.factories import JSON_TYPE, make_payload
from tests.ui.conftest import Driver, Run, StartProgram, texts_in, until

KEY = "PSKtest1234567890abcdef"


def notice(app: Driver) -> Notice:
    found = app.window.status.findChild(Notice, "Turned away")
    assert found is not None
    return found


def page(app: Driver) -> AddressPage:
    app.trigger("show_address")
    shown = app.window.side.widget(app.window.side.page)
    assert isinstance(shown, AddressPage)
    return shown


def port(app: Driver) -> int:
    return int(app.url.split(":")[2].split("/")[0])


async def brew(app: Driver, times: int = 1) -> None:
    for _ in range(times):
        async with await Wire.open(port(app)) as wire:
            await wire.send(b"BREW / HTTP/1.1\r\n\r\n")
            await wire.rest()


def test_what_is_no_http_is_told_in_the_status_line(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            shown = notice(app)
            assert not shown.isVisible()
            await brew(app)
            await until(shown.isVisible)
            assert app.window.status.note == (
                "1 request was no HTTP that could be read (last: the method BREW is not known, from 127.0.0.1)."
            )
            await brew(app, 2)
            async with await Wire.open(port(app)) as wire:
                await wire.send(bytes.fromhex("16030100c8010000c40303") + bytes(189))
                await wire.rest()
            await until(lambda: shown.text() == "⚠ 4 turned away")
            assert "4 requests were no HTTP that could be read (last: a TLS handshake" in shown.toolTip()
            assert "Something speaks HTTPS to this plain HTTP port" in shown.toolTip()
            shown.click()
            box = await app.dialog(QMessageBox)
            assert "4 requests were no HTTP that could be read" in box.text()
            box.accept()
            await app.gone(box)
            app.trigger("new_session")
            await until(lambda: not shown.isVisible())

    run(scenario())


def test_without_open_files_it_is_said_and_nothing_unexpected(
    run: Run, started: StartProgram, folders: Folders
) -> None:
    async def scenario() -> None:
        told: list[str] = []
        sink = install_error_sink(folders.logs, told.append)
        try:
            async with started() as app:
                sink.on_no_more_files = app.program.capturing.refusals.no_more_files
                for _ in range(300):  # as asyncio does it
                    sink.handle_loop_exception(
                        app.program.window._loop if hasattr(app.program.window, "_loop") else None,  # type: ignore[arg-type]
                        {
                            "message": "socket.accept() out of system resource",
                            "exception": OSError(24, "Too many open files"),
                            "socket": socket.socket,
                        },
                    )
                await until(notice(app).isVisible)
                assert notice(app).text() == "⚠ no more open files"
                assert "no more open files, so senders had to wait" in app.window.status.note
                assert await app.post() == 200
            assert told == []
            assert sink.log_path.read_text().count("gives no more open files") == 1
            assert "Traceback" not in sink.log_path.read_text()
        finally:
            sink.close()

    run(scenario())


def test_a_secret_path_is_made_shown_copied_and_asked_for(run: Run, started: StartProgram, folders: Folders) -> None:
    async def scenario() -> None:
        async with started() as app:
            shown = page(app)
            assert not shown.secret.remove.isVisibleTo(shown)
            shown.use_own.setEnabled(True)
            shown.own_address_wished.emit("https://callbacks.example.com")
            shown.secret.make.click()
            secret = await until(lambda: app.program.settings.secret_path)
            assert app.program.listening_url == app.url + secret
            assert shown.secret.make.text() == "Make another"
            assert f"https://callbacks.example.com{secret}" in texts_in(shown.card)
            shown.card.copy.click()
            assert QGuiApplication.clipboard().text() == f"https://callbacks.example.com{secret}"
            app.window.status.public.click()
            assert QGuiApplication.clipboard().text() == f"https://callbacks.example.com{secret}"
            app.trigger("copy_address")
            assert QGuiApplication.clipboard().text() == app.url + secret

            assert await app.post("/rest") == 404
            assert await app.post(f"{secret}/rest", id="a") == 200
            await app.rows(1)
            await until(lambda: notice(app).text() == "⚠ 1 turned away")
            app.trigger("send_sample")
            await app.rows(2)

            shown.secret.make.click()
            box = await app.dialog(QMessageBox)
            assert "answered 404 from then on" in box.text()
            box.reject()
            await app.gone(box)
            assert app.program.settings.secret_path == secret
        # It is kept, and for the user's eyes only.
        assert SettingsFile(folders.settings).load().secret_path == secret
        assert (folders.settings / "settings.json").stat().st_mode & 0o077 == 0
        async with started() as app:
            assert app.url.endswith(secret)
            shown = page(app)
            shown.secret.remove.click()
            await until(lambda: not app.program.settings.secret_path)
            app.url = app.url.removesuffix(secret)
            assert await app.post("/rest", id="b") == 200

    run(scenario())


def test_what_is_signed_for_the_secret_address_is_valid(run: Run, started: StartProgram, secrets: Secrets) -> None:
    async def scenario() -> None:
        await secrets.keep(SIGNING_KEY, KEY)
        async with started() as app:
            assert app.program.bench is not None
            await until(lambda: app.program.capturing.has_key)
            shown = page(app)
            shown.own_address_wished.emit("https://callbacks.example.com")
            shown.secret.make.click()
            secret = await until(lambda: app.program.settings.secret_path)
            app.program.settings.require_signature = True
            app.program.capturing.apply()
            body = json.dumps(make_payload()).encode()
            for key, status in ((KEY, 200), ("PSKanother", 403)):
                signature = sign_json(key, f"https://callbacks.example.com{secret}/rest", body)
                headers = {"Content-Type": JSON_TYPE, "X-SignalWire-Signature": signature}
                async with app.client.post(f"{app.url}{secret}/rest", data=body, headers=headers) as response:
                    assert response.status == status
            assert await app.post(f"{secret}/rest") == 403
            await until(lambda: "3 callbacks" in texts_in(app.window.status))
            assert app.program.bench.reader is not None
            kept = [(one.signature, one.reply["status"]) for one in app.program.bench.reader.callbacks()]
            assert kept == [("valid", 200), ("invalid", 403), ("absent", 403)]

    run(scenario())


def test_signatures_are_required_in_the_preferences(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            assert await app.post() == 200
            app.trigger("preferences")
            dialog = await app.dialog(PreferencesDialog)
            dialog._signed.setChecked(True)
            dialog.accept()
            await app.gone(dialog)
            assert await app.post() == 403
            assert notice(app).text() == "⚠ all answered 403"
            assert "no signing key is set" in notice(app).toolTip()

    run(scenario())


def test_what_all_bodies_may_hold_is_a_preference(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            app.trigger("preferences")
            dialog = await app.dialog(PreferencesDialog)
            assert dialog._in_flight.text() == "64 MiB; beyond it senders get 503"
            dialog._in_flight.setValue(2)
            dialog.accept()
            await app.gone(dialog)
            async with await Wire.open(port(app)) as one, await Wire.open(port(app)) as other:
                for wire in (one, other):
                    await wire.send(make_request(b"x" * 900_000, length=1_000_000))
                    assert await app.post() == 200  # by now it was read
                assert await app.post(body="x" * 500_000) == 200  # which is more than there is room for
            await until(lambda: notice(app).text() == "⚠ 1 turned away")
            assert "1 body was answered 503 because all at once took too much memory" in notice(app).toolTip()

    run(scenario())


def test_an_address_that_others_reach_is_warned_of(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started(Start(host="0.0.0.0", port=0)) as app:  # noqa: S104 - to see the warning
            assert "⚠ Open to your network" in texts_in(app.window.status)
            for action, kind in (("change_address", AddressDialog), ("preferences", PreferencesDialog)):
                app.trigger(action)
                dialog = await app.dialog(kind)
                if kind is PreferencesDialog:
                    assert "⚠ Other machines" not in texts_in(dialog)  # the settings say 127.0.0.1
                    dialog._host.setText("0.0.0.0")  # noqa: S104
                assert "⚠ Other machines in your network" in texts_in(dialog)
                dialog.reject()
                await app.gone(dialog)
        async with started() as app:
            assert "⚠ Open to your network" not in texts_in(app.window.status)
            assert app.window.status.findChildren(QLabel)

    run(scenario())
