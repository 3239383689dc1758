"""A window that follows a session which grows: `python -m tests.benchmarks.following_window SESSION`.

Opens the session to capture into it (it grows by a little) and appends some callbacks twenty times a second: first
while the end is in view, then under filters and a sort. One JSON object for each: the longest block, and how long
the callbacks took to be painted where that can be told.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Qt

from inspector.app import Start
from inspector.callbacks.status import Status
from inspector.program import Program
from inspector.runtime.quit import Application
from inspector.session.records import Received, Summary
from inspector.ui.message_table_model import Column
from tests.benchmarks.driven_window import Driver, driven, run_window
from tests.benchmarks.making import life
from tests.benchmarks.orders import say
from tests.benchmarks.window_memory import recorder_of
from tests.benchmarks.witnesses import Timing

FILTERS: Final = ("status:failed", "to:+1555", "path:/relay")
_TIMES: Final = 60
_CALLBACKS: Final = 10
_PAUSE: Final = 0.05


class Senders:
    """Callbacks that come a few at a time."""

    def __init__(self, program: Program) -> None:
        self._recorder = recorder_of(program)
        self._coming = life(seed=time.time_ns(), started=time.time_ns() // 1000)

    def some(self) -> list[Received]:
        """The next callbacks, one of a new message among them: without it, nothing that is in view need change."""
        batch = list(islice(self._coming, _CALLBACKS))
        while not any(one.judgement.facts.status is Status.QUEUED for one in batch):
            batch.append(next(self._coming))
        return batch

    def send(self, batch: Iterable[Received]) -> None:
        for one in batch:
            self._recorder.submit(one)


async def follow(application: Application, session: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with driven(application, Path(folder), Start(session, port=0)) as driver:
            senders, table = Senders(driver.program), driver.panel.messages
            await driver.quiet()
            driver.press(table, Qt.Key.Key_End)
            await driver.quiet()
            await _at_the_end(driver, senders)
            for text in FILTERS:
                await driver.filter(text, table)
                await _whatever_is_shown(driver, senders, f"filtered by {text}")
            await driver.filter("", table)
            table.horizontalHeader().setSortIndicator(Column.TO, Qt.SortOrder.AscendingOrder)
            await _whatever_is_shown(driver, senders, "sorted by To")


async def _at_the_end(driver: Driver, senders: Senders) -> None:
    """From each append to the paint that shows it."""
    timings = []
    for _ in range(_TIMES):
        timings.append(await _appended(driver, senders))
        await asyncio.sleep(_PAUSE)
    if not driver.panel.messages.following:
        raise AssertionError("the table does not follow any more")
    shown, blocked = [one.first for one in timings], max(one.blocked for one in timings)
    say({"what": "at the end", "blocked": blocked, "shown": statistics.median(shown), "slowest": max(shown)})


async def _appended(driver: Driver, senders: Senders) -> Timing:
    reader, batch, counted = driver.panel.rows.reader, senders.some(), 0
    assert reader is not None
    wanted = reader.summary().callbacks + len(batch)

    def on_counted(summary: Summary, _: int) -> None:
        nonlocal counted
        counted = summary.callbacks

    connection = driver.panel.rows.counted.connect(on_counted)
    try:
        return await driver.shown(lambda: senders.send(batch), driver.panel.messages, lambda: counted >= wanted)
    finally:
        QObject.disconnect(connection)


async def _whatever_is_shown(driver: Driver, senders: Senders, what: str) -> None:
    await driver.quiet()
    driver.blocks.begin()
    for _ in range(_TIMES):
        senders.send(senders.some())
        await asyncio.sleep(_PAUSE)
    driver.blocks.stop()
    say({"what": what, "blocked": driver.blocks.longest()})
    await driver.quiet()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.following_window")
    parser.add_argument("session", type=Path)
    options = parser.parse_args()
    return run_window(lambda application: follow(application, options.session.resolve()))


if __name__ == "__main__":
    sys.exit(main())
