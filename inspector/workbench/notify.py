"""Notify: tells of failures and the like while the window is not in front."""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication

from inspector.callbacks.error_codes import ErrorCatalogue
from inspector.runtime.resources import read_text
from inspector.session.conditions import Condition, Moment, joined
from inspector.session.errors import SessionError
from inspector.session.query import FilterError, Query, parse
from inspector.ui.menus import Entry
from inspector.ui.reading_thread import Superseded
from inspector.ui.session_panel import CALLBACKS, MESSAGES
from inspector.ui.workbench.tray import Notifier, TrayNotifier
from inspector.workbench.bench import Bench, Tool
from inspector.workbench.notices import Event, Kind, Notice, Rules, Watch, summed_up

if TYPE_CHECKING:
    from inspector.session.reader import SessionReader
    from inspector.session.records import Appended, Received

_PAUSE_MS: Final = 5000
"""At least so long between two notifications; what happens meanwhile is summed up."""

_FIRST_MS: Final = 400
"""What happens within this time of the first event goes into the same notification."""

_STALLED_MS: Final = 10_000
_MOST: Final = 1000


class NotifyTool(Tool):
    """Gathers events while the window is not in front, and shows them summed up."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self.notifier: Notifier = TrayNotifier(bench.window)
        self.in_front: Callable[[], bool] = _in_front
        self._catalogue: ErrorCatalogue | None = None
        self._rules = Rules()
        self._watch = Watch()
        self._events: list[Event] = []
        self._shown: Notice | None = None
        self._badge = 0
        self._touched: set[int] = set()
        self._looked_to = 0
        self._stalled_to = 0
        self._looking = False
        self._soon = self._timer(_FIRST_MS, self.flush, once=True)
        self._rest = self._timer(_PAUSE_MS, self._on_rested, once=True)
        self._stall = self._timer(_STALLED_MS, self.look_for_stalled, once=False)
        self._activation = _Activation(self._on_in_front)

    def _timer(self, milliseconds: int, slot: Callable[[], object], *, once: bool) -> QTimer:
        timer = QTimer()
        timer.setInterval(milliseconds)
        timer.setSingleShot(once)
        timer.timeout.connect(slot)
        return timer

    def set_up(self) -> None:
        self.bench.window.installEventFilter(self._activation)
        self.bench.window.menus.add_tool_group()
        self.bench.window.add_tool(
            Entry("notifications", "Notificati&ons…"), lambda: self.bench.spawn(self._ask(), "notifications")
        )
        self.apply()

    def use(self, notifier: Notifier) -> None:
        """Show notices there from now on."""
        self.notifier = notifier
        self.apply()

    def apply(self) -> None:
        """Have what the settings say count."""
        self._rules = Rules.of(self.bench.settings)
        self.notifier.on_clicked = self._on_clicked
        self.notifier.set_wanted(wanted=self._rules.any)
        self._stalled_to = self._stalled_before()
        if self._rules.stalled:
            self._stall.start()
        else:
            self._stall.stop()

    def session_shown(self) -> None:
        self._watch = Watch()
        self._shown = None  # its filter finds nothing in another session
        self._on_in_front()
        self._stalled_to = self._stalled_before()

    def appended(self, received: "Sequence[Received]", appended: "Sequence[Appended]") -> None:
        if not self._rules.any or self.in_front():
            return
        self._add(self._watch.events(self._rules, received, appended))
        if self._rules.text:
            if not self._touched:
                self._looked_to = appended[0].seq - 1
            self._touched.update(one.message or 0 for one in appended)
            self._begin()

    async def close(self) -> None:
        for timer in (self._soon, self._rest, self._stall):
            timer.stop()
        self.bench.window.removeEventFilter(self._activation)
        self.notifier.set_wanted(wanted=False)

    # -- what the session is asked ------------------------------------------------------------

    def look_for_stalled(self) -> None:
        """Find the messages that stalled since the last look."""
        before = self._stalled_before()
        if self.in_front() or not self.bench.window.panel.messages_model.clock.live:
            self._stalled_to = before
        elif not self._looking and before > self._stalled_to:
            self.bench.spawn(self._look(partial(_stalled, self._stalled_to, before)), "look for stalled messages")
            self._stalled_to = before

    def _look_for_matches(self) -> None:
        query = self._understood(self._rules.text)
        if query is None or not self._touched or self._looking:
            return
        rows, after = self._touched - {0}, self._looked_to
        self._touched = set()
        self.bench.spawn(self._look(partial(_matches, query, rows, after)), "look for matches")

    async def _look(self, work: "Callable[[SessionReader], list[Event]]") -> None:
        beside = self.bench.window.panel.rows.beside
        if beside is None:
            return
        self._looking = True
        try:
            found = await beside.ask(work)
        except (Superseded, SessionError):
            return
        finally:
            self._looking = False
        if not self.in_front():
            new = [one for one in found if one.message_id is None or self._watch.is_new(one.kind, one.message_id)]
            self._add(new)
            if self._touched:
                self._begin()

    def _stalled_before(self) -> int:
        return int(time.time() * 1e6) - self.bench.window.panel.messages_model.clock.stalled_after

    def _understood(self, text: str) -> Query | None:
        try:
            return self._parsed(text)
        except FilterError:
            return None

    def _parsed(self, text: str) -> Query:
        now = datetime.now(UTC).astimezone()
        after = self.bench.window.panel.messages_model.clock.stalled_after
        return parse(text, Moment(now.date(), now.tzinfo or UTC, int(now.timestamp() * 1e6), after))

    # -- showing ------------------------------------------------------------------------------

    def _add(self, events: Sequence[Event]) -> None:
        if not events:
            return
        self._badge += len(events)
        self._events += events[: max(0, _MOST - len(self._events))]
        self._begin()

    def _begin(self) -> None:
        if not self._rest.isActive() and not self._soon.isActive():
            self._soon.start()

    def flush(self) -> None:
        """Show what was gathered."""
        if self._rules.text:
            self._look_for_matches()
        if not self._events:
            return
        if self._catalogue is None:
            self._catalogue = ErrorCatalogue.from_json(read_text("error_codes.json"))
        events, self._events = self._events, []
        self._shown = summed_up(events, self._catalogue, self._rules.text)
        self.notifier.notify(self._shown.title, self._shown.text)
        self.notifier.show_badge(self._badge)
        self._rest.start()

    def _on_rested(self) -> None:
        if self._events or self._touched:
            self.flush()

    def _on_in_front(self) -> None:
        self._events.clear()
        self._touched.clear()
        if self._badge:
            self._badge = 0
            self.notifier.show_badge(0)

    def _on_clicked(self) -> None:
        window = self.bench.window
        if window.isMinimized():
            window.showNormal()
        window.show()
        window.raise_()
        window.activateWindow()
        if self._shown is not None:
            window.panel.show_view(CALLBACKS if self._shown.callbacks else MESSAGES)
            window.panel.filter.set_filter(self._shown.filter)
            self._shown = None
        self._on_in_front()

    # -- the dialog ---------------------------------------------------------------------------

    async def _ask(self) -> None:
        from inspector.runtime.dialogs import ask
        from inspector.ui.workbench.notifications_dialog import NotificationsDialog

        dialog = NotificationsDialog(
            self.bench.settings,
            self._problem_of,
            self._try_out,
            available=self.notifier.available,
            parent=self.bench.dialog_parent,
        )
        if await ask(dialog):
            dialog.write_to(self.bench.settings)
            self.bench.save_settings()
        self.apply()

    def _problem_of(self, text: str) -> str:
        try:
            self._parsed(text)
        except FilterError as error:
            return str(error)
        return ""

    def _try_out(self) -> None:
        self.notifier.set_wanted(wanted=True)
        self.notifier.notify("1 message failed", "To …0001, undelivered, error 30003. This one is only a test.")


def _in_front() -> bool:
    return QApplication.activeWindow() is not None


class _Activation(QObject):
    """Hears when the window comes to the front."""

    def __init__(self, heard: Callable[[], None]) -> None:
        super().__init__()
        self._heard = heard

    def eventFilter(self, _: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() is QEvent.Type.WindowActivate:
            self._heard()
        return False


def _stalled(after: int, until: int, reader: "SessionReader") -> list[Event]:
    count, rows = reader.newly_stalled(after, until, _MOST)
    if not count:
        return []
    messages = reader.message_rows(rows).values()
    return [Event(Kind.STALLED, one.id, one.to, one.status) for one in messages]


def _matches(query: Query, rows: set[int], after: int, reader: "SessionReader") -> list[Event]:
    fitting = sorted(reader.matching_messages(rows, query.messages))[:_MOST]
    found = [
        Event(Kind.MATCHED, one.id, one.to, one.status, one.error_code)
        for one in reader.message_rows(fitting).values()
    ]  # fmt: skip
    loose = joined([Condition("c.message IS NULL"), query.callbacks], "AND")
    found += [Event(Kind.MATCHED) for _ in reader.matching_callbacks(after, loose)[:_MOST]]
    return found
