"""The composition root of the window: the application, its loop, the error sink, and the exit code."""

import asyncio
import logging
import os
import sys
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QObject, Signal, qInstallMessageHandler

from inspector import __version__
from inspector.program import Program, Start
from inspector.runtime.errors import ErrorSink, install_error_sink, qt_message_handler
from inspector.runtime.folders import Folders
from inspector.runtime.quit import Application
from inspector.runtime.secrets import Secrets
from inspector.runtime.tasks import TaskScope
from inspector.runtime.window_loop import WindowLoop
from inspector.settings import SettingsFile

__all__ = ["Program", "Start", "run"]

_log = logging.getLogger(__name__)


class _Notes(QObject):
    """Carries the lines of the error sink to the window's thread, from whichever thread they come."""

    told = Signal(str)


async def _main(application: Application, start: Start, folders: Folders, sink: ErrorSink, notes: _Notes) -> int:
    asyncio.get_running_loop().set_exception_handler(sink.handle_loop_exception)
    async with TaskScope(on_error=sink.report) as tasks:
        program = Program(application, folders, SettingsFile(folders.settings), start, tasks, Secrets())

        def count_no_more_files() -> None:  # not the method itself: nothing of the capture is read in yet
            program.capturing.refusals.no_more_files()

        sink.on_no_more_files = count_no_more_files
        notes.told.connect(program.window.show_error)
        application.file_opened.connect(lambda path: program.open_session(Path(path)))
        return await program.run()


def run(start: Start) -> int:
    """Run the window until the user quits; returns the exit code."""
    folders = Folders.of_user()
    notes = _Notes()
    # First of all, so that nothing that Qt has to say while it starts is printed.
    sink = install_error_sink(folders.logs, notes.told.emit)
    qInstallMessageHandler(qt_message_handler)
    try:
        return _run(start, folders, sink, notes)
    finally:
        qInstallMessageHandler(None)
        sink.close()


def _run(start: Start, folders: Folders, sink: ErrorSink, notes: _Notes) -> int:
    application = Application(sys.argv[:1])
    application.setApplicationName("callback-inspector")
    application.setApplicationDisplayName("Callback Inspector")
    application.setApplicationVersion(__version__)
    application.setDesktopFileName("callback-inspector")
    application.setQuitOnLastWindowClosed(False)
    loop = WindowLoop(application)
    asyncio.set_event_loop(loop)
    ended = False

    async def main() -> int:
        nonlocal ended
        try:
            return await _main(application, start, folders, sink, notes)
        finally:
            ended = True

    try:
        return int(loop.run_until_complete(main()))
    except Exception as error:  # noqa: BLE001 - no traceback reaches a user
        if ended:
            sink.report(error, "The program ended")
            sys.stderr.write(f"inspector: an unexpected error ended the program; it is in {sink.log_path}\n")
            return 2
        # The desktop ended Qt's loop under the program, as when the X server goes away. Nothing can be shown
        # or awaited any more; what was answered is in the file.
        _log.error("The window was lost: %s", error)
        sys.stderr.write("inspector: the connection to the display was lost; the session is kept.\n")
        logging.shutdown()
        os._exit(2)
    finally:
        with suppress(RuntimeError):
            loop.close()
        asyncio.set_event_loop(None)
