"""Stands in for SignalWire's REST API, written from its public reference (https://signalwire.com/docs/apis).

It asks for credentials, judges a message as the reference says, keeps a log in pages, and really calls the
status_callback that it was given, as a sender outside would.
"""

import asyncio
import json
import socket
from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final
from uuid import uuid4

from aiohttp import ClientSession, TCPConnector, web
from aiohttp.abc import AbstractResolver, ResolveResult

from inspector.runtime.tasks import TaskScope

SPACE: Final = "example"
PROJECT: Final = "9d3a2c41-5b7e-4f0a-8d26-1e0b7c5a9f33"
TOKEN: Final = "PTsecret0123456789abcdef"
FROM: Final = "+15559870002"
TO: Final = "+15551230001"
OUTSIDE: Final = "callbacks.test"
"""A host of the world outside that leads to this machine, as a tunnel's does."""

_LOGIN: Final = f"Basic {b64encode(f'{PROJECT}:{TOKEN}'.encode()).decode()}"

Answer = Callable[[web.Request], "web.StreamResponse"]


class _Tunnel(AbstractResolver):
    """Resolves OUTSIDE, and nothing else."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        if host != OUTSIDE:
            raise OSError(f"{host} is unknown")
        return [{"hostname": host, "host": "127.0.0.1", "port": port, "family": socket.AF_INET, "proto": 0, "flags": 0}]

    async def close(self) -> None:
        pass


@dataclass
class StandIn:
    """One project with one number. `life` are the statuses that a message goes through, each told by a callback."""

    life: list[str] = field(default_factory=lambda: ["queued", "sent", "delivered"])
    told: set[str] = field(default_factory=lambda: {"queued", "sent", "delivered", "undelivered", "failed"})
    """Of which statuses callbacks are sent: another is in the log only."""
    error: tuple[str, str] | None = None
    """The error code and message of what fails in the end."""
    early: bool = False
    """Send the first callback before the API's answer."""
    answer: Answer | None = None
    """Answers everything, in place of the API."""
    log: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    url: str = ""
    hold: asyncio.Event | None = None
    """The log's pages after the first wait for it."""
    refused: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Numbers that the API refuses to send to, with code and message."""

    def logged(self, number: int = 0, **changes: Any) -> dict[str, Any]:
        """Put a message into the log."""
        created = datetime.now(UTC) - timedelta(seconds=number)
        record: dict[str, Any] = {
            "id": str(uuid4()),
            "from": FROM,
            "to": TO,
            "status": "delivered",
            "direction": "outbound",
            "kind": "sms",
            "source": "api",
            "type": "relay_message",
            "url": None,
            "number_of_segments": 1,
            "charge": 0.01,
            "charge_details": [],
            "created_at": f"{created:%Y-%m-%dT%H:%M:%SZ}",
            "error_code": None,
            "error_message": None,
        }
        record.update(changes)
        self.log.insert(0, record)
        return record


@asynccontextmanager
async def stand_in(**settings: Any) -> AsyncIterator[StandIn]:
    """The API, on a port of this machine."""
    api = StandIn(**settings)
    async with TaskScope() as tasks, ClientSession(connector=TCPConnector(resolver=_Tunnel())) as client:
        application = web.Application(middlewares=[_authenticated(api)])
        application.router.add_post("/api/messaging/messages", partial(_create, api, tasks, client))
        application.router.add_get("/api/messaging/logs", partial(_logs, api))
        application.router.add_get("/api/messaging/logs/{id}", partial(_one, api))
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        api.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield api
        finally:
            await tasks.aclose()
            await runner.cleanup()


def _authenticated(api: StandIn) -> Any:
    @web.middleware
    async def judge(request: web.Request, handler: Any) -> Any:
        api.asked.append(f"{request.method} {request.path_qs}")
        if api.answer is not None:
            return api.answer(request)
        if request.headers.get("Authorization") != _LOGIN:
            return web.json_response({"error": "Unauthorized"}, status=401)
        return await handler(request)

    return judge


async def _create(api: StandIn, tasks: TaskScope, client: ClientSession, request: web.Request) -> web.StreamResponse:
    wanted = await request.json()
    errors = [
        _error("missing_required_parameter", f"{name} is required.", name)
        for name in ("to", "from")
        if not wanted.get(name)
    ]
    if not wanted.get("body"):
        errors.append(_error("body_or_media_required", "A body must be included if there is no media.", "body"))
    if wanted.get("from") != FROM:
        errors.append(_error("21210", "From must be a purchased number of the project.", "from"))
    if wanted.get("to") in api.refused:
        errors.append(_error(*api.refused[wanted["to"]], "to"))
    if errors:
        return web.json_response({"errors": errors}, status=422)
    record = api.logged(to=wanted["to"], status="queued")
    callbacks = _live(api, record, wanted, client)
    if api.early:
        await anext(callbacks)
    tasks.spawn(_drain(callbacks), name="callbacks of the stand-in")
    answer = {
        **{
            name: record[name] for name in ("id", "from", "to", "direction", "kind", "number_of_segments", "created_at")
        },
        "status": "queued",
        "body": wanted["body"],
        "status_callback_url": wanted.get("status_callback"),
        "message_uri": f"/api/messaging/logs/{record['id']}",
        "error_code": None,
        "error_message": None,
    }
    return web.json_response(answer, status=201)


async def _live(
    api: StandIn, record: dict[str, Any], wanted: dict[str, Any], client: ClientSession
) -> AsyncIterator[str]:
    begun = datetime.now(UTC)
    for second, status in enumerate(api.life):
        record["status"] = status
        failed = status in ("undelivered", "failed") and api.error is not None
        record["error_code"], record["error_message"] = api.error if failed and api.error else (None, None)
        payload = {
            "id": record["id"],
            "project_id": PROJECT,
            "status": status,
            "to": record["to"],
            "from": FROM,
            "body": wanted["body"],
            "number_of_segments": 1,
            "timestamp": f"{begun + timedelta(seconds=second):%Y-%m-%dT%H:%M:%SZ}",
            "error_code": record["error_code"],
            "error_message": record["error_message"],
        }
        if status in api.told and wanted.get("status_callback"):
            try:
                async with client.post(wanted["status_callback"], json=payload) as response:
                    await response.read()
            except OSError:
                pass
        yield status


async def _drain(callbacks: AsyncIterator[str]) -> None:
    async for _ in callbacks:
        pass


async def _logs(api: StandIn, request: web.Request) -> web.StreamResponse:
    size = min(int(request.query.get("page_size", "50")), 1000)
    number = int(request.query.get("page_number", "0"))
    if number and api.hold is not None:
        await api.hold.wait()
    after, before = request.query.get("created_after", ""), request.query.get("created_before", "9999")
    fitting = [one for one in api.log if after <= one["created_at"][:10] < before]
    page = fitting[number * size : (number + 1) * size]
    links = {"self": str(request.url), "first": f"https://{SPACE}.signalwire.com/api/messaging/logs?page_size={size}"}
    if (number + 1) * size < len(fitting):
        links["next"] = (
            f"https://{SPACE}.signalwire.com/api/messaging/logs?page_number={number + 1}&page_size={size}"
            f"&page_token=PA{uuid4()}&created_after={after}&created_before={before}"
        )
    return web.json_response({"links": links, "data": page})


async def _one(api: StandIn, request: web.Request) -> web.StreamResponse:
    found = next((one for one in api.log if one["id"] == request.match_info["id"]), None)
    return web.json_response({}, status=404) if found is None else web.json_response(found)


def _error(code: str, message: str, attribute: str) -> dict[str, str]:
    return {
        "type": "validation_error",
        "code": code,
        "message": message,
        "attribute": attribute,
        "url": "https://signalwire.com/docs/apis/error-codes",
    }


def text_answer(body: str, status: int = 200, **headers: str) -> Answer:
    """Answers everything with this."""
    return lambda _: web.Response(text=body, status=status, headers=headers)


def json_answer(value: Any, status: int = 200) -> Answer:
    return text_answer(json.dumps(value), status)
