"""The capture under load: the window, and `listen` on both loops, each in alternation with a bare aiohttp handler.

What a machine can do changes from minute to minute, more so while it does other things. So each run of ours lies
between two runs of the floor, and what counts is the ratio of the one to the mean of the two.
"""

import importlib.util
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final

from tests.benchmarks.figures import Figure, Plan, Target, at_least, at_most
from tests.benchmarks.processes import BenchmarkFailed, Load, Server, cpu_seconds, floor, listen, send, window

_WARM_UP: Final = 0.5
_SENDERS: Final = (1, 16, 64)
_USUAL: Final = 16
_PACE: Final = 500.0
_PACED: Final = f"{_PACE:g} a second"
_PERCENTILES: Final = ("p50", "p99", "max")

Start = Callable[[], AbstractContextManager[Server]]


@dataclass(frozen=True, slots=True)
class Run:
    """One load on one server; `cpu` is what it used of the processor for a callback, in microseconds, if known."""

    load: Load
    cpu: float | None


@dataclass(slots=True)
class Rounds:
    """One load put on a server of ours and on floors in turn: each floor has a run more than ours."""

    ours: list[Run] = field(default_factory=list)
    floors: dict[str, list[Run]] = field(default_factory=dict)
    reports: list[dict[str, Any]] = field(default_factory=list)
    """What the window said of itself after each run."""
    lost: int = 0

    def ratios(self, loop: str) -> tuple[float, ...]:
        pairs = zip(self.ours, pairwise(self.floors[loop]), strict=True)
        return tuple(2 * one.load.rate / (before.load.rate + after.load.rate) for one, (before, after) in pairs)


def measure(plan: Plan) -> Iterator[Figure]:
    """The figures of the suite; they are taken while they are asked for."""
    yield from _window(plan)
    yield from _listen(plan, "asyncio")
    if importlib.util.find_spec("uvloop") is None:
        print("uvloop is not installed: listen is measured on asyncio only", file=sys.stderr)
    else:
        yield from _listen(plan, "uvloop")


def _window(plan: Plan) -> Iterator[Figure]:
    group = "window"
    lost = 0
    for senders in _SENDERS:
        rounds = _alternate(plan, lambda: window(plan.folder), ("qasync", "window"), senders)
        targets = {"qasync": at_least(0.6)} if senders == _USUAL else {}
        yield from _throughput(group, senders, rounds, targets)
        if senders == _USUAL:
            yield from _lateness(group, f"{senders} senders", rounds, {"p99": at_most(12)})
        lost += rounds.lost
    paced = _alternate(plan, lambda: window(plan.folder), ("qasync",), _USUAL, _PACE)
    yield from _paced(group, paced, {"p99": at_most(12), "max": at_most(40)})
    yield from _lateness(group, _PACED, paced, {})
    yield Figure(group, "callbacks lost", "", (float(lost + paced.lost),), at_most(0))


def _listen(plan: Plan, loop: str) -> Iterator[Figure]:
    group = f"listen on {loop}"
    lost = 0
    for senders in _SENDERS:
        rounds = _alternate(plan, lambda: listen(plan.folder, loop), (loop,), senders)
        yield from _throughput(group, senders, rounds, {loop: at_least(0.65)} if senders == _USUAL else {})
        lost += rounds.lost
    paced = _alternate(plan, lambda: listen(plan.folder, loop), (loop,), _USUAL, _PACE)
    yield from _paced(group, paced, {})
    yield Figure(group, "callbacks lost", "", (float(lost + paced.lost),), at_most(0))


# -- taking turns -----------------------------------------------------------------------------


