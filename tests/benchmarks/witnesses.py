"""What can be seen of a window while it is driven: how late its loop is, when it has painted, when rows are there."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from inspector.ui.live_rows import LiveRows
from inspector.ui.live_table import LiveTable


def first_rows_held(table: LiveTable) -> bool:
    """Asked at each paint after the model was given rows anew: whether the first rows of the answer are in view."""
    return table.model().rowCount() > 0


def complete(rows: LiveRows) -> bool:
    """Whether nothing is being worked out any more."""
    return not rows.busy


@dataclass(frozen=True, slots=True)
class Timing:
    """Of one act, in milliseconds: until its first rows were painted, until all was there, the longest block."""

    first: float
    complete: float
    blocked: float


class Blocks(QTimer):
    """How late a timer of the loop comes, in milliseconds: what anything else on the loop would wait for."""

    def __init__(self, milliseconds: int = 2, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setTimerType(Qt.TimerType.PreciseTimer)
        self.setInterval(milliseconds)
        self.lateness: list[float] = []
        self._last = 0.0
        self.timeout.connect(self._on_timeout)

    def begin(self) -> None:
        """Count anew from now on."""
        self.lateness = []
        self._last = time.perf_counter()
        self.start()

    def longest(self) -> float:
        """The worst since `begin`, one that still lasts included."""
        return max([*self.lateness, self._late()])

    def _late(self) -> float:
        return max(0.0, (time.perf_counter() - self._last) * 1000 - self.interval())

    def _on_timeout(self) -> None:
        self.lateness.append(self._late())
        self._last = time.perf_counter()


class Painted(QObject):
    """Tells when a widget, or one within it, has been painted: after the paint event, not when it comes."""

    painted = Signal()

    def __init__(self, widget: QWidget, *, within: bool = False) -> None:
        super().__init__()
        self._widget = widget
        self._within = within
        self._told = False

    @contextmanager
    def calling(self, slot: Callable[[], object]) -> Iterator[None]:
        """Call `slot` at each paint. At other times nothing is watched, as that costs a call for every event."""
        watched = [self._widget, *(self._widget.findChildren(QWidget) if self._within else ())]
        for one in watched:
            one.installEventFilter(self)
        connection = self.painted.connect(slot)
        try:
            yield
        finally:
            QObject.disconnect(connection)
            for one in filter(isValid, watched):  # panels replace their parts
                one.removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - as Qt has it
        if event.type() == QEvent.Type.Paint and not self._told:
            # An event of high priority comes next after those that are being handled, the painting among them.
            self._told = True
            QCoreApplication.postEvent(self, QEvent(QEvent.Type.User), Qt.EventPriority.HighEventPriority.value)
        return False

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.User:
            self._told = False
            self.painted.emit()
            return True
        return super().event(event)
