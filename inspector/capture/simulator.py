"""The simulator: sends the callbacks of simulated messages as SignalWire would."""

import asyncio
import math
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, TypeAlias

from aiohttp import ClientSession, ClientTimeout, DummyCookieJar, TCPConnector, TooManyRedirects
from aiohttp.client_exceptions import (
    ClientConnectionError,
    ClientConnectorCertificateError,
    ClientConnectorError,
    ClientError,
    ConnectionTimeoutError,
    ServerDisconnectedError,
)
from yarl import URL

from inspector.capture.plan import PlannedCallback, plan
from inspector.capture.signer import Signer

# Enough of a reply to keep the connection; what it says does not matter to a sender of status callbacks.
_REPLY_READ: Final = 65_536


@dataclass(frozen=True, slots=True)
class Delivery:
    """How hard a sender tries. All times are in seconds.

    A callback that gets no reply, or one of 500 and above, is sent again after `pause`, up to `attempts` times
    in all, as long as `total` is not over. `redirects` are followed as HTTP clients do.
    """

    attempts: int = 1
    connect: float | None = None
    answer: float = 10.0
    total: float = math.inf
    redirects: int = 0
    pause: float = 0.0


LIKE_SIGNALWIRE: Final = Delivery(attempts=3, connect=2.0, answer=5.0, total=15.0, redirects=3, pause=1.0)
"""The documented limits. Which replies are tried again, and after which pause, is not documented."""

ONCE: Final = Delivery()


@dataclass(frozen=True, slots=True)
class SendResult:
    """What became of one attempt: the reply's HTTP status, or why there was none; in how many seconds.

    `attempt` counts from 1; `again`: another one follows.
    """

    status: int | None
    error: str | None
    seconds: float
    attempt: int = 1
    again: bool = False


@dataclass(frozen=True, slots=True)
class SimulationSummary:
    """How many callbacks were sent, how many of them got a reply and how many none, and the replies by HTTP status.

    Of a callback that was sent more than once the last attempt counts; `retries` are the attempts after the first.
    """

    sent: int
    answered: int
    failed: int
    by_reply_status: Mapping[int, int]
    retries: int = 0


OnResult: TypeAlias = Callable[[PlannedCallback, SendResult], None]


