"""What the processes of a benchmark have in common: orders come in as lines, answers go out as lines of JSON."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any


def say(answer: dict[str, Any]) -> None:
    """Tell the parent, in one line."""
    print(json.dumps(answer), flush=True)


def hear(loop: asyncio.AbstractEventLoop, take: Callable[[str | None], object]) -> None:
    """Hand each line of standard input to `take` in the loop; None when it ends, as it does with the parent.

    A thread waits for them, because no loop of Windows can, nor qasync's for a pipe.
    """

    def hand_over(line: str | None) -> None:
        with suppress(RuntimeError):  # the loop is closed already
            loop.call_soon_threadsafe(take, line)

    def read() -> None:
        # Not sys.stdin: the lock of its buffer, held while waiting, makes the interpreter abort at its end.
        with open(0, "rb", buffering=0, closefd=False) as orders:
            for line in orders:
                hand_over(line.decode().strip())
        hand_over(None)

    threading.Thread(target=read, name="orders", daemon=True).start()


def in_milliseconds(seconds: Iterable[float]) -> dict[str, float]:
    """The median, the 99th percentile and the most of some times; zeros where there are none."""
    ordered = sorted(seconds) or [0.0]
    places = {"p50": len(ordered) // 2, "p99": int(len(ordered) * 0.99), "max": len(ordered) - 1}
    return {name: round(ordered[place] * 1000, 3) for name, place in places.items()}
