"""The parent's side of a benchmark's processes: they are started, asked, put under load, and ended whatever happens."""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final, TypeVar, cast
from urllib.parse import urlsplit

from inspector.session.reader import SessionReader
from tests.benchmarks.children import environment

ROOT: Final = Path(__file__).parents[2]
PATIENCE: Final = 30.0
"""Seconds that anything may take which is no measuring."""

_WITHOUT_UVLOOP: Final = "import sys; sys.modules['uvloop'] = None; from inspector.cli import main; sys.exit(main())"
_Found = TypeVar("_Found")


class BenchmarkFailed(Exception):
    """What was to be measured did not do its work; any figure of it would mean nothing."""


class Child:
    """A process that says lines of JSON, and answers each line that it is told with one."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.pid = process.pid

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def hear(self, patience: float = PATIENCE) -> dict[str, Any]:
        """The next thing that it says."""
        # A read from a pipe has no time limit anywhere but on POSIX; the end of the process ends it everywhere.
        watchdog = threading.Timer(patience, self._process.kill)
        watchdog.start()
        try:
            line = cast("IO[str]", self._process.stdout).readline()
        finally:
            watchdog.cancel()
        if not line:
            raise BenchmarkFailed(f"{_named(self._process)} ended, or said nothing for {patience:g} seconds")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def ask(self, order: str, patience: float = PATIENCE) -> dict[str, Any]:
        """Tell it something; returns its answer."""
        pipe = cast("IO[str]", self._process.stdin)
        pipe.write(order + "\n")
        pipe.flush()
        return self.hear(patience)


@contextmanager
def child(
    *arguments: str,
    stdout: int | IO[str] = subprocess.PIPE,
    env: Mapping[str, str] | None = None,
    ask_to_end: bool = False,
) -> Iterator[Child]:
    """Run Python with `arguments`. At the end its standard input is closed, and if need be more than that."""
    with program(sys.executable, *arguments, stdout=stdout, env=env, ask_to_end=ask_to_end) as one:
        yield one


@contextmanager
def program(
    *command: str,
    stdout: int | IO[str] = subprocess.PIPE,
    env: Mapping[str, str] | None = None,
    ask_to_end: bool = False,
) -> Iterator[Child]:
    """Run a command. `ask_to_end`: with the signal for it, as for a program that does not care for its input."""
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=stdout, env=env, text=True)
    try:
        yield Child(process)
    finally:
        _end(process, ask_to_end=ask_to_end)


def _end(process: subprocess.Popen[str], *, ask_to_end: bool) -> None:
    with suppress(OSError):  # it is gone already
        cast("IO[str]", process.stdin).close()
    if ask_to_end:
        process.terminate()
    for harder in (process.terminate, process.kill):
        try:
            process.wait(PATIENCE / 3)
            break
        except subprocess.TimeoutExpired:
            harder()
    process.wait()
    if process.stdout is not None:
        process.stdout.close()


def _named(process: subprocess.Popen[str]) -> str:
    words = process.args if isinstance(process.args, list | tuple) else [process.args]
    return " ".join(str(word) for word in words[1:])


# -- what is measured -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Server:
    """Something that answers HTTP at a port of this machine.

    `stored` counts the callbacks that it kept; `reports` says whether the process can be asked to “report”.
    """

    process: Child
    port: int
    stored: Callable[[], int] = lambda: 0
    reports: bool = False


@contextmanager
def floor(loop: str) -> Iterator[Server]:
    """A bare aiohttp handler on a loop (see `floor.py`)."""
    with child("-m", "tests.benchmarks.floor", loop) as process:
        yield Server(process, process.hear()["port"])


@contextmanager
def window(folder: Path, module: str = "window_process") -> Iterator[Server]:
    """The program's window (see `window_process.py`) with its files in a new folder within `folder`."""
    with (
        tempfile.TemporaryDirectory(dir=folder) as own,
        child("-m", f"tests.benchmarks.{module}", "--folder", own) as process,
    ):
        yield Server(process, process.hear()["port"], lambda: int(process.ask("report")["stored"]), reports=True)


@contextmanager
def listen(folder: Path, loop: str) -> Iterator[Server]:
    """`inspector listen --json` on the loop “asyncio” or “uvloop”, writing into files in a new folder within `folder`.

    It takes uvloop where that can be imported, so for asyncio it is made to look as if it were not installed.
    Its output goes to a file: somebody who reads a pipe would need a share of the two cores.
    """
    start = ["-m", "inspector"] if loop == "uvloop" else ["-c", _WITHOUT_UVLOOP]
    with tempfile.TemporaryDirectory(dir=folder) as own:
        session, output = Path(own, "listen.inspector"), Path(own, "listen.jsonl")
        arguments = (*start, "listen", "--port", "0", "--json", "--session", str(session))
        with (
            output.open("w") as file,
            child(*arguments, stdout=file, env=environment(Path(own)), ask_to_end=True) as process,
        ):
            first = awaited(lambda: _first_line(output), process)
            yield Server(process, _port(json.loads(first)["url"]), lambda: _callbacks(session))


def awaited(look: Callable[[], _Found | None], process: Child, patience: float = PATIENCE) -> _Found:
    """What `look` finds once the process has come so far. For what nothing tells of, as what is in a file."""
    deadline = time.monotonic() + patience
    while (found := look()) is None:
        if not process.running or time.monotonic() > deadline:
            raise BenchmarkFailed("a process ended, or was not ready in time")
        time.sleep(0.02)
    return found


def _first_line(path: Path) -> str | None:
    line, end, _ = path.read_text(encoding="utf-8").partition("\n")
    return line if end else None


def _port(url: str) -> int:
    return urlsplit(url).port or 0


def _callbacks(session: Path) -> int:
    reader = SessionReader(session)
    try:
        return reader.summary().callbacks
    finally:
        reader.close()


# -- load and use -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Load:
    """What the senders saw. Times in milliseconds."""

    answers: int
    seconds: float
    rate: float
    p50: float
    p99: float
    max: float
    by_status: Mapping[str, int]


def send(port: int, senders: int, seconds: float, rate: float | None = None) -> Load:
    """Put a server under load (see `senders.py`). Raises BenchmarkFailed unless every answer is 200."""
    command = [sys.executable, "-m", "tests.benchmarks.senders", str(port), "--senders", str(senders)]
    command += ["--seconds", str(seconds), *([] if rate is None else ["--rate", str(rate)])]
    limit = seconds + PATIENCE
    run = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True, timeout=limit)
    load = Load(**json.loads(run.stdout))
    if strange := Counter(load.by_status) - Counter({"200": load.answers}):
        raise BenchmarkFailed(f"not every callback was answered 200: {dict(strange)}")
    return load


def cpu_seconds(pid: int) -> float | None:
    """What a process has used of the processor so far; None where the system does not tell as Linux does."""
    try:
        # The second field, a name in parentheses, may hold spaces.
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:
        return None
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
