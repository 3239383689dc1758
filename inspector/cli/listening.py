"""The run of `inspector listen`: capture, report each callback, end when the plan says so, export."""

import asyncio
import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from inspector.callbacks.signature import SignatureState
from inspector.capture.forward import Forwarder
from inspector.capture.forward_address import is_own
from inspector.capture.heartbeat import keep_beating
from inspector.capture.recorder import Recorder
from inspector.capture.reply import Reply
from inspector.capture.row_writer import RowWriter
from inspector.capture.server import CannotListen, CaptureServer, CaptureSettings, Listening, PortInUse
from inspector.cli.door import DoorWarnings
from inspector.cli.lines import callback_event, callback_line, forward_event, forward_line
from inspector.cli.options import WrongUse
from inspector.cli.signals import ending_signals
from inspector.cli.terminal import printable
from inspector.cli.tunnelling import InstalledTunnel, Tunnelling
from inspector.cli.until import Until
from inspector.runtime.errors import ErrorSink, install_error_sink
from inspector.runtime.folders import Folders
from inspector.runtime.memory import give_large_blocks_back, settle
from inspector.runtime.network import is_loopback
from inspector.runtime.tasks import TaskScope
from inspector.session.errors import SessionError
from inspector.session.exchange.export import export
from inspector.session.reader import SessionReader
from inspector.session.records import Appended, ForwardRow, Received
from inspector.session.session import SUFFIX, Session

_TICK: Final = 1.0
"""Seconds between two looks at what the clock changes."""
_MOST_EXAMINED = 20


@dataclass(frozen=True, slots=True)
class Plan:
    """What was asked for on the command line. Times in seconds."""

    host: str
    port: int
    session: Path | None
    export: Path | None
    as_json: bool
    count: int | None
    until: Until | None
    timeout: float | None
    reply_status: int
    forward: str | None
    signing_key: str | None
    public_url: str | None
    started: datetime
    tunnel: InstalledTunnel | None = None
    secret_path: str = field(default="", repr=False)
    require_signature: bool = False
    durable: bool = False


