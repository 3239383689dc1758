"""The door itself: how many may come in at once, and what happens to what is no HTTP."""

import asyncio
import errno
import heapq
import os
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from types import TracebackType
from typing import Any, Final

from aiohttp import web
from aiohttp.http_exceptions import BadHttpMethod, HttpProcessingError, LineTooLong, TransferEncodingError
from aiohttp.streams import EMPTY_PAYLOAD, StreamReader
from aiohttp.web_protocol import RequestHandler

from inspector.capture.refusals import Refusals, Refused
from inspector.capture.reply import SERVER

MOST_HEADERS: Final = 128
LONGEST_LINE: Final = 1 << 16
"""Bytes. A GET of the Compatibility API has the whole text in its target: 1,600 characters, up to 12 bytes each."""
LONGEST_HEAD: Final = 1 << 17
"""Bytes of a request before its body. Each line may be long, and all of them may not."""
MOST_AHEAD: Final = 1 << 16
"""Bytes of further requests that a connection may send ahead of its answers. No more is read until some were given."""

_FILES_OF_OURS: Final = 96
"""Open files that are left to the rest of the program: the session, its logs, forwards, tunnels, the window."""
_SHARE: Final = 10
"""One in so many is closed when there are too many, so that looking for them is rare."""
_BEGINNING: Final = 24
_SLOW_SECONDS: Final = 1.0
_BUSY: Final = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nRetry-After: 5\r\nConnection: close\r\n\r\n"
_LONG_HEAD: Final = b"HTTP/1.1 431 Request Header Fields Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_NOT_HTTP: Final = "This is no HTTP request that can be read.\n"

TLS_HINT: Final = "Something speaks HTTPS to this plain HTTP port; use http:// or a tunnel."
_HTTP2_HINT: Final = "Something speaks HTTP/2 without being asked to; have it use HTTP/1.1."
_PROXY_HINT: Final = "A proxy sends the PROXY protocol in front of HTTP; switch that off for this address."


