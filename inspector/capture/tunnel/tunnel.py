"""One run of a tunnel program: started, listened to, judged, ended."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from inspector.capture.tunnel.child import Child
from inspector.capture.tunnel.health import Health, State
from inspector.capture.tunnel.provider import Address, Connected, Lost, Provider, Refused, Start, cleaned

_KEPT_LINES: Final = 40
_PATIENCE: Final = 30.0
"""Seconds until a program must have told its address, and again until it must have its connection."""


class Tunnel:
    """`run` ends when the program has ended; cancelling it ends the program. `on_change` gets every change of health.

    The program is watched by what it prints and by its end. No requests are sent through the tunnel: they
    would arrive as callbacks.
    """

    def __init__(
        self, provider: Provider, start: Start, on_change: Callable[[Health], None], *, patience: float = _PATIENCE
    ) -> None:
        self.provider = provider
        self.health = Health(State.STARTING, time.time(), text=f"Waiting for {provider.program} to tell its address.")
        self._start = start
        self._on_change = on_change
        self.patience = patience
        self._deadline: float | None = None
        self._in_trouble = False
        self._lines: deque[str] = deque(maxlen=_KEPT_LINES)

    async def run(self) -> None:
        self._on_change(self.health)
        try:
            await self._run(self.provider.command(self._start))
        except asyncio.CancelledError:
            if self.health.at_work:
                self._change(State.STOPPED, url=None, text="")
            raise

    async def _run(self, command: Sequence[str]) -> None:
        try:
            self._start.known_hosts.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            child = await Child.start(command)
        except OSError as error:
            self._fail(f"{self.provider.program} cannot be started: {error.strerror or error}")
            return
        try:
            await self._listen(child)
        finally:
            await child.end()

    async def _listen(self, child: Child) -> None:
        loop = asyncio.get_running_loop()
        self._deadline = loop.time() + self.patience
        while self.health.at_work:
            try:
                async with asyncio.timeout_at(self._deadline):
                    line = await child.line()
            except TimeoutError:
                self._lose_patience()
                continue
            if line is None:
                self._ended(await child.wait())
                return
            self._take(line)

    def _take(self, line: str) -> None:
        shown = cleaned(self.provider.readable(line))
        if shown:
            self._lines.append(shown)
        match self.provider.hear(line):
            case Address(url=url, connected=connected):
                self._addressed(url, connected=connected)
            case Connected() if self.health.url is not None:
                self._up(self.health.url)
            case Lost():
                self._lost()
            case Refused():
                self._fail(self.provider.explain(self._lines) or self._said(f"{self.provider.program} was refused"))
            case _:
                pass

    def _addressed(self, url: str, *, connected: bool) -> None:
        before = self.health.url
        if connected or before is not None:
            self._up(url)
        else:
            self._change(State.STARTING, url=url, text=f"Waiting for {self.provider.program} to connect.")
            self._deadline = asyncio.get_running_loop().time() + self.patience

    def _up(self, url: str) -> None:
        before = self.health
        self._deadline = None
        if before.state is State.UP and before.url == url:
            return
        moved = before.url is not None and before.url != url
        text = f"The address changed: {before.url} leads nowhere now." if moved else ""
        self._change(State.UP, url=url, text=text)

    def _lost(self) -> None:
        self._in_trouble = True
        if self.health.state is State.UP:
            self._change(State.LOST, text=f"{self.provider.program} lost its connection and tries to get it back.")

    def _lose_patience(self) -> None:
        program, seconds = self.provider.program, f"{self.patience:g} s"
        url, explained = self.health.url, self.provider.explain(self._lines)
        if url is not None and not self._in_trouble:
            # It may say in other words than known that it is connected.
            self._up(url)
        elif explained:
            self._fail(explained)
        elif url is not None:
            self._fail(f"{program} has an address, but told of no connection within {seconds}.")
        else:
            self._fail(self._said(f"{program} told no address within {seconds}"))

    def _ended(self, code: int) -> None:
        program = self.provider.program
        how = f"ended with exit code {code}" if code >= 0 else f"was ended by signal {-code}"
        self._fail(self.provider.explain(self._lines) or self._said(f"{program} {how}"))

    def _said(self, what: str) -> str:
        """`what`, with the program's last words."""
        return f"{what}: {self._lines[-1]}" if self._lines else f"{what} and said nothing."

    def _fail(self, text: str) -> None:
        self._change(State.FAILED, url=None, text=text)

    def _change(self, state: State, *, text: str, url: str | None = "") -> None:
        """`url` "" stands for the one there is."""
        before = self.health
        self.health = replace(
            before,
            state=state,
            since=before.since if state is before.state else time.time(),
            url=before.url if url == "" else url,
            text=text,
            lines=tuple(self._lines),
        )
        self._on_change(self.health)
