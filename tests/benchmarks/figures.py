"""What a benchmark yields: figures with their runs, a target where there is one, a table and a JSON of them."""

import json
import os
import platform
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from inspector import __version__


@dataclass(frozen=True, slots=True)
class Plan:
    """How thoroughly to measure.

    `runs` are taken of each figure and `seconds` spent on each run of a load; `callbacks` is the size of
    the large session; `folder` is for files that may be large.
    """

    runs: int
    seconds: float
    callbacks: int
    folder: Path


@dataclass(frozen=True, slots=True)
class Target:
    """What a figure should be: at least or at most `bound`, in the figure's unit."""

    bound: float
    at_least: bool = False

    def met(self, value: float) -> bool:
        return value >= self.bound if self.at_least else value <= self.bound

    def __str__(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {_number(self.bound)}"


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing measured, `runs` times; what is reported is the median."""

    group: str
    name: str
    unit: str
    runs: tuple[float, ...]
    target: Target | None = None

    @property
    def value(self) -> float:
        return statistics.median(self.runs)

    @property
    def met(self) -> bool | None:
        return None if self.target is None else self.target.met(self.value)

    def as_json(self) -> dict[str, Any]:
        return {
            "group": self.group,
            "name": self.name,
            "unit": self.unit,
            "median": self.value,
            "runs": list(self.runs),
            "target": None if self.target is None else str(self.target),
            "met": self.met,
        }


def at_least(bound: float) -> Target:
    return Target(bound, at_least=True)


def at_most(bound: float) -> Target:
    return Target(bound)


def table(figures: Sequence[Figure]) -> str:
    """The figures as aligned text, a heading for each group."""
    lines = []
    width = max((len(one.name) for one in figures), default=0)
    for group, members in groupby(figures, key=lambda one: one.group):
        lines += ["", group, "-" * len(group)]
        for one in members:
            spread = f"{_number(min(one.runs))} to {_number(max(one.runs))}" if len(one.runs) > 1 else ""
            verdict = "" if one.target is None else f"{one.target}  {'met' if one.met else 'MISSED'}"
            line = f"{one.name:<{width}}  {_number(one.value):>9} {one.unit:<6} {spread:>20}  {verdict}"
            lines.append(line.rstrip())
    return "\n".join(lines[1:])


def write_json(figures: Iterable[Figure], path: Path) -> None:
    """The figures with what they were measured on. No name of the machine, no paths."""
    document = {
        "application": {"name": "callback-inspector", "version": __version__},
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "figures": [one.as_json() for one in figures],
    }
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _number(value: float) -> str:
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
