"""The two loops that the program runs on: qasync's for the window, asyncio's own without it."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

Run = Callable[[Coroutine[Any, Any, Any]], Any]


@pytest.fixture
def qt_loop(qapp: QApplication) -> Iterator[asyncio.AbstractEventLoop]:
    quits_with_last_window = qapp.quitOnLastWindowClosed()
    qapp.setQuitOnLastWindowClosed(False)
    loop = QEventLoop(qapp)
    asyncio.set_event_loop(loop)
    yield loop
    asyncio.set_event_loop(None)
    loop.close()
    qapp.setQuitOnLastWindowClosed(quits_with_last_window)


@pytest.fixture
def run_in_qt(qt_loop: asyncio.AbstractEventLoop) -> Run:
    return _bounded(qt_loop)


@pytest.fixture(params=["asyncio", "qasync"])
def run(request: pytest.FixtureRequest) -> Iterator[Run]:
    if request.param == "qasync":
        yield _bounded(request.getfixturevalue("qt_loop"))
        return
    loop = asyncio.new_event_loop()
    yield _bounded(loop)
    loop.close()


def _bounded(loop: asyncio.AbstractEventLoop) -> Run:
    """A test that waits for what never comes fails instead of standing still."""
    return lambda coro: loop.run_until_complete(asyncio.wait_for(coro, 10))
