"""A run of a tunnel program: what becomes of what it prints, and that it never outlives its wish."""

import asyncio
import os
import select
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from inspector.capture.tunnel.cloudflared import CLOUDFLARED
from inspector.capture.tunnel.health import Health, State
from inspector.capture.tunnel.ngrok import NGROK
from inspector.capture.tunnel.provider import Provider, Start
from inspector.capture.tunnel.ssh import SSH
from inspector.capture.tunnel.tailscale import TAILSCALE
from inspector.capture.tunnel.tunnel import Tunnel
from inspector.runtime.tasks import TaskScope
from tests.capture.tunnel import stand_ins
from tests.capture.tunnel.stand_ins import StandIn, runs

TARGET = "http://127.0.0.1:9797"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are scripts")


class Watched:
    """A tunnel at work, and every change of its health."""

    def __init__(self, provider: Provider, start: Start, patience: float, with_address: float) -> None:
        self._with_address = with_address
        self.changes: list[Health] = []
        self._news = asyncio.Event()
        self.tunnel = Tunnel(provider, start, self._on_change, patience=patience)

    def _on_change(self, health: Health) -> None:
        self.changes.append(health)
        if health.url is not None:
            self.tunnel.patience = self._with_address
        self._news.set()

    @property
    def health(self) -> Health:
        return self.changes[-1]

    async def until(self, fits: Callable[[Health], bool]) -> Health:
        """The first health that fits."""
        async with asyncio.timeout(20):
            while True:
                if found := next((health for health in self.changes if fits(health)), None):
                    return found
                self._news.clear()
                await self._news.wait()

    async def state(self, state: State) -> Health:
        return await self.until(lambda health: health.state is state)


@asynccontextmanager
async def tunnel(
    provider: Provider, program: Path, home: Path, *, patience: float = 20, with_address: float = 20
) -> AsyncIterator[Watched]:
    """`with_address`: the patience once there is an address."""
    watched = Watched(provider, Start(str(program), TARGET, home / "data" / "known"), patience, with_address)
    async with TaskScope() as tasks:
        tasks.spawn(watched.tunnel.run(), name="tunnel")
        yield watched


@pytest.mark.parametrize(
    ("provider", "lines", "address", "arguments"),
    [
        (
            CLOUDFLARED,
            (*stand_ins.CLOUDFLARED, stand_ins.CLOUDFLARED_CONNECTED),
            stand_ins.CLOUDFLARED_ADDRESS,
            ["tunnel", "--no-autoupdate", "--url", TARGET],
        ),
        (
            NGROK,
            stand_ins.NGROK,
            stand_ins.NGROK_ADDRESS,
            ["http", TARGET, "--log", "stdout", "--log-format", "json"],
        ),
        (TAILSCALE, stand_ins.TAILSCALE, stand_ins.TAILSCALE_ADDRESS, ["funnel", TARGET]),
        (SSH, stand_ins.SSH, stand_ins.SSH_ADDRESS, None),
    ],
    ids=lambda value: value.name if isinstance(value, Provider) else "",
)
@pytest.mark.parametrize("on_stderr", [False, True], ids=["stdout", "stderr"])
async def test_the_address_is_learnt_and_the_program_ended(
    tmp_path: Path,
    provider: Provider,
    lines: tuple[str, ...],
    address: str,
    arguments: list[str] | None,
    on_stderr: bool,
) -> None:
    program = StandIn(tmp_path / "bin", provider.program, lines, on_stderr=on_stderr)
    async with tunnel(provider, program.path, tmp_path) as watched:
        up = await watched.state(State.UP)
        assert (up.url, up.text) == (address, "")
        assert runs(program.pid)
    assert watched.health.state is State.STOPPED
    assert watched.health.url is None
    assert not runs(program.pid)
    assert arguments is None or program.arguments == arguments


async def test_ssh_never_asks_and_keeps_its_keys_apart(tmp_path: Path) -> None:
    program = StandIn(tmp_path / "bin", "ssh", stand_ins.SSH)
    async with tunnel(SSH, program.path, tmp_path / "a b%") as watched:
        await watched.state(State.UP)
    arguments = program.arguments
    assert "BatchMode=yes" in arguments
    assert "StrictHostKeyChecking=accept-new" in arguments
    assert f'UserKnownHostsFile="{tmp_path}/a b%%/data/known"' in arguments
    assert arguments[-3:] == ["-R", "80:127.0.0.1:9797", "nokey@localhost.run"]


