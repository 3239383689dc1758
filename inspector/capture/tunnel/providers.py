"""Which tunnel programs there are, and which of them this machine has."""

import os
import platform
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from inspector.capture.tunnel.cloudflared import CLOUDFLARED
from inspector.capture.tunnel.ngrok import NGROK
from inspector.capture.tunnel.provider import Provider, Start, System
from inspector.capture.tunnel.ssh import SSH
from inspector.capture.tunnel.tailscale import TAILSCALE

PROVIDERS: Final[tuple[Provider, ...]] = (CLOUDFLARED, NGROK, TAILSCALE, SSH)
"""In the order of `auto`: what needs no account first, what lasts least last."""

# A program that is started from a desktop on macOS has none of these on its PATH.
_FURTHER_PLACES: Final = ("/opt/homebrew/bin", "/usr/local/bin", "/Applications/Tailscale.app/Contents/MacOS")
_MACHINES: Final = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


def find(provider: Provider) -> str | None:
    """The path of a provider's program, or None where it is not installed."""
    found = shutil.which(provider.program)
    if found is None and sys.platform == "darwin":
        found = shutil.which(provider.program, path=os.pathsep.join(_FURTHER_PLACES))
    return found


def by_name(name: str, providers: Sequence[Provider] = PROVIDERS) -> Provider | None:
    """The provider of that name; for `auto`, the first that is installed. None without one."""
    if name == "auto":
        return next((provider for provider in providers if find(provider) is not None), None)
    return next((provider for provider in providers if provider.name == name), None)


def this_system() -> System:
    """The system that this machine runs."""
    return {"darwin": System.MACOS, "win32": System.WINDOWS}.get(sys.platform, System.LINUX)


def this_machine() -> str:
    """The processor, as those who offer downloads name it: `amd64` or `arm64`."""
    return _MACHINES.get(platform.machine().lower(), "amd64")


def start_at(program: str, url: str, sessions: Path) -> Start:
    """What to start `program` with for the address `url` that is listened at; `sessions` is their folder.

    An address that stands for all of this machine is reached at its loopback one.
    """
    target = url.replace("//0.0.0.0", "//127.0.0.1").replace("//[::]", "//[::1]")
    return Start(program, target, sessions.parent / "tunnel_known_hosts")
