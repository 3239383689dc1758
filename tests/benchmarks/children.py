"""The processes that are measured: started in folders of their own, bounded in time, never left behind.

A process that measures itself prints one JSON object a line; what it takes to be measured from outside (its
memory, the port it answers on) is asked here too.
"""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

PROJECT: Final = Path(__file__).resolve().parents[2]
_PATIENCE: Final = 10.0


def environment(folder: Path, **changes: str) -> dict[str, str]:
    """The environment of a process that neither reads nor writes what belongs to the user, and shows nothing."""
    own = {
        "HOME": str(folder),
        "XDG_DATA_HOME": str(folder / "data"),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "XDG_STATE_HOME": str(folder / "state"),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONPATH": str(PROJECT),
        "PYTHONDONTWRITEBYTECODE": "",  # or every start compiles every file that was changed since it was last allowed
    }
    return {**os.environ, **own, **changes}


@contextmanager
def process(
    command: Sequence[str], folder: Path, *, seconds: float, changes: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[str]]:
    """A process whose output can be read; killed after so many seconds, and in any case at the end of the block."""
    started = subprocess.Popen(
        list(command),
        env=environment(folder, **(changes or {})),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    watchdog = threading.Timer(seconds, started.kill)
    watchdog.daemon = True
    watchdog.start()
    try:
        yield started
    finally:
        watchdog.cancel()
        started.kill()
        started.wait()
        if started.stdout is not None:
            started.stdout.close()


def reports(
    module: str, *arguments: object, folder: Path, seconds: float, changes: Mapping[str, str] | None = None
) -> Iterator[dict[str, Any]]:
    """The JSON objects that `python -m tests.benchmarks.MODULE` prints.

    Raises RuntimeError when the process fails or does not end in time.
    """
    command = [sys.executable, "-m", f"tests.benchmarks.{module}", *map(str, arguments)]
    with process(command, folder, seconds=seconds, changes=changes) as child:
        for line in lines(child):
            yield json.loads(line)
        if child.wait(_PATIENCE) != 0:
            raise RuntimeError(f"{module} ended with code {child.returncode}")


def lines(child: subprocess.Popen[str]) -> Iterator[str]:
    """What a process prints, line by line."""
    assert child.stdout is not None
    for line in child.stdout:  # noqa: UP028 - `yield from` would close the output with the first reader
        yield line


def ended(child: subprocess.Popen[str]) -> None:
    """Ask a process to end in order, and wait until it has."""
    child.terminate()
    with suppress(subprocess.TimeoutExpired):
        child.wait(_PATIENCE)


def resident_megabytes(pid: int) -> float:
    """The memory of a process that is in RAM."""
    try:
        return _status_kilobytes(pid, "VmRSS") / 1024
    except FileNotFoundError:  # not Linux
        told = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=True)
        return int(told.stdout) / 1024


def peak_megabytes(pid: int) -> float:
    """The most that a process had in RAM since its start, or since `forget_peak`. Linux only."""
    return _status_kilobytes(pid, "VmHWM") / 1024


def forget_peak() -> None:
    """Let the peak of this process begin anew. Linux only."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def _status_kilobytes(pid: int, name: str) -> int:
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1])
    raise RuntimeError(f"process {pid} tells no {name}")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def seconds_until_answered(port: int, begun: float, child: subprocess.Popen[str]) -> float:
    """How long after `begun` (of time.monotonic) a port can first be connected to."""
    while child.poll() is None:
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return time.monotonic() - begun
        time.sleep(0.002)
    raise RuntimeError(f"the process ended with code {child.returncode} before it listened")