async def test_cloudflared_is_up_only_when_it_is_connected(tmp_path: Path) -> None:
    program = StandIn(tmp_path / "bin", "cloudflared", stand_ins.CLOUDFLARED)
    async with tunnel(CLOUDFLARED, program.path, tmp_path) as watched:
        waiting = await watched.until(lambda health: health.url is not None)
        assert waiting.state is State.STARTING
        await asyncio.to_thread(program.say, stand_ins.CLOUDFLARED_CONNECTED)
        up = await watched.state(State.UP)
        await asyncio.to_thread(program.say, stand_ins.CLOUDFLARED_LOST)
        lost = await watched.state(State.LOST)
        assert lost.url == up.url
        assert "lost its connection" in lost.text
        watched.changes.clear()
        await asyncio.to_thread(program.say, stand_ins.CLOUDFLARED_CONNECTED)
        assert (await watched.state(State.UP)).text == ""


async def test_a_new_address_is_told(tmp_path: Path) -> None:
    program = StandIn(tmp_path / "bin", "ssh", stand_ins.SSH)
    async with tunnel(SSH, program.path, tmp_path) as watched:
        await watched.state(State.UP)
        new = "https://00112233445566.lhr.life"
        await asyncio.to_thread(program.say, f"00112233445566.lhr.life tunneled with tls termination, {new}")
        changed = await watched.until(lambda health: health.url == new)
        assert changed.state is State.UP
        assert stand_ins.SSH_ADDRESS in changed.text


@pytest.mark.parametrize(
    ("provider", "lines", "code", "told"),
    [
        (CLOUDFLARED, stand_ins.CLOUDFLARED_LIMITED, 1, "no further quick tunnels for now"),
        (
            CLOUDFLARED,
            (
                (
                    'failed to request quick Tunnel: Post "https://api.trycloudflare.com/tunnel": dial tcp: lookup '
                    "api.trycloudflare.com on 127.0.0.11:53: no such host"
                ),
            ),
            1,
            "cannot reach api.trycloudflare.com",
        ),
        (NGROK, stand_ins.NGROK_NO_TOKEN, None, "ngrok config add-authtoken"),
        (
            NGROK,
            (
                "ERROR:  authentication failed: Your account is limited to 1 simultaneous ngrok agent sessions.",
                "ERROR:  ERR_NGROK_108",
            ),
            1,
            "End the other ngrok",
        ),
        (TAILSCALE, stand_ins.TAILSCALE_NOT_ALLOWED, None, "does not allow Funnel yet"),
        (TAILSCALE, ("Access denied: serve config denied",), 1, "--operator=$USER"),
        (
            TAILSCALE,
            (
                (
                    "failed to connect to local tailscaled; it doesn't appear to be running (sudo systemctl start "
                    "tailscaled ?)"
                ),
            ),
            1,
            "service does not run",
        ),
        (TAILSCALE, ("foreground already exists under this port",), 1, "tailscale funnel reset"),
        (SSH, stand_ins.SSH_REFUSED, 255, "refused to forward its port 80"),
        (SSH, ("nokey@localhost.run: Permission denied (publickey).",), 255, "did not let ssh in"),
        (SSH, ("ssh: Could not resolve hostname localhost.run: Name or service not known",), 255, "cannot reach"),
        (SSH, ("Host key verification failed.",), 255, "tunnel_known_hosts"),
        (SSH, ("something nobody has seen before",), 7, "exit code 7: something nobody has seen before"),
        (SSH, (), 0, "ssh ended with exit code 0 and said nothing"),
    ],
)
async def test_a_failure_is_explained(
    tmp_path: Path, provider: Provider, lines: tuple[str, ...], code: int | None, told: str
) -> None:
    program = StandIn(tmp_path / "bin", provider.program, lines, code=code, on_stderr=True)
    async with tunnel(provider, program.path, tmp_path) as watched:
        failed = await watched.state(State.FAILED)
    assert told in failed.text
    assert failed.url is None
    assert watched.health is failed
    assert not runs(program.pid)


async def test_the_last_lines_are_readable_and_hold_no_token(tmp_path: Path) -> None:
    lines = (*stand_ins.NGROK_NO_TOKEN[:1], "\x1b[31mERROR:\x1b[0m  Your authtoken: 2abcDEF_ghiJKLmnoPQRst\x07")
    program = StandIn(tmp_path / "bin", "ngrok", lines, code=1)
    async with tunnel(NGROK, program.path, tmp_path) as watched:
        failed = await watched.state(State.FAILED)
    assert failed.lines == ("info no configuration paths supplied", "ERROR:  Your authtoken: …")


