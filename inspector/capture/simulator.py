"""The simulator: plans the callbacks of simulated messages, and sends them as SignalWire would."""

import asyncio
import heapq
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count, cycle, islice
from typing import Final
from urllib.parse import parse_qsl

from aiohttp import ClientSession, ClientTimeout, TCPConnector
from aiohttp.client_exceptions import (
    ClientConnectionError,
    ClientConnectorCertificateError,
    ClientConnectorError,
    ClientError,
    ServerDisconnectedError,
)
from yarl import URL

from inspector.callbacks.signature import sign_form, sign_json, sign_json_sha256
from inspector.capture.scenarios import FORM_TYPE, SCENARIOS, Cast, Life, Step


@dataclass(frozen=True, slots=True)
class PlannedCallback:
    """One request to send, `at` seconds after the start.

    `message_id` is empty where the body tells of no message. `scenario` is the one that the message
    plays: in `mixed`, the one that its turn fell to.
    """

    at: float
    body: bytes
    content_type: str
    message_id: str
    scenario: str


# A plan holds the callbacks of the messages under way; no rate may make that all messages.
_MOST_WAITING: Final = 20_000
_LOWEST_RATE, _HIGHEST_RATE = 0.001, 1_000_000
# Seconds that a sender may be behind its plan before the plan waits for it.
_SLACK: Final = 1.0
# Enough of a reply to keep the connection; what it says does not matter to a sender of status callbacks.
_REPLY_READ: Final = 65_536


def plan(
    scenarios: Sequence[str],
    *,
    messages: int,
    rate: float,
    seed: int,
    started_at: datetime,
    elapsed: Callable[[], float] | None = None,
) -> Iterator[PlannedCallback]:
    """The callbacks of `messages` messages, which play the named scenarios in turn, in the order of sending.

    Pure and seeded: the same arguments give the same callbacks, byte for byte. They are made one by one,
    so that a plan for a million messages needs the memory of those under way.

    `rate` is the number of callbacks a second over all messages; lives are stretched or pressed with
    it, so that some eight messages are always under way. Timestamps count from `started_at`, which must
    have a time zone. `elapsed` gives the real seconds since then: with it, the plan waits for a sender
    that falls behind, so that a slow receiver sees a lower rate instead of ever older timestamps.

    Raises ValueError, in words for the user, for an unknown scenario or a number that makes no sense.
    """
    if not scenarios:
        raise ValueError("Name at least one scenario.")
    for name in scenarios:
        if name not in SCENARIOS:
            raise ValueError(f"There is no scenario “{name}”; there are {', '.join(SCENARIOS)}.")
    if messages < 0:
        raise ValueError("The number of messages must not be negative.")
    if not _LOWEST_RATE <= rate <= _HIGHEST_RATE:
        raise ValueError(f"The rate must be between {_LOWEST_RATE} and {_HIGHEST_RATE:,} callbacks a second.")
    if started_at.tzinfo is None:
        raise ValueError("The start must have a time zone.")
    chance = random.Random(seed)  # noqa: S311 - reproducible sample data, nothing secret
    cast = Cast(chance, pace=min(6.0, max(0.2, 5 / rate)))
    return _interleaved(islice(_lives(scenarios, cast), messages), rate, started_at, elapsed)


def _lives(scenarios: Sequence[str], cast: Cast) -> Iterator[Life]:
    for name in cycle(scenarios):
        scenario = SCENARIOS[name]
        for _ in range(scenario.in_a_row):
            life = scenario.compose(cast)
            yield life if life.scenario else replace(life, scenario=name)


def _interleaved(
    lives: Iterator[Life], rate: float, started_at: datetime, elapsed: Callable[[], float] | None
) -> Iterator[PlannedCallback]:
    waiting: list[tuple[float, int, float, Step, Life]] = []
    order = count()
    begins = 0.0
    life = next(lives, None)
    while life is not None or waiting:
        while life is not None and len(waiting) < _MOST_WAITING and (not waiting or begins <= waiting[0][0]):
            if elapsed is not None:
                begins = max(begins, elapsed() - _SLACK)
            for step in life.steps:
                heapq.heappush(waiting, (begins + step.at, next(order), begins + step.happened, step, life))
            begins += len(life.steps) / rate if life.pause is None else life.pause
            life = next(lives, None)
        at, _, happened, step, told = heapq.heappop(waiting)
        # Only a full house lets the next message fall behind what was sent already.
        begins = max(begins, at)
        yield _callback(at, step, told, started_at + timedelta(seconds=happened))


