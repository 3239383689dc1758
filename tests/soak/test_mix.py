"""The soak's own parts: the mix of senders counts right, and growth is noticed."""

import asyncio
from dataclasses import replace

from tests.capture.conftest import Capture, capture
from tests.soak.__main__ import Sample, complaints
from tests.soak.mix import Mix

__all__ = ["capture"]


async def test_what_the_senders_count_is_what_is_stored(capture: Capture) -> None:
    told = asyncio.Event()
    seen: set[tuple[str, int]] = set()

    def look(batch, appended) -> None:  # type: ignore[no-untyped-def]
        seen.update((one.judgement.dialect.value, one.reply["status"]) for one in batch)
        if seen >= {("json", 200), ("form", 200), ("unknown", 413), ("json", 400)}:
            told.set()

    port = await capture.start(on_appended=look)
    mix = Mix(port, rate=400, pause=0.02)
    async with asyncio.TaskGroup() as group, asyncio.timeout(30):
        group.create_task(mix.run())
        await told.wait()
        mix.end()
    await capture.server.stop()
    assert mix.broken_off
    assert mix.answered[413]
    assert capture.reader.summary().callbacks == mix.stored


def test_growth_is_noticed() -> None:
    warm = Sample(1, 150.0, 40, 8, 4.0, 5.0, 9.0, 1000)
    assert complaints(warm, replace(warm, memory=180.0, handles=50, threads=10, log=40.0)) == []
    grown = complaints(warm, replace(warm, memory=220.0, handles=90, threads=20, log=300.0))
    assert [one.split(" ")[0] for one in grown] == ["memory", "handles", "threads", "the"]
