"""The floor: the least that an aiohttp server does. What ours does beyond it is measured against this.

    python -m tests.benchmarks.floor LOOP

Prints {"port": ...}; ends at SIGTERM and when its standard input does.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Callable

from aiohttp import web

from tests.benchmarks.orders import hear, say


async def _answer(request: web.Request) -> web.Response:
    await request.read()
    return web.Response()


async def _serve() -> None:
    ended = asyncio.Event()
    hear(asyncio.get_running_loop(), lambda line: ended.set() if line is None else None)
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", _answer)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    say({"port": runner.addresses[0][1]})
    await ended.wait()
    await runner.cleanup()


def _uvloop() -> asyncio.AbstractEventLoop:
    from uvloop import new_event_loop

    loop: asyncio.AbstractEventLoop = new_event_loop()
    return loop


def _qasync() -> asyncio.AbstractEventLoop:
    """The loop as qasync has it, without what the program does to it."""
    from PySide6.QtWidgets import QApplication
    from qasync import QEventLoop

    loop: asyncio.AbstractEventLoop = QEventLoop(QApplication(sys.argv[:1]))
    return loop


def _window() -> asyncio.AbstractEventLoop:
    """The program's own loop, with nothing of the program on it."""
    from PySide6.QtWidgets import QApplication

    from inspector.runtime.window_loop import WindowLoop

    return WindowLoop(QApplication(sys.argv[:1]))


LOOPS: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {
    "asyncio": asyncio.new_event_loop,
    "uvloop": _uvloop,
    "qasync": _qasync,
    "window": _window,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.floor")
    parser.add_argument("loop", choices=LOOPS)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    loop = LOOPS[parser.parse_args().loop]()
    asyncio.set_event_loop(loop)
    try:
        loop.run_until_complete(_serve())
    finally:
        loop.close()
        asyncio.set_event_loop(None)
    return 0


if __name__ == "__main__":
    sys.exit(main())
