"""The signing key in the window, and what it says of callbacks that are really signed and really posted."""

import json
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QMessageBox
from twilio.request_validator import RequestValidator

from inspector.app import Start
from inspector.callbacks.signature import sign_json
from inspector.capture.server import CaptureSettings
from inspector.runtime.errors import install_error_sink
from inspector.runtime.folders import Folders
from inspector.runtime.secrets import SIGNING_KEY, SIGNING_KEY_VARIABLE, Secrets
from inspector.session.exchange.export import export
from inspector.session.reader import SessionReader
from inspector.settings import SettingsFile
from inspector.ui.detail.signature import SignatureTab
from inspector.ui.workbench.signing_key_dialog import SigningKeyDialog
from inspector.workbench.signatures import Signatures
from tests.factories import FORM_TYPE, JSON_TYPE, make_form, make_payload
from tests.ui.conftest import Driver, Run, StartProgram, texts_in, until

KEY = "PSKtest1234567890abcdef"
FORWARDED = {"X-Forwarded-Host": "abc.example", "X-Forwarded-Proto": "https"}
URL = "https://abc.example/sms"


async def send(app: Driver, message: str, signed: str | None = URL, key: str = KEY, **more: str) -> None:
    """A JSON callback of message `message`, posted to /sms and signed for the URL `signed`."""
    body = json.dumps(make_payload(id=message)).encode()
    headers = {"Content-Type": JSON_TYPE, **FORWARDED, **more}
    if signed is not None:
        headers["X-SignalWire-Signature"] = sign_json(key, signed, body)
    async with app.client.post(f"{app.url}/sms", data=body, headers=headers) as response:
        assert response.status == 200


def capture_of(app: Driver) -> CaptureSettings:
    """What the next callback is received with."""
    server = app.program.capturing._server
    assert server is not None
    return server.settings


async def enter(app: Driver, key: str) -> None:
    app.trigger("signing_key")
    dialog = await app.dialog(SigningKeyDialog)
    QTest.keyClicks(dialog.field, key)
    QTest.keyClick(dialog.field, Qt.Key.Key_Return)
    await app.gone(dialog)
    await until(lambda: capture_of(app).signing_key == key.strip())


async def answer(app: Driver, button: str) -> str:
    """Press a button of the message box that comes up; returns what the box said."""
    box: QMessageBox = await app.dialog(QMessageBox)
    text = box.text()
    one: QAbstractButton = next(one for one in box.buttons() if one.text().replace("&", "") == button)
    one.click()
    await app.gone(box)
    return text


def tab_of(app: Driver) -> SignatureTab:
    panel = app.window.detail.view.callback_panel
    panel.tabs.setCurrentWidget(panel.signature)
    return panel.signature


async def shown(app: Driver, title: str) -> str:
    """The texts of the tab, once it has this title."""
    tab = tab_of(app)
    return str(await until(lambda: title in texts_in(tab).splitlines() and texts_in(tab), f"{title}: {texts_in(tab)}"))


def states(app: Driver) -> list[str]:
    """What the file says of the signatures."""
    path = app.program.bench.path if app.program.bench else None
    assert path is not None
    with SessionReader(path) as reader:
        return [callback.signature for callback in reader.callbacks()]


def test_a_key_that_is_entered_counts_at_once(run: Run, started: StartProgram, secrets: Secrets) -> None:
    async def scenario() -> None:
        async with started() as app:
            await send(app, "one")
            await enter(app, f" {KEY} ")
            await answer(app, "Cancel")
            assert await secrets.get(SIGNING_KEY) == KEY
            await send(app, "two")
            await send(app, "three", key="PSKother")
            await send(app, "four", None)
            assert states(app) == ["unchecked", "valid", "invalid", "absent"]
            app.trigger("signing_key")
            dialog = await app.dialog(SigningKeyDialog)
            assert "from the keyring" in texts_in(dialog)
            assert KEY not in texts_in(dialog) + dialog.field.text()
            dialog.forget.click()
            await until(lambda: capture_of(app).signing_key is None)
            assert await secrets.get(SIGNING_KEY) is None
            await send(app, "five")
            assert states(app)[-1] == "unchecked"

    run(scenario())


