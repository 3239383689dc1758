"""The window in use while 2,000 callbacks a second come in over HTTP: twelve times as long as one run of a load."""

from collections.abc import Iterator
from typing import Final

from tests.benchmarks.children import environment
from tests.benchmarks.figures import Figure, Plan, at_most
from tests.benchmarks.processes import child, send

_RATE: Final = 2_000
_SENDERS: Final = 16


def measure(plan: Plan) -> Iterator[Figure]:
    folder = plan.folder / "live"
    folder.mkdir(exist_ok=True)
    with child("-m", "tests.benchmarks.live_window", str(folder), env=environment(folder)) as window:
        load = send(window.hear()["port"], _SENDERS, plan.seconds * 12, _RATE)
        told = window.ask("end")
    group = f"live, {_RATE:,} callbacks a second while in use"

    def figure(name: str, unit: str, value: float, most: float | None = None) -> Figure:
        return Figure(group, name, unit, (value,), None if most is None else at_most(most))

    yield figure("answers a second", "/s", load.rate)
    yield figure("time of an answer: 99th percentile", "ms", load.p99)
    yield figure("answered but not stored", "", load.answers - told["stored"], 0)
    for name, what in (("p50", "median"), ("p99", "99th percentile"), ("max", "the most")):
        yield figure(f"lateness of a timer of 10 ms: {what}", "ms", told["late"][name])
    yield Figure(group, "from the last key of a filter to first rows", "ms", tuple(told["typed"]))
    yield figure("from the last key of a filter to first rows: the longest", "ms", max(told["typed"]))
    yield figure("memory at the beginning", "MB", told["begun"])
    yield figure("memory at the end", "MB", told["ended"])
    # What is used for the first time, and the caches of messages and pages, fill in the first minutes.
    yield figure("memory, growth to the middle of the time", "MB", told["half"] - told["begun"])
    yield figure("memory, growth from then on", "MB", told["ended"] - told["half"], 10)
