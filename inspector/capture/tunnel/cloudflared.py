"""cloudflared: a quick tunnel on trycloudflare.com, which needs no account."""

import re
from typing import Final

from inspector.capture.tunnel.provider import Address, Connected, Heard, Lost, Provider, Start, Step, System, remedy

# The address stands in a box of its own before there is a connection: "|  https://four-words.trycloudflare.com  |".
_ADDRESS: Final = re.compile(r"https://(?!api\.)[a-z0-9-]+\.trycloudflare\.com\b")
_CONNECTED: Final = re.compile(r"Registered tunnel connection|Connection \S+ registered")
_LOST: Final = re.compile(
    r"Lost connection with the edge|Unregistered tunnel connection|Retrying connection in|Serve tunnel error"
    r"|Failed to dial a quic connection|Unable to establish connection with Cloudflare edge"
)


def _command(start: Start) -> tuple[str, ...]:
    return (start.program, "tunnel", "--no-autoupdate", "--url", start.target)


def _hear(line: str) -> Heard | None:
    if found := _ADDRESS.search(line):
        return Address(found[0], connected=False)
    if _CONNECTED.search(line):
        return Connected()
    if _LOST.search(line):
        return Lost()
    return None


def _steps(system: System, machine: str) -> tuple[Step, ...]:
    match system:
        case System.MACOS:
            return (Step("Install it with Homebrew", "brew install cloudflared"),)
        case System.WINDOWS:
            return (Step("Install it with winget", "winget install --id Cloudflare.cloudflared"),)
        case _:
            address = "https://github.com/cloudflare/cloudflared/releases/latest/download"
            return (
                Step(
                    "Download it",
                    f"sudo curl -fLo /usr/local/bin/cloudflared {address}/cloudflared-linux-{machine} "
                    "&& sudo chmod +x /usr/local/bin/cloudflared",
                ),
            )


CLOUDFLARED: Final = Provider(
    name="cloudflared",
    title="Cloudflare quick tunnel",
    program="cloudflared",
    note="No account. A new address each time.",
    command=_command,
    hear=_hear,
    remedies=(
        remedy(
            r"429 Too Many Requests|error code: 1015",
            "Cloudflare gives this network no further quick tunnels for now, because too many were asked for. "
            "Wait some minutes and restart, or use another tool.",
        ),
        remedy(
            r"failed to (?:request|parse|unmarshal) quick tunnel.*(?:no such host|dial tcp|timeout|deadline)",
            "cloudflared cannot reach api.trycloudflare.com. Check the network, and whether a proxy or a firewall "
            "stands in between.",
        ),
        remedy(
            r"failed to (?:parse|unmarshal) quick tunnel|500 Internal Server Error",
            "Cloudflare's service for quick tunnels answered with an error. Restart in a minute, or use another tool.",
        ),
        remedy(
            _LOST.pattern,
            "cloudflared got an address, but no connection to Cloudflare. It needs port 7844 outwards (UDP or TCP): "
            "check the firewall, or use another tool.",
        ),
    ),
    steps=_steps,
)
