"""What a user does with a large session: `python -m tests.benchmarks.large_window SESSION RUNS`.

Every line that it prints is one run of one act: `{"act", "first", "complete", "blocked"}` in milliseconds, or
`{"act": "memory", ...}` in megabytes.
"""

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from random import Random
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from inspector.app import Start
from inspector.runtime.quit import Application
from inspector.ui.callback_table_model import TITLES as CALLBACK_TITLES
from inspector.ui.live_table import LiveTable
from inspector.ui.message_table_model import TITLES as MESSAGE_TITLES
from inspector.ui.message_table_model import Column
from inspector.ui.session_panel import CALLBACKS, MESSAGES
from tests.benchmarks.children import peak_megabytes, resident_megabytes
from tests.benchmarks.driven_window import Driver, driven, run_window
from tests.benchmarks.making import RARE_WORD
from tests.benchmarks.orders import say
from tests.benchmarks.witnesses import Timing

FILTERS: Final = (
    "status:failed", "to:+1555", RARE_WORD, "is:invalid", "finding:duplicate", "error:30003", "-status:delivered",
)  # fmt: skip
FILTERS_OF_CALLBACKS: Final = ("status:failed", RARE_WORD)
_STEPS: Final = 20
_SUPERSEDED_AFTER: Final = 0.02


async def use(application: Application, session: Path, runs: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with driven(application, Path(folder), Start(listen=False)) as driver:
            await driver.quiet()
            await _floor(driver)
            await _open(driver, session, runs)
            _tell_memory("open")
            for _ in range(runs):
                await _move(driver)
                await _filter(driver)
                await _supersede(driver)
                await _sort(driver)
                await _select(driver)
            _tell_memory("used")


async def _floor(driver: Driver) -> None:
    """What the timer shows of a window in which nothing happens."""
    for _ in range(3):
        driver.blocks.begin()
        await asyncio.sleep(1)
        driver.blocks.stop()
        _tell("nothing", Timing(0, 0, max(driver.blocks.lateness)))


async def _open(driver: Driver, session: Path, runs: int) -> None:
    commands, panel = driver.program, driver.panel
    for _ in range(runs):
        await driver.program.window.close_session()
        await driver.quiet()
        _tell("open", await driver.answered(lambda: commands.open_session(session), panel.messages))
        await driver.quiet()


async def _move(driver: Driver) -> None:
    panel, table = driver.panel, driver.panel.messages
    rows = table.model().rowCount()
    press = partial(driver.press, table)
    await driver.shown(lambda: press(Qt.Key.Key_Home), table)
    await driver.quiet()
    _tell("jump to the end", await driver.shown(lambda: press(Qt.Key.Key_End), table))
    await driver.quiet()
    _tell("jump to the start", await driver.shown(lambda: press(Qt.Key.Key_Home), table))
    await driver.quiet()
    bar = table.verticalScrollBar()
    random = Random(1)  # noqa: S311 - any places will do
    places = [random.randrange(bar.maximum()) for _ in range(_STEPS)]
    await _slowest(driver, "drag the scroll bar", [partial(bar.setValue, place) for place in places], table)
    table.select_id(panel.messages_model.ids[rows // 2])
    await driver.quiet()
    await _slowest(driver, "page down", [lambda: press(Qt.Key.Key_PageDown)] * _STEPS, table)
    await _slowest(driver, "page up", [lambda: press(Qt.Key.Key_PageUp)] * _STEPS, table)


async def _slowest(driver: Driver, name: str, acts: Iterable[Callable[[], object]], table: LiveTable) -> None:
    timings = []
    for act in acts:
        timings.append(await driver.shown(act, table))
        await asyncio.sleep(0.02)
    _tell(f"{name}, slowest of {_STEPS}", _worst(timings))


async def _filter(driver: Driver) -> None:
    panel = driver.panel
    views = ((MESSAGES, "messages", FILTERS), (CALLBACKS, "callbacks", FILTERS_OF_CALLBACKS))
    for view, word, filters in views:
        panel.show_view(view)
        await driver.quiet()
        for text in filters:
            _tell(f"filter {word}: {text}", await driver.filter(text, panel.table))
            await driver.quiet()
            _tell(f"filter {word}: none again", await driver.filter("", panel.table))
            await driver.quiet()
    panel.show_view(MESSAGES)


async def _supersede(driver: Driver) -> None:
    """A filter that takes long, then another before it can be done."""
    edit = driver.panel.filter.edit
    await driver.quiet()
    edit.setText(f"-body:{RARE_WORD} {RARE_WORD}")
    driver.press(edit, Qt.Key.Key_Return)
    await asyncio.sleep(_SUPERSEDED_AFTER)
    _tell("second filter after 20 ms", await driver.filter("status:failed", driver.panel.messages))
    await driver.quiet()
    await driver.filter("", driver.panel.messages)
    await driver.quiet()


async def _sort(driver: Driver) -> None:
    panel = driver.panel
    ascending, descending = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder
    views = ((MESSAGES, "messages", MESSAGE_TITLES, Column.FIRST_SEEN), (CALLBACKS, "callbacks", CALLBACK_TITLES, 0))
    for view, word, titles, arrival in views:
        panel.show_view(view)
        await driver.quiet()
        header = panel.table.horizontalHeader()
        others = [column for column in range(len(titles)) if column != arrival]
        # The order of arrival comes last: it is the one that the session began with.
        for column in (*others, arrival):
            timings = []
            for order in (descending, ascending):
                timings.append(
                    await driver.answered(partial(header.setSortIndicator, column, order), panel.table)  # a click
                )
                await driver.quiet()
            _tell(f"sort {word}: {titles[column]}", _worst(timings))
    panel.show_view(MESSAGES)
    await driver.quiet()


async def _select(driver: Driver) -> None:
    panel, table = driver.panel, driver.panel.messages
    table.clearSelection()
    timings = []
    for step in range(_STEPS):
        table.verticalScrollBar().setValue(table.verticalScrollBar().maximum() * step // _STEPS)
        await driver.quiet()
        place = table.viewport().rect().center()
        row = panel.messages_model.ids[table.rowAt(place.y())]
        click = partial(QTest.mouseClick, table.viewport(), Qt.MouseButton.LeftButton, pos=place)
        timings.append(await driver.detailed(click, row))
    _tell(f"select a row, slowest of {_STEPS}", _worst(timings))
    await driver.quiet()
    action = driver.window.menus.actions["select_all"]
    _tell("select all", await driver.shown(action.trigger, table))
    await driver.quiet()
    table.clearSelection()


def _worst(timings: list[Timing]) -> Timing:
    return Timing(
        max(one.first for one in timings),
        max(one.complete for one in timings),
        max(one.blocked for one in timings),
    )


def _tell(act: str, timing: Timing) -> None:
    say({"act": act, "first": timing.first, "complete": timing.complete, "blocked": timing.blocked})


def _tell_memory(when: str) -> None:
    say({"act": "memory", "when": when, "now": resident_megabytes(os.getpid()), "peak": peak_megabytes(os.getpid())})


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.large_window")
    parser.add_argument("session", type=Path)
    parser.add_argument("runs", type=int)
    options = parser.parse_args()
    return run_window(lambda application: use(application, options.session.resolve(), options.runs))


if __name__ == "__main__":
    sys.exit(main())
