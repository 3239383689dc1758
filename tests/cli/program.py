"""The program as its user runs it: `python -m inspector` in a process of its own, ended whatever happens."""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).parents[2]
BOUND = 30.0


def environment(home: Path, **more: str) -> dict[str, str]:
    """This environment, with the user's folders in `home`."""
    names = ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "HOME")
    return {**os.environ, **dict.fromkeys(names, str(home)), "PYTHONUNBUFFERED": "", **more}


def complaint(capsys: pytest.CaptureFixture[str]) -> str:
    """What was wrong, as the user is told it: one line on standard error, nothing else anywhere."""
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("inspector: ")
    assert captured.err.endswith("\n")
    assert captured.err[:-1].isprintable()
    assert "unexpected" not in captured.err
    return captured.err


class Program:
    """One run, to be used in a `with` block. What it prints is gathered by threads, so that no pipe ever fills."""

    def __init__(self, home: Path, *arguments: str, env: Mapping[str, str] | None = None) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "inspector", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(home, **(env or {})),
            cwd=ROOT,
        )
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        self._lines: queue.Queue[bytes | None] = queue.Queue()
        self._errors: list[bytes] = []
        self._threads = [
            threading.Thread(target=self._gather_lines, args=(self._process.stdout,)),
            threading.Thread(target=self._gather_errors, args=(self._process.stderr,)),
        ]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def line(self) -> str:
        """The next line of standard output; an AssertionError when there is none."""
        line = self._lines.get(timeout=BOUND)
        assert line is not None, f"the output ended; on standard error: {self.errors}"
        return line.decode()

    def lines(self) -> list[str]:
        """What is left of standard output, once the program has ended."""
        lines = []
        while (line := self._lines.get(timeout=BOUND)) is not None:
            lines.append(line.decode())
        return lines

    def event(self, name: str) -> dict[str, Any]:
        """The next line as an event of that name."""
        event: dict[str, Any] = json.loads(self.line())
        assert event["event"] == name, event
        return event

    def port(self) -> int:
        """The port of the event `listening`."""
        port: int | None = urlsplit(self.event("listening")["url"]).port
        assert port is not None
        return port

    def interrupt(self, number: signal.Signals = signal.SIGINT) -> None:
        self._process.send_signal(number)

    def end(self) -> int:
        """The exit code, once the program has ended by itself."""
        code = self._process.wait(timeout=BOUND)
        for thread in self._threads:
            thread.join(timeout=BOUND)
        return code

    def kill(self) -> None:
        """End the program as SIGKILL does, if it runs still."""
        self._process.kill()
        self.end()
        for pipe in (self._process.stdout, self._process.stderr):
            if pipe is not None:
                pipe.close()

    @property
    def errors(self) -> str:
        """What came on standard error so far; all of it once the program has ended."""
        return b"".join(self._errors).decode()

    def _gather_lines(self, pipe: IO[bytes]) -> None:
        for line in pipe:
            self._lines.put(line)
        self._lines.put(None)

    def _gather_errors(self, pipe: IO[bytes]) -> None:
        for line in pipe:
            self._errors.append(line)