def test_the_key_of_the_keyring_counts_from_the_start(run: Run, started: StartProgram, secrets: Secrets) -> None:
    async def scenario() -> None:
        await secrets.keep(SIGNING_KEY, KEY)
        async with started() as app:
            await until(lambda: capture_of(app).signing_key)
            await send(app, "one")
            assert states(app) == ["valid"]

    run(scenario())


def test_the_environment_comes_first(
    run: Run, started: StartProgram, secrets: Secrets, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SIGNING_KEY_VARIABLE, KEY)

    async def scenario() -> None:
        await secrets.keep(SIGNING_KEY, "PSKother")
        async with started() as app:
            await send(app, "one")
            assert states(app) == ["valid"]
            app.trigger("signing_key")
            dialog = await app.dialog(SigningKeyDialog)
            assert "from the environment" in texts_in(dialog)
            assert not dialog.field.isVisible()
            assert not dialog.save.isVisible()
            dialog.forget.click()
            await until(lambda: SIGNING_KEY not in secrets._load().kept)
            await send(app, "two")
            assert states(app) == ["valid", "valid"]

    run(scenario())


def test_without_a_keyring_the_key_lasts_until_the_end(run: Run, started: StartProgram, secrets: Secrets) -> None:
    def locked() -> Any:
        raise RuntimeError

    secrets._load = locked

    async def scenario() -> None:
        async with started() as app:
            app.trigger("signing_key")
            dialog = await app.dialog(SigningKeyDialog)
            assert "no keyring that can be used" in texts_in(dialog)
            assert "until the program ends" in texts_in(dialog)
            dialog.reject()
            await app.gone(dialog)
            await enter(app, KEY)
            await send(app, "one")
            assert states(app) == ["valid"]
            await app.rows(1)
            app.select(0)
            assert "Kept until the program ends" in await shown(app, "Valid")

    run(scenario())


def test_the_doctor_s_address_is_used_with_one_click(run: Run, started: StartProgram, folders: Folders) -> None:
    async def scenario() -> None:
        async with started() as app:
            await enter(app, KEY)
            await send(app, "one", f"{URL}/")
            await app.rows(1)
            app.select(0)
            text = await shown(app, "Signed for another address")
            assert f"{URL}/ (with a slash at the end), scheme A" in text
            assert "None is set" in text
            tab = tab_of(app)
            assert tab.use_address.isVisible()
            tab.use_address.click()
            text = await shown(app, "Valid")
            assert not tab.use_address.isVisible()
            assert "Signature invalid" in text  # on arrival, which stays so
            await send(app, "two", f"{URL}/")
            assert states(app) == ["invalid", "valid"]
            assert SettingsFile(folders.settings).load().public_url == f"{URL}/"

    run(scenario())


