"""A real message, the message log and deaf windows, through the window, against a stand-in of the API."""

import asyncio
import csv
import inspect
from base64 import b64encode
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QFileDialog, QLineEdit, QPushButton

from inspector.capture.rest_api import RestApi
from inspector.runtime.folders import Folders
from inspector.session.deaf import Deafness, Heartbeat
from inspector.session.session import Session
from inspector.ui.message_table_model import Column
from inspector.ui.workbench.checklist import Step, StepState
from inspector.ui.workbench.signalwire_page import SignalWirePage
from inspector.workbench.signalwire import SignalWireTool
from tests.stand_in import FROM, OUTSIDE, PROJECT, SPACE, TO, TOKEN, StandIn, stand_in, text_answer
from tests.ui.conftest import Driver, Run, StartProgram, texts_in, until


def windowed(work: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """A test that runs on the window's loop."""
    only = inspect.Parameter.KEYWORD_ONLY

    def test(run: Run, **fixtures: Any) -> None:
        run(work(**fixtures))

    test.__name__ = work.__name__
    wanted = [one.replace(kind=only) for one in inspect.signature(work).parameters.values()]
    test.__signature__ = inspect.Signature([inspect.Parameter("run", only), *wanted])  # type: ignore[attr-defined]
    return test


def tool_of(app: Driver) -> SignalWireTool:
    assert app.program.bench is not None
    return next(one for one in app.program.bench.tools if isinstance(one, SignalWireTool))


async def opened(app: Driver, api: StandIn, *, token: str = TOKEN, patience: float = 20) -> SignalWirePage:
    """The page with the account filled in, and a tunnel that leads here."""
    tool = tool_of(app)
    tool.make_api = lambda space, project, secret: RestApi(space, project, secret, base=api.url)
    app.trigger("show_signalwire")
    page = tool.page
    assert page is not None
    assert tool.sending is not None
    tool.sending.patience = patience
    assert app.program.bench is not None
    app.program.bench.public_url = f"http://{OUTSIDE}:{app.url.rpartition(':')[2]}"
    await asyncio.sleep(0)
    for name, text in (("Space", SPACE), ("Project id", PROJECT), ("API token", token), ("From", FROM), ("To", TO)):
        field(page, name).setText(text)
    return page


def field(page: SignalWirePage, name: str) -> QLineEdit:
    return next(one for one in page.findChildren(QLineEdit) if one.accessibleName() == name)


def press(page: SignalWirePage, text: str) -> None:
    button = next(one for one in page.findChildren(QPushButton) if one.text().replace("&", "") == text)
    assert button.isEnabled()
    button.click()


def sent(page: SignalWirePage) -> tuple[Step, ...]:
    return page.send.steps.steps


def step(page: SignalWirePage, words: str, state: StepState) -> Step | None:
    return next((one for one in sent(page) if words in one.text and one.state is state), None)


@windowed
async def test_a_test_message_ticks_to_its_end(started: StartProgram) -> None:
    async with started() as app, stand_in() as api:
        page = await opened(app, api)
        press(page, "Send the message")
        await until(lambda: step(page, "“delivered” came after", StepState.DONE))
        assert {one.state for one in sent(page)} == {StepState.DONE}
        assert [one.text.split(" came")[0] for one in sent(page)[2:]] == ["“queued”", "“sent”", "“delivered”"]
        assert step(page, "accepted the message after", StepState.DONE)
        assert api.log[0]["id"] in sent(page)[1].detail
        panel = app.window.panel
        await until(lambda: panel.messages.current_id() is not None, "the message is selected")
        assert app.cell(0, Column.TO) == TO
        settings = app.program.settings
        assert (settings.space, settings.project, settings.test_to) == (SPACE, PROJECT, TO)
        await until(lambda: "kept in the keyring" in texts_in(page.account))
        bench = app.program.bench
        assert bench is not None
        assert await bench.secrets.get(f"api-token:{SPACE}/{PROJECT}") == TOKEN
        assert TOKEN not in settings.as_json()
        assert field(page, "API token").text() == ""


@windowed
async def test_no_file_of_the_program_holds_the_token(started: StartProgram, folders: Folders) -> None:
    secret = b64encode(f"{PROJECT}:{TOKEN}".encode())
    async with started() as app, stand_in() as api:
        page = await opened(app, api)
        press(page, "Send the message")
        await until(lambda: step(page, "“delivered” came after", StepState.DONE))
        press(page, "Check against the log")
        await until(lambda: "agree on 1 of 1 message" in texts_in(page.log))
    files = [path for folder in (folders.sessions, folders.settings, folders.logs) for path in folder.rglob("*")]
    assert any(path.suffix == ".inspector" for path in files)
    assert [path for path in files if TOKEN.encode() in path.read_bytes() or secret in path.read_bytes()] == []


@windowed
async def test_damaged_answers_are_told_on_the_page(started: StartProgram) -> None:
    async with started() as app, stand_in(answer=text_answer("<html>")) as api:
        page = await opened(app, api)
        press(page, "Save and check")
        await until(lambda: "no JSON object (200)" in texts_in(page.account))
        press(page, "Check against the log")
        await until(lambda: "no JSON object (200)" in texts_in(page.log))
        press(page, "Send the message")
        await until(lambda: step(page, "no JSON object (200)", StepState.FAILED))
        api.answer = text_answer("", 500)
        press(page, "Send the message")
        await until(lambda: step(page, "an error of its own (500)", StepState.FAILED))


@windowed
async def test_a_callback_may_come_before_the_answer_of_the_api(started: StartProgram) -> None:
    async with started() as app, stand_in(early=True) as api:
        page = await opened(app, api)
        press(page, "Send the message")
        await until(lambda: step(page, "“delivered” came after", StepState.DONE))
        assert step(page, "“queued” came after", StepState.DONE)


@windowed
async def test_without_a_way_in_nothing_is_sent(started: StartProgram) -> None:
    async with started() as app, stand_in() as api:
        page = await opened(app, api)
        assert app.program.bench is not None
        app.program.bench.public_url = None
        assert "no public address" in texts_in(page)
        press(page, "Send the message")
        assert [one.state for one in sent(page)] == [StepState.FAILED]
        assert "Not sent" in sent(page)[0].text
        assert texts_in(page).count("no public address") == 1
        app.program.bench.public_url = "http://127.0.0.1:9797"
        press(page, "Send the message")
        assert "Not sent" in sent(page)[0].text
        assert texts_in(page).count("SignalWire cannot reach it") == 1
        assert api.asked == []
        press(page, "Get a public address")
        assert not page.isVisible()


@windowed
async def test_what_the_api_refuses_is_told_in_its_words_and_explained(started: StartProgram) -> None:
    async with started() as app, stand_in() as api:
        page = await opened(app, api)
        field(page, "From").setText("+15550000000")
        press(page, "Send the message")
        refused = await until(lambda: step(page, "refuses the request (422)", StepState.FAILED))
        assert "from: From must be a purchased number of the project. (21210)" in refused.detail
        explained = tool_of(app).catalogue.explain("21210")
        assert explained is not None
        assert explained.remedy in refused.detail


@pytest.mark.parametrize("code", ["21219", "21717", "21610", "30022"])
@windowed
async def test_refusals_of_the_recipient_are_explained(started: StartProgram, code: str) -> None:
    async with started() as app, stand_in(refused={TO: (code, "no")}) as api:
        page = await opened(app, api)
        press(page, "Send the message")
        refused = await until(lambda: step(page, "refuses", StepState.FAILED))
        explained = tool_of(app).catalogue.explain(code)
        assert explained is not None
        assert f"to: no ({code})" in refused.detail
        assert explained.remedy in refused.detail


@windowed
async def test_a_message_that_fails_later_says_why(started: StartProgram) -> None:
    async with started() as app, stand_in(life=["queued", "undelivered"], error=("30027", "limit")) as api:
        page = await opened(app, api)
        press(page, "Send the message")
        failed = await until(lambda: step(page, "“undelivered” came after", StepState.FAILED))
        assert "30027" in failed.detail
        assert "T-Mobile" in failed.detail


@windowed
async def test_wrong_credentials_are_told_and_the_token_is_not_kept(started: StartProgram) -> None:
    async with started() as app, stand_in() as api:
        page = await opened(app, api, token="wrong-token")
        press(page, "Save and check")
        await until(lambda: "does not accept project id and token (401)" in texts_in(page.account))
        assert app.program.bench is not None
        assert await app.program.bench.secrets.get(f"api-token:{SPACE}/{PROJECT}") is None
        assert "wrong-token" not in texts_in(page)
        field(page, "API token").setText(TOKEN)
        press(page, "Save and check")
        await until(lambda: "accepts the project and the token" in texts_in(page.account))
        await until(lambda: "kept in the keyring" in texts_in(page.account))
        press(page, "Forget the token")
        await until(lambda: "goes to this computer's keyring" in texts_in(page.account))
        assert await app.program.bench.secrets.get(f"api-token:{SPACE}/{PROJECT}") is None


@windowed
async def test_the_token_of_the_environment_comes_first(started: StartProgram, monkeypatch: pytest.MonkeyPatch) -> None:
    async with started() as app, stand_in() as api:
        bench = app.program.bench
        assert bench is not None
        await bench.secrets.keep(f"api-token:{SPACE}/{PROJECT}", "an old one")
        app.program.settings.space, app.program.settings.project = SPACE, PROJECT
        monkeypatch.setenv("SIGNALWIRE_TOKEN", f"  {TOKEN}\n")
        page = await opened(app, api, token="")
        await until(lambda: "SIGNALWIRE_TOKEN is used. It comes before the one in the keyring" in texts_in(page))
        press(page, "Save and check")
        await until(lambda: "accepts the project and the token" in texts_in(page))
        press(page, "Forget the token")
        await until(lambda: "It comes before" not in texts_in(page))
        assert await bench.secrets.get(f"api-token:{SPACE}/{PROJECT}") is None
        assert not any(one.isVisible() for one in page.findChildren(QPushButton) if "Forget" in one.text())


@windowed
async def test_a_callback_that_never_comes_is_looked_up_in_the_log(started: StartProgram) -> None:
    async with started() as app, stand_in(told={"queued"}) as api:
        page = await opened(app, api, patience=0.05)
        press(page, "Send the message")
        silent = await until(lambda: step(page, "Nothing more came for", StepState.FAILED))
        assert "The message log says “delivered”" in silent.detail
        assert OUTSIDE in silent.detail
        assert step(page, "“queued” came after", StepState.DONE)


@windowed
async def test_silence_of_everything_names_the_tunnel(started: StartProgram) -> None:
    async with started() as app, stand_in(told=set(), life=["queued"]) as api:
        page = await opened(app, api, patience=0.05)
        press(page, "Send the message")
        silent = await until(
            lambda: (
                step(page, "No callback came for", StepState.WARNING)
                or step(page, "No callback came for", StepState.FAILED)
            )
        )
        await until(lambda: "The message log says “queued”" in sent(page)[-1].detail)
        assert silent
        assert app.program.bench is not None
        app.program.bench.public_url = "https://another.example"
        await until(lambda: "another now than when the message was sent" in sent(page)[-1].detail)


def fill(app: Driver, api: StandIn) -> dict[str, str]:
    """The log and callbacks that differ in every way; ids by what they are."""
    return {
        "alike": str(api.logged()["id"]),
        "behind": str(api.logged()["id"]),
        "unheard": str(api.logged(status="sent")["id"]),
        "differs": str(api.logged(status="undelivered", error_code="30003")["id"]),
        "ahead": str(api.logged(status="queued")["id"]),
        "inbound": str(api.logged(direction="inbound", status="received")["id"]),
        "old": str(api.logged(7200)["id"]),
        "elsewhere": str(api.logged(status_callback_url="https://other.example/rest")["id"]),
    }


@windowed
async def test_the_session_is_held_against_the_message_log(started: StartProgram, tmp_path: Path) -> None:
    async with started() as app, stand_in() as api:
        page = await opened(app, api)
        ids = fill(app, api)
        for kind, status in (("alike", "delivered"), ("behind", "sent"), ("differs", "delivered"), ("ahead", "sent")):
            assert await app.post(id=ids[kind], status=status) == 200
        await app.rows(4)
        app.select(1)
        press(page, "Check against the log")
        await until(lambda: page.log.model.lines, "the check is done")
        lines = {one.id: one for one in page.log.model.lines}
        assert [one.id for one in page.log.model.lines] == [
            ids[one] for one in ("differs", "behind", "unheard", "ahead")
        ]
        assert (lines[ids["behind"]].logged, lines[ids["behind"]].ours) == ("delivered", "sent")
        assert not lines[ids["unheard"]].heard
        found = texts_in(page.log)
        assert "agree on 1 of 5 messages" in found
        assert "1 inbound left out" in found
        assert "1 more had the status_callback of another receiver" in found
        assert app.window.detail.message_row == 2
        assert "The message log says “delivered”" in remarks(app)
        page.log.table.selectRow(1)
        await until(lambda: app.window.panel.messages_model.rowCount() == 1)
        assert app.window.panel.filter.edit.text() == f'id:"{ids["behind"]}"'
        press(page, "Export as CSV…")
        dialog = await app.dialog(QFileDialog)
        target = tmp_path / "out.csv"
        dialog.findChild(QLineEdit).setText(str(target))
        dialog.accept()
        await until(lambda: "5 messages exported" in app.window.status.note)
        with target.open(encoding="utf-8", newline="") as file:
            outcomes = {one["id"]: one["outcome"] for one in csv.DictReader(file)}
        assert len(outcomes) == 5
        assert outcomes[ids["behind"]] == "behind"
        assert outcomes[ids["alike"]] == "agrees"


def remarks(app: Driver) -> str:
    app.window.side.show_details()
    text = texts_in(app.window.detail)
    app.trigger("show_signalwire")
    return text


@windowed
async def test_a_check_reads_every_page_and_can_be_cancelled(started: StartProgram) -> None:
    async with started() as app, stand_in(hold=asyncio.Event()) as api:
        page = await opened(app, api)
        for _ in range(450):
            api.logged()
        press(page, "Check against the log")
        await until(lambda: "1 page, 200 messages so far" in texts_in(page.log))
        press(page, "Cancel")
        assert "Cancelled" in texts_in(page.log)
        assert api.hold is not None
        api.hold.set()
        press(page, "Check against the log")
        await until(lambda: "450 messages without any callback" in texts_in(page.log))
        assert len(page.log.model.lines) == 450
        assert "page_token=PA" in api.asked[-1]


@windowed
async def test_a_saved_session_is_not_written_to(started: StartProgram, tmp_path: Path) -> None:
    saved = tmp_path / "saved.inspector"
    Session.create(saved, started=0).close()
    async with started() as app, stand_in() as api:
        page = await opened(app, api)
        app.program.open_session(saved)
        await until(lambda: app.window.panel.rows.reader and app.window.panel.rows.reader.path == saved)
        await until(lambda: app.program.listening_url is None)
        press(page, "Check against the log")
        assert "only shown" in texts_in(page.log)
        assert api.asked == []


@windowed
async def test_times_without_listening_are_told_and_explain_what_was_missed(started: StartProgram) -> None:
    async with started() as app, stand_in() as api:
        page = await opened(app, api)
        assert "No interruption" in texts_in(page.deaf)
        missed = api.logged(status="delivered")
        assert await app.post(id=missed["id"], status="sent") == 200
        app.trigger("toggle_listening")
        await until(lambda: app.program.listening_url is None)
        assert "listening was stopped" in texts_in(page.deaf)
        assert "Since " in texts_in(page.deaf)
        app.trigger("toggle_listening")
        await until(lambda: app.program.listening_url)
        await until(lambda: "Since " not in texts_in(page.deaf))
        press(page, "Check against the log")
        line = (await until(lambda: page.log.model.lines))[0]
        assert "Probably missed while not listening" in line.reason
        assert "listening was stopped" in line.reason


@windowed
async def test_another_port_and_the_end_of_the_program_are_noted(started: StartProgram, tmp_path: Path) -> None:
    async with started() as app:
        await app.post()
        reader = app.window.panel.rows.reader
        assert reader is not None
        path = reader.path
        before = app.program.listening_url
        app.program.listen_at("127.0.0.1", 0)
        await until(lambda: app.program.listening_url not in (None, before))
        assert [one.reason for one in reader.deaf_windows()] == [Deafness.MOVED]
    with Session.open(path) as session:
        session.hear(2_000_000_000_000_000)
        rows = session._connection.execute("SELECT reason, until - since FROM deaf ORDER BY row").fetchall()
    assert [reason for reason, _ in rows] == ["moved", "ended"]
    assert all(length >= 0 for _, length in rows)


@windowed
async def test_a_machine_that_slept_is_noticed(started: StartProgram, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = {"with_sleep": 0.0, "awake": 0.0}
    monkeypatch.setattr(
        SignalWireTool,
        "make_heartbeat",
        lambda _: Heartbeat(lambda: clock["with_sleep"], lambda: clock["awake"], tells_apart=True),
    )
    async with started() as app, stand_in() as api:
        page = await opened(app, api)
        clock["with_sleep"] += 300
        clock["awake"] += 1
        await until(lambda: "the computer was asleep" in texts_in(page.deaf))
        assert "5 min 00 s" in texts_in(page.deaf)
        assert app.window.panel.rows.reader is not None
        (window,) = app.window.panel.rows.reader.deaf_windows()
        assert window.until is not None
        assert window.until - window.since == 300_000_000
