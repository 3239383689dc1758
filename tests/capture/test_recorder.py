"""Group commit: what arrives together is written together, and answered only then."""

import asyncio
from typing import Any

import pytest

from inspector.callbacks.lifecycle import Arrival
from inspector.capture.recorder import Recorder
from inspector.session.reader import SessionReader
from inspector.session.stored_message import StoredMessage
from tests.capture.conftest import Capture, HeldRecorder
from tests.capture.wire import Wire, ask, make_post, make_request
from tests.factories import make_callback

BOTH_LOOPS = True


async def test_callback_is_in_the_file_when_its_reply_is_read(capture: Capture) -> None:
    port = await capture.start()
    async with await Wire.open(port) as wire:
        for number in range(20):
            await wire.ask(make_post(id=f"m{number}"))
            with SessionReader(capture.session.path) as another:
                assert another.message_by_id(f"m{number}") is not None


async def test_callback_is_not_answered_before_it_is_in_the_file(capture: Capture) -> None:
    recorder = HeldRecorder(capture)
    port = await capture.serve(recorder)
    async with await Wire.open(port) as wire:
        await wire.send(make_post())
        await recorder.submitted.wait()
        assert await wire.is_silent()
        assert capture.callbacks() == []
        recorder.release()
        assert len(capture.callbacks()) == 1
        assert (await wire.reply()).status == 200


async def test_what_arrives_together_is_committed_together(capture: Capture) -> None:
    port = await capture.start()
    senders = [await Wire.open(port) for _ in range(64)]
    try:
        # The server knows each connection only once it has answered on it.
        for wire in senders:
            await wire.ask(make_post(id="first"))
        commits: list[str] = []
        capture.session._connection.set_trace_callback(lambda sql: commits.append(sql) if sql == "COMMIT" else None)
        for number, wire in enumerate(senders):
            wire.write(make_post(id=f"m{number}"))
        replies = [await wire.reply() for wire in senders]
    finally:
        for wire in senders:
            await wire.close()
    assert {reply.status for reply in replies} == {200}
    assert capture.reader.summary().callbacks == 128
    assert 1 <= len(commits) <= 16


async def test_who_comes_alone_waits_for_nobody(capture: Capture) -> None:
    """Counted in turns of the loop: a group waits two more, one that comes alone after another alone none."""
    recorder = Recorder(capture.session)
    turns = []
    for together in (1, 1, 2, 2, 1, 1):
        futures = [recorder.submit(make_callback()) for _ in range(together)]
        turns.append(0)
        while not futures[0].done():
            await asyncio.sleep(0)
            turns[-1] += 1
    assert turns == [1, 1, 1, 3, 3, 1]


async def test_listener_is_told_of_every_callback_in_order(capture: Capture) -> None:
    told: list[tuple[bytes, int]] = []

    def listen(batch: Any, appended: Any) -> None:
        told.extend((received.body, one.seq) for received, one in zip(batch, appended, strict=True))

    port = await capture.start(on_appended=listen)
    async with await Wire.open(port) as wire:
        for number in range(5):
            await wire.ask(make_request(str(number).encode()))
    assert told == [(str(number).encode(), number + 1) for number in range(5)]


async def test_error_that_nobody_expected_leaves_no_sender_without_answer(
    capture: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: told.append(context))
    port = await capture.start()
    with monkeypatch.context() as patch:
        patch.setattr(capture.session, "append", lambda _batch: 1 // 0)
        assert (await ask(port, make_post())).status == 503
    assert {type(context["exception"]) for context in told} == {ZeroDivisionError}
    assert (await ask(port, make_post())).status == 200
    assert len(capture.callbacks()) == 1


async def test_a_callback_that_cannot_be_folded_is_kept_raw_and_costs_no_other(
    capture: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: told.append(context))
    add = StoredMessage.add

    def failing(message: StoredMessage, arrival: Arrival) -> Any:
        if message.id == "poison":
            raise ZeroDivisionError
        return add(message, arrival)

    monkeypatch.setattr(StoredMessage, "add", failing)
    heard: list[int] = []
    recorder = Recorder(capture.session, on_appended=lambda _, appended: heard.extend(one.seq for one in appended))
    stored = [recorder.submit(make_callback(id=message_id)) for message_id in ("a", "poison", "b")]
    assert [(one.seq, one.message_id) for one in await asyncio.gather(*stored)] == [(1, "a"), (2, None), (3, "b")]
    assert heard == [1, 2, 3]
    assert [callback.valid for callback in capture.callbacks()] == [True, False, True]
    assert "not judged" in capture.callbacks()[1].problems[0]["text"]
    assert b"poison" in capture.callbacks()[1].body
    assert capture.reader.unassigned() == 1
    assert len(told) == 2
