"""Replies in the whole program: rules and drills from the page, and forwarding to a real application."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from aiohttp import ClientSession, ServerDisconnectedError, web
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialogButtonBox

from inspector.app import Start
from inspector.callbacks.signature import sign_json
from inspector.capture.rules import Action, Rule
from inspector.runtime.folders import Folders
from inspector.runtime.secrets import SIGNING_KEY, Secrets
from inspector.settings import Settings, SettingsFile
from inspector.ui.workbench.notice import Notice
from inspector.ui.workbench.replies_page import RepliesPage
from inspector.ui.workbench.rule_editor import RuleEditor
from inspector.workbench.replies import Replies
from tests.capture.provider import Provider
from tests.capture.wire import make_body
from tests.factories import JSON_TYPE, make_payload, stamp
from tests.ui.conftest import Driver, Run, StartProgram, texts_in, until


@dataclass
class App:
    """The developer's own application."""

    url: str = ""
    status: int = 202
    bodies: list[bytes] = field(default_factory=list)
    signatures: list[str] = field(default_factory=list)
    held: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        self.bodies.append(await request.read())
        self.signatures.append(request.headers.get("X-SignalWire-Signature", ""))
        await self.held.wait()
        return web.Response(status=self.status, text="from my app", headers={"X-App": "yes"})


