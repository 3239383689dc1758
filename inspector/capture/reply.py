"""What a sender is answered."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from functools import cached_property, lru_cache
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web
from multidict import CIMultiDict

from inspector import __version__

SERVER: Final = f"callback-inspector/{__version__}"
_MOST_UNREAD: Final = 1 << 20
"""Bytes of answers that a sender may leave unread before it is hung up on."""


@dataclass(frozen=True)
class Reply:
    """An answer: status, headers and body. The default is what SignalWire expects: 200 and nothing else."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""

    def response(self, request: web.BaseRequest) -> web.StreamResponse:
        """The answer to a request. The same object serves many where nothing in it depends on the request."""
        bare = not self.headers and not self.body and self.status >= 200
        if bare and request.keep_alive and request.version == (1, 1):
            return self._short
        headers = CIMultiDict(self.headers)
        headers.setdefault("Server", SERVER)
        response = web.Response(status=self.status, headers=headers, text=self.body or None)
        if headers.get("Connection", "").lower() == "close":
            response.force_close()  # aiohttp sends the header, but does not act on it
        return response

    @cached_property
    def as_json(self) -> Mapping[str, Any]:
        """The answer as the session keeps it: the status, and headers and body where there are any."""
        result: dict[str, Any] = {"status": self.status}
        if self.headers:
            result["headers"] = [[name, value] for name, value in self.headers.items()]
        if self.body:
            result["body"] = self.body
        return result

    @cached_property
    def _short(self) -> "_ShortAnswer":
        return _ShortAnswer(self.status)


class _ShortAnswer(web.StreamResponse):
    """A status and nothing else, on a connection that stays open: written as it is, however often.

    Making a `web.Response` takes longer than judging the callback. This one holds nothing of any request.
    """

    def __init__(self, status: int) -> None:
        super().__init__(status=status)
        try:
            reason = HTTPStatus(status).phrase
        except ValueError:
            reason = ""
        # RFC 9110, section 8.6: no length with 204; with 304 it would be that of a body which was not asked for.
        length = "" if status in (204, 304) else "Content-Length: 0\r\n"
        self._head = f"HTTP/1.1 {status} {reason}\r\nServer: {SERVER}\r\n{length}Date: ".encode()

    @property
    def keep_alive(self) -> bool:
        return True

    async def prepare(self, request: web.BaseRequest) -> None:
        transport = request.transport
        if transport is None:
            raise ConnectionResetError
        if transport.get_write_buffer_size() > _MOST_UNREAD:
            transport.abort()
            raise ConnectionResetError
        transport.write(self._head + _date(int(time.time())))

    async def write_eof(self, data: bytes = b"") -> None:
        """Everything is written already."""


@lru_cache(1)
def _date(second: int) -> bytes:
    return f"{formatdate(second, usegmt=True)}\r\n\r\n".encode()


OK = Reply()
TOO_LARGE = Reply(413, {"Connection": "close"})
FORBIDDEN = Reply(403)
TIMED_OUT = Reply(408, {"Connection": "close"})
INCOMPLETE = Reply(400, {"Connection": "close"})
NOT_YET = Reply(503, {"Retry-After": "5"}, "The signature cannot be checked yet. Send the callback again.\n")
NOT_KEPT = Reply(503, {"Retry-After": "5"}, "The callback could not be stored. Please send it again.\n")
FULL = Reply(503, {"Retry-After": "5", "Connection": "close"})
"""Where all bodies together hold as many bytes as they may."""
