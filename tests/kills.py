"""`python -m tests.kills [--rounds N]`: the program is killed under load, at moments of chance, again and again.

Half of the rounds kill `inspector listen`, the others the window. After each, every callback that was answered with 200
must be in the file, the file must be whole, and open at once. Twenty rounds go into one file, each on top of what the
one before left.
"""

import argparse
import asyncio
import random
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from inspector.session.session import Session
from tests.benchmarks.children import free_port
from tests.capture.test_kill import Flood, check
from tests.cli.program import BOUND, Program

_ONE_FILE: Final = 20
_MOST_ANSWERS: Final = 300
_AT_ONCE: Final = 1.0
"""Seconds in which the file must open again."""


@contextmanager
def listening(folder: Path, path: Path) -> Iterator[tuple[Program, int]]:
    with Program(folder, "listen", "--json", "--port", "0", "--session", str(path)) as program:
        yield program, program.port()


@contextmanager
def window(folder: Path, path: Path) -> Iterator[tuple[Program, int]]:
    port = free_port()
    with Program(folder, str(path), "--port", str(port), env={"QT_QPA_PLATFORM": "offscreen"}) as program:
        deadline = time.monotonic() + BOUND
        while time.monotonic() < deadline:
            with suppress(OSError):
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            time.sleep(0.02)
        yield program, port


PROGRAMS: Final = {"listen": listening, "window": window}


async def one_round(name: str, folder: Path, path: Path, number: int, chance: random.Random) -> list[str]:
    """Kill one program; returns what it had answered."""
    flood = Flood(f"r{number}", path)
    with PROGRAMS[name](folder, path) as (program, port):
        await flood.pour(program, port, chance.randrange(1, _MOST_ANSWERS), chance.uniform(0, 0.02))
    if not flood.answered:
        raise AssertionError(f"round {number}: the {name} answered nothing; it said: {program.errors}")
    return flood.answered


def opened(path: Path) -> float:
    """Seconds that it takes to open the file for capture again."""
    begun = time.perf_counter()
    Session.open(path).close()
    return time.perf_counter() - begun


async def rounds(count: int, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - moments, not secrets
    answered: dict[str, int] = dict.fromkeys(PROGRAMS, 0)
    slowest = 0.0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        in_file: list[str] = []
        path = folder
        for number in range(count):
            if number % _ONE_FILE == 0:
                path, in_file = folder / f"{number}.inspector", []
            which = ("listen", "window")[number % 2]
            told = await one_round(which, folder, path, number, chance)
            in_file += told
            answered[which] += len(told)
            slowest = max(slowest, opened(path))
            if slowest > _AT_ONCE:
                raise AssertionError(f"round {number}: the file took {slowest:.1f} seconds to open")
            check(path, in_file)
            if number % _ONE_FILE == _ONE_FILE - 1 or number == count - 1:
                figures = ", ".join(f"{one} {told:,}" for one, told in answered.items())
                print(  # noqa: T201
                    f"{number + 1} rounds: {figures} callbacks answered, 0 lost, every file whole; "
                    f"the slowest took {slowest * 1000:.0f} ms to open",
                    flush=True,
                )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.kills", description=__doc__)
    parser.add_argument("--rounds", type=int, default=200, help="how often a program is killed (200)")
    parser.add_argument("--seed", type=int, help="the same moments again; told at the start")
    options = parser.parse_args()
    seed = random.randrange(1 << 32) if options.seed is None else options.seed  # noqa: S311
    print(f"seed {seed}", flush=True)  # noqa: T201
    asyncio.run(rounds(options.rounds, seed))
    return 0


if __name__ == "__main__":
    sys.exit(main())
