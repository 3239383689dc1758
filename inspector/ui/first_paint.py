"""When a window is seen: what is heavy waits until then."""

import asyncio
from contextlib import suppress

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget


async def first_paint(window: QWidget, patience: float = 0.5) -> None:
    """Return when `window` has been painted, or after so many seconds: a minimised window is not painted.

    It was not painted when `show` returns, nor surely a turn of the loop later: the desktop is asked first.
    """
    paint = _Paint(window)
    with suppress(TimeoutError):
        async with asyncio.timeout(patience):
            await paint.seen.wait()
    window.removeEventFilter(paint)


class _Paint(QObject):
    """Watches for the first paint of a window."""

    def __init__(self, window: QWidget) -> None:
        super().__init__()
        self.seen = asyncio.Event()
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint:
            # Those that wait go on at the loop's next turn; by then all that is in the window is painted too.
            self.seen.set()
        return False
