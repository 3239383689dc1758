"""The bench: what is set counts from the first callback on, before the window is complete."""

import asyncio
import json
import threading

import pytest
from aiohttp import ClientResponse, ClientSession

from inspector.app import Program
from inspector.callbacks.signature import SignatureState, sign_json
from inspector.capture.rules import Rule
from inspector.runtime.folders import Folders
from inspector.runtime.secrets import SIGNING_KEY, SIGNING_KEY_VARIABLE, Secrets
from inspector.settings import Settings, SettingsFile
from inspector.ui.workbench.notice import Notice
from tests.factories import JSON_TYPE, make_payload
from tests.ui.conftest import MemoryRing, Run, StartProgram, until
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


class SlowRing(MemoryRing):
    """Answers when it is unlocked."""

    def __init__(self) -> None:
        super().__init__()
        self.kept[SIGNING_KEY] = KEY
        self.unlocked = threading.Event()

    def get_password(self, service: str, name: str) -> str | None:
        self.unlocked.wait(20)
        return super().get_password(service, name)


class TestSlowKeyring:
    @pytest.fixture
    def ring(self) -> SlowRing:
        return SlowRing()

    @pytest.fixture
    def secrets(self, ring: SlowRing) -> Secrets:
        return Secrets(lambda: ring)

    def test_what_is_signed_is_not_refused_while_the_keyring_is_asked(
        self, run: Run, started: StartProgram, folders: Folders, ring: SlowRing
    ) -> None:
        SettingsFile(folders.settings).save(Settings(require_signature=True, public_url=URL.removesuffix("/sms")))

        async def scenario() -> None:
            async with started() as app:
                body = json.dumps(make_payload()).encode()
                headers = {"Content-Type": JSON_TYPE, "X-SignalWire-Signature": sign_json(KEY, URL, body)}
                answers: list[int] = []

                async def post() -> None:
                    answer: ClientResponse
                    async with app.client.post(f"{app.url}/sms", data=body, headers=headers) as answer:
                        answers.append(answer.status)

                async with asyncio.TaskGroup() as group:
                    group.create_task(post())
                    assert await app.post() == 403  # it has no signature at all
                    assert not any("403" in one.text() for one in app.window.status.findChildren(Notice))
                    assert answers == []
                    ring.unlocked.set()
                assert answers == [200]
                await until(lambda: app.program.capturing.has_key)

        run(scenario())
