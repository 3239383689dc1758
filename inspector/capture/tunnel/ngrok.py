"""ngrok: an agent that logs JSON, one object a line. It needs an account and its authtoken."""

import json
import re
from typing import Any, Final

from inspector.capture.tunnel.provider import (
    Address,
    Connected,
    Heard,
    Lost,
    Provider,
    Refused,
    Start,
    Step,
    System,
    remedy,
)

_TOKEN_PAGE: Final = "https://dashboard.ngrok.com/get-started/your-authtoken"  # noqa: S105 - where one gets it
_FATAL: Final = re.compile(r"authentication failed|ERR_NGROK_(?:10[5-8]|120|121|334|4018)\b")


def _command(start: Start) -> tuple[str, ...]:
    return (start.program, "http", start.target, "--log", "stdout", "--log-format", "json")


def _entry(line: str) -> dict[str, Any]:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return entry if isinstance(entry, dict) else {}


def _hear(line: str) -> Heard | None:
    entry = _entry(line)
    message, url = entry.get("msg"), entry.get("url")
    # Agents of version 2 start a second tunnel with an http address.
    if message == "started tunnel" and isinstance(url, str) and url.startswith("https://"):
        return Address(url, connected=True)
    if _FATAL.search(str(entry.get("err"))):
        return Refused()  # it would try again, for good
    if message in ("tunnel session started", "client session established"):
        return Connected()
    if message in ("session closed, starting reconnect loop", "failed to reconnect session"):
        return Lost()
    return None


def _readable(line: str) -> str:
    entry = _entry(line)
    if "msg" not in entry:
        return line
    parts = [entry.get("lvl"), entry["msg"], entry.get("url") or entry.get("addr"), entry.get("err")]
    return " ".join(" ".join(str(part).split()) for part in parts if part and part != "<nil>")


def _steps(system: System, machine: str) -> tuple[Step, ...]:
    match system:
        case System.MACOS:
            install = Step("Install it with Homebrew", "brew install ngrok")
        case System.WINDOWS:
            install = Step("Install it with winget", "winget install --id Ngrok.Ngrok")
        case _:
            address = "https://bin.ngrok.com/c/bNyj1mQVY4c"
            install = Step(
                "Download it",
                f"curl -fL {address}/ngrok-v3-stable-linux-{machine}.tgz | sudo tar xz -C /usr/local/bin",
            )
    return install, Step(f"Tell it your authtoken, from {_TOKEN_PAGE}", "ngrok config add-authtoken YOUR_TOKEN")


NGROK: Final = Provider(
    name="ngrok",
    title="ngrok",
    program="ngrok",
    note="A free account is needed.",
    command=_command,
    hear=_hear,
    remedies=(
        remedy(
            r"ERR_NGROK_108\b",
            "The ngrok account has all the sessions it may have at a time. End the other ngrok, here or on another "
            "machine, and restart.",
        ),
        remedy(
            r"ERR_NGROK_334\b",
            "The address of the ngrok account is in use by another ngrok. End that one and restart.",
        ),
        remedy(r"ERR_NGROK_12[01]\b", "This ngrok is too old for its service. Run “ngrok update” and restart."),
        remedy(
            r"authentication failed|ERR_NGROK_(?:10[567]|4018)\b",
            f"ngrok needs the authtoken of an account. Copy it from {_TOKEN_PAGE}, run "
            "“ngrok config add-authtoken YOUR_TOKEN” in a terminal, and restart.",
        ),
        remedy(
            r"no such host|dial tcp|i/o timeout|connection refused",
            "ngrok cannot reach its service. Check the network, and whether a proxy or a firewall stands in between.",
        ),
    ),
    steps=_steps,
    readable=_readable,
)
