"""Replaying: the same bytes in the same order, in the old rhythm or faster."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from inspector.capture.replay import Replayed, replay
from inspector.session.reader import SessionReader
from inspector.session.records import Received
from tests.capture.conftest import Capture
from tests.factories import RECEIVED, make_callback, make_form_callback, make_session


@pytest.fixture
def results() -> list[Replayed]:
    return []


def recorded(path: Path, callbacks: Sequence[Received]) -> SessionReader:
    return SessionReader(make_session(path, callbacks))


async def test_replayed_session_is_captured_as_it_was(
    capture: Capture, tmp_path: Path, results: list[Replayed]
) -> None:
    port = await capture.start()
    callbacks = [
        make_callback(status="queued", target="/rest?x=1"),
        make_callback(b"\xff\x00 no JSON", target="/relay", content_type="", method="PUT"),
        make_form_callback(),
        make_callback(headers=[("Host", "old"), ("X-One", "1"), ("X-Raw", "\u00e2\u0098\u0083"), ("X-One", "2")]),
    ]
    with recorded(tmp_path / "old.inspector", callbacks) as reader:
        await replay(reader.callbacks(), f"http://127.0.0.1:{port}", speed=None, on_result=results.append)
        before = list(reader.callbacks())
    after = capture.callbacks()
    assert [result.answer.status for result in results] == [200] * 4
    own = ("Host", "Content-Length")
    for old, new in zip(before, after, strict=True):
        assert (new.method, new.target, new.body) == (old.method, old.target, old.body)
        assert [pair for pair in new.headers if pair[0] not in own] == [
            pair for pair in old.headers if pair[0] not in own
        ]
        assert (new.valid, new.dialect, new.message_id) == (old.valid, old.dialect, old.message_id)


@pytest.mark.parametrize(("speed", "expected"), [(1.0, [1000.0, 2000.0]), (4.0, [250.0, 500.0]), (None, [])])
async def test_speed(
    capture: Capture, tmp_path: Path, results: list[Replayed], speed: float | None, expected: list[float]
) -> None:
    """Nothing is really slept, so each wait counts from the start."""
    port = await capture.start()
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    callbacks = [make_callback(received=RECEIVED + seconds * 1_000_000) for seconds in (0, 1000, 2000)]
    with recorded(tmp_path / "old.inspector", callbacks) as reader:
        await replay(
            reader.callbacks(), f"http://127.0.0.1:{port}/", speed=speed, on_result=results.append, sleep=sleep
        )
    assert waits == pytest.approx(expected, abs=100)
    assert len(capture.callbacks()) == 3


async def test_a_clock_that_was_set_back_while_capturing_costs_no_pause_but_its_own(
    capture: Capture, tmp_path: Path, results: list[Replayed]
) -> None:
    port = await capture.start()
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    callbacks = [make_callback(received=RECEIVED + seconds * 1_000_000) for seconds in (9000, 0, 1000)]
    with recorded(tmp_path / "old.inspector", callbacks) as reader:
        await replay(reader.callbacks(), f"http://127.0.0.1:{port}/", on_result=results.append, sleep=sleep)
    assert waits == pytest.approx([1000], abs=100)


async def test_callback_that_was_not_captured_whole_is_left_out(
    capture: Capture, tmp_path: Path, results: list[Replayed]
) -> None:
    port = await capture.start()
    callbacks = [make_callback(b"{", too_large=1), make_callback()]
    with recorded(tmp_path / "old.inspector", callbacks) as reader:
        await replay(reader.callbacks(), f"http://127.0.0.1:{port}/", on_result=results.append)
    left_out, sent = results
    assert left_out.answer.error is not None
    assert left_out.answer.error.startswith("Not sent")
    assert sent.answer.status == 200
    assert len(capture.callbacks()) == 1


async def test_nothing_listens(tmp_path: Path, results: list[Replayed]) -> None:
    with recorded(tmp_path / "old.inspector", [make_callback()]) as reader:
        await replay(reader.callbacks(), "http://127.0.0.1:1/", on_result=results.append)
    assert results[0].answer.status is None
    assert results[0].answer.error is not None


async def test_signed_again_for_the_new_address(capture: Capture, tmp_path: Path, results: list[Replayed]) -> None:
    port = await capture.start(signing_key="PSKkey")
    callbacks = [
        make_callback(headers=[("X-SignalWire-Signature", "0" * 40)]),
        make_form_callback(),
        make_callback(target=f"/rest?bodySHA256={'0' * 64}"),
    ]
    with recorded(tmp_path / "old.inspector", callbacks) as reader:
        await replay(
            reader.callbacks(),
            f"http://127.0.0.1:{port}",
            speed=None,
            signing_key="PSKkey",
            on_result=results.append,
        )
    assert [callback.signature for callback in capture.callbacks()] == ["valid"] * 3
    assert results[0].url == f"http://127.0.0.1:{port}/rest"
    assert 0 < results[0].sent <= results[1].sent
