"""The bench: what is set counts from the first callback on, before the window is complete."""

import json

import pytest
from aiohttp import ClientSession

from inspector.app import Program
from inspector.callbacks.signature import SignatureState, sign_json
from inspector.capture.rules import Rule
from inspector.runtime.folders import Folders
from inspector.runtime.secrets import SIGNING_KEY_VARIABLE
from inspector.settings import Settings, SettingsFile
from tests.factories import JSON_TYPE, make_payload
from tests.ui.conftest import Run, StartProgram
from tests.workbench.test_signatures import KEY, URL


def test_a_callback_that_comes_before_the_window_is_complete_is_ruled_and_checked(
    run: Run, started: StartProgram, folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SIGNING_KEY_VARIABLE, KEY)
    rules = [Rule(code=503).as_json(), {"code": "damaged"}]
    SettingsFile(folders.settings).save(Settings(reply_rules=rules, public_url=URL.removesuffix("/sms")))
    set_up, answered = Program._set_up_bench, []

    async def set_up_late(program: Program) -> None:
        body = json.dumps(make_payload()).encode()
        headers = {"Content-Type": JSON_TYPE, "X-SignalWire-Signature": sign_json(KEY, URL, body)}
        async with (
            ClientSession(headers=headers) as client,
            client.post(f"{program.listening_url}/sms", data=body) as answer,
        ):
            answered.append(answer.status)
        await set_up(program)

    monkeypatch.setattr(Program, "_set_up_bench", set_up_late)

    async def scenario() -> None:
        async with started() as app:
            assert answered == [503]
            reader = app.window.panel.rows.reader
            assert reader is not None
            (callback,) = reader.callbacks()
            assert callback.signature == SignatureState.VALID
            assert any("Replies (1)" in app.window.side.tabs.tabText(at) for at in range(app.window.side.tabs.count()))

    run(scenario())
