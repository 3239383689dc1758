"""Insight: the session as a whole, counted beside the window while its page is looked at."""

import time
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from inspector.callbacks.error_codes import ErrorCatalogue
from inspector.runtime.resources import read_text
from inspector.session.errors import SessionError
from inspector.ui.menus import Entry
from inspector.ui.reading_thread import Superseded
from inspector.ui.session_panel import CALLBACKS, MESSAGES
from inspector.workbench.bench import Bench, Tool

if TYPE_CHECKING:
    from inspector.session.gathering import Gathering
    from inspector.session.insight import Insight
    from inspector.session.reader import SessionReader
    from inspector.ui.message_table_model import Clock
    from inspector.ui.reading_thread import ReadingThread
    from inspector.ui.workbench.insight_page import InsightPage

_REFRESH_MS: Final = 1000


class InsightTool(Tool):
    """Keeps the page true: at most once a second, and only while it is seen and something changed."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self._page: InsightPage | None = None
        self._beside: ReadingThread | None = None
        self._gathering: Gathering | None = None
        self._changed = True
        self._busy = False
        self._timer = QTimer()
        self._timer.setInterval(_REFRESH_MS)
        self._timer.timeout.connect(self.refresh)

    def set_up(self) -> None:
        window = self.bench.window
        window.add_page("Insight", self._make_page, Entry("insight", "&Insight", "Ctrl+I"))
        window.panel.rows.counted.connect(self._on_changed)
        window.panel.rows.clock_moved.connect(self._on_changed)  # messages stall by the clock

    def session_shown(self) -> None:
        self._changed = True
        if self._page is not None:
            self._page.show_reading()
            if self._page.isVisible():
                self.refresh()

    async def close(self) -> None:
        self._timer.stop()

    @property
    def settled(self) -> bool:
        """Whether the page shows all that is there."""
        return not self._changed and not self._busy

    def _make_page(self) -> QWidget:
        from inspector.ui.workbench.insight_page import InsightPage

        catalogue = ErrorCatalogue.from_json(read_text("error_codes.json"))
        self._page = InsightPage(self.bench.window.appearance, catalogue)
        self._page.filter_wished.connect(self._on_filter_wished)
        self._page.came_into_view.connect(self._on_came_into_view)
        self._page.left_view.connect(self._timer.stop)
        return self._page

    def _on_changed(self, *_: object) -> None:
        self._changed = True

    def _on_came_into_view(self) -> None:
        self._timer.start()
        self.refresh()

    def _on_filter_wished(self, text: str, callbacks: bool) -> None:
        panel = self.bench.window.panel
        panel.show_view(CALLBACKS if callbacks else MESSAGES)
        panel.filter.set_filter(text)

    def refresh(self) -> None:
        """Count what changed, unless that is being done."""
        beside = self.bench.window.panel.rows.beside
        if self._busy or beside is None or self._page is None:
            return
        if not self._changed:
            if self._clock.live:
                self._page.move_rate(int(time.time()))
            return
        self._busy, self._changed = True, False
        self.bench.spawn(self._look(beside), "insight")

    async def _look(self, beside: "ReadingThread") -> None:
        from inspector.session.gathering import Gathering

        if beside is not self._beside or self._gathering is None:
            self._beside, self._gathering = beside, Gathering()
        clock = self._clock
        before = int(time.time() * 1e6) - clock.stalled_after if clock.live else None
        try:
            self._show(await beside.ask(partial(_look, self._gathering, before)))
        except Superseded:
            self._changed = True
        except SessionError as error:
            self.bench.note(f"The insight cannot be read: {error}")
        finally:
            self._busy = False

    def _show(self, insight: "Insight") -> None:
        if self._page is not None:
            newest = max(insight.seconds, default=0)
            self._page.show_insight(insight, max(newest, int(time.time())) if self._clock.live else newest)

    @property
    def _clock(self) -> "Clock":
        return self.bench.window.panel.messages_model.clock


def _look(gathering: "Gathering", stalled_before: int | None, reader: "SessionReader") -> "Insight":
    return gathering.look(reader, stalled_before)
