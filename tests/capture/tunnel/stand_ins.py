"""Programs that stand in for the real tunnel programs: they print what those print, and live as long as those do."""

import json
import os
import sys
from pathlib import Path

_SCRIPT = """#!{python}
import json, os, sys
sys.stdout.reconfigure(line_buffering=True)
with open({record!r}, "w", encoding="utf-8") as file:
    json.dump({{"arguments": sys.argv[1:], "pid": os.getpid()}}, file)
{ignore}
for line in {lines!r}:
    print(line, file=sys.stderr if {on_stderr} else sys.stdout, flush=True)
code = {code!r}
if code is not None:
    sys.exit(code)
while True:
    with open({pipe!r}, encoding="utf-8") as pipe:
        for line in pipe:
            if line.startswith("exit "):
                sys.exit(int(line[5:]))
            print(line, end="")
"""

_IGNORE = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)"


class StandIn:
    """A program in `folder`. It prints `lines`, ends with `code`, or goes on (None) and prints what `say` is given."""

    def __init__(
        self,
        folder: Path,
        name: str,
        lines: tuple[str, ...],
        *,
        code: int | None = None,
        on_stderr: bool = False,
        stubborn: bool = False,
    ) -> None:
        folder.mkdir(exist_ok=True)
        self.path = folder / name
        self._record, self._pipe = folder / f".{name}.json", folder / f".{name}.pipe"
        if not self._pipe.exists():
            os.mkfifo(self._pipe)
        script = _SCRIPT.format(
            python=sys.executable,
            record=str(self._record),
            pipe=str(self._pipe),
            lines=lines,
            on_stderr=on_stderr,
            code=code,
            ignore=_IGNORE if stubborn else "",
        )
        self.path.write_text(script)
        self.path.chmod(0o755)

    @property
    def arguments(self) -> list[str]:
        """What it was started with last."""
        return list(json.loads(self._record.read_text())["arguments"])

    @property
    def pid(self) -> int:
        return int(json.loads(self._record.read_text())["pid"])

    @property
    def started(self) -> bool:
        return self._record.exists()

    def say(self, *lines: str) -> None:
        """Have it print more. Waits until it reads, as a pipe does."""
        with self._pipe.open("w", encoding="utf-8") as pipe:
            pipe.write("".join(f"{line}\n" for line in lines))

    def exit(self, code: int) -> None:
        self.say(f"exit {code}")


def runs(pid: int) -> bool:
    """Whether there is a process of that number, other than one that nobody fetched yet."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


CLOUDFLARED_ADDRESS = "https://four-plain-words-here.trycloudflare.com"
CLOUDFLARED = (
    (
        "2026-11-23T10:00:00Z INF Thank you for trying Cloudflare Tunnel. Doing so, without a Cloudflare account, is a "
        "quick way to experiment and try it out. However, be aware that these account-less Tunnels have no uptime "
        "guarantee, are subject to the Cloudflare Online Services Terms of Use "
        "(https://www.cloudflare.com/website-terms/)"
    ),
    "2026-11-23T10:00:00Z INF Requesting new quick Tunnel on trycloudflare.com...",
    "2026-11-23T10:00:03Z INF +--------------------------------------------------------------------------------+",
    (
        "2026-11-23T10:00:03Z INF |  Your quick Tunnel has been created! Visit it at (it may take some time to be "
        "reachable):  |"
    ),
    f"2026-11-23T10:00:03Z INF |  {CLOUDFLARED_ADDRESS}                                  |",
    "2026-11-23T10:00:03Z INF +--------------------------------------------------------------------------------+",
    "2026-11-23T10:00:03Z INF Version 2026.11.0",
)
CLOUDFLARED_CONNECTED = (
    "2026-11-23T10:00:04Z INF Registered tunnel connection connIndex=0 "
    "connection=b7ebd606-8da5-4273-af3d-472ec741887c event=0 ip=198.41.200.13 location=fra08 protocol=quic"
)
CLOUDFLARED_LOST = (
    '2026-11-23T10:05:00Z ERR Failed to dial a quic connection error="failed to dial to edge with quic: timeout: no '
    'recent network activity" connIndex=0 event=0 ip=198.41.200.13'
)
CLOUDFLARED_LIMITED = (
    CLOUDFLARED[0],
    CLOUDFLARED[1],
    (
        '2026-11-23T10:00:01Z ERR Error unmarshaling QuickTunnel response: error code: 1015 error="invalid character '
        '\'e\' looking for beginning of value" status_code="429 Too Many Requests"'
    ),
    "failed to unmarshal quick Tunnel: invalid character 'e' looking for beginning of value",
)

NGROK_ADDRESS = "https://94b1-203-0-113-7.ngrok-free.app"
NGROK = (
    '{"lvl":"info","msg":"no configuration paths supplied","t":"2026-11-23T10:00:00Z"}',
    '{"addr":"127.0.0.1:4040","lvl":"info","msg":"starting web service","obj":"web","t":"2026-11-23T10:00:00Z"}',
    '{"lvl":"info","msg":"client session established","obj":"tunnels.session","t":"2026-11-23T10:00:01Z"}',
    (
        '{"addr":"http://127.0.0.1:9797","lvl":"info","msg":"started tunnel","name":"command_line","obj":"tunnels",'
        f'"t":"2026-11-23T10:00:01Z","url":"{NGROK_ADDRESS}"}}'
    ),
)
NGROK_NO_TOKEN = (
    NGROK[0],
    (
        '{"err":"authentication failed: Usage of ngrok requires a verified account and authtoken.\\n\\nSign up for an '
        "account: https://dashboard.ngrok.com/signup\\nInstall your authtoken: "
        'https://dashboard.ngrok.com/get-started/your-authtoken\\r\\n\\r\\nERR_NGROK_4018\\r\\n","lvl":"eror",'
        '"msg":"failed to reconnect session","obj":"tunnels.session","t":"2026-11-23T10:00:01Z"}'
    ),
)

TAILSCALE_ADDRESS = "https://desk.tail1a2b3.ts.net"
TAILSCALE = (
    "Available on the internet:",
    "",
    f"{TAILSCALE_ADDRESS}/",
    "|-- proxy http://127.0.0.1:9797",
    "",
    "Press Ctrl+C to exit.",
)
TAILSCALE_NOT_ALLOWED = (
    "",
    "Funnel is not enabled on your tailnet.",
    "To enable, visit:",
    "",
    "         https://login.tailscale.com/f/funnel?node=nExampleNode11CNTRL",
    "",
)

SSH_ADDRESS = "https://8beaa541ba3dc2.lhr.life"
SSH = (
    "",
    "===============================================================================",
    "Welcome to localhost.run!",
    "",
    "To set up and manage custom domains go to https://admin.localhost.run/",
    "",
    (
        "** your connection id is 17b2574c-454e-401c-913a-77b2220b8313, please mention it if you send me a message "
        "about an issue. **"
    ),
    "",
    "authenticated as anonymous user",
    f"8beaa541ba3dc2.lhr.life tunneled with tls termination, {SSH_ADDRESS}",
    (
        "create an account and add your key for a longer lasting domain name. see "
        "https://localhost.run/docs/forever-free/ for more information."
    ),
)
SSH_REFUSED = ("Error: remote port forwarding failed for listen port 80",)
