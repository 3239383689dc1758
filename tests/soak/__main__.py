"""`python -m tests.soak [--minutes 10]`: the window in use under mixed load (see `mix.py`), watched from outside.

Every half minute it prints what the window's process takes. It fails when memory, handles or threads grow beyond a
bound after a warm-up, when the write-ahead log does, or when the session does not hold exactly what was answered.
Linux only.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.benchmarks.children import environment, resident_megabytes
from tests.benchmarks.orders import in_milliseconds
from tests.benchmarks.processes import Child, child
from tests.soak.mix import Mix

_EVERY: Final = 30.0
_WARM_UP: Final = 0.2
"""Share of the time in which caches fill and everything is used for the first time; two minutes at most."""

_MEMORY: Final = 60.0
_HANDLES: Final = 24
_THREADS: Final = 6
_LOG: Final = 128.0
"""Bounds: megabytes, handles and threads more than at the end of the warm-up; megabytes of the write-ahead log."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What the process takes. Memory and log in megabytes, `p99` and `slowest` answer of the last interval in ms."""

    minutes: float
    memory: float
    handles: int
    threads: int
    log: float
    p99: float
    slowest: float
    callbacks: int

    @property
    def line(self) -> str:
        return (
            f"{self.minutes:6.1f} min  {self.callbacks:9,} callbacks  {self.memory:6.1f} MB  {self.handles:4} handles  "
            f"{self.threads:3} threads  log {self.log:5.1f} MB  answers p99 {self.p99:6.1f} ms, "
            f"slowest {self.slowest:6.1f} ms"
        )


def taken(pid: int, folder: Path, minutes: float, mix: Mix) -> Sample:
    times, mix.times = mix.times, []
    answers = in_milliseconds(times)
    log = max((path.stat().st_size for path in folder.rglob("*.inspector-wal")), default=0)
    return Sample(
        minutes,
        resident_megabytes(pid),
        sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir()),
        sum(1 for _ in Path(f"/proc/{pid}/task").iterdir()),
        log / (1 << 20),
        answers["p99"],
        answers["max"],
        mix.stored,
    )


def complaints(warm: Sample, now: Sample) -> list[str]:
    """What has grown too much since the warm-up."""
    found = []
    for name, before, after, most in (
        ("memory (MB)", warm.memory, now.memory, _MEMORY),
        ("handles", warm.handles, now.handles, _HANDLES),
        ("threads", warm.threads, now.threads, _THREADS),
    ):
        if after - before > most:
            found.append(f"{name} grew from {before:g} to {after:g}, by more than {most:g}")
    if now.log > _LOG:
        found.append(f"the write-ahead log has {now.log:.0f} MB, more than {_LOG:g}")
    return found


async def watch(window: Child, folder: Path, mix: Mix, minutes: float) -> list[str]:
    """Put the window under load and look at it; returns what is wrong."""
    warm: Sample | None = None
    warm_up = min(2.0, minutes * _WARM_UP)
    found: list[str] = []
    begun = time.monotonic()
    async with asyncio.TaskGroup() as group:  # a sender that fails ends it all
        load = group.create_task(mix.run())
        while not found and (left := minutes * 60 - (time.monotonic() - begun)) > 0:
            await asyncio.wait([load], timeout=min(_EVERY, left))
            sample = taken(window.pid, folder, (time.monotonic() - begun) / 60, mix)
            print(sample.line, flush=True)  # noqa: T201
            if warm is not None:
                found = complaints(warm, sample)
            elif sample.minutes >= warm_up:
                warm = sample
        mix.end()
    return found


def soak(minutes: float, rate: float) -> list[str]:
    with (
        tempfile.TemporaryDirectory() as name,
        child("-m", "tests.benchmarks.live_window", name, env=environment(Path(name))) as window,
    ):
        port = window.hear()["port"]

        async def run() -> tuple[Mix, list[str]]:
            mix = Mix(port, rate=rate)
            return mix, await watch(window, Path(name), mix, minutes)

        mix, found = asyncio.run(run())
        told = window.ask("end", patience=120)
        print(  # noqa: T201
            f"answered {dict(mix.answered)}, broken off {mix.broken_off}; in the session {told['stored']:,}; "
            f"a timer of 10 ms in the window was late by {told['late']['p99']} ms (p99), {told['late']['max']} (max)",
            flush=True,
        )
        if told["stored"] != mix.stored:
            found.append(f"{mix.stored:,} callbacks should be in the session, {told['stored']:,} are")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10, help="how long (10)")
    parser.add_argument("--rate", type=float, default=200, help="ordinary callbacks a second (200)")
    options = parser.parse_args()
    found = soak(options.minutes, options.rate)
    for one in found:
        print(f"FAILED: {one}", file=sys.stderr)  # noqa: T201
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
