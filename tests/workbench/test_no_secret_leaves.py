"""Where everything fails at which a secret is in hand: no log, session, export, setting or report holds one."""

import asyncio
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from inspector.app import Start
from inspector.callbacks.signature import sign_json
from inspector.capture.forward import Forwarder
from inspector.capture.rest_api import ApiError, RestApi
from inspector.runtime import errors
from inspector.runtime.errors import ErrorSink, install_error_sink
from inspector.runtime.folders import Folders
from inspector.runtime.report import report
from inspector.runtime.secrets import SIGNING_KEY, Secrets
from inspector.session.exchange.export import Format, export
from inspector.session.reader import SessionReader
from inspector.session.records import ForwardRow
from inspector.session.session import Session
from tests.capture.wire import make_body
from tests.factories import make_callback
from tests.stand_in import PROJECT, SPACE, TOKEN, stand_in
from tests.ui.conftest import Driver, Run, StartProgram, texts_in, until
from tests.workbench.test_replies import application, forward_to
from tests.workbench.test_replies import page as replies_page
from tests.workbench.test_signalwire import opened, press

KEY = "PSKneverseen0123456789"
PASSWORD = "neverseenpassword"
NOWHERE = "http://127.0.0.1:1"
"""A port that nothing listens at."""


def forms(secret: str) -> list[bytes]:
    """A secret as it is, and as basic authentication sends it."""
    logins = (f"{PROJECT}:{secret}", f"user:{secret}", secret)
    return [secret.encode(), *(b64encode(login.encode()) for login in logins)]


ALL = [form for secret in (KEY, TOKEN, PASSWORD) for form in forms(secret)]


def in_(content: bytes) -> list[bytes]:
    return [form for form in ALL if form in content]


def fail(*_: Any, **given: Any) -> None:
    raise RuntimeError(f"failed with {sorted(given)}")


async def provoke(app: Driver, sink: ErrorSink, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the check of signatures, the API's client and the sender of forwards fail with what they have in hand."""
    url = f"{app.url}/rest"

    async def send() -> None:
        headers = {"Content-Type": "application/json", "X-SignalWire-Signature": sign_json(KEY, url, make_body())}
        async with app.client.post(url, data=make_body(), headers=headers) as answer:
            assert answer.status == 200

    await send()
    with monkeypatch.context() as patch:
        patch.setattr("inspector.capture.server.check_signature", fail)
        await send()
    async with application() as mine:
        forward_to(app, mine.url.replace("http://", f"http://user:{PASSWORD}@"))
        assert "Leave both away" in replies_page(app).forward.state
        assert await app.post() == 200
        assert mine.bodies == []
    async with stand_in() as api:
        shown = await opened(app, api)
        press(shown, "Send the message")
        await until(lambda: "kept in the keyring" in texts_in(shown.account))
        async with (
            RestApi(SPACE, PROJECT, TOKEN, base=api.url) as client,
            RestApi(SPACE, PROJECT, TOKEN, base=NOWHERE) as lost,
        ):
            with monkeypatch.context() as patch:
                patch.setattr("inspector.capture.rest_api._parsed", fail)
                for asked in (client, lost):
                    try:
                        await asked.check()
                    except (RuntimeError, ApiError) as error:
                        sink.report(error, "Unexpected error in check the account")


async def send_on(session: Session) -> list[ForwardRow]:
    """Forward by addresses with a password, which a command line may have, and keep what came of it."""
    rows: list[ForwardRow] = []
    async with application() as mine:
        for address in (mine.url, f"{NOWHERE}/x"):
            forwarder = Forwarder(address.replace("http://", f"http://user:{PASSWORD}@"), rows.append)
            forwarder.forward(1, make_callback())
            forwarder.forward(1, make_callback(b"{", incomplete="the sender broke off."))
            await forwarder.close()
        assert len(mine.bodies) == 1
    session.record_forwards(rows)
    return rows


def test_no_secret_gets_into_a_file_or_a_report(
    run: Run, started: StartProgram, folders: Folders, secrets: Secrets, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(errors, "_SAME_AGAIN", 0.0)  # every error is logged, also when the same comes again
    sink = install_error_sink(folders.logs, told.append)
    session = tmp_path / "kept.inspector"

    async def scenario() -> None:
        asyncio.get_running_loop().set_exception_handler(sink.handle_loop_exception)
        await secrets.keep(SIGNING_KEY, KEY)
        async with started(Start(session=session, port=0)) as app:
            await until(lambda: app.program.capturing.has_key)
            await provoke(app, sink, monkeypatch)
            assert app.program.capturing.session is not None
            rows = await send_on(app.program.capturing.session)
            assert [row.status for row in rows].count(202) == 1
            app.program._save_settings()
            with SessionReader(session) as reader:
                for form in Format:
                    export(reader, tmp_path / f"out.{form}", form)
                    export(reader, tmp_path / f"redacted.{form}", form, redact=True)

    try:
        run(scenario())
    finally:
        sink.close()
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {path.name for path in files} >= {"kept.inspector", "inspector.log", "crash.log", "settings.json", "out.har"}
    assert {path.name: found for path in files if (found := in_(path.read_bytes()))} == {}
    assert in_("\n".join(told).encode()) == []
    text = report(folders.logs)
    assert "A callback could not be judged" in text
    assert text.count("Unexpected error in check the account") == 2
    assert in_(text.encode()) == []