def _callback(at: float, step: Step, life: Life, moment: datetime) -> PlannedCallback:
    code, text = step.error or (None, None)
    timestamp = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    told = {"status": step.status, "timestamp": timestamp, "error_code": code, "error_message": text}
    body, content_type = step.render({**life.fields, **told})
    return PlannedCallback(at, body, content_type, life.fields.get("id", ""), life.scenario)


@dataclass(frozen=True, slots=True)
class SendResult:
    """What became of one callback: the reply's HTTP status, or why there was none; in how many seconds."""

    status: int | None
    error: str | None
    seconds: float


@dataclass(frozen=True, slots=True)
class SimulationSummary:
    """How many callbacks were sent, how many of them got a reply and how many none, and the replies by HTTP status."""

    sent: int
    answered: int
    failed: int
    by_reply_status: Mapping[int, int]


async def simulate(
    url: str,
    planned: Iterable[PlannedCallback],
    *,
    signing_key: str | None = None,
    on_result: Callable[[PlannedCallback, SendResult], None] | None = None,
    concurrency: int = 16,
    timeout_seconds: float = 10,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> SimulationSummary:
    """Sends each planned callback to `url` when its time has come, at most `concurrency` at once.

    The callbacks of one message are sent one after the other, so that only those arrive out of order
    that the plan has so. With a signing key JSON is signed by the schemes A and A-256, forms by B.
    `planned` is drawn from as it is sent. A receiver that does not answer is a result, not an exception.

    Raises ValueError, in words for the user, when `url` is no http URL.
    """
    address = _address(url)
    loop = asyncio.get_running_loop()
    async with (
        ClientSession(
            connector=TCPConnector(limit=concurrency),
            timeout=ClientTimeout(total=timeout_seconds),
            headers={"User-Agent": "SignalWire-simulator"},
            auto_decompress=False,
        ) as session,
        asyncio.TaskGroup() as tasks,
    ):
        sender = _Sender(session, address, signing_key, on_result, timeout_seconds)
        slots = asyncio.Semaphore(concurrency)
        turns: dict[str, asyncio.Event] = {}

        async def send_in_turn(callback: PlannedCallback, before: asyncio.Event | None, done: asyncio.Event) -> None:
            try:
                if before is not None:
                    await before.wait()
                await sender.send(callback)
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
        signing_key: str | None,
        on_result: Callable[[PlannedCallback, SendResult], None] | None,
        timeout_seconds: float,
    ) -> None:
        self._session = session
        self._address = address
        self._signing_key = signing_key
        self._on_result = on_result
        self._timeout_seconds = timeout_seconds
        self._sent = 0
        self._statuses: Counter[int] = Counter()

    async def send(self, callback: PlannedCallback) -> None:
        loop = asyncio.get_running_loop()
        started = loop.time()
        status, error = await self._post(callback)
        self._sent += 1
        if status is not None:
            self._statuses[status] += 1
        if self._on_result is not None:
            self._on_result(callback, SendResult(status, error, loop.time() - started))

    def summary(self) -> SimulationSummary:
        answered = self._statuses.total()
        return SimulationSummary(self._sent, answered, self._sent - answered, dict(sorted(self._statuses.items())))

    async def _post(self, callback: PlannedCallback) -> tuple[int | None, str | None]:
        headers = {"Content-Type": callback.content_type, **self._signatures(callback)}
        try:
            async with self._session.post(
                self._address, data=callback.body, headers=headers, allow_redirects=False
            ) as reply:
                await reply.content.read(_REPLY_READ)
                return reply.status, None
        except TimeoutError:
            return None, f"No reply within {self._timeout_seconds:g} seconds."
        except ClientError as error:
            return None, _in_words(error)

    def _signatures(self, callback: PlannedCallback) -> dict[str, str]:
        key, url = self._signing_key, str(self._address)
        if not key:
            return {}
        if callback.content_type == FORM_TYPE:
            parameters = parse_qsl(callback.body.decode(), keep_blank_values=True)
            return {"X-SignalWire-Signature": sign_form(key, url, parameters)}
        return {
            "X-SignalWire-Signature": sign_json(key, url, callback.body),
            "X-SignalWire-SHA256-Signature": sign_json_sha256(key, url, callback.body),
        }


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