async def simulate(
    url: str,
    planned: Iterable[PlannedCallback],
    *,
    signing_key: str | None = None,
    digest_in_url: bool = False,
    delivery: Delivery = ONCE,
    on_result: OnResult | None = None,
    concurrency: int = 16,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> SimulationSummary:
    """Sends each planned callback to `url` when its time has come, at most `concurrency` at once.

    The callbacks of one message are sent one after the other, so that only those arrive out of order
    that the plan has so; but none waits for another one's retries. With a signing key JSON is signed by the
    schemes A and A-256, with `digest_in_url` by C, and forms by B. `planned` is drawn from as it is sent. A
    receiver that does not answer is a result, not an exception.

    Raises ValueError, in words for the user, when `url` is no http URL.
    """
    address = _address(url)
    loop = asyncio.get_running_loop()
    async with (
        ClientSession(
            connector=TCPConnector(limit=concurrency),
            cookie_jar=DummyCookieJar(),
            headers={"User-Agent": "SignalWire-simulator"},
            auto_decompress=False,
        ) as session,
        asyncio.TaskGroup() as tasks,
    ):
        signer = Signer(signing_key, digest_in_url=digest_in_url)
        sender = _Sender(session, address, signer, delivery, on_result, sleep)
        slots = asyncio.Semaphore(concurrency)
        turns: dict[str, asyncio.Event] = {}

        async def send_in_turn(callback: PlannedCallback, before: asyncio.Event | None, done: asyncio.Event) -> None:
            try:
                if before is not None:
                    await before.wait()
                await sender.send(callback, done)
            finally:
                done.set()
                if turns.get(callback.message_id) is done:
                    del turns[callback.message_id]
                slots.release()

        started = loop.time()
        for number, callback in enumerate(planned, 1):
            delay = started + callback.at - loop.time()
            if delay > 0:
                await sleep(delay)
            await slots.acquire()
            before, done = turns.get(callback.message_id), asyncio.Event()
            if callback.message_id:
                turns[callback.message_id] = done
            tasks.create_task(send_in_turn(callback, before, done), name=f"simulated callback {number}")
    return sender.summary()


class _Sender:
    """Posts callbacks and counts what became of them."""

    def __init__(
        self,
        session: ClientSession,
        address: URL,
        signer: Signer,
        delivery: Delivery,
        on_result: OnResult | None,
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._session = session
        self._address = address
        self._signer = signer
        self._delivery = delivery
        self._on_result = on_result
        self._sleep = sleep
        self._sent = 0
        self._retries = 0
        self._statuses: Counter[int] = Counter()

    async def send(self, callback: PlannedCallback, tried: asyncio.Event) -> None:
        """Send until it is taken or given up; `tried` is set after the first attempt."""
        loop, delivery = asyncio.get_running_loop(), self._delivery
        end = loop.time() + delivery.total
        most = delivery.attempts if callback.retried else 1
        for attempt in range(1, most + 1):
            started = loop.time()
            status, error = await self._post(callback, min(delivery.answer, end - started))
            now = loop.time()
            again = attempt < most and (status is None or status >= 500) and now + delivery.pause < end
            result = SendResult(status, error, now - started, attempt, again)
            self._count(result)
            if self._on_result is not None:
                self._on_result(callback, result)
            tried.set()
            if not again:
                return
            await self._sleep(delivery.pause)

    def summary(self) -> SimulationSummary:
        answered = self._statuses.total()
        statuses = dict(sorted(self._statuses.items()))
        return SimulationSummary(self._sent, answered, self._sent - answered, statuses, self._retries)

    def _count(self, result: SendResult) -> None:
        self._retries += result.attempt > 1
        if not result.again:
            self._sent += 1
            if result.status is not None:
                self._statuses[result.status] += 1

    async def _post(self, callback: PlannedCallback, seconds: float) -> tuple[int | None, str | None]:
        delivery = self._delivery
        address, signatures = self._signer.sign(self._address, callback.content_type, callback.body)
        try:
            async with self._session.post(
                address,
                data=callback.body,
                headers={"Content-Type": callback.content_type, **signatures},
                allow_redirects=delivery.redirects > 0,
                max_redirects=delivery.redirects + 1,  # aiohttp gives up at this one, not after it
                timeout=ClientTimeout(total=seconds, sock_connect=delivery.connect),
            ) as reply:
                await reply.content.read(_REPLY_READ)
                return reply.status, None
        except ConnectionTimeoutError:
            return None, f"No connection within {delivery.connect:g} seconds."
        except TimeoutError:
            return None, f"No reply within {seconds:.3g} seconds."
        except TooManyRedirects:
            return None, f"More than {delivery.redirects} redirects."
        except ClientError as error:
            return None, _in_words(error)


def _address(url: str) -> URL:
    try:
        address = URL(url)
    except ValueError as error:
        raise ValueError(f"“{url}” is no URL: {error}.") from None
    if address.scheme not in ("http", "https") or not address.host:
        raise ValueError(f"“{url}” is no http URL; it should look like http://127.0.0.1:9797/.")
    # Exactly as it goes out, which is what the receiver can check a signature against.
    return URL(f"{address.origin()}{address.raw_path_qs}", encoded=True)


def _in_words(error: ClientError) -> str:
    match error:
        case ClientConnectorCertificateError():
            return f"The receiver's certificate is not valid: {error.certificate_error}."
        case ClientConnectorError():
            if isinstance(error.os_error, ConnectionRefusedError):
                return f"Nothing listens at {error.host}, port {error.port}."
            return f"No connection: {error.os_error.strerror or error.os_error}."
        case ServerDisconnectedError():
            return "The receiver closed the connection without a reply."
        case ClientConnectionError():
            return f"The connection broke: {error}."
        case _:
            return f"No valid HTTP reply: {error}."


async def play(url: str, scenarios: Sequence[str], *, messages: int, rate: float, seed: int) -> SimulationSummary:
    """Plan and send in one go, timestamps by the clock of this moment."""
    begun = time.monotonic()
    planned = plan(
        scenarios,
        messages=messages,
        rate=rate,
        seed=seed,
        started_at=datetime.now(UTC),
        elapsed=lambda: time.monotonic() - begun,
    )
    return await simulate(url, planned)
