"""The capture server: every request, whatever its method and path, becomes a callback in the session."""

import asyncio
import errno
import ipaddress
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from aiohttp import web

from inspector.callbacks.judgement import judge, unjudged
from inspector.callbacks.signature import SignatureState, check_signature
from inspector.capture.answering import Answering, Plan, Planned
from inspector.capture.bodies import Bodies, Body
from inspector.capture.gate import LONGEST_LINE, MOST_HEADERS, Gate, accept_no_more, room
from inspector.capture.key_to_come import KeyToCome
from inspector.capture.recorder import Recorder
from inspector.capture.refusals import Refusals, Refused
from inspector.capture.reply import FORBIDDEN, FULL, NOT_KEPT, NOT_YET, OK, Reply
from inspector.capture.secret_path import NOT_FOUND, is_let_in
from inspector.session.errors import SessionError
from inspector.session.records import Received, headers_as_text

_log: Final = logging.getLogger(__name__)

_HIGHEST_PORT: Final = 65_535

SIGNATURE_HEADERS: Final = frozenset({"x-signalwire-signature", "x-twilio-signature", "x-signalwire-sha256-signature"})


@dataclass(frozen=True, slots=True)
class CaptureSettings:
    """How requests are taken. Sizes in bytes, times in seconds.

    `idle_seconds` bounds how long a connection may take to send the head of a request, and how long
    one is kept open without any; `body_seconds` how long a body may take. `signing_key` is the
    project's key; None leaves signatures unchecked. `most_connections` may be open at once; what it is when
    listening begins counts. All bodies together, until they are answered, may hold `most_in_flight` bytes, or as many
    as one of them may.
    """

    largest_body: int = 1 << 20
    body_seconds: float = 15.0
    idle_seconds: float = 30.0
    signing_key: str | None = field(default=None, repr=False)
    public_url: str | None = None
    reply: Reply = OK
    answer: Plan | None = None
    """What is asked for the answer to each callback that came whole. None, its own or its answer's, means `reply`."""
    most_connections: int = 1000
    most_in_flight: int = 64 << 20
    secret_path: str = field(default="", repr=False)
    """What every path must begin with (`/k7…`), here or behind the path of `public_url`; others are answered 404 and
    not kept. "": any path will do."""
    require_signature: bool = False
    """Whether a callback whose signature is not valid is answered 403 (and kept)."""
    key_to_come: KeyToCome | None = None
    """Where there is no key yet but may be one in a moment: what is signed is judged then."""


@dataclass(frozen=True, slots=True)
class Listening:
    """The server answers at `url` (without a path)."""

    host: str
    port: int
    url: str


@dataclass(frozen=True, slots=True)
class PortInUse:
    """Another program listens at this port already."""

    port: int


@dataclass(frozen=True, slots=True)
class CannotListen:
    """The address cannot be listened at, for this reason."""

    text: str


