"""Exports a session and imports it again: `python -m tests.benchmarks.exchange_process SESSION`.

It goes through the functions that the window's commands and `inspector export` use. One JSON object a step:
`{"step", "seconds", "callbacks", "grown"}`, the last in megabytes above what the process had before.
"""

import argparse
import gc
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from inspector.session.exchange.export import Format, export
from inspector.session.exchange.json_import import import_json
from inspector.session.reader import SessionReader
from tests.benchmarks.children import forget_peak, peak_megabytes, resident_megabytes
from tests.benchmarks.orders import say


def exchange(session: Path) -> None:
    with SessionReader(session) as reader, tempfile.TemporaryDirectory(dir=session.parent) as folder:
        callbacks = reader.summary().callbacks
        as_json, as_csv, again = (Path(folder) / name for name in ("all.json", "all.csv", "again.inspector"))
        _tell("export JSON", callbacks, lambda: export(reader, as_json, Format.JSON))
        _tell("export CSV", callbacks, lambda: export(reader, as_csv, Format.CSV))
        _tell("import JSON", callbacks, lambda: import_json(as_json, again))


def _tell(step: str, callbacks: int, work: Callable[[], object]) -> None:
    gc.collect()
    before = resident_megabytes(os.getpid())
    forget_peak()
    begun = time.perf_counter()
    work()
    seconds = time.perf_counter() - begun
    say({"step": step, "seconds": seconds, "callbacks": callbacks, "grown": peak_megabytes(os.getpid()) - before})


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.exchange_process")
    parser.add_argument("session", type=Path)
    exchange(parser.parse_args().session)
    return 0


if __name__ == "__main__":
    sys.exit(main())
