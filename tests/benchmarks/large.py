"""A session of a million callbacks: what a user does with it in the window, its memory, its export and import.

The session is made once. Files are in the system's cache, as they are when a session was captured or used shortly
before; a disk that has to be read comes on top.
"""

import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from tests.benchmarks.children import reports
from tests.benchmarks.figures import Figure, Plan, Target, at_least, at_most
from tests.benchmarks.making import make_session

_BOUND: Final = 120.0
_SMALL: Final = 20_000
"""Enough callbacks to fill SQLite's page caches just as a million do, so that these are no part of the difference."""

_TELLING: Final = 200_000
"""With fewer callbacks, what their rows take is lost in the megabyte or two by which a process varies."""

_BLOCKED: Final = at_most(16)
_FIRST: Final = at_most(150)
_COMPLETE: Final = at_most(1000)
_MOVES: Final = ("jump to the end", "jump to the start", "drag the scroll bar", "page down", "page up")
Act = Mapping[str, Any]


def measure(plan: Plan) -> Iterator[Figure]:
    folder = plan.folder / "large"
    folder.mkdir(exist_ok=True)
    session = make_session(folder / "large.inspector", plan.callbacks)
    yield from _window(session, plan, folder)
    yield from _rows_memory(session, plan, folder)
    yield from _exchange(session, plan, folder)
    yield from _following(session, folder)


def _window(session: Path, plan: Plan, folder: Path) -> Iterator[Figure]:
    acts: defaultdict[str, list[Act]] = defaultdict(list)
    memory: dict[str, Act] = {}
    bound = _BOUND + plan.runs * plan.callbacks / 1_000
    for told in reports("large_window", session, plan.runs, folder=folder, seconds=bound):
        if told["act"] == "memory":
            memory[told["when"]] = told
        else:
            acts[told["act"]].append(told)
            print(f"large: {told['act']}: {told['complete']:.0f} ms", file=sys.stderr, flush=True)
    yield from _opening(acts)
    yield from _moving(acts)
    for word, what in (("filter", "filter"), ("sort", "sort, the slower direction")):
        names = [name for name in acts if name.startswith(f"{word} ")]
        yield from _columns(what, names, acts)
    yield from _choosing(acts)
    yield Figure("memory", "window with the session open", "MB", (memory["open"]["now"],), at_most(300))
    yield Figure("memory", "window after all this use", "MB", (memory["used"]["now"],))
    yield Figure("memory", "window, the most at any time", "MB", (memory["used"]["peak"],))


def _opening(acts: Mapping[str, Sequence[Act]]) -> Iterator[Figure]:
    yield _of("open", "to first rows", acts["open"], "first", at_most(500))
    yield _of("open", "to complete", acts["open"], "complete")
    yield _of("open", "loop blocked", acts["open"], "blocked", _BLOCKED)
    yield _of("open", "loop blocked while nothing happens (the floor)", acts["nothing"], "blocked")


def _moving(acts: Mapping[str, Sequence[Act]]) -> Iterator[Figure]:
    moves = [name for name in acts if name.startswith(_MOVES)]
    for name in moves:
        yield _of("move, to painted", name, acts[name], "first", at_most(50))
    for name in moves:
        yield _of("move, loop blocked", name, acts[name], "blocked", _BLOCKED)


def _columns(what: str, names: Sequence[str], acts: Mapping[str, Sequence[Act]]) -> Iterator[Figure]:
    """The three figures of every filter, or of every sort, each under a heading of its own."""
    figures = (("to first rows", "first", _FIRST), ("to complete", "complete", _COMPLETE))
    for heading, field, target in (*figures, ("loop blocked", "blocked", _BLOCKED)):
        for name in names:
            yield _of(f"{what}: {heading}", name.partition(" ")[2], acts[name], field, target)


def _choosing(acts: Mapping[str, Sequence[Act]]) -> Iterator[Figure]:
    second = acts["second filter after 20 ms"]
    yield _of("filter: another before the first is done", "the second to first rows", second, "first", _FIRST)
    yield _of("filter: another before the first is done", "the second to complete", second, "complete", _COMPLETE)
    for name in acts:
        if name.startswith("select"):
            yield _of("select", f"{name}: to painted", acts[name], "first", at_most(50))
            yield _of("select", f"{name}: loop blocked", acts[name], "blocked", _BLOCKED)


def _of(group: str, name: str, acts: Sequence[Act], field: str, target: Target | None = None) -> Figure:
    return Figure(group, name, "ms", tuple(float(one[field]) for one in acts), target)


def _rows_memory(session: Path, plan: Plan, folder: Path) -> Iterator[Figure]:
    if plan.callbacks < _TELLING:
        return
    small = make_session(folder / "small.inspector", _SMALL)
    by_message, by_row = [], []
    for _ in range(plan.runs):
        less, more = (list(reports("window_memory", "open", one, folder=folder, seconds=_BOUND)) for one in
                      (small, session))  # fmt: skip
        grown = (more[-1]["now"] - less[-1]["now"]) * 1024 * 1024
        messages = more[-1]["messages"] - less[-1]["messages"]
        by_message.append(grown / messages)
        by_row.append(grown / (messages + more[-1]["callbacks"] - less[-1]["callbacks"]))
    yield Figure("memory", "window, for each message", "B", tuple(by_message), at_most(20))
    yield Figure("memory", "window, for each row of either table", "B", tuple(by_row))


def _exchange(session: Path, plan: Plan, folder: Path) -> Iterator[Figure]:
    steps: defaultdict[str, list[Act]] = defaultdict(list)
    bound = _BOUND + plan.callbacks / 1_000
    for _ in range(plan.runs):
        for told in reports("exchange_process", session, folder=folder, seconds=bound):
            steps[told["step"]].append(told)
    for step, runs in steps.items():
        rates = tuple(one["callbacks"] / one["seconds"] for one in runs)
        yield Figure("export and import", step, "/s", rates, at_least(60_000) if step == "export JSON" else None)
    for step, runs in steps.items():
        grown = tuple(one["grown"] for one in runs)
        target = at_most(30) if step.startswith("export") else None
        yield Figure("export and import", f"{step}: memory at its peak", "MB", grown, target)


def _following(session: Path, folder: Path) -> Iterator[Figure]:
    """Last, as the session grows by it."""
    group = "follow, 10 callbacks at a time"
    for told in reports("following_window", session, folder=folder, seconds=_BOUND):
        if "shown" in told:
            yield Figure(group, "from the append to painted", "ms", (told["shown"],))
            yield Figure(group, "from the append to painted, the slowest", "ms", (told["slowest"],))
        yield Figure(group, f"{told['what']}: loop blocked", "ms", (told["blocked"],), _BLOCKED)
