"""Upkeep: trims on and on, tells what went, and survives a file that cannot be written."""

import asyncio
import logging
from contextlib import suppress
from pathlib import Path

import pytest

from inspector.capture import upkeep
from inspector.capture.upkeep import keep_trimmed
from inspector.runtime.tasks import TaskScope
from inspector.session.retention import Keep, Trimmed
from inspector.session.session import Session
from tests.factories import STARTED, make_callback


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BETWEEN_STEPS", "_IDLE", "_AFTER_FAILURE"):
        monkeypatch.setattr(upkeep, name, 0.0)


async def test_it_goes_on_until_it_is_cancelled(tmp_path: Path) -> None:
    told: list[int] = []
    wanted = Keep()
    enough = asyncio.Event()

    def hear(trimmed: Trimmed) -> None:
        told.extend(trimmed.callbacks)
        if len(told) >= 340:
            enough.set()

    with Session.create(tmp_path / "a.inspector", started=STARTED) as session:
        session.append([make_callback(id=str(number)) for number in range(350)])
        async with TaskScope() as tasks, asyncio.timeout(20):
            tasks.spawn(keep_trimmed(session, lambda: wanted, hear), name="upkeep")
            for _ in range(10):
                await asyncio.sleep(0)
            assert told == []  # everything is to be kept
            wanted = Keep(callbacks=10)
            await enough.wait()
    assert sorted(told) == list(range(1, 341))


async def test_a_file_that_cannot_be_written_is_tried_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    done = asyncio.Event()
    with Session.create(tmp_path / "a.inspector", started=STARTED) as session:
        session.append([make_callback(id=str(number)) for number in range(5)])
        session._connection.execute("PRAGMA query_only = ON")
        with caplog.at_level(logging.WARNING), suppress(asyncio.CancelledError):
            async with TaskScope() as tasks, asyncio.timeout(20):
                tasks.spawn(keep_trimmed(session, lambda: Keep(callbacks=1), lambda _: done.set()), name="upkeep")
                for _ in range(20):
                    await asyncio.sleep(0)
                assert "Old callbacks stay for now" in caplog.text
                session._connection.execute("PRAGMA query_only = OFF")
                await done.wait()