async def test_an_end_after_it_was_up_is_a_failure(tmp_path: Path) -> None:
    program = StandIn(tmp_path / "bin", "tailscale", stand_ins.TAILSCALE)
    async with tunnel(TAILSCALE, program.path, tmp_path) as watched:
        await watched.state(State.UP)
        await asyncio.to_thread(program.exit, 3)
        failed = await watched.state(State.FAILED)
    assert (failed.url, failed.text) == (None, "tailscale ended with exit code 3: Press Ctrl+C to exit.")


async def test_no_address_in_time(tmp_path: Path) -> None:
    program = StandIn(tmp_path / "bin", "ngrok", stand_ins.NGROK[:3])
    async with tunnel(NGROK, program.path, tmp_path, patience=1) as watched:
        failed = await watched.state(State.FAILED)
    assert failed.text.startswith("ngrok told no address within 1 s")
    assert not program.started or not runs(program.pid)


async def test_an_address_without_a_connection_in_time(tmp_path: Path) -> None:
    program = StandIn(tmp_path / "bin", "cloudflared", (*stand_ins.CLOUDFLARED, stand_ins.CLOUDFLARED_LOST))
    async with tunnel(CLOUDFLARED, program.path, tmp_path, with_address=1) as watched:
        failed = await watched.state(State.FAILED)
    assert "port 7844" in failed.text


async def test_a_program_that_tells_of_no_trouble_is_believed(tmp_path: Path) -> None:
    program = StandIn(tmp_path / "bin", "cloudflared", stand_ins.CLOUDFLARED)
    async with tunnel(CLOUDFLARED, program.path, tmp_path, with_address=0.05) as watched:
        assert (await watched.state(State.UP)).url == stand_ins.CLOUDFLARED_ADDRESS


async def test_a_program_that_will_not_end_is_ended_by_force(tmp_path: Path) -> None:
    program = StandIn(tmp_path / "bin", "tailscale", stand_ins.TAILSCALE, stubborn=True)
    async with tunnel(TAILSCALE, program.path, tmp_path) as watched:
        await watched.state(State.UP)
    assert watched.health.state is State.STOPPED
    assert not runs(program.pid)


async def test_a_program_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "ngrok").write_text("not a program")
    async with tunnel(NGROK, tmp_path / "ngrok", tmp_path) as watched:
        failed = await watched.state(State.FAILED)
    assert failed.text.startswith("ngrok ")
    assert "Permission denied" in failed.text


async def test_since_tells_when_the_state_began(tmp_path: Path) -> None:
    program = StandIn(tmp_path / "bin", "ssh", stand_ins.SSH)
    async with tunnel(SSH, program.path, tmp_path) as watched:
        up = await watched.state(State.UP)
        await asyncio.to_thread(program.say, "0.lhr.life tunneled with tls termination, https://0.lhr.life")
        moved = await watched.until(lambda health: health.url == "https://0.lhr.life")
    assert moved.since == up.since
    assert watched.changes[0].since <= up.since <= watched.health.since


@pytest.mark.skipif(sys.platform != "linux", reason="the system sees to it on Linux only")
async def test_the_program_ends_when_we_are_killed(tmp_path: Path) -> None:
    program = StandIn(tmp_path / "bin", "ssh", stand_ins.SSH)
    code = """
import asyncio, sys
from pathlib import Path
from inspector.capture.tunnel.provider import Start
from inspector.capture.tunnel.ssh import SSH
from inspector.capture.tunnel.tunnel import Tunnel
start = Start(sys.argv[1], "http://127.0.0.1:9797", Path(sys.argv[2]))
asyncio.run(Tunnel(SSH, start, lambda health: print(health.state, flush=True)).run())
"""
    arguments = ["-c", code, str(program.path), str(tmp_path / "known")]
    ours = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdout=asyncio.subprocess.PIPE)
    assert ours.stdout is not None
    assert [await ours.stdout.readline() for _ in range(2)] == [b"starting\n", b"up\n"]
    process = os.pidfd_open(program.pid)
    try:
        ours.send_signal(signal.SIGKILL)
        await ours.wait()
        ended, _, _ = await asyncio.to_thread(select.select, [process], [], [], 20)
    finally:
        os.close(process)
    assert ended == [process]
