"""What the window does for callbacks that came: `python -m tests.benchmarks.painting_window`.

One JSON object: milliseconds of the processor's time for taking ten callbacks into the table, for painting the table
after that, and for painting it when nothing in it changed.
"""

import asyncio
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from inspector.app import Start
from inspector.runtime.quit import Application
from tests.benchmarks.driven_window import Driver, driven, run_window
from tests.benchmarks.following_window import Senders
from tests.benchmarks.orders import say

_TIMES: Final = 150


async def paint(application: Application) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with driven(application, Path(folder), Start(port=0)) as driver:
            senders = Senders(driver.program)
            for _ in range(20):
                await _came(driver, senders)
                driver.panel.rows.flush()
            await driver.quiet()
            say(await _measured(driver, senders))


async def _measured(driver: Driver, senders: Senders) -> dict[str, float]:
    taken = painted = unchanged = 0.0
    viewport = driver.panel.messages.viewport()
    for _ in range(_TIMES):
        await _came(driver, senders)
        begun = time.process_time()
        driver.panel.rows.flush()
        taken += time.process_time() - begun
        begun = time.process_time()
        viewport.repaint()
        painted += time.process_time() - begun
        begun = time.process_time()
        viewport.repaint()
        unchanged += time.process_time() - begun
    return {
        "take them into the table": taken / _TIMES * 1000,
        "paint the table": painted / _TIMES * 1000,
        "paint it unchanged": unchanged / _TIMES * 1000,
    }


async def _came(driver: Driver, senders: Senders) -> None:
    """Ten callbacks are in the session, and not yet shown."""
    batch = senders.some()
    senders.send(batch)
    driver.panel.rows._flush.stop()
    for _ in range(3):
        await asyncio.sleep(0)
    driver.panel.rows._flush.stop()


def main() -> int:
    return run_window(paint)


if __name__ == "__main__":
    sys.exit(main())
