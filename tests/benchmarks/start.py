"""How long the program takes to start: from source, and packaged where there is a package.

Every command is run once beforehand, so that files are in the system's cache and bytecode is compiled.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, TypeVar

from tests.benchmarks.children import (
    PROJECT,
    ended,
    environment,
    free_port,
    lines,
    process,
    reports,
    seconds_until_answered,
)
from tests.benchmarks.figures import Figure, Plan, Target, at_most

_BOUND: Final = 60.0
_SOURCE: Final = (sys.executable, "-m", "inspector")
_PACKAGED: Final = "INSPECTOR_PACKAGED"
_Result = TypeVar("_Result")


def measure(plan: Plan) -> Iterator[Figure]:
    folder = plan.folder / "start"
    folder.mkdir(exist_ok=True)
    runs = max(plan.runs, 5) if plan.runs > 1 else 1  # a start is short and varies
    group = "start, from source"
    starts = _times(runs, lambda: _witnessed(folder))
    yield _figure(group, "to the first paint", (painted for painted, _ in starts), at_most(250))
    yield _figure(group, "to listening", (listening for _, listening in starts), at_most(600))
    yield from _from_outside(group, _SOURCE, folder, runs)
    yield _figure(group, "inspector --version", _times(runs, lambda: _whole([*_SOURCE, "--version"], folder)))
    packaged = Path(os.environ.get(_PACKAGED, PROJECT / "dist" / "inspector" / "inspector"))
    if packaged.is_file():
        yield from _from_outside("start, packaged", (str(packaged),), folder, runs)
    else:
        told = f"start: no packaged program at {packaged.name}; set {_PACKAGED} to its path to measure it"
        print(told, file=sys.stderr, flush=True)


def _from_outside(group: str, command: Sequence[str], folder: Path, runs: int) -> Iterator[Figure]:
    """What can be seen of any program that is started."""
    yield _figure(group, "until the window's port answers", _times(runs, lambda: _until_port(command, folder)))
    yield _figure(group, "listen, until its listening line", _times(runs, lambda: _until_line(command, folder)))


def _figure(group: str, name: str, runs: Iterable[float], target: Target | None = None) -> Figure:
    return Figure(group, name, "ms", tuple(runs), target)


def _times(runs: int, run: Callable[[], _Result]) -> list[_Result]:
    run()
    return [run() for _ in range(runs)]


def _witnessed(folder: Path) -> tuple[float, float]:
    changes = {"BENCHMARK_STARTED": str(time.monotonic_ns())}
    told = list(reports("start_process", "--port", 0, folder=folder, seconds=_BOUND, changes=changes))
    return told[0]["painted"], told[0]["listening"]


def _until_port(command: Sequence[str], folder: Path) -> float:
    port = free_port()
    begun = time.monotonic()
    with process([*command, "--port", str(port)], folder, seconds=_BOUND) as child:
        seconds = seconds_until_answered(port, begun, child)
        ended(child)
    return seconds * 1000


def _until_line(command: Sequence[str], folder: Path) -> float:
    begun = time.monotonic()
    with process([*command, "listen", "--port", "0"], folder, seconds=_BOUND) as child:
        first = next(lines(child))
        seconds = time.monotonic() - begun
        if not first.startswith("Listening"):
            raise RuntimeError(f"listen said {first!r}")
        ended(child)
    return seconds * 1000


def _whole(command: Sequence[str], folder: Path) -> float:
    begun = time.monotonic()
    subprocess.run(command, env=environment(folder), check=True, capture_output=True, timeout=_BOUND)
    return (time.monotonic() - begun) * 1000
