"""Tailscale Funnel, in the foreground: the daemon drops it as soon as the command ends, however it ends.

With `--bg` it would stay in the daemon's configuration, past the end of this program and of the machine's.
"""

import re
from typing import Final

from inspector.capture.tunnel.provider import Address, Heard, Provider, Refused, Start, Step, System, remedy

# "Available on the internet:", an empty line, "https://host.tailnet.ts.net/". A port follows when it is not 443.
_ADDRESS: Final = re.compile(r"https://[a-z0-9.-]+\.ts\.net(?::\d+)?(?=[/\s]|$)")
# The command prints where to allow it and waits.
_WAITS: Final = re.compile(r"(?i)(?:Funnel|Serve|HTTPS) is not enabled on your tailnet")


def _command(start: Start) -> tuple[str, ...]:
    return (start.program, "funnel", start.target)


def _hear(line: str) -> Heard | None:
    if found := _ADDRESS.match(line):
        return Address(found[0], connected=True)
    if "login.tailscale.com/" in line or "To authenticate, visit" in line:
        return Refused()  # after the line below, so that the last lines have the address to go to
    return None


def _steps(system: System, _machine: str) -> tuple[Step, ...]:
    match system:
        case System.MACOS:
            return (
                Step("Install it with Homebrew", "brew install tailscale && sudo brew services start tailscale"),
                Step("Log in, and let yourself use it", "sudo tailscale up --operator=$USER"),
            )
        case System.WINDOWS:
            return (
                Step("Install it with winget", "winget install --id Tailscale.Tailscale"),
                Step("Log in", "tailscale up"),
            )
        case _:
            return (
                Step("Install it", "curl -fsSL https://tailscale.com/install.sh | sh"),
                Step("Log in, and let yourself use it", "sudo tailscale up --operator=$USER"),
            )


TAILSCALE: Final = Provider(
    name="tailscale",
    title="Tailscale Funnel",
    program="tailscale",
    note="Part of a tailnet. Keeps its address.",
    command=_command,
    hear=_hear,
    remedies=(
        remedy(
            _WAITS.pattern,
            "This tailnet does not allow Funnel yet. Open the address in the last lines, allow it, and restart.",
        ),
        remedy(
            r"Funnel not available|funnel.* nodeAttr|HTTPS must be enabled",
            "This tailnet does not allow Funnel yet. Its admin console has it under Access controls, and HTTPS "
            "certificates under DNS. Allow both and restart.",
        ),
        remedy(
            r"access denied|permission denied|operator=",
            "Tailscale lets only its operator do this. Run “sudo tailscale set --operator=$USER” and restart.",
        ),
        remedy(r"Logged out|NeedsLogin|To authenticate", "Tailscale is not logged in. Run “tailscale up” and restart."),
        remedy(
            r"failed to connect to local tailscaled|is tailscaled running|doesn't appear to be running|is stopped",
            "Tailscale's service does not run. Start it (on Linux “sudo systemctl start tailscaled”) and restart.",
        ),
        remedy(
            r"already exists",
            "Another funnel or serve has this machine's address already. “tailscale funnel status” shows it, "
            "“tailscale funnel reset” removes it.",
        ),
    ),
    steps=_steps,
)
