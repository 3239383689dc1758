"""Where the server listens, where it cannot, and how it ends."""

import asyncio
import socket
from contextlib import closing

import pytest

from inspector.capture.server import CannotListen, CaptureServer, Listening, PortInUse
from tests.capture.conftest import Capture, HeldRecorder
from tests.capture.wire import BOUND, Wire, ask, make_post, make_request

BOTH_LOOPS = True


async def test_port_in_use(capture: Capture) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        port = other.getsockname()[1]
        assert await capture.server.start("127.0.0.1", port) == PortInUse(port)
        assert capture.server.listening is None


async def test_port_that_another_server_of_ours_has(capture: Capture) -> None:
    port = await capture.start()
    second = CaptureServer(capture.recorder)
    assert await second.start("127.0.0.1", port) == PortInUse(port)
    assert (await ask(port, make_post())).status == 200


@pytest.mark.parametrize("host", ["203.0.113.7", "no..host", "a\0b", "", "x" * 300], ids=repr)
async def test_address_that_cannot_be_listened_at(capture: Capture, host: str) -> None:
    outcome = await capture.server.start(host, 0)
    assert isinstance(outcome, CannotListen)
    assert "\n" not in outcome.text
    assert outcome.text.endswith(".")


@pytest.mark.parametrize("number", [-1, 65_536, 1 << 70])
async def test_port_that_is_none(capture: Capture, number: int) -> None:
    assert isinstance(await capture.server.start("127.0.0.1", number), CannotListen)


async def test_localhost_is_taken_as_its_address(capture: Capture) -> None:
    listening = await capture.server.start("localhost", 0)
    assert isinstance(listening, Listening)
    assert listening.url == f"http://127.0.0.1:{listening.port}"


async def test_ipv6_address_in_the_url(capture: Capture) -> None:
    listening = await capture.server.start("::1", 0)
    if isinstance(listening, CannotListen):
        pytest.skip("this machine has no IPv6")
    assert isinstance(listening, Listening)
    assert listening.url == f"http://[::1]:{listening.port}"


async def test_stop_answers_what_is_in_flight(capture: Capture) -> None:
    recorder = HeldRecorder(capture)
    port = await capture.serve(recorder)
    async with await Wire.open(port) as wire:
        await wire.send(make_post())
        await recorder.submitted.wait()

        async def release() -> None:
            recorder.release()

        await asyncio.gather(capture.server.stop(), release())
        assert (await wire.reply()).status == 200
        assert await wire.rest() == b""
    assert len(capture.callbacks()) == 1
    with pytest.raises(ConnectionRefusedError):
        await Wire.open(port)


async def test_stop_does_not_wait_for_a_sender_that_stalls(capture: Capture) -> None:
    port = await capture.start()
    async with await Wire.open(port) as wire, asyncio.timeout(BOUND):
        await wire.send(make_request(b"{", length=100))
        await ask(port, make_post())
        await capture.server.stop()
        assert await wire.rest() == b""


async def test_stop_twice_and_start_elsewhere(capture: Capture) -> None:
    first = await capture.start()
    await ask(first, make_post(id="m1"))
    await capture.server.stop()
    await capture.server.stop()
    listening = await capture.server.start("127.0.0.1", 0)
    assert isinstance(listening, Listening)
    await ask(listening.port, make_post(id="m2"))
    again = await capture.server.start("127.0.0.1", listening.port)
    assert again == listening
    await ask(listening.port, make_post(id="m3"))
    assert [callback.message_id for callback in capture.callbacks()] == ["m1", "m2", "m3"]
