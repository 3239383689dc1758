"""Simulations in the running window: to itself, and to an app of the user's own."""

import asyncio
import json
import os
from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import web
from PySide6.QtWidgets import QPushButton

from inspector.callbacks.signature import SignatureState, check_signature
from inspector.capture.plan import plan
from inspector.capture.scenarios import SCENARIOS
from inspector.runtime.folders import Folders
from inspector.runtime.secrets import Secrets
from inspector.settings import SettingsFile
from inspector.ui.message_table_model import Column
from inspector.ui.workbench.simulate_page import SimulatePage
from inspector.ui.workbench.simulation import Order, Wire
from tests.capture.receiver import receiving
from tests.ui.conftest import Driver, Run, StartProgram, until

KEY = "PSKtest1234567890abcdef"
FAST: dict[str, Any] = {"rate": 1000.0, "messages": 1, "seed": 5}


async def shown(app: Driver) -> SimulatePage:
    """The page, as the menu leads to it."""
    app.trigger("show_simulate")
    page: SimulatePage = await until(lambda: next(iter(app.window.findChildren(SimulatePage)), None))
    await until(lambda: page.filled and page.summary.text())
    assert page.isVisible()
    return page


async def played(page: SimulatePage, order: Order) -> str:
    """Start an order and wait for its end; returns what the page says then."""
    page.show_order(order)
    page.card.state.clear()
    page.start.click()
    return await ended(page)


async def ended(page: SimulatePage) -> str:
    state: str = await until(lambda: not page.stop.isEnabled() and page.card.state.text(), "ended")
    return state


