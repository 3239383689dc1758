"""The beat that notices a machine that stood still."""

import asyncio
from pathlib import Path

from inspector.capture.heartbeat import keep_beating
from inspector.runtime.tasks import TaskScope
from inspector.session.deaf import Deafness, DeafWindow, Heartbeat
from inspector.session.errors import SessionError, SessionLocked


async def test_a_missed_beat_is_told_and_the_beat_goes_on() -> None:
    clock = [0.0]
    told: list[DeafWindow] = []
    first, second = asyncio.Event(), asyncio.Event()

    def on_missed(window: DeafWindow) -> None:
        told.append(window)
        (second if first.is_set() else first).set()
        if not second.is_set():
            raise SessionError("the disk is full")

    async with TaskScope() as tasks, asyncio.timeout(10):
        heartbeat = Heartbeat(lambda: clock[0], lambda: 0.0, tells_apart=True)
        tasks.spawn(keep_beating(on_missed, heartbeat, pause=0.001, now=lambda: 100_000_000), name="beat")
        clock[0] = 60
        await first.wait()
        clock[0] = 70
        await second.wait()
    assert told == [
        DeafWindow(40_000_000, 100_000_000, Deafness.ASLEEP),
        DeafWindow(90_000_000, 100_000_000, Deafness.ASLEEP),
    ]


async def test_what_cannot_be_noted_while_the_file_is_locked_is_noted_later() -> None:
    clock = [0.0]
    asked: list[DeafWindow] = []
    noted = asyncio.Event()

    def on_missed(window: DeafWindow) -> None:
        asked.append(window)
        if len(asked) < 4:
            raise SessionLocked(Path("a.inspector"))
        noted.set()

    async with TaskScope() as tasks, asyncio.timeout(10):
        heartbeat = Heartbeat(lambda: clock[0], lambda: 0.0, tells_apart=True)
        tasks.spawn(keep_beating(on_missed, heartbeat, pause=0.001, now=lambda: 100_000_000), name="beat")
        clock[0] = 60
        await noted.wait()
    assert asked == [DeafWindow(40_000_000, 100_000_000, Deafness.ASLEEP)] * 4
