"""The window's loop keeps asyncio's promises."""

import asyncio
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

from inspector.runtime.window_loop import WindowLoop


@pytest.fixture
def loop(qapp: QApplication) -> Iterator[WindowLoop]:
    qapp.setQuitOnLastWindowClosed(False)
    loop = WindowLoop(qapp)
    asyncio.set_event_loop(loop)
    yield loop
    asyncio.set_event_loop(None)
    loop.close()


def test_callbacks_run_in_order_and_a_turn_at_a_time(loop: WindowLoop) -> None:
    seen: list[str] = []

    async def main() -> None:
        def first() -> None:
            seen.append("first")
            loop.call_soon(seen.append, "made by first")

        loop.call_soon(first)
        loop.call_soon(seen.append, "second")
        cancelled = loop.call_soon(seen.append, "cancelled")
        cancelled.cancel()
        await asyncio.sleep(0.001)

    loop.run_until_complete(main())
    assert seen == ["first", "second", "made by first"]


def test_a_failing_callback_reaches_the_handler_and_stops_nothing(loop: WindowLoop) -> None:
    failures: list[str] = []
    loop.set_exception_handler(lambda _, context: failures.append(str(context["exception"])))

    async def main() -> None:
        loop.call_soon(lambda: int("no number"))
        await asyncio.sleep(0.001)

    loop.run_until_complete(main())
    assert failures == ["invalid literal for int() with base 10: 'no number'"]


def test_other_threads_reach_the_loop(loop: WindowLoop) -> None:
    async def main() -> str:
        answer: asyncio.Future[str] = loop.create_future()
        threading.Thread(target=lambda: loop.call_soon_threadsafe(answer.set_result, "hello")).start()
        return await answer

    assert loop.run_until_complete(main()) == "hello"


def test_no_timer_outlives_the_loop(qapp: QApplication) -> None:
    loop = WindowLoop(qapp)
    loop.run_until_complete(asyncio.wait_for(asyncio.sleep(0), 60))
    timers = [loop._timer, loop._turns]
    loop.close()
    loop.close()
    assert not any(isValid(timer) for timer in timers)


def test_work_in_the_default_executor(loop: WindowLoop) -> None:
    async def main() -> None:
        name = await loop.run_in_executor(None, lambda: threading.current_thread().name)
        assert name.startswith("work")

    loop.run_until_complete(main())


def test_a_thread_that_ends_after_the_loop_is_no_error(qapp: QApplication) -> None:
    loop, begun, closed = WindowLoop(qapp), threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        closed.wait(20)
        loop.call_soon_threadsafe(print, "too late")

    async def main() -> None:
        loop.run_in_executor(None, work)
        while not begun.is_set():  # noqa: ASYNC110 - of another thread
            await asyncio.sleep(0)

    loop.run_until_complete(main())
    threading.Timer(0.0, closed.set).start()  # the loop waits for its threads while it closes
    loop.close()
    qapp.processEvents()
    assert not loop._ready_now
