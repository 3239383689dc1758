"""The tunnel of `inspector listen`: chosen, started beside the capture, ended with it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from inspector.capture.server import CaptureServer
from inspector.capture.tunnel.health import Health, State
from inspector.capture.tunnel.provider import Provider
from inspector.capture.tunnel.providers import PROVIDERS, by_name, find, start_at
from inspector.capture.tunnel.tunnel import Tunnel
from inspector.cli.options import WrongUse
from inspector.runtime.tasks import TaskScope


@dataclass(frozen=True, slots=True)
class InstalledTunnel:
    """A tunnel program that this machine has, and where."""

    provider: Provider
    program: str


def chosen(name: str) -> InstalledTunnel:
    """The tunnel of that name, `auto` for the first that is installed. Raises WrongUse without one."""
    provider = by_name(name)
    if provider is None:
        names = ", ".join(provider.program for provider in PROVIDERS)
        raise WrongUse(f"no tunnel program is installed; install one of {names}")
    program = find(provider)
    if program is None:
        raise WrongUse(
            f"{provider.program} is not installed, or not on the PATH; the window's Address page tells how to get it"
        )
    return InstalledTunnel(provider, program)


class Tunnelling:
    """One tunnel beside a server. `announce` gets name and address whenever there is a new one."""

    def __init__(
        self,
        installed: InstalledTunnel,
        server: CaptureServer,
        announce: Callable[[str, str], None],
        on_failure: Callable[[], None],
    ) -> None:
        self.failure = ""
        self._installed = installed
        self._server = server
        self._own_url = server.settings.public_url
        self._announce = announce
        self._on_failure = on_failure
        self._url: str | None = None
        self._tasks = TaskScope()

    def start(self, url: str, sessions: Path) -> None:
        """Start it for the address `url`; `sessions` is the folder of the user's sessions."""
        start = start_at(self._installed.program, url, sessions)
        tunnel = Tunnel(self._installed.provider, start, self._on_change)
        self._tasks.spawn(tunnel.run(), name="tunnel")

    async def close(self) -> None:
        """End it; done when its program has ended."""
        await self._tasks.aclose()

    def _on_change(self, health: Health) -> None:
        name = self._installed.provider.name
        match health.state:
            case State.UP if health.url is not None and health.url != self._url:
                self._url = health.url
                # An address that the user gave is what was configured at SignalWire, so it is what was signed.
                self._server.settings = replace(self._server.settings, public_url=self._own_url or health.url)
                self._announce(name, health.url)
            case State.FAILED:
                self.failure = f"the tunnel failed: {health.text}"
                self._on_failure()
            case _:
                pass