def test_what_twilio_signs_is_examined(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            await enter(app, KEY)
            signature = RequestValidator(KEY).compute_signature("https://abc.example:8443/hooks/sms?a=1", make_form())
            headers = {"Content-Type": FORM_TYPE, "X-Twilio-Signature": signature, "X-Forwarded-Prefix": "/hooks"}
            headers |= {"Forwarded": 'proto=https;host="abc.example:8443"'}
            async with app.client.post(f"{app.url}/sms?a=1", data=make_form(), headers=headers) as response:
                assert response.status == 200
            await app.rows(1)
            app.select(0)
            text = await shown(app, "Signed for another address")
            assert "scheme B" in text
            assert "X-Twilio-Signature" in text
            tab_of(app).use_address.click()
            await shown(app, "Valid")
            assert app.program.settings.public_url == "https://abc.example:8443/hooks"

    run(scenario())


def test_the_tab_tells_what_cannot_be_checked(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            await send(app, "unsigned", None)
            await send(app, "signed")
            await send(app, "wrong", key="PSKother")
            await app.rows(3)
            app.select(0)
            assert "this is normal" in await shown(app, "Not signed")
            app.select(1)
            assert "no signing key is set" in await shown(app, "Not checked")
            tab_of(app).set_key.click()
            dialog = await app.dialog(SigningKeyDialog)
            dialog.field.setText(KEY)
            dialog.save.click()
            assert "2 callbacks of this session are signed" in await answer(app, "Cancel")
            await shown(app, "Valid")
            app.select(2)
            # That the key is right is known by now: it fits another one.
            text = await shown(app, "Body or address changed, or another project")
            assert "fits other callbacks" in text
            await enter(app, "PSKyetanother")
            await answer(app, "Cancel")
            text = await shown(app, "The signing key does not fit")
            assert "wrong, or belongs to another project" in text
            assert tab_of(app).set_key.text() == "Replace the signing key…"

    run(scenario())


def test_a_session_is_checked_without_being_changed(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            await send(app, "one")
            await send(app, "two", f"{URL}/")
            await send(app, "three", f"{URL}/")
            await send(app, "four", None)
            app.trigger("check_signatures")
            assert "No signing key is set" in await answer(app, "OK")
            await enter(app, KEY)
            assert "3 callbacks of this session are signed" in await answer(app, "Check")
            text = await answer(app, "Use this address")
            assert "1 of 3 signatures fit. The first that does not: callback 2." in text
            assert "with a slash at the end" in text
            app.trigger("check_signatures")
            # The one without the slash fits what was forwarded, the others what is set.
            assert "Every signature fits: 3 of 3" in await answer(app, "OK")
            assert states(app) == ["unchecked", "unchecked", "unchecked", "absent"]

    run(scenario())


def test_the_tunnel_s_address_comes_before_the_one_that_is_set(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            bench = app.program.bench
            assert bench is not None
            app.program.settings.public_url = "https://set.example"
            bench.capturing.apply()
            assert capture_of(app).public_url == "https://set.example"
            bench.public_url = "https://tunnel.example"
            assert capture_of(app).public_url == "https://tunnel.example"
            # One that only says more of the tunnel's address is the more exact one.
            app.program.settings.public_url = "https://tunnel.example/sms/"
            bench.capturing.apply()
            assert capture_of(app).public_url == "https://tunnel.example/sms/"

    run(scenario())


def test_the_address_that_is_used_takes_the_place_of_the_one_that_was_set(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            bench = app.program.bench
            assert bench is not None
            tool = next(one for one in bench.tools if isinstance(one, Signatures))
            tool.use_address("https://one.example")
            assert capture_of(app).public_url == "https://one.example"
            bench.public_url = "https://one.example"
            tool.use_address("https://two.example/sms/")
            assert capture_of(app).public_url == "https://two.example/sms/"
            bench.public_url = "https://tunnel.example"
            tool.use_address("https://three.example")
            assert capture_of(app).public_url == "https://tunnel.example"
            assert bench.settings.public_url == "https://three.example"
            assert "the tunnel is open" in texts_in(app.window.status)

    run(scenario())


@pytest.mark.parametrize("from_environment", [True, False])
def test_the_key_gets_into_no_file(
    run: Run,
    started: StartProgram,
    folders: Folders,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    from_environment: bool,
) -> None:
    if from_environment:
        monkeypatch.setenv(SIGNING_KEY_VARIABLE, KEY)
    sink = install_error_sink(folders.logs, lambda _: None)
    session = tmp_path / "kept.inspector"

    def assert_nowhere() -> None:
        found = [path for path in tmp_path.rglob("*") if path.is_file()]
        assert session in found
        assert [str(path) for path in found if KEY.encode() in path.read_bytes()] == []

    async def scenario() -> None:
        async with started(Start(session=session, port=0)) as app:
            if not from_environment:
                await enter(app, KEY)
            for number, url in enumerate((URL, f"{URL}/", None)):
                await send(app, str(number), url)
            await send(app, "wrong", key="PSKother")
            await app.rows(4)
            for row in range(4):
                app.select(row)
                await shown(app, ("Valid", "Signed for another address", "Not signed")[row] if row < 3 else WRONG)
            app.program.window.show_error("an error")
            app.program._save_settings()
            with SessionReader(session) as reader:
                for suffix in ("json", "jsonl", "csv", "har"):
                    export(reader, tmp_path / f"out.{suffix}")
            assert (folders.settings / "settings.json").exists()
            assert_nowhere()

    try:
        run(scenario())
    finally:
        sink.close()
    assert_nowhere()
    assert any(folders.logs.iterdir())


WRONG = "Body or address changed, or another project"
