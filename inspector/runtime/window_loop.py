"""The event loop of the window: qasync's, with callbacks run a turn at a time. The only file that knows qasync."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context
from typing import Any, Final

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from qasync import QEventLoop
from shiboken6 import delete, isValid

_BUDGET: Final = 0.006
"""Seconds that one turn may take before Qt gets to paint; one more callback may go over it."""


class WindowLoop(QEventLoop):  # type: ignore[misc] # qasync has no types
    """asyncio on Qt's event loop.

    qasync starts and kills one Qt timer for every `call_soon`, which costs more than what most callbacks
    do (a request takes about five). Here those that are ready wait in a queue, and one timer runs what is
    in it: the turns that asyncio's own loops have, so that callbacks of one turn share a commit. Measured
    with 16 senders: a third more callbacks a second than with a timer each.
    """

    def __init__(self, application: QApplication) -> None:
        self._ready_now: deque[asyncio.Handle] = deque()
        self._turns = QTimer()
        self._turns.setInterval(0)
        self._turns.timeout.connect(self._turn)
        super().__init__(application)
        # qasync's own executor starts ten QThreads and cannot be waited for.
        self.set_default_executor(ThreadPoolExecutor(2, thread_name_prefix="work"))

    def call_soon(self, callback: Callable[..., object], *args: Any, context: Context | None = None) -> asyncio.Handle:
        handle = asyncio.Handle(callback, args, self, context)
        if isValid(self._turns):  # a thread may come to its end after the loop has
            self._ready_now.append(handle)
            if not self._turns.isActive():
                self._turns.start()
        return handle

    def close(self) -> None:
        self._ready_now.clear()
        super().close()
        # Timers that are left (of a timeout that was not needed, say) must end in this thread. Left to Python,
        # they could be collected in any.
        for timers in (self._turns, self._timer):
            if isValid(timers):
                delete(timers)

    def _turn(self) -> None:
        ready = self._ready_now
        end = time.perf_counter() + _BUDGET
        for _ in range(len(ready)):  # what these make ready belongs to the next turn
            handle = ready.popleft()
            if not handle.cancelled():
                handle._run()  # noqa: SLF001 - this is what a loop does with handles
            if time.perf_counter() > end:
                break
        if not ready:
            self._turns.stop()
