"""The memory of the program: at the start, and after many callbacks were captured while it was looked at."""

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from tests.benchmarks.children import (
    ended,
    free_port,
    lines,
    process,
    reports,
    resident_megabytes,
    seconds_until_answered,
)
from tests.benchmarks.figures import Figure, Plan, at_most

_COUNTS: Final = (10_000, 100_000, 1_000_000)
_REST: Final = 2.0
_BOUND: Final = 60.0
_SOURCE: Final = (sys.executable, "-m", "inspector")


def measure(plan: Plan) -> Iterator[Figure]:
    folder = plan.folder / "memory"
    folder.mkdir(exist_ok=True)
    group = "memory"
    window = tuple(_window_at_start(folder) for _ in range(plan.runs))
    yield Figure(group, "window, listening, nothing captured", "MB", window, at_most(150))
    listen = tuple(_listen_at_start(folder) for _ in range(plan.runs))
    yield Figure(group, "listen, nothing captured", "MB", listen)
    counts = [count for count in _COUNTS if count <= plan.callbacks]
    if counts:
        yield from _fed(group, counts, folder)


def _fed(group: str, counts: Sequence[int], folder: Path) -> Iterator[Figure]:
    """Once only: a million callbacks take minutes, and what they take of memory hardly varies."""
    bound = _BOUND + counts[-1] / 500
    for told in reports("window_memory", "feed", *counts, folder=folder, seconds=bound):
        count = told["callbacks"]
        name = f"window, {count:,} captured live" if count else "window that is fed, nothing captured"
        yield Figure(group, name, "MB", (told["now"],), at_most(300) if count == _COUNTS[-1] else None)


def _window_at_start(folder: Path) -> float:
    port = free_port()
    with process([*_SOURCE, "--port", str(port)], folder, seconds=_BOUND) as child:
        seconds_until_answered(port, time.monotonic(), child)
        return _at_rest(child)


def _listen_at_start(folder: Path) -> float:
    with process([*_SOURCE, "listen", "--port", "0"], folder, seconds=_BOUND) as child:
        next(lines(child))
        return _at_rest(child)


def _at_rest(child: "subprocess.Popen[str]") -> float:
    time.sleep(_REST)
    megabytes = resident_megabytes(child.pid)
    ended(child)
    return megabytes