class CaptureServer:
    """Listens at one address at a time; can be stopped and started again elsewhere."""

    def __init__(
        self, recorder: Recorder, settings: CaptureSettings | None = None, refusals: Refusals | None = None
    ) -> None:
        self.settings = settings or CaptureSettings()
        self.refusals = refusals or Refusals()
        self.listening: Listening | None = None
        self._recorder = recorder
        self._bodies = Bodies(self.refusals)
        self._answering = Answering(recorder)
        self._runner: web.ServerRunner | None = None
        self._clock: Callable[[], int] = time.time_ns

    async def start(self, host: str, port: int) -> Listening | PortInUse | CannotListen:
        """Listen at `host` and `port` (0: any free one)."""
        await self.stop()
        if not host:  # asyncio would listen at every address of this machine
            return CannotListen("No address to listen at was given.")
        if not 0 <= port <= _HIGHEST_PORT:  # uvloop would take what is left of it
            return CannotListen(f"{port} is no port; ports go from 0 to {_HIGHEST_PORT}.")
        # A name would be resolved in threads, which costs a start more than everything else together.
        host = "127.0.0.1" if host == "localhost" else host
        server = Gate(
            self._handle,
            self.refusals,
            room(self.settings.most_connections),
            access_log=None,
            logger=_log,
            auto_decompress=False,
            keepalive_timeout=self.settings.idle_seconds,
            lingering_time=2.0,
            max_line_size=LONGEST_LINE,
            max_field_size=LONGEST_LINE,
            max_headers=MOST_HEADERS,
        )
        runner = web.ServerRunner(server, shutdown_timeout=1.0)
        await runner.setup()
        try:
            await web.TCPSite(runner, host, port).start()
        except (OSError, ValueError) as error:
            await runner.cleanup()
            if getattr(error, "errno", None) == errno.EADDRINUSE:
                return PortInUse(port)
            return CannotListen(f"{host}, port {port}, cannot be listened at: {_reason(error)}.")
        self._runner = runner
        self._answering = Answering(self._recorder)
        port = runner.addresses[0][1]
        self.listening = Listening(host, port, f"http://{_in_url(host)}:{port}")
        return self.listening

    async def stop(self) -> None:
        """Stop listening; requests in flight are answered first, for a second at most."""
        runner, self._runner, self.listening = self._runner, None, None
        if runner is not None:
            self._answering.hurry()
            await accept_no_more(runner)
            await runner.cleanup()
            self._recorder.flush()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        received_at = self._clock() // 1000
        secret = self.settings.secret_path
        if secret and not is_let_in(request.raw_path, secret, self.settings.public_url):
            self.refusals.add(Refused.ELSEWHERE, "", request.remote or "")
            return NOT_FOUND.response(request)
        settings = self.settings
        body = await self._bodies.read(
            request,
            largest=settings.largest_body,
            seconds=settings.body_seconds,
            together=settings.most_in_flight,
        )
        if body.reply is FULL:
            return FULL.response(request)
        try:
            return await self._keep_and_answer(request, received_at, body)
        finally:
            self._bodies.let_go(body)

    async def _keep_and_answer(self, request: web.BaseRequest, received_at: int, body: Body) -> web.StreamResponse:
        if (to_come := self.settings.key_to_come) is not None and _signed(request):
            await self._answering.wait(to_come.known, to_come.seconds_left)
        reply = body.reply or self.settings.reply
        received = self._received(request, received_at, body, reply)
        if self.settings.require_signature and received.signature is not SignatureState.VALID and body.reply is None:
            unknown = received.signature is SignatureState.UNCHECKED and self.settings.key_to_come is not None
            reply = NOT_YET if unknown else FORBIDDEN
            received = received._replace(reply=reply.as_json, locked_out=True)
        elif self.settings.answer is not None and body.reply is None:
            return await self._answer(request, received, self.settings.answer)
        try:
            await self._recorder.submit(received)
        except SessionError:
            return NOT_KEPT.response(request)
        return reply.response(request)

    async def _answer(self, request: web.BaseRequest, received: Received, answer: Plan) -> web.StreamResponse:
        """Commit, then answer as `answer` says."""
        answering = self._answering
        try:
            plan = answer(received)
        except Exception as error:  # noqa: BLE001 - an error of ours must not cost the sender's callback
            told = {"message": "No answer could be planned for a callback.", "exception": error}
            asyncio.get_running_loop().call_exception_handler(told)
            plan = None
        if plan is None:
            plan = Planned(self.settings.reply, received.reply)
        try:
            appended = await self._recorder.submit(received._replace(reply=plan.as_json))
        except SessionError:
            return NOT_KEPT.response(request)
        return await answering.answer(plan, request, received, appended.seq)

    def _received(self, request: web.BaseRequest, received_at: int, body: Body, reply: Reply) -> Received:
        headers = headers_as_text(request.raw_headers)
        try:
            judgement = judge(
                method=request.method,
                target=request.raw_path,
                content_type=request.headers.get("Content-Type", ""),
                body=body.content,
                too_large=body.too_large,
                incomplete=body.incomplete,
            )
            signature = self._signature(request, headers, body.content)
        except Exception as error:  # noqa: BLE001 - an error of ours must not cost the sender's callback: it is kept raw
            told = {"message": "A callback could not be judged.", "exception": error}
            asyncio.get_running_loop().call_exception_handler(told)
            judgement, signature = unjudged(), SignatureState.UNCHECKED
        return Received(
            received=received_at,
            method=request.method,
            target=request.raw_path,
            remote=request.remote or "",
            headers=headers,
            body=body.content,
            judgement=judgement,
            truncated=body.reply is not None,
            signature=signature,
            reply=reply.as_json,
        )

    def _signature(self, request: web.BaseRequest, headers: tuple[tuple[str, str], ...], body: bytes) -> SignatureState:
        if not _signed(request):
            return SignatureState.ABSENT
        if self.settings.signing_key is None:
            return SignatureState.UNCHECKED
        return check_signature(
            key=self.settings.signing_key,
            headers=headers,
            target=request.raw_path,
            body=body,
            public_url=self.settings.public_url,
            own_origin="" if self.listening is None else self.listening.url,
        ).state


def _signed(request: web.BaseRequest) -> bool:
    return any(name in request.headers for name in SIGNATURE_HEADERS)


def _in_url(host: str) -> str:
    try:
        return f"[{host}]" if ipaddress.ip_address(host).version == 6 else host
    except ValueError:
        return host


def _reason(error: BaseException) -> str:
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return "this is no address"
