"""The one error sink: whatever nobody expected ends in a log file, never as a traceback in front of the user."""

import asyncio
import contextlib
import errno
import faulthandler
import io
import logging
import logging.handlers
import math
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

_log = logging.getLogger("inspector")
_qt_log = logging.getLogger("qt")

_NO_MORE_FILES = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
_PAUSE = 60.0
"""Seconds between two lines about the same trouble of the system's."""
_SAME_AGAIN = 2.0
"""Seconds in which the same error at the same place is told once."""

_QT_LEVELS = {
    "QtDebugMsg": logging.DEBUG,
    "QtInfoMsg": logging.INFO,
    "QtWarningMsg": logging.WARNING,
    "QtCriticalMsg": logging.ERROR,
    "QtFatalMsg": logging.CRITICAL,
}


class _Named(Protocol):
    """A member of Qt's QtMsgType, told without importing Qt."""

    @property
    def name(self) -> str: ...


class ErrorSink:
    """Takes over the interpreter's hooks for errors until closed; made by `install_error_sink`."""

    def __init__(self, log_folder: Path, on_error: Callable[[str], None] | None) -> None:
        self.log_path = log_folder / "inspector.log"
        self.crash_path = log_folder / "crash.log"
        self._on_error = on_error
        self.on_no_more_files: Callable[[], None] | None = None
        """Told when connections cannot be accepted for want of open files. The loop tries again by itself."""
        self._no_files_logged = -math.inf
        self._repeats = _Repeats()
        self._closed = False
        self._handler = _LogFile(self.log_path)
        self._old_hooks = (sys.excepthook, threading.excepthook, sys.unraisablehook)
        self._old_level = _log.level
        self._crash_was_on = faulthandler.is_enabled()
        self._crash_fd: int | None = None
        self._install()

    def report(self, error: BaseException, where: str) -> None:
        """Log an error nobody expected, and tell the user about it in one line; `where` names the work it ended.

        What breaks with every callback does so thousands of times a second: of the same error at the same place,
        only one in a while is logged and told; the others are counted.
        """
        same = self._repeats.look(error)
        if same is None:
            return
        again = f" ({same:,} more since the last time)" if same else ""
        _log.error("%s%s", where, again, exc_info=(type(error), error, error.__traceback__))
        if self._on_error is None:
            return
        try:
            self._on_error(f"{where}: {_in_one_line(error)}")
        except Exception:  # noqa: BLE001 - telling of an error must not become the next one
            _log.exception("An error could not be shown.")

    def handle_loop_exception(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Serve as the handler for `loop.set_exception_handler`."""
        where = str(context.get("message") or "Unexpected error")
        error = context.get("exception")
        if "socket" in context and isinstance(error, OSError) and error.errno in _NO_MORE_FILES:
            self._tell_no_more_files(error)
        elif isinstance(error, ValueError) and "_start_serving" in where:
            # asyncio tries a listener again after such trouble, also one that was closed meanwhile.
            _log.info("A listener was closed while connections waited.")
        elif isinstance(error, BaseException):
            self.report(error, where.rstrip("."))
        else:
            # The loop's own remarks, such as a task destroyed while pending: nothing that the user could act on.
            _log.error("%s %r", where, {key: value for key, value in context.items() if key != "message"})

    def _tell_no_more_files(self, error: OSError) -> None:
        # asyncio says this up to a hundred times a second for as long as it lasts.
        now = time.monotonic()
        if now - self._no_files_logged > _PAUSE:
            self._no_files_logged = now
            _log.warning("Connections wait, as the system gives no more open files: %s", error.strerror)
        if self.on_no_more_files is not None:
            self.on_no_more_files()

    def close(self) -> None:
        """Give every hook back to who had it before."""
        if self._closed:
            return
        self._closed = True
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._old_hooks
        logging.captureWarnings(capture=False)
        logging.getLogger().removeHandler(self._handler)
        self._handler.close()
        _log.setLevel(self._old_level)
        if self._crash_fd is not None:
            faulthandler.disable()
            os.close(self._crash_fd)
            if self._crash_was_on and sys.__stderr__ is not None:
                faulthandler.enable(sys.__stderr__)

    def _install(self) -> None:
        # On the root logger, because a record that finds no handler is printed to standard error.
        logging.getLogger().addHandler(self._handler)
        _log.setLevel(logging.INFO)
        logging.captureWarnings(capture=True)
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception
        sys.unraisablehook = self._on_unraisable
        try:
            self._crash_fd = _open_private(str(self.crash_path), os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        except OSError as error:
            _log.warning("Crashes are not recorded: %s", error)
        else:
            faulthandler.enable(self._crash_fd)

    def _on_exception(self, kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
        if not issubclass(kind, KeyboardInterrupt):
            self.report(error, "Unexpected error")

    def _on_thread_exception(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
            self.report(args.exc_value, f"Unexpected error in {args.thread.name if args.thread else 'a thread'}")

    def _on_unraisable(self, unraisable: "sys.UnraisableHookArgs") -> None:
        # Raised where nothing can catch it, in a destructor for example: no work was lost, so that only the log hears.
        error = unraisable.exc_value
        # The object itself is not kept: it may be half destroyed.
        where = f"{unraisable.err_msg or 'Exception ignored in'}: {unraisable.object!r}"
        _log.error("%s", where, exc_info=(type(error), error, error.__traceback__) if error is not None else None)


class _Repeats:
    """Tells errors that repeat themselves from those that are news. May be asked from any thread."""

    def __init__(self) -> None:
        self._seen: dict[tuple[type, str, int], tuple[float, int]] = {}

    def look(self, error: BaseException) -> int | None:
        """None when the same was told a moment ago, else how many were passed over since."""
        trace = error.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        place = ("", 0) if trace is None else (trace.tb_frame.f_code.co_filename, trace.tb_lineno)
        now = time.monotonic()
        told, passed_over = self._seen.get((type(error), *place), (-math.inf, 0))
        if now - told < _SAME_AGAIN:
            self._seen[type(error), *place] = (told, passed_over + 1)
            return None
        self._seen[type(error), *place] = (now, 0)  # as many as there are places in the source at most
        return passed_over


def install_error_sink(log_folder: Path, on_error: Callable[[str], None] | None) -> ErrorSink:
    """Send every unexpected error to `inspector.log` in `log_folder`, and crashes of the interpreter to `crash.log`.

    `on_error` is told each one in a line for the user. It may be called from any thread.
    A folder that cannot be written is no reason not to start: then nothing is logged.
    """
    with contextlib.suppress(OSError):
        log_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return ErrorSink(log_folder, on_error)


def qt_message_handler(mode: _Named, _context: object, message: str) -> None:
    """Log what Qt has to say; for `qInstallMessageHandler`."""
    _qt_log.log(_QT_LEVELS.get(mode.name, logging.WARNING), "%s", message)
    if mode.name == "QtFatalMsg" and sys.stderr is not None:
        # Qt aborts the process as soon as this returns: the last chance to say why.
        print(f"inspector: {' '.join(message.split())}", file=sys.stderr, flush=True)  # noqa: T201


class _Lines(logging.Formatter):
    """Records whose further lines are indented, without control characters: what strangers send may be quoted in one,
    and must neither look like a record of its own nor steer the terminal that shows the log."""

    def format(self, record: logging.LogRecord) -> str:
        lines = super().format(record).splitlines()
        return "\n    ".join(
            "".join(one if one.isprintable() or one == "\t" else one.encode("unicode_escape").decode() for one in line)
            for line in lines
        )


class _LogFile(logging.handlers.RotatingFileHandler):
    """A rotating log that only its owner can read, for it may quote what was captured; and that never prints."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, maxBytes=1_000_000, backupCount=2, encoding="utf-8", delay=True)
        self.setFormatter(_Lines("%(asctime)s %(levelname)s %(name)s: %(message)s"))

    def _open(self) -> io.TextIOWrapper:
        return open(self.baseFilename, "a", encoding=self.encoding, opener=_open_private)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        """Stay silent where logging would print a traceback: a full disk, a folder that cannot be written."""


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _in_one_line(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