class Listen:
    """One run. `run` returns the exit code."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._ended: asyncio.Future[str] | None = None
        self._reader: SessionReader | None = None
        self._forwarder: Forwarder | None = None
        self._forwards: RowWriter[ForwardRow] | None = None
        self._tunnel: Tunnelling | None = None
        self._callbacks = 0
        self._server: CaptureServer | None = None
        self._examined = 0
        self._key_fits = False
        self._messages: set[int] = set()

    async def run(self) -> int:
        plan = self._plan
        loop = asyncio.get_running_loop()
        self._ended = loop.create_future()
        folders = Folders.of_user()
        with ExitStack() as stack:
            # First, so that a signal ends the run normally from the first line printed to the last.
            stack.enter_context(ending_signals(loop, lambda: self._end("signal")))
            sink = stack.enter_context(_error_sink(folders.logs))
            loop.set_exception_handler(sink.handle_loop_exception)
            session = stack.enter_context(_session(plan, folders))
            self._reader = stack.enter_context(SessionReader(session.path))
            recorder = Recorder(
                session,
                on_appended=self._report,
                on_failure=lambda error: _warn(f"callbacks are answered 503: {error}"),
                on_recovered=lambda recovered: _warn(recovered.text),
            )
            settings = CaptureSettings(
                reply=Reply(plan.reply_status),
                signing_key=plan.signing_key,
                public_url=plan.public_url,
                secret_path=plan.secret_path,
                require_signature=plan.require_signature,
            )
            tasks = TaskScope()
            server = self._server = CaptureServer(recorder, settings)
            sink.on_no_more_files = server.refusals.no_more_files
            stack.callback(DoorWarnings(server.refusals, _warn).close)
            try:
                listening = await _started(server, plan)
                session.hear(time.time_ns() // 1000)
                tasks.spawn(keep_beating(session.record_deaf), name="heartbeat")
                if plan.forward is not None:
                    writer = self._forwards = RowWriter(
                        session.record_forwards, on_written=self._forwarded, on_failure=lambda error: _warn(str(error))
                    )
                    self._forwarder = Forwarder(plan.forward, writer.add)
                self._announce(listening.url, session.path)
                self._start_tunnel(server, folders)
                settle()
                give_large_blocks_back()
                self._look_at_what_is_there()
                reason = await self._wait()
            finally:
                if self._tunnel is not None:
                    await self._tunnel.close()
                await tasks.aclose()
                await server.stop()
                if lost := recorder.close().lost_text:
                    _warn(lost)
                if self._forwarder is not None:
                    await self._forwarder.close()
                if self._forwards is not None:
                    await self._forwards.close()
            if reason == "tunnel" and not self._callbacks:
                raise WrongUse(self._tunnel_failure)
            failure = _note_end(session)
            if plan.export is not None:
                export(self._reader, plan.export)
            self._close(reason)
        if reason == "tunnel":
            failure = self._tunnel_failure
        if failure:
            _warn(failure)
            return 2
        unmet = reason == "timeout" and (plan.count is not None or plan.until is not None)
        return 1 if unmet else 0

    def _start_tunnel(self, server: CaptureServer, folders: Folders) -> None:
        if self._plan.tunnel is not None and server.listening is not None:
            self._tunnel = Tunnelling(self._plan.tunnel, server, self._announce_tunnel, lambda: self._end("tunnel"))
            self._tunnel.start(server.listening.url, folders.sessions)

    @property
    def _tunnel_failure(self) -> str:
        return "" if self._tunnel is None else self._tunnel.failure

    def _announce_tunnel(self, name: str, url: str) -> None:
        if self._plan.as_json:
            self._say_json({"event": "tunnel", "name": name, "url": url})
        else:
            self._say(f"Public address {printable(url)} — by {name}; anyone who knows it can post to it")

    async def _wait(self) -> str:
        assert self._ended is not None  # noqa: S101 - set at the start of run
        until = self._plan.until
        tick = _TICK if until is not None and until.uses_clock else None
        try:
            async with asyncio.timeout(self._plan.timeout):
                while not self._ended.done():
                    await asyncio.wait([self._ended], timeout=tick)
                    self._look_at_what_is_there()
                return self._ended.result()
        except TimeoutError:
            return "timeout"

    def _look_at_what_is_there(self) -> None:
        """What the session holds already counts for --until, and messages stall without a callback."""
        assert self._reader is not None  # noqa: S101 - opened before the server starts
        if not self._is_ended and self._plan.until is not None and self._plan.until.met_already(self._reader):
            self._end("until")

    @property
    def _is_ended(self) -> bool:
        return self._ended is not None and self._ended.done()

    def _end(self, reason: str) -> None:
        if self._ended is not None and not self._ended.done():
            self._ended.set_result(reason)

    def _announce(self, url: str, path: Path) -> None:
        if self._plan.as_json:
            self._say_json({"event": "listening", "url": url, "session": str(path)})
        else:
            below = ", below the secret path only" if self._plan.secret_path else ""
            self._say(f"Listening at {url}{below} — session {printable(str(path))}\nPress Ctrl+C to end.")
        if not is_loopback(self._plan.host):
            _warn(f"{self._plan.host} is open to your network: other machines can send callbacks; nothing can be read")

    def _report(self, batch: Sequence[Received], appended: Sequence[Appended]) -> None:
        pairs = list(zip(batch, appended, strict=True))
        self._callbacks += len(pairs)
        self._key_fits = self._key_fits or any(received.signature is SignatureState.VALID for received in batch)
        self._messages.update(one.message for one in appended if one.message is not None)
        if self._plan.as_json:
            lines = [callback_event(received, one) for received, one in pairs]
        else:
            lines = [callback_line(received, one, self._signature_note(received)) for received, one in pairs]
        self._say("\n".join(lines))  # all at once: each flush is a system call
        for received, one in pairs:
            if self._forwarder is not None:
                self._forwarder.forward(one.seq, received)
        if self._plan.count is not None and self._callbacks >= self._plan.count:
            self._end("count")
        elif self._plan.until is not None and self._fits(appended, self._plan.until):
            self._end("until")

    def _signature_note(self, received: Received) -> str:
        """Why a signature is invalid, in a few words; for the first ones: what is wrong with many is one thing."""
        if received.signature is not SignatureState.INVALID:
            return ""
        self._examined += 1
        if self._examined > _MOST_EXAMINED:
            return "signature invalid"
        from inspector.callbacks.diagnosis import Means, Signed
        from inspector.callbacks.signature_doctor import diagnose

        signed = Signed(received.headers, received.target, received.body, received.truncated)
        # The public URL may be that of a tunnel by now.
        public_url = self._plan.public_url if self._server is None else self._server.settings.public_url
        own = "" if self._server is None or self._server.listening is None else self._server.listening.url
        means = Means(self._plan.signing_key, public_url, own, key_fits_others=self._key_fits)
        return f"signature invalid: {diagnose(signed, means).hint}"

    def _fits(self, appended: Sequence[Appended], until: Until) -> bool:
        assert self._reader is not None  # noqa: S101 - opened before the server starts
        messages = {one.message for one in appended if one.message is not None}
        return until.met_by(self._reader, messages, appended[0].seq - 1)

    def _forwarded(self, rows: Sequence[ForwardRow]) -> None:
        told = forward_event if self._plan.as_json else forward_line
        self._say("\n".join(told(row) for row in rows))

    def _close(self, reason: str) -> None:
        if self._plan.as_json:
            self._say_json(
                {"event": "closed", "reason": reason, "callbacks": self._callbacks, "messages": len(self._messages)}
            )
        else:
            self._say(f"Ended ({reason}): {self._callbacks:,} callbacks, {len(self._messages):,} messages.")

    def _say(self, text: str) -> None:
        try:
            print(text, flush=True)
        except BrokenPipeError:  # nobody reads any more (`| head`): an end like SIGPIPE's, but an orderly one
            self._end("signal")

    def _say_json(self, value: dict[str, Any]) -> None:
        self._say(json.dumps(value))


def _note_end(session: Session) -> str:
    """Note when the capture ended; why that is not possible, else nothing. The export is made all the same."""
    try:
        session.end(time.time_ns() // 1000)
    except SessionError as error:
        return str(error)
    return ""


async def _started(server: CaptureServer, plan: Plan) -> Listening:
    match await server.start(plan.host, plan.port):
        case PortInUse(port=port):
            raise WrongUse(f"port {port} is already in use; choose another with --port, or 0 for any free one")
        case CannotListen(text=text):
            raise WrongUse(text)
        case listening:
            if plan.forward is not None and is_own(plan.forward, listening.host, listening.port):
                raise WrongUse("--forward names the very address that is listened at: callbacks would go in circles")
            return listening


def _warn(text: str) -> None:
    with suppress(OSError):
        print(f"inspector: {printable(text, 1000)}", file=sys.stderr, flush=True)


@contextmanager
def _session(plan: Plan, folders: Folders) -> Iterator[Session]:
    path = plan.session or folders.new_session(plan.started, SUFFIX)
    is_new, durable = not path.exists(), plan.durable
    if is_new:
        session = Session.create(path, started=time.time_ns() // 1000, durable=durable)
    else:
        session = Session.open(path, durable=durable)
    try:
        with session:
            yield session
    except WrongUse:
        if is_new:  # it never listened: leave nothing behind
            path.unlink(missing_ok=True)
        raise


@contextmanager
def _error_sink(folder: Path) -> Iterator[ErrorSink]:
    sink = install_error_sink(folder, _warn)
    try:
        yield sink
    finally:
        sink.close()
