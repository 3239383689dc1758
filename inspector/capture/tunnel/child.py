"""A program that runs as long as it is wanted, and never longer than this process where the system can see to that."""

import asyncio
import contextlib
import os
import shutil
import signal
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final, Self

_GRACE: Final = 1.5
"""Seconds from the wish to end until the end by force."""
_LAST_WORDS: Final = 0.5
_CHUNK: Final = 1 << 14
_LONGEST: Final = 1 << 16


class Child:
    """One program in a process group of its own, so that Ctrl+C in a terminal does not reach it before us."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._buffer = b""

    @classmethod
    async def start(cls, command: Sequence[str]) -> Self:
        """Raises OSError when the program cannot be started."""
        more: dict[str, Any] = {"start_new_session": True}
        if sys.platform == "win32":
            more = {"creationflags": 0x0800_0200}  # CREATE_NO_WINDOW, CREATE_NEW_PROCESS_GROUP
        process = await asyncio.create_subprocess_exec(
            *await _bound_to_us(),
            *command,
            # A pipe that stays open: ssh would tell its server that nothing more comes, which may hang up then.
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env=environment(os.environ, frozen=bool(getattr(sys, "frozen", False))),
            **more,
        )
        return cls(process)

    @property
    def pid(self) -> int:
        return self._process.pid

    async def line(self) -> str | None:
        """The next line of what it prints, standard error included; None at the end. May be cancelled and repeated."""
        assert self._process.stdout is not None  # noqa: S101 - a pipe was asked for
        while b"\n" not in self._buffer and len(self._buffer) < _LONGEST:
            chunk = await self._process.stdout.read(_CHUNK)
            if not chunk:
                break
            self._buffer += chunk
        if not self._buffer:
            return None
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line.decode("utf-8", "replace")

    async def wait(self) -> int:
        """Its exit code, negative for a signal, once it has ended."""
        return await self._process.wait()

    async def end(self) -> None:
        """End it: asked first, by force after a while. Done when it has ended."""
        try:
            if self._process.returncode is None:
                self._signal(signal.SIGTERM)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_GRACE):
                        await self._process.wait()
        finally:
            if self._process.returncode is None:
                self._signal(getattr(signal, "SIGKILL", signal.SIGTERM))
            await self._let_go()

    async def _let_go(self) -> None:
        await self._process.wait()
        with contextlib.suppress(TimeoutError):  # something that it started may hold the pipe
            async with asyncio.timeout(_LAST_WORDS):
                while await self.line() is not None:
                    pass
        # asyncio has no public way to close the pipes of a process that has ended.
        self._process._transport.close()  # type: ignore[attr-defined]  # noqa: SLF001

    def _signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            if sys.platform == "win32":
                self._process.terminate()
            else:
                os.killpg(self._process.pid, number)


def environment(ours: Mapping[str, str], *, frozen: bool) -> dict[str, str]:
    """The environment for a program of others. A packaged program looks for libraries among its own ones only,
    which those of the system's programs must not (PyInstaller keeps what was there before).
    """
    theirs = dict(ours)
    before = theirs.pop("LD_LIBRARY_PATH_ORIG", None)
    if before is not None:
        theirs["LD_LIBRARY_PATH"] = before
    elif frozen:
        theirs.pop("LD_LIBRARY_PATH", None)
    return theirs


async def _bound_to_us() -> tuple[str, ...]:
    """What to put before a command so that Linux ends it when this process ends, even by SIGKILL.

    setpriv does by exec what a `preexec_fn` would do between fork and exec, which is not safe with threads.
    """
    program = shutil.which("setpriv") if sys.platform == "linux" else None
    if program is None or not await asyncio.to_thread(_binds, program):
        return ()
    return (program, "--pdeathsig", "TERM", "--")


@cache
def _binds(program: str) -> bool:
    """Whether this setpriv knows the option: that of util-linux since 2.33, not that of BusyBox."""
    import subprocess

    env = environment(os.environ, frozen=bool(getattr(sys, "frozen", False)))
    try:
        run = subprocess.run(  # noqa: S603 - the system's own program, without anything of strangers
            [program, "--help"], capture_output=True, stdin=subprocess.DEVNULL, timeout=5, check=False, env=env
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return b"--pdeathsig" in run.stdout
