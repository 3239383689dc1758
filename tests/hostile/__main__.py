"""Puts the program with its real window under one kind of hostile load after the other, and prints a table.

    python -m tests.hostile [--seconds N]

Beside each load an honest sender posts twenty callbacks a second, each over a connection of its own. The table says how
many were answered and how late the slowest answer and the window's timer of ten milliseconds were.
"""

import argparse
import asyncio
import contextlib
import json
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from tests.capture.wire import Wire, make_post, make_request

Load = Callable[[int, float], Awaitable[int]]


async def _hold(port: int, count: int, until: float, drip: bytes, first: bytes = b"") -> int:
    """Connections that send `first`, then a byte of `drip` each half second; opened again when they are closed."""
    made = 0

    async def one() -> None:
        nonlocal made
        while time.monotonic() < until:
            with contextlib.suppress(OSError, TimeoutError):
                async with await Wire.open(port) as wire:
                    made += 1
                    await wire.send(first)
                    for number in range(10_000):
                        await asyncio.sleep(0.5)
                        if time.monotonic() >= until:
                            break
                        if drip:
                            await wire.send(drip[number % len(drip) :][:1])
            await asyncio.sleep(0.05)

    await asyncio.gather(*(one() for _ in range(count)))
    return made


async def _nothing(_port: int, until: float) -> int:
    await asyncio.sleep(until - time.monotonic())
    return 0


async def _slow_heads(port: int, until: float) -> int:
    return await _hold(port, 800, until, b"x-header: value\r\n", b"POST / HTTP/1.1\r\nHost: x\r\n")


async def _slow_bodies(port: int, until: float) -> int:
    return await _hold(port, 1200, until, b" ", make_request(b"{", length=10_000))


async def _large_bodies(port: int, until: float) -> int:
    return await _hold(port, 300, until, b" ", make_request(b"x" * 900_000, length=1_000_000))


async def _long_heads(port: int, until: float) -> int:
    return await _hold(
        port, 300, until, b" ", b"POST / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"v" * 60_000 + b"\r\nX-Next: "
    )


async def _idle(port: int, until: float) -> int:
    return await _hold(port, 2000, until, b"")


async def _flood(port: int, until: float) -> int:
    """Come and go, 50 at a time."""
    made = 0

    async def one() -> None:
        nonlocal made
        while time.monotonic() < until:
            with contextlib.suppress(OSError, TimeoutError):
                async with await Wire.open(port):
                    made += 1

    await asyncio.gather(*(one() for _ in range(50)))
    return made


async def _unread(port: int, until: float) -> int:
    """Pipelined callbacks without end, whose answers are never read."""
    made = 0
    requests = make_post(id="flood") * 100

    async def one() -> None:
        nonlocal made
        while time.monotonic() < until:
            with contextlib.suppress(OSError, TimeoutError):
                async with await Wire.open(port) as wire, asyncio.timeout(max(0.01, until - time.monotonic())):
                    while True:
                        await wire.send(requests)
                        made += 100

    await asyncio.gather(*(one() for _ in range(8)))
    return made


async def _no_http(port: int, until: float) -> int:
    """What cannot be read, as fast as it goes."""
    made = 0

    async def one() -> None:
        nonlocal made
        while time.monotonic() < until:
            with contextlib.suppress(OSError, TimeoutError):
                async with await Wire.open(port) as wire:
                    await wire.send(b"\x16\x03\x01\0\xc8\x01" + bytes(100))
                    await wire.rest()
                    made += 1

    await asyncio.gather(*(one() for _ in range(20)))
    return made


LOADS: dict[str, Load] = {
    "nothing": _nothing,
    "800 slow heads": _slow_heads,
    "1,200 slow bodies": _slow_bodies,
    "300 large bodies": _large_bodies,
    "300 long heads": _long_heads,
    "2,000 idle": _idle,
    "connect and close": _flood,
    "no HTTP": _no_http,
    "pipelined, never read": _unread,
}


async def _honest(port: int, until: float) -> tuple[int, int, int, float]:
    """How many were sent, how many answered 200, how many 503, and the slowest answer in seconds."""
    sent = answered = put_off = 0
    slowest = 0.0
    while time.monotonic() < until:
        sent += 1
        begun = time.monotonic()
        with contextlib.suppress(OSError, TimeoutError, asyncio.IncompleteReadError):
            async with await Wire.open(port) as wire:
                status = (await wire.ask(make_post(id=f"honest {sent}"))).status
                answered += status == 200
                put_off += status == 503
        slowest = max(slowest, time.monotonic() - begun)
        await asyncio.sleep(0.05)
    return sent, answered, put_off, slowest


async def _measure(seconds: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        window = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.benchmarks.window_process", "--folder", folder),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, cwd=Path(__file__).parents[2],
        )  # fmt: skip
        assert window.stdin is not None
        assert window.stdout is not None

        async def told() -> dict[str, Any]:
            assert window.stdout is not None
            answer: dict[str, Any] = json.loads(await window.stdout.readline())
            return answer

        async def ask(order: str) -> dict[str, Any]:
            assert window.stdin is not None
            window.stdin.write(f"{order}\n".encode())
            await window.stdin.drain()
            return await told()

        port = (await told())["port"]
        print(f"{'load':24}{'attempts':>10}  {'answered':>10}  {'503':>4}  {'slowest':>9}  window late (ms)")
        for name, load in LOADS.items():
            await asyncio.sleep(1)
            await ask("reset")
            until = time.monotonic() + seconds
            attempts, (sent, answered, put_off, slowest) = await asyncio.gather(load(port, until), _honest(port, until))
            report = await ask("report")
            late = ", ".join(f"{key} {value}" for key, value in report["late"].items())
            print(
                f"{name:24}{attempts:10,}  {answered:>5}/{sent:<4}  {put_off:>4}  {slowest * 1000:6.0f} ms  {late}",
                flush=True,
            )
        window.stdin.close()
        await window.wait()


def main() -> int:
    """Run every load for so many seconds; 0 when done."""
    parser = argparse.ArgumentParser(prog="python -m tests.hostile")
    parser.add_argument("--seconds", type=float, default=5.0, help="how long each load lasts (default: %(default)s)")
    options = parser.parse_args()
    if sys.platform != "win32":
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
    asyncio.run(_measure(options.seconds))
    return 0


if __name__ == "__main__":
    sys.exit(main())