@asynccontextmanager
async def application() -> AsyncIterator[App]:
    app = App()
    app.held.set()
    runner = web.ServerRunner(web.Server(app.handle, access_log=None), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    app.url = f"http://127.0.0.1:{runner.addresses[0][1]}/status"
    try:
        yield app
    finally:
        await runner.cleanup()


def tool(app: Driver) -> Replies:
    assert app.program.bench is not None
    return next(one for one in app.program.bench.tools if isinstance(one, Replies))


def page(app: Driver) -> RepliesPage:
    app.trigger("show_replies")
    side = app.window.side
    return cast("RepliesPage", side.widget(side.page))


def notice(app: Driver) -> str:
    shown = app.window.findChild(Notice, "Replies")
    assert shown is not None
    return shown.text() if shown.isVisible() else ""


def tab(app: Driver) -> str:
    side = app.window.side
    return side.tabs.tabText(side.page)


def choose_drill(app: Driver, title: str) -> None:
    next(action for action in page(app).drill.menu().actions() if action.text() == title).trigger()


def forward_to(app: Driver, url: str, *, answers: bool = False) -> None:
    forward = page(app).forward
    forward.url.setText(url)
    forward.on.setChecked(True)
    forward.answers.setChecked(answers)
    forward.url.editingFinished.emit()


def replies(app: Driver) -> list[dict[str, Any]]:
    reader = app.window.panel.rows.reader
    assert reader is not None
    return [callback.reply for callback in reader.callbacks()]


def test_a_drill_answers_with_a_fault_until_it_is_switched_off(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            assert await app.post() == 200
            assert (tab(app), notice(app)) == ("Details", "")
            choose_drill(app, "Answer 503")
            assert (tab(app), notice(app)) == ("Replies (1)", "1 rule active")
            assert "1 rule is active" in page(app).warning.text
            assert await app.post(status="sent") == 503
            QTest.mouseClick(page(app).warning.off, Qt.MouseButton.LeftButton)
            assert await app.post(status="read") == 200
            assert (tab(app), notice(app), page(app).warning.isVisible()) == ("Replies", "", False)
            assert replies(app) == [{"status": 200}, {"status": 503, "rule": "Answer 503"}, {"status": 200}]

    run(scenario())


def test_the_notice_leads_to_the_page(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            choose_drill(app, "Answer 500")
            app.window.side.show_details()
            QTest.mouseClick(app.window.findChild(Notice, "Replies"), Qt.MouseButton.LeftButton)
            assert tab(app) == "Replies (1)"

    run(scenario())


def test_retries_that_a_drill_caused_are_told_in_the_timeline(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app, ClientSession() as client:
            choose_drill(app, "Answer 500 to the first attempt only")
            assert await Provider(client).deliver(f"{app.url}/rest", make_body(timestamp=stamp())) == [
                "500",
                "delivered",
            ]
            await app.rows(1)
            app.select(0)
            app.window.side.show_details()
            model = app.window.detail.view._timeline.view.model()
            spoken = model.index(1, 0).data(Qt.ItemDataRole.AccessibleTextRole)
            assert "attempt 2 of 3, after our 500" in spoken

    run(scenario())


def test_rules_are_kept_and_in_force_at_the_next_start(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            choose_drill(app, "Hang up without an answer")
            choose_drill(app, "Answer 404")
            page(app).rules.rows[0].switch.click()
        async with started() as app:
            assert [(rule.code, rule.enabled) for rule in tool(app).rules] == [(404, False), (200, True)]
            assert (tab(app), notice(app)) == ("Details", "1 rule active")
            with pytest.raises(ServerDisconnectedError):
                await app.post()
            assert replies(app)[0]["dropped"] == "closed"

    run(scenario())


def test_a_damaged_rule_is_left_out_with_a_note(run: Run, started: StartProgram, folders: Folders) -> None:
    kept = [{"code": "x"}, Rule(code=503).as_json(), 7, {"action": "explode"}]
    SettingsFile(folders.settings).save(Settings(reply_rules=kept))

    async def scenario() -> None:
        async with started() as app:
            assert app.window.status.note == "3 damaged rules for replies left out."
            assert await app.post() == 503

    run(scenario())


def test_rules_are_added_edited_moved_and_deleted(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            shown = page(app)
            shown.add.click()
            editor = await app.dialog(RuleEditor)
            QTest.keyClicks(editor.path, "/swml")
            editor.headers.setPlainText("X-One: 1\nbroken header: no")
            assert "cannot be the name of a header" in editor.problem
            ok = editor.findChildren(QDialogButtonBox)[0].button(QDialogButtonBox.StandardButton.Ok)
            assert not ok.isEnabled()
            editor.headers.setPlainText("X-One: 1")
            assert (editor.problem, ok.isEnabled()) == ("", True)
            ok.click()
            await until(lambda: tool(app).rules == (Rule(path="/swml", code=500, headers=(("X-One", "1"),)),))
            await app.gone(editor)
            assert [await app.post(path) for path in ("/swml", "/rest")] == [500, 200]
            choose_drill(app, "Answer 404")
            assert [await app.post(path) for path in ("/swml", "/rest")] == [404, 404]
            shown.rules.rows[0].down.click()
            assert [await app.post(path) for path in ("/swml", "/rest")] == [500, 404]
            shown.rules.rows[0].edit.click()
            editor = await app.dialog(RuleEditor)
            editor.action.setCurrentIndex(editor.action.findData("redirect"))
            editor.location.setText("https://elsewhere.example/")
            editor.accept()
            await until(lambda: tool(app).rules[0].action is Action.REDIRECT)
            assert tool(app).rules[0] == Rule(
                path="/swml", action=Action.REDIRECT, code=302, location="https://elsewhere.example/"
            )
            shown.rules.rows[0].delete.click()
            assert "404" in texts_in(shown.rules)
            assert "redirect" not in texts_in(shown.rules)
            assert [await app.post(path) for path in ("/swml", "/rest")] == [404, 404]

    run(scenario())


def test_a_rule_that_is_only_looked_at_stays_as_it_is(run: Run, started: StartProgram, folders: Folders) -> None:
    rules = [
        Rule("a", attempt=5, status="read", number="+1", code=418, body="x\ny", filler=9, delay=1.5),
        Rule("b", action=Action.REDIRECT, code=303, redirects=3, enabled=False),
        Rule("c", action=Action.RESET, path="*/x"),
    ]
    SettingsFile(folders.settings).save(Settings(reply_rules=[rule.as_json() for rule in rules]))

    async def scenario() -> None:
        async with started() as app:
            for row in list(page(app).rules.rows):
                row.edit.click()
                editor = await app.dialog(RuleEditor)
                editor.accept()
                await app.gone(editor)
            assert list(tool(app).rules) == rules

    run(scenario())


def asks(app: Driver) -> bool:
    """Whether the server asks for the answer to each callback."""
    server = app.program.capturing._server
    return server is not None and server.settings.answer is not None


def test_without_rules_and_forwarding_the_server_is_asked_for_nothing_more(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            assert not asks(app)
            choose_drill(app, "Answer 500")
            assert asks(app)
            page(app).rules.rows[0].delete.click()
            assert not asks(app)

    run(scenario())


def test_the_program_ends_while_a_sender_waits(run: Run, started: StartProgram, folders: Folders) -> None:
    SettingsFile(folders.settings).save(Settings(reply_rules=[Rule(code=503, delay=100).as_json()]))

    async def scenario() -> None:
        async with started() as app:
            waiting = asyncio.gather(app.post())
            await until(lambda: replies(app))
        assert list(await waiting) == [503]

    run(scenario())


# Forwarding


def test_callbacks_are_sent_on_and_answers_are_shown_live(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with application() as mine, started() as app:
            mine.held.clear()
            forward_to(app, mine.url)
            body = json.dumps(make_payload(body="Grüße"), ensure_ascii=False).encode()
            signed = {"X-SignalWire-Signature": "abc"}
            async with app.client.post(f"{app.url}/rest", data=body, headers=signed) as answer:
                assert answer.status == 200
            await app.rows(1)
            app.select(0)
            app.window.side.show_details()
            callback = app.window.detail.view._callback
            callback.tabs.setCurrentWidget(callback.reply)
            assert "from my app" not in callback.reply.view.toPlainText()
            mine.held.set()
            shown = await until(lambda: "from my app" in (text := callback.reply.view.toPlainText()) and text)
            assert "202 Accepted" in shown
            assert "X-App: yes" in shown
            assert (mine.bodies, mine.signatures) == ([body], ["abc"])
            assert replies(app) == [{"status": 200}]
            assert "1 callback sent on. Callback 1: 202 Accepted after" in page(app).forward.state

    run(scenario())


@pytest.mark.parametrize("answers", [False, True], ids=["beside", "answering"])
def test_what_is_answered_403_is_not_sent_on(
    run: Run, started: StartProgram, secrets: Secrets, *, answers: bool
) -> None:
    async def scenario() -> None:
        await secrets.keep(SIGNING_KEY, "PSKright")
        async with application() as mine, started() as app:
            await until(lambda: app.program.capturing.has_key)
            app.program.settings.require_signature = True
            forward_to(app, mine.url, answers=answers)
            body = json.dumps(make_payload()).encode()
            for key, status in ((None, 403), ("PSKwrong", 403), ("PSKright", 202 if answers else 200)):
                headers = {"Content-Type": JSON_TYPE}
                if key is not None:
                    headers["X-SignalWire-Signature"] = sign_json(key, f"{app.url}/rest", body)
                async with app.client.post(f"{app.url}/rest", data=body, headers=headers) as answer:
                    assert answer.status == status
            await until(lambda: "1 callback sent on. Callback 3: 202" in page(app).forward.state)
            assert len(mine.bodies) == 1
            assert len(replies(app)) == 3

    run(scenario())


def test_an_application_that_is_not_there_is_told_in_words(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        with closing(socket.create_server(("127.0.0.1", 0))) as taken:
            port = taken.getsockname()[1]
        async with started() as app:
            forward_to(app, f"http://127.0.0.1:{port}/")
            assert await app.post() == 200
            told = f"nothing listens at 127.0.0.1:{port} (connection refused)"
            await until(lambda: told in page(app).forward.state)
            assert "1 without an answer" in page(app).forward.state

    run(scenario())


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "Type the address"),
        ("app.example", "begins with http://"),
        ("http://user:secret@app.example/", "Leave both away"),
        ("OWN/x", "go in circles"),
    ],
)
def test_addresses_that_cannot_be_are_refused(run: Run, started: StartProgram, url: str, words: str) -> None:
    async def scenario() -> None:
        async with started() as app:
            forward_to(app, url.replace("OWN", app.url))
            assert words in page(app).forward.state
            assert page(app).forward.url.property("invalid") is bool(url)
            assert await app.post() == 200
            assert len(replies(app)) == 1
            assert "user:secret" not in app.program.settings.as_json()

    run(scenario())


def test_the_public_address_is_refused_as_soon_as_there_is_one(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            assert app.program.bench is not None
            forward_to(app, "https://tunnel.example/x")
            assert "circles" not in page(app).forward.state
            app.program.bench.public_url = "https://tunnel.example"
            assert "circles" in page(app).forward.state
            app.program.bench.public_url = None
            assert "circles" not in page(app).forward.state

    run(scenario())


def test_senders_are_answered_what_the_application_answers(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with application() as mine, started() as app:
            mine.status = 422
            forward_to(app, mine.url, answers=True)
            assert notice(app) == "App answers"
            async with app.client.post(f"{app.url}/rest", data=make_body()) as answer:
                assert (answer.status, await answer.text(), answer.headers["X-App"]) == (422, "from my app", "yes")
            (reply,) = replies(app)
            assert (reply["status"], reply["from"], reply["body"]) == (422, "forward", "from my app")
            assert len(mine.bodies) == 1
            choose_drill(app, "Answer 404")
            assert await app.post(status="sent") == 404
            await until(lambda: len(mine.bodies) == 2)

    run(scenario())


def test_our_own_reply_goes_when_the_application_is_too_slow(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with application() as mine, started() as app:
            mine.held.clear()
            page(app).forward.seconds.setValue(0.1)
            forward_to(app, mine.url, answers=True)
            assert await app.post() == 200
            assert replies(app)[0]["from"] == "default"
            mine.held.set()
            await until(lambda: "1 callback sent on" in page(app).forward.state)

    run(scenario())


def test_forwarding_goes_on_with_another_session_and_at_the_next_start(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with application() as mine:
            async with started() as app:
                forward_to(app, mine.url)
                assert await app.post(id="one") == 200
                await until(lambda: "1 callback sent on" in page(app).forward.state)
                before = app.program.capturing.session
                app.trigger("new_session")
                await until(lambda: app.program.capturing.session not in (None, before) and app.program.listening_url)
                app.url = app.program.listening_url
                assert await app.post(id="two") == 200
                await until(lambda: "1 callback sent on. Callback 1: 202" in page(app).forward.state)
                reader = app.window.panel.rows.reader
                assert reader is not None
                assert [row.status for row in reader.forwards(1)] == [202]
            async with started(Start(port=0)) as app:
                assert await app.post(id="three") == 200
                await until(lambda: len(mine.bodies) == 3)
                page(app).forward.on.setChecked(False)
                assert await app.post(id="four") == 200
                assert page(app).forward.state == ""
            assert len(mine.bodies) == 3

    run(scenario())
