"""The program with its real window, in a process of its own, for a parent that puts it under load.

    python -m tests.benchmarks.window_process [--folder FOLDER] [--session FILE]

Prints {"port": ...} when it listens. Each line of its standard input names an action, with an argument after a space
where it takes one, and is answered by one line of JSON:

    reset    forgets how late the timer was so far
    report   says how late it was, and what the program has done
    quit     ends in order, as the end of the input does

Another suite adds actions of its own: `sys.exit(main({"scroll": scroll}))`.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from array import array
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, Final

# Before anything imports Qt, which reads this once.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from keyring.backends.null import Keyring
from PySide6.QtCore import QObject, Qt, QTimer, qInstallMessageHandler

from inspector.program import Program, Start
from inspector.runtime.errors import ErrorSink, install_error_sink, qt_message_handler
from inspector.runtime.folders import Folders
from inspector.runtime.quit import Application
from inspector.runtime.secrets import Secrets
from inspector.runtime.tasks import TaskScope
from inspector.runtime.window_loop import WindowLoop
from inspector.settings import SettingsFile
from tests.benchmarks.children import resident_megabytes
from tests.benchmarks.orders import hear, in_milliseconds, say

Action = Callable[[Program, str], Awaitable[dict[str, Any]]]
_TICK: Final = 0.010
_SIZE: Final = (1280, 800)


class Metronome(QObject):
    """A timer of ten milliseconds: as late as it is, so late is whatever the user does in the window."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._late = array("d")
        self._last = time.perf_counter()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(round(_TICK * 1000))
        self._timer.timeout.connect(self._on_tick)
        self._timer.start()

    async def reset(self, _program: Program, _argument: str) -> dict[str, Any]:
        del self._late[:]
        self._last = time.perf_counter()
        return {}

    def told(self) -> dict[str, Any]:
        return {"late": in_milliseconds(self._late), "ticks": len(self._late)}

    def _on_tick(self) -> None:
        now = time.perf_counter()
        # Qt keeps the beat: a tick after a late one comes early, and is not late at all.
        self._late.append(max(0.0, now - self._last - _TICK))
        self._last = now


async def _report(program: Program, metronome: Metronome) -> dict[str, Any]:
    panel = program.window.panel
    reader = panel.rows.reader
    summary = None if reader is None else reader.summary()
    return {
        **metronome.told(),
        "rss": round(resident_megabytes(os.getpid()) * (1 << 20)),
        "cpu": time.process_time(),
        "rows": panel.messages_model.rowCount(),
        "stored": 0 if summary is None else summary.callbacks,
        "valid": 0 if summary is None else summary.valid,
        "messages": 0 if summary is None else summary.messages,
        "shown": panel.messages.isVisible() and program.window.isVisible(),
        "following": panel.messages.following,
        "size": program.window.size().toTuple(),
    }


async def _serve(
    application: Application, start: Start, folders: Folders, sink: ErrorSink, more: Mapping[str, Action]
) -> int:
    """As the program's own main, with a metronome, and with orders in the user's place."""
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(sink.handle_loop_exception)
    orders: asyncio.Queue[str | None] = asyncio.Queue()
    async with TaskScope(on_error=sink.report) as tasks:
        program = Program(application, folders, SettingsFile(folders.settings), start, tasks, Secrets(Keyring))
        # The screen of the offscreen platform is smaller than a usual window, which would bow to it.
        program.window.resize(*_SIZE)
        running = tasks.spawn(program.run(), name="program")
        running.add_done_callback(lambda _: orders.put_nowait(None))
        hear(loop, orders.put_nowait)
        while program.listening_url is None and not running.done():  # noqa: ASYNC110 - the program does not tell
            await asyncio.sleep(0.005)
        metronome = Metronome(program.window)
        actions: dict[str, Action] = {
            "reset": metronome.reset,
            "report": lambda program, _: _report(program, metronome),
            **more,
        }
        if program.listening_url is not None:
            say({"port": int(program.listening_url.rpartition(":")[2])})
        await _obey(program, orders, actions)
        program.quit()
        return await running


async def _obey(program: Program, orders: "asyncio.Queue[str | None]", actions: Mapping[str, Action]) -> None:
    """One order after the other, until the last."""
    while (order := await orders.get()) not in (None, "quit"):
        assert order is not None
        name, _, argument = order.partition(" ")
        say(await actions[name](program, argument))


def main(more: Mapping[str, Action] | None = None) -> int:
    """Run the program until told to end; returns its exit code. `more` are actions beside those that are here."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.window_process")
    parser.add_argument("--folder", type=Path, help="where the program keeps its files; else a temporary folder")
    parser.add_argument("--session", type=Path, help="the session file to open or to make")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        return _run(Start(session=options.session, port=0), folder, more or {})


def _run(start: Start, folder: Path, more: Mapping[str, Action]) -> int:
    folders = Folders(folder / "sessions", folder / "settings", folder / "logs")
    # An error that nobody expected must not pass for a measurement.
    sink = install_error_sink(folders.logs, lambda text: print(f"window: {text}", file=sys.stderr, flush=True))
    qInstallMessageHandler(qt_message_handler)
    application = Application(sys.argv[:1])
    application.setQuitOnLastWindowClosed(False)
    loop = WindowLoop(application)
    asyncio.set_event_loop(loop)
    try:
        return int(loop.run_until_complete(_serve(application, start, folders, sink, more)))
    finally:
        loop.close()
        asyncio.set_event_loop(None)
        qInstallMessageHandler(None)
        sink.close()


if __name__ == "__main__":
    sys.exit(main())