class Gate(web.Server):
    """An HTTP server that `most` connections (at least 1) can be open to at once.

    With more, those that were silent for longest are closed, first those that never asked anything; where every
    one is at work, the bodies that came slowest are given up, and the new one is answered 503.
    """

    def __init__(
        self, handle: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]], refusals: Refusals, most: int,
        **options: Any,
    ) -> None:  # fmt: skip
        super().__init__(handle, **options)
        self.refusals = refusals
        self.most = most
        self._options = options
        self._standing: dict[RequestHandler, asyncio.Transport] = {}

    def __call__(self) -> RequestHandler:
        return _Connection(self, loop=self._loop, **self._options)

    def connection_made(self, handler: RequestHandler, transport: asyncio.Transport) -> None:
        super().connection_made(handler, transport)
        self._standing[handler] = transport
        if _last_file(transport):
            self.refusals.no_more_files()
            self._make_room(handler)
        elif len(self._standing) > self.most:
            self._make_room(handler)

    def connection_lost(self, handler: RequestHandler, exc: BaseException | None = None) -> None:
        self._standing.pop(handler, None)
        super().connection_lost(handler, exc)

    def _make_room(self, newest: RequestHandler) -> None:
        wanted = max(1, self.most // _SHARE)
        others = [one for one in self._standing if isinstance(one, _Connection) and one is not newest]
        silent = heapq.nsmallest(wanted, (one for one in others if one.silent), key=_Connection.worth)
        for one in silent:
            self._dismiss(one, "a silent one, to make room")
            self._loop.call_soon(one.force_close)
        if silent:
            return
        now = self._loop.time()
        slow = [(one.body_limit.since, id(one), one) for one in others if one.body_limit is not None]
        for since, _, one in heapq.nsmallest(wanted, slow):
            if now - since < _SLOW_SECONDS:
                break
            self._dismiss(one, "a slow body, to make room")
            one.give_up()
        if len(self._standing) > self.most:
            transport = self._standing[newest]
            self._dismiss(newest, "a new one, as all others were at work")
            transport.write(_BUSY)
            # Not at once: aiohttp must have begun with a connection before it can end.
            self._loop.call_soon(newest.force_close)

    def _dismiss(self, one: RequestHandler, reason: str) -> None:
        self._standing.pop(one, None)
        self.refusals.add(Refused.CROWDED, reason, remote_of(one))


class _Connection(RequestHandler):
    """One connection. What cannot be read as HTTP is answered 400 and counted; what it sends ahead is bounded."""

    __slots__ = ("_ahead", "_beginning", "_head", "_last_body", "body_limit")

    def __init__(self, gate: Gate, **options: Any) -> None:
        super().__init__(gate, **options)
        self._beginning = b""
        self._head = 0
        self._ahead = 0
        self._last_body: StreamReader = EMPTY_PAYLOAD
        self.body_limit: BodyLimit | None = None
        """There while the rest of a body is waited for."""

    def data_received(self, data: bytes) -> None:
        if not self._request_count and len(self._beginning) < _BEGINNING:
            self._beginning = (self._beginning + data[:_BEGINNING])[:_BEGINNING]
        asked, of_a_body = self._request_count, not self._last_body.is_eof()
        super().data_received(data)
        messages = self._messages
        if self._request_count != asked:
            self._head = 0
            error = getattr(messages[-1][0], "exc", None)
            if of_a_body and error is not None:
                # aiohttp lets who reads the body wait for what will never come.
                self._last_body.set_exception(BodyUnreadable(_reason(error, b"")[0]))
            self._last_body = messages[-1][1]
        elif not of_a_body and not self._close:
            self._head += len(data)
            if self._head > LONGEST_HEAD:
                self._refuse_head()
        if messages and self._current_request is not None:
            self._ahead += len(data)
            if self._ahead > MOST_AHEAD and not self._buffer_paused:
                self._pause_reading_for_buffer()  # aiohttp goes on when it takes the next one up
        else:
            self._ahead = 0

    def _refuse_head(self) -> None:
        if self.transport is None or not isinstance(self._manager, Gate):
            return
        self._manager.refusals.add(Refused.UNREADABLE, f"a head of over {LONGEST_HEAD:,} bytes", remote_of(self))
        if self.silent:
            self.transport.write(_LONG_HEAD)
        self.force_close()

    @property
    def silent(self) -> bool:
        """Whether it is between two requests, or before the first."""
        return self._current_request is None and not self._messages

    def worth(self) -> tuple[bool, float]:
        """The least is closed first: one that never asked anything, then the one that is silent for longest."""
        return self._request_count > 0, self._next_keepalive_close_time

    def give_up(self) -> None:
        """Have the body that is waited for end here."""
        self._lingering_time = 0.0
        if self.body_limit is not None:
            self.body_limit.give_up()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        if not isinstance(exc, HttpProcessingError) or not isinstance(self._manager, Gate):
            return super().handle_error(request, status, exc, message)
        first = self._beginning if self._request_count == 1 else b""
        reason, hint = _reason(exc, first)
        self._manager.refusals.add(Refused.UNREADABLE, reason, remote_of(self), hint)
        # Not aiohttp's own text, which quotes what was sent.
        answer = web.Response(status=status, text=f"{hint}\n" if hint else _NOT_HTTP, headers={"Server": SERVER})
        answer.force_close()
        return answer


class BodyUnreadable(web.RequestPayloadError):
    """The rest of a body cannot be read; the text says why."""


class BodyLimit:
    """How long a body may take; over at once when it is given up to make room. Raises TimeoutError then."""

    def __init__(self, request: web.BaseRequest, seconds: float) -> None:
        self.given_up = False
        self._loop = asyncio.get_running_loop()
        self.since = self._loop.time()
        self._connection = request.protocol
        self._timeout = asyncio.timeout(seconds)

    async def __aenter__(self) -> None:
        await self._timeout.__aenter__()
        if isinstance(self._connection, _Connection):
            self._connection.body_limit = self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(self._connection, _Connection):
            self._connection.body_limit = None
        await self._timeout.__aexit__(kind, error, trace)

    @property
    def age(self) -> float:
        """Seconds since it was begun to be read."""
        return self._loop.time() - self.since

    def give_up(self) -> None:
        """Let no more time pass."""
        if not self._timeout.expired():
            self.given_up = True
            self._timeout.reschedule(0.0)


def _last_file(transport: asyncio.Transport) -> bool:
    """Whether a connection took the last file that the system lets this program open.

    asyncio would tell of the next one, a hundred times a second; libuv, and so uvloop, hangs up on it and says nothing.
    """
    if sys.platform == "win32":
        return False
    try:
        os.close(os.dup(transport.get_extra_info("socket").fileno()))
    except OSError as error:
        return error.errno in (errno.EMFILE, errno.ENFILE)
    return False


def remote_of(handler: RequestHandler) -> str:
    """The address that a connection comes from, "" where it is not known."""
    peer = handler.peername
    return str(peer[0]) if isinstance(peer, tuple) and peer else str(peer or "")


def room(most: int) -> int:
    """How many connections there may be at once: `most`, or fewer where the system allows too few open files."""
    if sys.platform == "win32":
        return most
    import resource

    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if files == resource.RLIM_INFINITY:
        return most
    return max(1, min(most, max(files - _FILES_OF_OURS, files // 2)))


def _reason(error: HttpProcessingError, beginning: bytes) -> tuple[str, str]:
    """Why something is no HTTP, and what to do about it."""
    if beginning.startswith(b"\x16\x03"):
        return "a TLS handshake", TLS_HINT
    if beginning.startswith(b"PRI * HTTP/2"):
        return "HTTP/2", _HTTP2_HINT
    if beginning.startswith((b"PROXY ", b"\r\n\r\n\0\r\nQUIT\n")):
        return "the PROXY protocol", _PROXY_HINT
    match error:
        case BadHttpMethod():
            method = beginning.split(b" ", 1)[0]
            known = method.isalpha() and method.isascii() and len(method) < _BEGINNING
            return (f"the method {method.decode()} is not known" if known else "no HTTP method at its beginning"), ""
        case LineTooLong():
            return f"a line of over {LONGEST_LINE:,} bytes", ""
        case TransferEncodingError():
            return "a body in chunks that do not fit", ""
    for sign, reason in _SIGNS:
        if sign in error.message.lower():
            return reason, ""
    return "a malformed request", ""


_SIGNS: Final = (
    ("too many headers", f"over {MOST_HEADERS} headers"),
    ("'host' header", "more than one Host header"),
    ("duplicate 'host'", "more than one Host header"),
    ("content-length", "a Content-Length that does not fit"),
    ("transfer-encoding", "a Transfer-Encoding that does not fit"),
    ("chunk", "a body in chunks that do not fit"),
    ("status line", "no HTTP request line"),
    ("http version", "an HTTP version that is not known"),
    ("url", "a target that is no URL"),
    ("header", "a header that HTTP does not allow"),
)


async def accept_no_more(runner: web.ServerRunner) -> None:
    """Let no more connections in, and those that were accepted come all the way.

    asyncio forgets a connection that it has just accepted when its server closes then (python/cpython#109564): nobody
    would ever close it, and its sender would wait in vain.
    """
    loop = asyncio.get_running_loop()
    for site in runner.sites:
        server = getattr(site, "_server", None)
        for listening in getattr(server, "sockets", ()):
            with suppress(NotImplementedError):  # Windows' own loop, which has no such turn
                loop.remove_reader(listening.fileno())
    for _ in range(2):
        await asyncio.sleep(0)
