"""The same load into mitmweb, which many use to look at callbacks: in reverse mode, in front of the floor.

It is installed into an environment of its own, in the plan's folder, and only for this.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.benchmarks.children import environment, free_port
from tests.benchmarks.figures import Figure, Plan
from tests.benchmarks.processes import Server, awaited, floor, program, send, window

_INSTALLING: Final = 600.0
_SENDERS: Final = 16
_WARM_UP: Final = 0.5
_BIN: Final = "Scripts" if sys.platform == "win32" else "bin"


def measure(plan: Plan) -> Iterator[Figure]:
    """Callbacks a second of both, in alternation. Nothing where mitmproxy cannot be installed."""
    installed = _install(plan.folder / "mitmproxy")
    if installed is None:
        return
    folder, version = installed
    ours, theirs = [], []
    with floor("asyncio") as upstream, _mitmweb(folder, upstream) as mitmweb, window(plan.folder) as own:
        for server in (mitmweb, own):
            send(server.port, _SENDERS, _WARM_UP)
        for _ in range(plan.runs):
            theirs.append(send(mitmweb.port, _SENDERS, plan.seconds).rate)
            ours.append(send(own.port, _SENDERS, plan.seconds).rate)
    group, name = "mitmproxy", f"{_SENDERS} senders"
    yield Figure(group, f"{name}: window", "/s", tuple(ours))
    yield Figure(group, f"{name}: mitmweb {version}", "/s", tuple(theirs))
    factors = tuple(one / other for one, other in zip(ours, theirs, strict=True))
    yield Figure(group, f"{name}: window, times mitmweb", "×", factors)


def _install(folder: Path) -> tuple[Path, str] | None:
    """An environment with mitmproxy in it, and which version that is; None, and the reason told, if there is none."""
    python = folder / _BIN / "python"
    commands = (
        [sys.executable, "-m", "venv", str(folder)],
        [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "mitmproxy"],
        [str(python), "-c", "from importlib.metadata import version; print(version('mitmproxy'))"],
    )
    told = ""
    try:
        for command in commands:
            run = subprocess.run(command, capture_output=True, text=True, check=True, timeout=_INSTALLING)
            told = run.stdout.strip()
    except (OSError, subprocess.SubprocessError) as error:
        output = getattr(error, "stderr", None) or str(error)
        print(f"mitmproxy cannot be installed, so it is not measured: {output.strip()[-300:]}", file=sys.stderr)
        return None
    return folder, told


@contextmanager
def _mitmweb(folder: Path, upstream: Server) -> Iterator[Server]:
    port, log = free_port(), folder / "mitmweb.log"
    options = {
        "--mode": f"reverse:http://127.0.0.1:{upstream.port}",
        "--listen-host": "127.0.0.1",
        "--listen-port": str(port),
        "--web-host": "127.0.0.1",
        "--web-port": str(free_port()),
        "--set": f"confdir={folder / 'config'}",
    }
    words = [word for option in options.items() for word in option]
    with (
        log.open("w") as output,
        program(
            str(folder / _BIN / "mitmweb"),
            "--no-web-open-browser",
            *words,
            stdout=output,
            env=environment(folder),
            ask_to_end=True,
        ) as process,
    ):
        awaited(lambda: _listening(log, port), process)
        yield Server(process, port)


def _listening(log: Path, port: int) -> bool | None:
    """True as soon as the log says so."""
    return True if f"127.0.0.1:{port}" in log.read_text(encoding="utf-8", errors="replace") else None
