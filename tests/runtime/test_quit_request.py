import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from inspector.runtime.quit import QuitRequest
from inspector.runtime.tasks import TaskScope

Run = Callable[[Coroutine[Any, Any, Any]], Any]


def test_the_desktops_wish_is_one_request_and_qt_goes_on(run_in_qt: Run, qapp: QApplication) -> None:
    told: list[bool] = []

    async def main() -> bool:
        with QuitRequest(qapp) as quit_request:
            quit_request.requested.connect(lambda: told.append(True))
            assert not quit_request.is_requested
            qapp.quit()
            qapp.quit()
            await quit_request.wait()
            await asyncio.sleep(0)  # would not come back from a loop that Qt has ended
            return quit_request.is_requested

    assert run_in_qt(main())
    assert told == [True]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.skipif(sys.platform == "win32", reason="a process cannot send itself these signals on Windows")
def test_a_signal_is_the_same_request(run_in_qt: Run, qapp: QApplication, number: signal.Signals) -> None:
    async def main() -> None:
        with QuitRequest(qapp) as quit_request:
            asyncio.get_running_loop().call_soon(os.kill, os.getpid(), number)
            # Nothing else wakes up the loop: only the signal itself.
            await quit_request.wait()

    run_in_qt(main())


@pytest.mark.skipif(sys.platform == "win32", reason="a process cannot send itself these signals on Windows")
def test_a_signal_before_the_loop_runs_is_not_lost(run_in_qt: Run, qapp: QApplication) -> None:
    with QuitRequest(qapp) as quit_request:
        os.kill(os.getpid(), signal.SIGTERM)
        run_in_qt(quit_request.wait())


@pytest.mark.skipif(sys.platform == "win32", reason="a process cannot send itself these signals on Windows")
def test_other_signals_do_not_quit(run_in_qt: Run, qapp: QApplication) -> None:
    heard = asyncio.Event()
    before = signal.signal(signal.SIGUSR1, lambda _number, _frame: heard.set())

    async def main() -> bool:
        with QuitRequest(qapp) as quit_request:
            os.kill(os.getpid(), signal.SIGUSR1)
            await heard.wait()
            for _ in range(3):
                await asyncio.sleep(0)
            return quit_request.is_requested

    try:
        assert not run_in_qt(main())
    finally:
        signal.signal(signal.SIGUSR1, before)


def test_all_who_wait_are_told(run_in_qt: Run, qapp: QApplication) -> None:
    async def main() -> None:
        with QuitRequest(qapp) as quit_request:
            async with TaskScope() as tasks:
                waiting = [tasks.spawn(quit_request.wait(), name=f"wait {number}") for number in range(3)]
                await asyncio.sleep(0)
                quit_request.request()
                await asyncio.wait(waiting)
            await quit_request.wait()

    run_in_qt(main())


def test_closing_gives_everything_back(qapp: QApplication) -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    wakeup = _wakeup_fd()
    quit_request = QuitRequest(qapp)
    assert signal.getsignal(signal.SIGINT) != before[0]
    assert _wakeup_fd() != wakeup
    quit_request.close()
    quit_request.close()
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before
    assert _wakeup_fd() == wakeup
    qapp.sendEvent(qapp, QEvent(QEvent.Type.Quit))
    assert not quit_request.is_requested


PROGRAM = """
import asyncio
from PySide6.QtCore import QUrl
from PySide6.QtGui import QFileOpenEvent
from qasync import QEventLoop
from inspector.runtime.quit import Application, QuitRequest

app = Application([])
app.file_opened.connect(print)

async def main():
    with QuitRequest(app) as quit_request:
        app.sendEvent(app, QFileOpenEvent(QUrl.fromLocalFile("/a/b.inspector")))
        app.quit()
        await quit_request.wait()
        await asyncio.sleep(0)
    print("still here")

loop = QEventLoop(app)
loop.run_until_complete(main())
loop.close()
"""


def test_the_programs_own_application_needs_no_filter() -> None:
    # In a process of its own, for there is one application a process and pytest-qt has made it.
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=30, check=False)
    assert (done.stdout.splitlines(), done.stderr) == (["/a/b.inspector", "still here"], "")


def test_the_programs_own_application_looks_alike_everywhere() -> None:
    program = "from inspector.runtime.quit import Application; print(Application([]).style().name())"
    desktop = {**os.environ, "QT_STYLE_OVERRIDE": "Windows"}
    done = subprocess.run(
        [sys.executable, "-c", program], env=desktop, capture_output=True, text=True, timeout=30, check=False
    )
    assert (done.stdout, done.stderr) == ("fusion\n", "")


def _wakeup_fd() -> int:
    number = signal.set_wakeup_fd(-1)
    signal.set_wakeup_fd(number)
    return number
