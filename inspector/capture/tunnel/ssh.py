"""Plain SSH to localhost.run: no account, and nothing to install where there is an SSH client."""

import re
from functools import partial
from typing import Final

from inspector.capture.tunnel.provider import Address, Heard, Provider, Start, Step, System, remedy

# "0123456789abcd.lhr.life tunneled with tls termination, https://0123456789abcd.lhr.life", after a greeting that
# has other addresses. The service gives its free tunnels a new name now and then, by another such line.
_ADDRESS: Final = re.compile(r"tunneled with tls termination, (https://[A-Za-z0-9.-]+)")
_PUBLIC_PORT: Final = 80


def _command(start: Start, destination: str, port: int, remote: int) -> tuple[str, ...]:
    # ssh takes quotes and percent signs in file names for its own.
    known_hosts = str(start.known_hosts).replace("%", "%%").replace('"', '\\"')
    options = {
        "BatchMode": "yes",  # never ask: nobody sees the question
        "StrictHostKeyChecking": "accept-new",
        "UserKnownHostsFile": f'"{known_hosts}"',
        "ExitOnForwardFailure": "yes",
        "ConnectTimeout": "15",
        "ServerAliveInterval": "15",
        "ServerAliveCountMax": "3",
        "ControlMaster": "no",  # a shared connection would outlive this one
        "ControlPath": "none",
    }
    given = [word for name, value in options.items() for word in ("-o", f"{name}={value}")]
    target = start.target.removeprefix("http://")
    return (start.program, "-T", *given, "-p", str(port), "-R", f"{remote}:{target}", destination)


def _hear(line: str) -> Heard | None:
    found = _ADDRESS.search(line)
    return Address(found[1].rstrip("."), connected=True) if found else None


def _steps(system: System, _machine: str) -> tuple[Step, ...]:
    match system:
        case System.MACOS:
            return (Step("macOS has it; should it be gone, install it with Homebrew", "brew install openssh"),)
        case System.WINDOWS:
            command = "Add-WindowsCapability -Online -Name OpenSSH.Client~~~~0.0.1.0"
            return (Step("Add Windows' own client, in PowerShell as an administrator", command),)
        case _:
            return (
                Step("On Debian and Ubuntu", "sudo apt install openssh-client"),
                Step("On Fedora", "sudo dnf install openssh-clients"),
            )


def ssh(destination: str = "nokey@localhost.run", port: int = 22, remote: int = _PUBLIC_PORT) -> Provider:
    """SSH to a server that speaks like localhost.run; `remote` is the port that is asked of it."""
    host = destination.rpartition("@")[2]
    return Provider(
        name="ssh",
        title=f"SSH to {host}",
        program="ssh",
        note="No account. The address changes at times.",
        command=partial(_command, destination=destination, port=port, remote=remote),
        hear=_hear,
        remedies=(
            remedy(
                r"REMOTE HOST IDENTIFICATION HAS CHANGED|Host key verification failed",
                f"{host} shows another key than it did before, so ssh does not connect. If that is expected, delete "
                "the file tunnel_known_hosts in this program's data folder and restart.",
            ),
            remedy(
                r"remote port forwarding failed",
                f"{host} refused to forward its port {remote}. Restart in a minute, or use another tool.",
            ),
            remedy(
                r"Permission denied",
                f"{host} did not let ssh in. It may want a key: make one with “ssh-keygen -t ed25519” and restart.",
            ),
            remedy(
                r"Could not resolve hostname|Connection (?:refused|timed out|reset)|No route|unreachable|timed out",
                f"ssh cannot reach {host}. Check the network, and whether a firewall lets port {port} out.",
            ),
        ),
        steps=_steps,
    )


SSH: Final = ssh()
