"""Long work beside the window, with progress and a way to cancel."""

import asyncio
import threading
from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QProgressDialog, QWidget

from inspector.session.exchange.selection import Cancelled, Progress

_Result = TypeVar("_Result")
_STEPS = 1000


async def with_progress(
    parent: QWidget, title: str, work: Callable[[Progress], _Result], *, titled: str = ""
) -> _Result:
    """Run `work` in a thread; a dialog with a cancel button comes up when it takes longer than half a second.

    `title` says what is done; with `titled`, a word for it, what is waited for, nobody knows how long. Raises
    Cancelled when the user cancelled, and what `work` raises.
    """
    cancelled = threading.Event()
    state = [0, 0]

    def told(done: int, total: int) -> None:
        if cancelled.is_set():
            raise Cancelled
        state[0], state[1] = done, total

    dialog = QProgressDialog(title, "Cancel", 0, _STEPS, parent)
    dialog.setWindowTitle(titled or title)
    dialog.setWindowModality(Qt.WindowModality.WindowModal)
    dialog.setMinimumDuration(500)
    dialog.setAutoReset(False)
    dialog.canceled.connect(cancelled.set)
    ticks = QTimer(dialog)
    ticks.setInterval(100)
    ticks.timeout.connect(lambda: dialog.setValue(min(_STEPS - 1, state[0] * _STEPS // max(1, state[1]))))
    if titled:
        dialog.setRange(0, 0)  # the bar only moves
    else:
        ticks.start()
    try:
        return await asyncio.get_running_loop().run_in_executor(None, work, told)
    except asyncio.CancelledError:
        cancelled.set()
        raise
    finally:
        ticks.stop()
        dialog.canceled.disconnect()
        dialog.close()
        dialog.deleteLater()
