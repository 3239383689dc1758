"""Bodies, from their first byte until they are answered: each within its limit, and all of them together."""

from typing import Final, NamedTuple

from aiohttp import web
from aiohttp.client_exceptions import ClientError
from aiohttp.http_exceptions import HttpProcessingError

from inspector.capture.gate import BodyLimit, BodyUnreadable, remote_of
from inspector.capture.refusals import Refusals, Refused
from inspector.capture.reply import FULL, INCOMPLETE, TIMED_OUT, TOO_LARGE, Reply

_SLOW_SECONDS: Final = 1.0
_AT_A_TIME: Final = 1 << 19
"""Bytes. So much of a body may be read before anybody looks whether it is too large."""

_BROKEN_OFF: Final = (ClientError, ConnectionError, web.RequestPayloadError, HttpProcessingError)
"""The last is what aiohttp's parser in Python raises for chunks that go wrong, where the one in C is not installed."""

_NEWEST: Final = "the newest one, as all others were smaller or nearly done"
_SLOW: Final = "a slow one, to make room"
_LARGE: Final = "a large one, to make room"


class Body(NamedTuple):
    """What came of a body. With a `reply`, not all of it, and that is the answer."""

    content: bytes
    held: int
    """Bytes that are counted for it, to be handed back by `Bodies.let_go`."""
    reply: Reply | None = None
    too_large: int | None = None
    incomplete: str | None = None


class Bodies:
    """Reads bodies, and counts the bytes that they hold together: in `held`.

    Where that is more than may be, those that come slowly are given up, the longest under way first, then those that
    hold more than the newest; else the newest. They are answered 503, counted, and their bytes let go at once. Bodies
    that came whole are never given up for others.
    """

    def __init__(self, refusals: Refusals) -> None:
        self.held = 0
        self._refusals = refusals
        self._unfinished: dict[_Unfinished, None] = {}
        """In the order of their beginnings, which may come within one tick of the clock."""

    def let_go(self, body: Body) -> None:
        """Count a body no more: it was answered."""
        self.held -= body.held

    async def read(self, request: web.BaseRequest, *, largest: int, seconds: float, together: int) -> Body:
        """Read a body of at most `largest` bytes, within `seconds`, while all hold at most `together` bytes.

        One body alone always finds room. What is returned is to be handed to `let_go` once it is answered.
        """
        content = request.content
        try:
            if content.is_eof():  # it came together with the head, as small bodies do
                whole = content.read_nowait()
                held = len(whole)
                self.held += held
                if self.held > together and not self._has_room(None, held, max(together, largest + _AT_A_TIME)):
                    self.held -= held
                    self._refusals.add(Refused.FULL, _NEWEST, request.remote or "")
                    return _PUT_OFF
                return _within(whole, held, largest)
            # Also where the body is said to be too large: its beginning is kept.
            _continue_if_asked(request)
            return await self._read_on(request, largest, seconds, max(together, largest + _AT_A_TIME))
        except _BROKEN_OFF as error:
            return Body(b"", 0, INCOMPLETE, incomplete=f"the sender broke off ({type(error).__name__}).")

    async def _read_on(self, request: web.BaseRequest, largest: int, seconds: float, together: int) -> Body:
        body = _Unfinished(request, seconds)
        self._unfinished[body] = None
        try:
            reply, incomplete = await self._fill(body, request, largest, together)
        except BaseException:
            self.held -= body.size
            raise
        finally:
            del self._unfinished[body]
        if body.put_off:
            self.held -= body.size
            return _PUT_OFF
        content = b"".join(body.chunks)
        if reply is not None:
            return Body(content, body.size, reply, incomplete=incomplete)
        return _within(content, body.size, largest)

    async def _fill(
        self, body: "_Unfinished", request: web.BaseRequest, largest: int, together: int
    ) -> tuple[Reply | None, str]:
        """Read what comes; what is to be said where it is not all, and why."""
        try:
            async with body:
                while chunk := await request.content.readany():
                    body.chunks.append(chunk)
                    body.size += len(chunk)
                    self.held += len(chunk)
                    if self.held > together and not self._has_room(body, body.size, together):
                        self._put_off(body, _NEWEST)
                    if body.put_off or body.size > largest:
                        break
        except TimeoutError:
            what = f"{body.size:,} bytes came within {body.seconds:g} seconds, then nothing more."
            if body.given_up:
                what = f"it was given up after {body.size:,} bytes, as there were too many connections at once."
            return TIMED_OUT, what
        except BodyUnreadable as error:
            return INCOMPLETE, f"{body.size:,} bytes could be read, then came {error}."
        except _BROKEN_OFF:
            return INCOMPLETE, f"the sender broke off after {body.size:,} bytes."
        return None, ""

    def _has_room(self, newest: "_Unfinished | None", size: int, together: int) -> bool:
        """Whether what came last, and now holds `size` bytes, may stay; others are given up for it."""
        over = self.held - together
        if over <= 0:
            return True
        others = [one for one in self._unfinished if one is not newest and one.size and not one.put_off]
        slow = [one for one in others if one.age >= _SLOW_SECONDS]
        large = sorted(
            (one for one in others if one.age < _SLOW_SECONDS and one.size > size), key=lambda one: -one.size
        )
        if sum(one.size for one in (*slow, *large)) < over:
            return False  # nobody is to be given up in vain
        for one in slow:
            if self.held > together:
                self._put_off(one, _SLOW)
        for one in large:
            if self.held > together:
                self._put_off(one, _LARGE)
        return True

    def _put_off(self, body: "_Unfinished", reason: str) -> None:
        self.held -= body.size
        body.put_off_now()
        self._refusals.add(Refused.FULL, reason, body.remote)


class _Unfinished(BodyLimit):
    """A body of which not all has come."""

    def __init__(self, request: web.BaseRequest, seconds: float) -> None:
        super().__init__(request, seconds)
        self.seconds = seconds
        self.chunks: list[bytes] = []
        self.size = 0
        self.put_off = False
        """Whether the bytes were let go, as all bodies together held too many."""

    @property
    def remote(self) -> str:
        return remote_of(self._connection)

    def put_off_now(self) -> None:
        """Let the bytes go, and have no more waited for."""
        self.put_off = True
        self.chunks.clear()
        self.size = 0
        self.give_up()


_PUT_OFF: Final = Body(b"", 0, FULL)


def _within(content: bytes, held: int, largest: int) -> Body:
    if len(content) <= largest:
        return Body(content, held)
    return Body(content[:largest], held, TOO_LARGE, too_large=largest)


def _continue_if_asked(request: web.BaseRequest) -> None:
    # RFC 9110, section 10.1.1; aiohttp does this only for applications with routes.
    if request.version >= (1, 1) and request.headers.get("Expect", "").lower() == "100-continue":
        transport = request.transport
        if transport is not None:
            transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