def test_a_first_time_user_is_led_to_the_scenarios(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            buttons = {button.text(): button for button in app.window.panel.empty.findChildren(QPushButton)}
            assert buttons["Send a sample"].isVisible()
            buttons["More scenarios…"].click()
            (page,) = app.window.findChildren(SimulatePage)
            assert page.isVisible()
            await until(page.start.isEnabled)
            page.sending.rate.setValue(1000)
            page.sending.messages.setValue(3)
            page.start.click()
            await app.rows(3)
            page.stop.click()
            await until(page.start.isEnabled)

    run(scenario())


BADGES = {
    "undelivered": "Undelivered",
    "filtered": "Undelivered",
    "failed": "Failed",
    "read": "Read",
    "mms": "Sent",
}
FINDINGS = {
    "out-of-order": {"out_of_order"},
    "duplicates": {"duplicate"},
    "retry-storm": {"duplicate"},
    "late-receipt": {"late"},
    "late-arrival": {"late"},
    "regression": {"regression"},
}


def test_every_scenario_gives_its_badges_and_findings(run: Run, started: StartProgram) -> None:
    # Told apart by their numbers and texts, as the ids are drawn for each run.
    messages = len(SCENARIOS) + 49
    names = ["mixed", *(name for name in SCENARIOS if name != "mixed")]
    planned = plan(names, messages=messages, rate=1000.0, seed=5, started_at=datetime.now(UTC))
    scenarios = {}
    for callback in planned:
        payload = json.loads(callback.body) if callback.body.endswith(b"}") else {}
        if "to" in payload:
            scenarios[payload["to"], payload["from"], payload["body"]] = callback.scenario

    async def scenario() -> None:
        async with started() as app:
            page = await shown(app)
            page.scenarios.show_ticked(SCENARIOS)
            assert (
                await played(page, Order(scenarios=tuple(SCENARIOS), rate=1000.0, messages=messages, seed=5)) == "Done."
            )
            reader = app.window.panel.rows.reader
            assert reader is not None
            badges: dict[str, list[str]] = defaultdict(list)
            findings: dict[str, set[str]] = defaultdict(set)
            await app.rows(sum(1 for _ in reader.messages()))
            for row, number in enumerate(app.window.panel.messages_model.ids):
                message = reader.message(number)
                name = scenarios[message.to, message.from_, message.body]
                badges[name].append(app.cell(row, Column.STATUS))
                findings[name] |= {finding.code.value for finding in reader.findings(number)}
            assert {*badges} == {*SCENARIOS} - {"mixed"}
            assert len(badges["burst"]) == 50
            assert {*badges["partial"]} == {"Delivered", "Undelivered"}
            assert badges["stalled"][0] in ("Queued", "Initiated", "Sent")
            for name in set(badges) - {"partial", "stalled", "invalid"}:
                assert {*badges[name]} == {BADGES.get(name, "Delivered")}, name
            for name in set(badges) - {"invalid"}:
                assert findings[name] == FINDINGS.get(name, set()), name
            assert page.card.times.text().startswith("Answers took ")
            assert reader.summary().invalid > 0

    run(scenario())


def test_own_data_arrives_to_the_letter(run: Run, started: StartProgram) -> None:
    own: dict[str, Any] = {
        "to": "+12065550123",
        "from_": "10555",
        "body": "Grüße {name},\n100\u00a0% “fertig” <b>😀</b>\t&x=1",
        "variables": (("order", "1 & 2"), ("{name}", "ä=ö")),
    }

    async def scenario() -> None:
        async with started() as app:
            page = await shown(app)
            for wire in (Wire.JSON, Wire.FORM):
                assert await played(page, Order(scenarios=("delivered",), wire=wire, **own, **FAST)) == "Done."
            await app.rows(2)
            reader = app.window.panel.rows.reader
            assert reader is not None
            for number, message in enumerate(reader.messages()):
                assert (message.to, message.from_, message.body) == (own["to"], own["from_"], own["body"])
                assert message.status == "delivered"
                assert message.custom_variables == (dict(own["variables"]) if number == 0 else None)
            assert [callback.dialect for callback in reader.callbacks()] == ["json"] * 4 + ["form"] * 4
            assert {callback.target for callback in reader.callbacks()} == {"/rest"}

    run(scenario())


def test_the_same_again_plays_the_same_to_new_messages(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            page = await shown(app)
            order = Order(scenarios=("stalled", "failed"), rate=1000.0, messages=4, path="/swml")
            assert await played(page, order) == "Done."
            seed = page.card.seed.text()
            page.sending.messages.setValue(1)
            page.card.state.clear()
            page.card.again.click()
            assert await ended(page) == "Done."
            assert page.card.seed.text() == seed
            await app.rows(8)
            reader = app.window.panel.rows.reader
            assert reader is not None
            told = [(one.to, one.from_, one.body, one.status) for one in reader.messages()]
            assert sorted(map(str, told[:4])) == sorted(map(str, told[4:]))
            assert len({one.id for one in reader.messages()}) == 8
            assert not any(reader.findings(row) for row in app.window.panel.messages_model.ids)

    run(scenario())


@pytest.mark.parametrize("place", ["keyring", "environment"])
def test_an_app_gets_signed_callbacks(
    run: Run, started: StartProgram, secrets: Secrets, folders: Folders, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.delenv("INSPECTOR_SIGNING_KEY", raising=False)

    async def scenario() -> None:
        if place == "keyring":
            await secrets.keep("signing-key", KEY)
        else:
            monkeypatch.setitem(os.environ, "INSPECTOR_SIGNING_KEY", KEY)
        async with receiving() as receiver, started() as app:
            page = await shown(app)
            await until(lambda: page.sending.sign.isVisibleTo(page.sending))
            for wire, scheme in ((Wire.JSON, "A"), (Wire.JSON_DIGEST, "C"), (Wire.FORM, "B")):
                receiver.received.clear()
                url = f"{receiver.url}/hooks?a=1"
                order = Order(scenarios=("stalled",), wire=wire, elsewhere=True, url=url, **FAST)
                page.show_order(order)
                assert page.summary.text() == f"Sends 1 message to {url}, signed."
                assert await played(page, order) == "Done."
                assert receiver.received
                for request, body in receiver.received:
                    check = check_signature(
                        key=KEY,
                        headers=[(name.decode(), value.decode()) for name, value in request.raw_headers],
                        target=request.raw_path,
                        body=body,
                        public_url=None,
                        own_origin="",
                    )
                    assert (check.state, check.scheme) == (SignatureState.VALID, scheme)
        text = (folders.settings / "settings.json").read_text()
        assert KEY not in text
        assert SettingsFile(folders.settings).load().simulate_url == url

    run(scenario())


def test_without_a_key_the_page_says_so(run: Run, started: StartProgram, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("INSPECTOR_SIGNING_KEY", raising=False)

    async def scenario() -> None:
        async with started() as app:
            page = await shown(app)
            assert "unsigned" in page.summary.text()
            assert await played(page, Order(scenarios=("stalled",), **FAST)) == "Done."
            reader = app.window.panel.rows.reader
            assert reader is not None
            assert {callback.signature for callback in reader.callbacks()} == {"absent"}

    run(scenario())


def test_an_app_that_fails_gets_retries_and_is_explained(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with receiving() as receiver, started() as app:
            receiver.reply = lambda number: web.Response(status=500 if number == 1 else 200)
            page = await shown(app)
            order = Order(scenarios=("mms",), elsewhere=True, url=receiver.url, **FAST)
            assert await played(page, order) == "Done."
            assert len(receiver.received) == 4
            assert receiver.bodies.count(receiver.bodies[0]) == 2
            assert page.card.answers.text() == "3 sent, 3 answered, 1 retry"
            assert "1 × 500: the receiver failed." in page.card.failures.text()
            receiver.received.clear()
            receiver.reply = lambda _: web.Response()
            assert await played(page, order) == "Done."
            assert len(receiver.received) == 3
            assert page.card.answers.text() == "3 sent, 3 answered"
            assert page.card.failures.text() == ""

    run(scenario())


def test_nobody_there_is_explained(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with receiving() as receiver:
            url = receiver.url
        async with started() as app:
            page = await shown(app)
            order = Order(scenarios=("mms",), elsewhere=True, url=url, retry=False, **FAST)
            assert await played(page, order) == "Done."
            assert page.card.answers.text() == "3 sent, 0 answered, 3 without an answer"
            assert "3 × Nothing listens at 127.0.0.1" in page.card.failures.text()

    run(scenario())


def test_a_stop_ends_a_run_whose_receiver_is_silent(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        held, came = asyncio.Event(), asyncio.Event()

        async def hold(_: bytes) -> None:
            came.set()
            await held.wait()

        async with receiving() as receiver, started() as app:
            receiver.before_reply = hold
            page = await shown(app)
            page.show_order(Order(messages=1_000_000, elsewhere=True, url=receiver.url))
            page.start.click()
            await came.wait()
            page.stop.click()
            await until(page.start.isEnabled)
            assert page.card.state.text() == "Stopped."
            held.set()

    run(scenario())


def test_quitting_ends_a_run(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            page = await shown(app)
            page.show_order(Order(messages=1_000_000))
            page.start.click()
            await until(lambda: app.window.panel.messages_model.rowCount() > 0)

    run(scenario())


def test_nothing_is_sent_to_a_window_that_does_not_listen(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            page = await shown(app)
            app.trigger("toggle_listening")
            await until(lambda: app.program.listening_url is None)
            await until(lambda: not page.start.isEnabled())
            assert "Start listening (F5)" in page.summary.text()
            app.trigger("toggle_listening")
            await until(page.start.isEnabled)
            assert str(app.program.listening_url) in page.summary.text()

    run(scenario())


def test_the_last_order_is_there_the_next_time(run: Run, started: StartProgram) -> None:
    order = Order(
        scenarios=("partial", "late-receipt"), to="10555", body="x", messages=9, elsewhere=True, url="http://[::1]:3000"
    )

    async def scenario() -> None:
        async with started() as app:
            page = await shown(app)
            page.show_order(order)
        async with started() as app:
            page = await shown(app)
            assert page.order == order

    run(scenario())
