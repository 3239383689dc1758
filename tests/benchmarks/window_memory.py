"""How much memory a window takes, told by itself in megabytes.

    python -m tests.benchmarks.window_memory open SESSION
    python -m tests.benchmarks.window_memory feed COUNT...

`open` tells the memory with nothing and with a session open; `feed` at the start and after so many callbacks were
captured while it was looked at.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Final

from inspector.app import Start
from inspector.capture.recorder import Recorder
from inspector.program import Program
from inspector.runtime.quit import Application
from tests.benchmarks.children import peak_megabytes, resident_megabytes
from tests.benchmarks.driven_window import Driver, driven, run_window
from tests.benchmarks.making import life
from tests.benchmarks.orders import say

_PER_TURN: Final = 300
_REST: Final = 1.0
"""Seconds after which the table has followed, timers have fired and memory is given back."""


async def opened(application: Application, session: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with driven(application, Path(folder), Start(listen=False)) as driver:
            await _tell(driver)
            await driver.answered(lambda: driver.program.open_session(session), driver.panel.messages)
            await _tell(driver)


async def fed(application: Application, counts: Sequence[int]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with driven(application, Path(folder), Start(port=0)) as driver:
            await _tell(driver, 0)
            recorder = recorder_of(driver.program)
            coming = life(1, time.time_ns() // 1000)
            done = 0
            for count in sorted(counts):
                while done < count:
                    batch = list(islice(coming, min(_PER_TURN, count - done)))
                    # As when so many requests are read in one turn of the loop: written at once, then answered.
                    await asyncio.gather(*[recorder.submit(one) for one in batch])
                    done += len(batch)
                await _tell(driver, done)


def recorder_of(program: Program) -> Recorder:
    """A way into the session that is captured into, past HTTP, of which the window hears as of any other."""
    session = program.capturing.session
    assert session is not None
    return Recorder(session, on_appended=program.capturing._told, on_failure=program._on_failure)


async def _tell(driver: Driver, callbacks: int | None = None) -> None:
    """`callbacks` that came must be shown first; only the table of messages is in view, and asked about."""
    await driver.quiet()
    reader = driver.panel.rows.reader
    assert reader is not None

    def followed() -> bool:
        summary = reader.summary()
        return callbacks in (None, summary.callbacks) and len(driver.panel.messages_model.ids) == summary.messages

    await driver.until(followed, "the table follows")
    await asyncio.sleep(_REST)
    summary, own = reader.summary(), os.getpid()
    callbacks, messages = summary.callbacks, summary.messages
    say({"callbacks": callbacks, "messages": messages, "now": resident_megabytes(own), "peak": peak_megabytes(own)})


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.window_memory")
    modes = parser.add_subparsers(dest="mode", required=True)
    modes.add_parser("open").add_argument("session", type=Path)
    modes.add_parser("feed").add_argument("counts", type=int, nargs="+")
    options = parser.parse_args()
    if options.mode == "open":
        return run_window(lambda application: opened(application, options.session.resolve()))
    return run_window(lambda application: fed(application, options.counts))


if __name__ == "__main__":
    sys.exit(main())
