"""One way to quit: the desktop's wish and the signals that end a program become the same request.

The program awaits the request and then shuts down in its own order. Qt itself never tears anything down.
"""

import asyncio
import contextlib
import signal
import socket
import sys
from collections.abc import Sequence
from types import FrameType, TracebackType
from typing import Final, Self

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QSocketNotifier, Signal
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication

_SIGNALS = [signal.SIGINT, signal.SIGTERM]
if sys.platform == "win32":
    _SIGNALS.append(signal.SIGBREAK)  # Ctrl+Break, and the only one that another program can send there


IN_FUSION: Final = ("-style", "Fusion")
"""Arguments of a QApplication. QApplication.setStyle would hand a QStyle back, whose type alone takes PySide ten
milliseconds to set up, a twentieth of the start."""


class Application(QApplication):
    """A QApplication in Qt's own style on every desktop, which hands on what the desktop asks of the program.

    Overriding `event` costs nothing. An event filter on the application is called for every event of every object,
    which makes each turn of the qasync loop a third slower.
    """

    quit_asked = Signal()
    file_opened = Signal(str)  # macOS opens documents this way, and never on the command line

    def __init__(self, arguments: Sequence[str]) -> None:
        """`arguments` as in sys.argv: the program's name comes first."""
        super().__init__([*(arguments or ["inspector"]), *IN_FUSION])

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Quit:
            event.ignore()
            self.quit_asked.emit()
            return True
        if isinstance(event, QFileOpenEvent):
            self.file_opened.emit(event.file())
            return True
        return super().event(event)


class QuitRequest(QObject):
    """Becomes true once, when the desktop, SIGINT, SIGTERM or the program itself wants to quit."""

    requested = Signal()

    def __init__(self, app: QCoreApplication) -> None:
        """Take over SIGINT and SIGTERM and the quitting of `app` until closed; only in the main thread."""
        super().__init__()
        self._app = app
        self._wanted = asyncio.Event()
        self._closed = False
        if isinstance(app, Application):
            app.quit_asked.connect(self.request)
        else:
            app.installEventFilter(self)
        self._catch_signals()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def is_requested(self) -> bool:
        """Whether somebody asked to quit already."""
        return self._wanted.is_set()

    def request(self) -> None:
        """Ask to quit; asking again changes nothing."""
        if not self._wanted.is_set():
            self._wanted.set()
            self.requested.emit()

    async def wait(self) -> None:
        """Return as soon as somebody asks to quit."""
        await self._wanted.wait()

    def close(self) -> None:
        """Give the signals and the quitting of the application back to who had them before."""
        if self._closed:
            return
        self._closed = True
        if isinstance(self._app, Application):
            self._app.quit_asked.disconnect(self.request)
        else:
            self._app.removeEventFilter(self)
        self._release_signals()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: ARG002, N802 - as Qt has it
        """Serve a plain QApplication, which has no `quit_asked`."""
        if event.type() != QEvent.Type.Quit:
            return False
        event.ignore()
        self.request()
        return True

    def _catch_signals(self) -> None:
        # While Qt waits for events no Python code runs, so that a handler alone would be called only at the next event.
        # The interpreter writes each signal's number into this socket at once, on Windows too, and Qt wakes up for it.
        self._reader, self._writer = socket.socketpair()
        self._reader.settimeout(0)
        self._writer.settimeout(0)
        self._notifier = QSocketNotifier(self._reader.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._on_signal_bytes)
        self._old_handlers = {number: signal.signal(number, _leave_to_the_socket) for number in _SIGNALS}
        self._old_wakeup = signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)

    def _release_signals(self) -> None:
        signal.set_wakeup_fd(self._old_wakeup)
        for number, handler in self._old_handlers.items():
            # None stands for a handler that was not set from Python, and cannot be set again from here.
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        self._notifier.setEnabled(False)
        self._reader.close()
        self._writer.close()

    def _on_signal_bytes(self) -> None:
        numbers = b""
        with contextlib.suppress(BlockingIOError):
            numbers = self._reader.recv(4096)
        if any(number in _SIGNALS for number in numbers):
            self.request()


def _leave_to_the_socket(number: int, frame: FrameType | None) -> None:
    """Without a handler of Python's, a signal would still end the process."""
