"""Where the microseconds of one callback go, part by part, in the processor's time.

The parts are those of the program, called as it calls them: eight callbacks share a transaction, as they do when
sixteen senders wait for their answers. What aiohttp and the system take is not here; it is the floor of the suite
`capture`.
"""

import sqlite3
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final

from inspector.callbacks.judgement import judge
from inspector.cli.lines import callback_event
from inspector.session.records import Received, headers_as_text
from inspector.session.session import Session
from tests.benchmarks.children import reports
from tests.benchmarks.figures import Figure, Plan
from tests.benchmarks.making import life

_BATCH: Final = 8
_CALLBACKS: Final = 20_000
_BOUND: Final = 120.0


def measure(plan: Plan) -> Iterator[Figure]:
    group = f"One callback, {_BATCH} in a transaction"
    runs = [_one_run(plan.folder / f"breakdown-{number}.inspector") for number in range(plan.runs)]
    for name in runs[0]:
        yield Figure(group, name, "µs", tuple(run[name] for run in runs))
    yield Figure(group, "sum of these", "µs", tuple(sum(run.values()) for run in runs))
    shown: dict[str, list[float]] = defaultdict(list)
    for _ in range(plan.runs):
        for told in reports("painting_window", folder=plan.folder, seconds=_BOUND):
            for name, value in told.items():
                shown[name].append(value)
    for name, values in shown.items():
        yield Figure("The window, ten callbacks a flush", name, "ms", tuple(values))


class _Timed:
    """A connection that adds up what its statements take."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.spent: dict[str, float] = defaultdict(float)

    def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
        part = "commit" if sql in ("COMMIT", "BEGIN IMMEDIATE") else "look-ups"
        begun = time.process_time()
        try:
            return self._connection.execute(sql, *values)
        finally:
            self.spent[part] += time.process_time() - begun

    def executemany(self, sql: str, values: Iterable[Sequence[Any]]) -> sqlite3.Cursor:
        begun = time.process_time()
        try:
            return self._connection.executemany(sql, values)
        finally:
            self.spent["rows"] += time.process_time() - begun

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


def _one_run(path: Path) -> dict[str, float]:
    """Microseconds a callback of each part."""
    callbacks = list(islice(life(seed=1, started=1_790_000_000_000_000), _CALLBACKS))
    raw = [[(name.encode(), value.encode()) for name, value in one.headers] for one in callbacks]
    spent: dict[str, float] = {}
    begun = time.process_time()
    for one in callbacks:
        judge(method=one.method, target=one.target, content_type="application/json", body=one.body)
    spent["judge: parse and validate"] = time.process_time() - begun
    begun = time.process_time()
    for headers in raw:
        headers_as_text(headers)
    spent["header lines as text"] = time.process_time() - begun
    with Session.create(path, started=1) as session:
        timed = _Timed(session._connection)
        session._connection = timed  # type: ignore[assignment] # it answers as one
        appended = 0.0
        lines = 0.0
        for batch in _batches(callbacks):
            begun = time.process_time()
            result = session.append(batch)
            appended += time.process_time() - begun
            begun = time.process_time()
            for received, told in zip(batch, result, strict=True):
                callback_event(received, told)
            lines += time.process_time() - begun
        spent["fold, and make its rows"] = appended - sum(timed.spent.values())
        spent["SQL: messages looked up"] = timed.spent["look-ups"]
        spent["SQL: rows written"] = timed.spent["rows"]
        spent["SQL: begin and commit"] = timed.spent["commit"]
        spent["the line of listen --json"] = lines
    return {name: seconds / _CALLBACKS * 1e6 for name, seconds in spent.items()}


def _batches(callbacks: list[Received]) -> Iterator[list[Received]]:
    for start in range(0, len(callbacks), _BATCH):
        yield callbacks[start : start + _BATCH]
