"""SIGINT and SIGTERM as a normal end of a command."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def ending_signals(loop: asyncio.AbstractEventLoop, end: Callable[[], object]) -> Iterator[None]:
    """Call `end` in the loop at each SIGINT and SIGTERM, which otherwise do nothing within the block."""
    give_back = _caught(loop, end)
    try:
        yield
    finally:
        give_back()


def _caught(loop: asyncio.AbstractEventLoop, end: Callable[[], object]) -> Callable[[], None]:
    try:
        for number in _SIGNALS:
            loop.add_signal_handler(number, end)
    except NotImplementedError:  # Windows has none on its loops
        before = {number: signal.signal(number, lambda *_: loop.call_soon_threadsafe(end)) for number in _SIGNALS}

        def give_back() -> None:
            for number, handler in before.items():
                signal.signal(number, handler)

    else:

        def give_back() -> None:
            for number in _SIGNALS:
                loop.remove_signal_handler(number)

    return give_back
