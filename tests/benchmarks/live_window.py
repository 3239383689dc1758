"""A window in use while callbacks come in: `python -m tests.benchmarks.live_window FOLDER`.

Prints {"port"} when it listens. From then on somebody scrolls, filters, selects, sorts and changes views at a human
pace, until there is a line on standard input; then it prints what was measured.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from inspector.app import Start
from inspector.runtime.quit import Application
from inspector.ui.message_table_model import Column
from tests.benchmarks.children import resident_megabytes
from tests.benchmarks.driven_window import Driver, driven, run_window
from tests.benchmarks.orders import hear, in_milliseconds, say
from tests.benchmarks.witnesses import Blocks

FILTERS: Final = ("status:delivered", "to:+15551230003", "parcel", "segments:2", "-status:failed")
"""Each fits something of what the senders send, at any time."""

_BETWEEN_KEYS: Final = 0.08
_LOOK: Final = 0.8
_TICK: Final = 10


class User:
    """Somebody at the window. `times` are milliseconds from the last key of a filter to its first rows."""

    def __init__(self, driver: Driver) -> None:
        self.times: list[float] = []
        self.memory: list[float] = []
        self._driver = driver
        self._filters = cycle(FILTERS)
        self._columns = cycle([Column.TO, Column.STATUS, Column.LAST_CHANGE, Column.BODY])
        self._press = partial(driver.press, driver.panel.messages)

    async def use(self, ended: asyncio.Event) -> None:
        acts: list[Callable[[], Awaitable[None]]] = [
            self._type_filter, self._scroll, self._select, self._type_filter, self._sort, self._change_views,
        ]  # fmt: skip
        for act in cycle(acts):
            await act()
            self.memory.append(resident_megabytes(os.getpid()))
            with suppress(TimeoutError):
                async with asyncio.timeout(_LOOK):
                    await ended.wait()
            if ended.is_set():
                return

    async def _type_filter(self) -> None:
        driver, edit, text = self._driver, self._driver.panel.filter.edit, next(self._filters)
        edit.setFocus()
        for character in text[:-1]:
            QTest.keyClicks(edit, character)
            await asyncio.sleep(_BETWEEN_KEYS)
        timing = await driver.answered(lambda: QTest.keyClicks(edit, text[-1]), driver.panel.messages, text)
        self.times.append(timing.first)
        await asyncio.sleep(_LOOK)
        driver.press(edit, Qt.Key.Key_Escape)

    async def _scroll(self) -> None:
        bar = self._driver.panel.messages.verticalScrollBar()
        for key in (Qt.Key.Key_PageUp,) * 5 + (Qt.Key.Key_Home,) + (Qt.Key.Key_PageDown,) * 5:
            self._press(key)
            await asyncio.sleep(_BETWEEN_KEYS)
        for step in range(20):
            bar.setValue(bar.maximum() * step // 20)
            await asyncio.sleep(_BETWEEN_KEYS / 4)
        self._press(Qt.Key.Key_End)

    async def _select(self) -> None:
        table = self._driver.panel.messages
        for height in (0.2, 0.5, 0.8):
            place = QPoint(table.viewport().width() // 2, int(table.viewport().height() * height))
            QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
            await asyncio.sleep(3 * _BETWEEN_KEYS)
        for _ in range(5):
            self._press(Qt.Key.Key_Down)
            await asyncio.sleep(_BETWEEN_KEYS)
        self._press(Qt.Key.Key_Escape)
        self._press(Qt.Key.Key_End)

    async def _sort(self) -> None:
        header = self._driver.panel.messages.horizontalHeader()
        for column in (next(self._columns), Column.FIRST_SEEN):
            # As a click does it; the section may be out of sight.
            header.setSortIndicator(column, Qt.SortOrder.AscendingOrder)
            await asyncio.sleep(2 * _LOOK)
        await self._driver.quiet()

    async def _change_views(self) -> None:
        actions = self._driver.window.menus.actions
        for name in ("view_callbacks", "toggle_details", "toggle_details", "view_messages", "follow"):
            actions[name].trigger()
            await asyncio.sleep(_LOOK / 2)


async def live(application: Application, folder: Path) -> None:
    ended = asyncio.Event()
    async with driven(application, folder, Start(port=0)) as driver:
        await driver.quiet()
        hear(asyncio.get_running_loop(), lambda _: ended.set())
        own, begun = os.getpid(), resident_megabytes(os.getpid())
        user, ticks = User(driver), Blocks(_TICK, driver.window)
        say({"port": urlsplit(driver.program.listening_url or "").port})
        ticks.begin()
        await user.use(ended)
        ticks.stop()
        await driver.quiet()
        say(_told(driver, user, ticks) | {"begun": begun, "ended": resident_megabytes(own)})


def _told(driver: Driver, user: User, ticks: Blocks) -> dict[str, Any]:
    reader = driver.panel.rows.reader
    assert reader is not None
    late = in_milliseconds(one / 1000 for one in ticks.lateness)
    half = user.memory[len(user.memory) // 2]
    return {"late": late, "typed": user.times, "stored": reader.summary().callbacks, "half": half}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.live_window")
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    return run_window(lambda application: live(application, folder))


if __name__ == "__main__":
    sys.exit(main())