def _alternate(plan: Plan, start: Start, loops: Sequence[str], senders: int, rate: float | None = None) -> Rounds:
    """Floor, ours, floor, ours … floor: all of them run the whole time, and only one is under load."""
    rounds = Rounds(floors={loop: [] for loop in loops})
    with ExitStack() as stack:
        floors = {loop: stack.enter_context(floor(loop)) for loop in loops}
        ours = stack.enter_context(start())
        for server in floors.values():
            send(server.port, senders, _WARM_UP, rate)
        answered = send(ours.port, senders, _WARM_UP, rate).answers
        for _ in range(plan.runs):
            for loop, server in floors.items():
                rounds.floors[loop].append(_run(plan, server, senders, rate))
            rounds.ours.append(_run_ours(plan, ours, rounds, senders, rate))
        for loop, server in floors.items():
            rounds.floors[loop].append(_run(plan, server, senders, rate))
        answered += sum(one.load.answers for one in rounds.ours)
        rounds.lost = abs(answered - ours.stored())
    return rounds


def _run_ours(plan: Plan, server: Server, rounds: Rounds, senders: int, rate: float | None) -> Run:
    if not server.reports:
        return _run(plan, server, senders, rate)
    server.process.ask("reset")
    run = _run(plan, server, senders, rate)
    report = server.process.ask("report")
    if not (report["shown"] and report["following"]):
        raise BenchmarkFailed("the window did not show the newest rows")
    rounds.reports.append(report)
    return run


def _run(plan: Plan, server: Server, senders: int, rate: float | None) -> Run:
    before = cpu_seconds(server.process.pid)
    load = send(server.port, senders, plan.seconds, rate)
    after = cpu_seconds(server.process.pid)
    used = None if before is None or after is None else (after - before) / load.answers * 1e6
    return Run(load, used)


# -- figures ----------------------------------------------------------------------------------


def _throughput(group: str, senders: int, rounds: Rounds, targets: Mapping[str, Target]) -> Iterator[Figure]:
    name = f"{senders} sender{'s' if senders > 1 else ''}"
    yield Figure(group, f"{name}: callbacks", "/s", tuple(one.load.rate for one in rounds.ours))
    for loop, runs in rounds.floors.items():
        on = _on(loop)
        yield Figure(group, f"{name}: floor on {on}", "/s", tuple(one.load.rate for one in runs))
        yield Figure(group, f"{name}: of the floor on {on}", "×", rounds.ratios(loop), targets.get(loop))
    yield from _answers(group, name, rounds.ours, {})
    yield from _processor(group, name, rounds.ours)
    for loop, runs in rounds.floors.items():
        yield from _processor(group, f"{name}: floor on {_on(loop)}", runs)


def _paced(group: str, rounds: Rounds, targets: Mapping[str, Target]) -> Iterator[Figure]:
    yield from _answers(group, _PACED, rounds.ours, targets)
    yield from _processor(group, _PACED, rounds.ours)
    for loop, runs in rounds.floors.items():
        # What the machine itself does to an answer.
        yield from _answers(group, f"{_PACED}: floor on {_on(loop)}", runs, {})


def _answers(group: str, name: str, runs: Sequence[Run], targets: Mapping[str, Target]) -> Iterator[Figure]:
    for which in _PERCENTILES:
        values = tuple(float(getattr(one.load, which)) for one in runs)
        yield Figure(group, f"{name}: answer {which}", "ms", values, targets.get(which))


def _processor(group: str, name: str, runs: Sequence[Run]) -> Iterator[Figure]:
    """Unlike the rate, this hardly changes when other processes want the processor too."""
    used = tuple(one.cpu for one in runs if one.cpu is not None)
    if used:
        yield Figure(group, f"{name}: processor a callback", "µs", used)


def _lateness(group: str, name: str, rounds: Rounds, targets: Mapping[str, Target]) -> Iterator[Figure]:
    for which in _PERCENTILES:
        values = tuple(float(report["late"][which]) for report in rounds.reports)
        yield Figure(group, f"{name}: 10 ms timer late, {which}", "ms", values, targets.get(which))


def _on(loop: str) -> str:
    return "WindowLoop" if loop == "window" else loop
