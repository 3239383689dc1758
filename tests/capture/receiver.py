"""A real HTTP server that keeps what it gets and answers as it is told."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web


async def _at_once(_: bytes) -> None:
    return


class Receiver:
    """Listens on a free port of this machine. `reply` is given the number of the request, from 1."""

    def __init__(self) -> None:
        self.url = ""
        self.received: list[tuple[web.BaseRequest, bytes]] = []
        self.reply: Callable[[int], web.StreamResponse] = lambda _: web.Response()
        self.before_reply: Callable[[bytes], Awaitable[None]] = _at_once
        self.busy = 0
        self.busiest = 0

    @property
    def bodies(self) -> list[bytes]:
        return [body for _, body in self.received]

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        self.busy += 1
        self.busiest = max(self.busiest, self.busy)
        body = await request.read()
        self.received.append((request, body))
        number = len(self.received)
        await self.before_reply(body)
        self.busy -= 1
        return self.reply(number)


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    runner = web.ServerRunner(web.Server(receiver.handle, access_log=None), shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield receiver
    finally:
        await runner.cleanup()
