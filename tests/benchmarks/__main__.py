"""The one command: measures, prints a table as it goes, and writes a JSON of everything."""

import argparse
import importlib
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.figures import Figure, Plan, table, write_json

SUITES = {
    "capture": "window and listen under load, against a bare aiohttp handler in alternation",
    "breakdown": "where the microseconds of one callback go",
    "start": "to the first paint and to listening, from source and packaged",
    "memory": "at the start, and after 10,000, 100,000 and a million callbacks",
    "large": "a session of a million callbacks: open, jump, filter, sort, select, export, import",
    "live": "the window in use at 2,000 callbacks a second",
    "mitmproxy": "the same load into mitmweb, if it can be installed (not unless asked for)",
}
_ASKED_FOR_ONLY = ("mitmproxy",)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    what = "; ".join(f"{name}: {text}" for name, text in SUITES.items())
    parser.add_argument("suites", nargs="*", metavar="SUITE", help=what)
    parser.add_argument("--runs", type=int, default=3, help="runs of each figure; the median counts (3)")
    parser.add_argument("--seconds", type=float, default=5.0, help="length of each run of a load (5)")
    parser.add_argument("--callbacks", type=int, default=1_000_000, help="size of the large session (1,000,000)")
    parser.add_argument("--json", type=Path, default=Path("benchmarks.json"), help="where the figures go")
    options = parser.parse_args()
    unknown = [name for name in options.suites if name not in SUITES]
    if unknown:
        parser.error(f"there is no suite “{unknown[0]}”; there are {', '.join(SUITES)}")
    chosen = options.suites or [name for name in SUITES if name not in _ASKED_FOR_ONLY]
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="inspector-benchmarks-") as folder:
        plan = Plan(options.runs, options.seconds, options.callbacks, Path(folder))
        for name in chosen:
            print(f"{name}: {SUITES[name]} …", file=sys.stderr, flush=True)
            measured = list(_suite(name, plan))
            print(table(measured) + "\n", flush=True)
            figures += measured
            write_json(figures, options.json)
    missed = [one for one in figures if one.met is False]
    print(f"{len(figures)} figures, {len(missed)} of them off their target; written to {options.json}")
    return 0


def _suite(name: str, plan: Plan) -> Iterator[Figure]:
    module = importlib.import_module(f"tests.benchmarks.{name}")
    yield from module.measure(plan)


if __name__ == "__main__":
    sys.exit(main())
