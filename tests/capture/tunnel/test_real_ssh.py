"""The real SSH client, against a real SSH server that forwards a port and speaks like localhost.run."""

import asyncio
import os
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncssh
import pytest

from inspector.capture.tunnel.health import Health, State
from inspector.capture.tunnel.provider import Start
from inspector.capture.tunnel.ssh import ssh
from inspector.capture.tunnel.tunnel import Tunnel
from inspector.runtime.tasks import TaskScope
from tests.capture.conftest import Capture
from tests.capture.tunnel import stand_ins
from tests.capture.wire import make_body
from tests.cli.post import post


@pytest.fixture
def client() -> str:
    """The SSH client. Without one the tests are skipped, or fail where INSPECTOR_REQUIRE_SSH is set."""
    program = shutil.which("ssh")
    if program is None:
        if os.environ.get("INSPECTOR_REQUIRE_SSH"):
            pytest.fail("There is no ssh (Debian package openssh-client), and INSPECTOR_REQUIRE_SSH asks for it")
        pytest.skip("There is no ssh")
    return program


class _Server(asyncssh.SSHServer):
    def __init__(self, *, forwards: bool, lets_in: bool) -> None:
        self._forwards = forwards
        self._lets_in = lets_in

    def begin_auth(self, username: str) -> bool:
        return not self._lets_in

    def server_requested(self, listen_host: str, listen_port: int) -> bool:
        return self._forwards


async def _greet(process: asyncssh.SSHServerProcess[str]) -> None:
    process.stdout.write("".join(f"{line}\r\n" for line in stand_ins.SSH))
    await process.stdin.read()  # as long as the client holds its end open


@asynccontextmanager
async def server(port: int = 0, *, forwards: bool = True, lets_in: bool = True) -> AsyncIterator[int]:
    """A server with a key of its own; its port."""
    acceptor = await asyncssh.create_server(
        lambda: _Server(forwards=forwards, lets_in=lets_in),
        "127.0.0.1",
        port,
        server_host_keys=[asyncssh.generate_private_key("ssh-ed25519")],
        process_factory=_greet,
        reuse_address=True,
    )
    try:
        yield acceptor.get_port()
    finally:
        acceptor.close()
        await acceptor.wait_closed()


async def outcome(client: str, port: int, target: str, known_hosts: Path) -> Health:
    """How a tunnel through the server on `port` is, once it is up or has failed. It is ended then."""
    async with tunnel(client, port, target, known_hosts) as health:
        return health


@asynccontextmanager
async def tunnel(client: str, port: int, target: str, known_hosts: Path) -> AsyncIterator[Health]:
    settled: asyncio.Future[Health] = asyncio.get_running_loop().create_future()

    def on_change(health: Health) -> None:
        if health.state in (State.UP, State.FAILED) and not settled.done():
            settled.set_result(health)

    provider = ssh("nokey@127.0.0.1", port, remote=0)
    async with TaskScope() as tasks:
        tasks.spawn(Tunnel(provider, Start(client, target, known_hosts), on_change).run(), name="tunnel")
        yield await asyncio.wait_for(settled, 30)


async def test_a_callback_comes_through(client: str, capture: Capture, tmp_path: Path) -> None:
    target = f"http://127.0.0.1:{await capture.start()}"
    known_hosts = tmp_path / "a folder" / "known_hosts"
    async with server() as port, tunnel(client, port, target, known_hosts) as health:
        assert (health.state, health.url) == (State.UP, stand_ins.SSH_ADDRESS)
        allocated = re.search(r"Allocated port (\d+) for remote forward", "\n".join(health.lines))
        assert allocated is not None
        assert await asyncio.to_thread(post, int(allocated[1]), make_body(status="sent")) == [200]
    assert capture.only().valid
    assert known_hosts.read_text().split()[1] == "ssh-ed25519"


async def test_a_server_that_refuses_to_forward(client: str, tmp_path: Path) -> None:
    async with server(forwards=False) as port:
        health = await outcome(client, port, "http://127.0.0.1:9", tmp_path / "known_hosts")
    assert health.state is State.FAILED
    assert "refused to forward" in health.text


async def test_a_server_that_wants_to_know_who_comes(client: str, tmp_path: Path) -> None:
    async with server(lets_in=False) as port:
        health = await outcome(client, port, "http://127.0.0.1:9", tmp_path / "known_hosts")
    assert health.state is State.FAILED
    assert "did not let ssh in" in health.text


async def test_a_server_with_another_key_than_before(client: str, tmp_path: Path) -> None:
    known_hosts = tmp_path / "known_hosts"
    async with server() as port:
        assert (await outcome(client, port, "http://127.0.0.1:9", known_hosts)).state is State.UP
    async with server(port):
        health = await outcome(client, port, "http://127.0.0.1:9", known_hosts)
    assert health.state is State.FAILED
    assert "shows another key" in health.text


async def test_nobody_at_the_port(client: str, tmp_path: Path) -> None:
    async with server() as port:
        pass
    health = await outcome(client, port, "http://127.0.0.1:9", tmp_path / "known_hosts")
    assert health.state is State.FAILED
    assert "cannot reach 127.0.0.1" in health.text
