"""A captured callback sent to another address, byte for byte: what forwarding and replaying share."""

import string
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlsplit, urlunsplit

from aiohttp import ClientError, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector, hdrs
from multidict import CIMultiDict
from yarl import URL

from inspector.capture.closed_after_use import ClosedAfterUse
from inspector.capture.unreachable import CONNECT_SECONDS, explained
from inspector.session.records import headers_as_text

_SECONDS: Final = 15.0
_LONGEST_ANSWER: Final = 64 * 1024
NOT_PASSED_ON: Final = frozenset(
    # RFC 9110, section 7.6.1: these speak of one connection, not of the message.
    {"host", "connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"}
    | {"content-length", "expect", "proxy-authenticate", "proxy-authorization"}
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the answer's status, headers and the beginning of its body, or the error that kept it away."""

    milliseconds: int
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    error: str | None = None


class Sender(ClosedAfterUse):
    """Sends requests with the headers given and no others, apart from those that speak of the connection.

    Redirects are not followed and cookies not kept: an answer is an answer.
    """

    def __init__(self, *, at_once: int, seconds: float = _SECONDS, longest: int = _LONGEST_ANSWER) -> None:
        """`longest` is how many bytes of an answer are kept."""
        self._longest = longest
        self._seconds = seconds
        self._session = ClientSession(
            connector=TCPConnector(limit=at_once),
            timeout=ClientTimeout(total=seconds, sock_connect=min(seconds, CONNECT_SECONDS)),
            cookie_jar=DummyCookieJar(),
            auto_decompress=False,
            skip_auto_headers=(hdrs.USER_AGENT, hdrs.ACCEPT, hdrs.ACCEPT_ENCODING, hdrs.CONTENT_TYPE),
        )

    async def close(self) -> None:
        await self._session.close()

    async def send(self, method: str, url: str, headers: Iterable[tuple[str, str]], body: bytes) -> Answer:
        """Send one request. A receiver that cannot be reached is an answer too, with an error."""
        begun = time.monotonic()
        status, error = None, None
        answer_headers: tuple[tuple[str, str], ...] = ()
        content = bytearray()
        try:
            async with self._session.request(
                method, URL(url, encoded=True), data=body or None, headers=_passed_on(headers), allow_redirects=False
            ) as response:
                status = response.status
                answer_headers = headers_as_text(response.raw_headers)
                while len(content) < self._longest and (chunk := await response.content.readany()):
                    content += chunk
        except (ClientError, OSError, ValueError) as problem:
            error = explained(problem, url, self._seconds)
        milliseconds = round((time.monotonic() - begun) * 1000)
        return Answer(milliseconds, status, answer_headers, bytes(content[: self._longest]), error)


def without_login(url: str) -> str:
    """`url` as it may be kept and shown: without the user name and the password that it is asked with."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def with_query(url: str, target: str) -> str:
    """`url`, with the query of the captured target where it has none of its own."""
    parts = urlsplit(url)
    query = parts.query or target.split("#", 1)[0].partition("?")[2]
    return urlunsplit(parts._replace(path=_quoted(parts.path), query=_quoted(query)))


def with_target(url: str, target: str) -> str:
    """`url`, with the captured path and query where it has no path of its own."""
    parts = urlsplit(url)
    if parts.path in ("", "/"):
        url = urlunsplit(parts._replace(path=_path_of(target)))
    return with_query(url, target)


def _path_of(target: str) -> str:
    # RFC 9112, section 3.2: a sender that takes us for a proxy names a whole URL; "*" and an authority are no path.
    path = target.split("#", 1)[0].partition("?")[0]
    if not path.startswith("/"):
        path = f"/{path.partition('://')[2].partition('/')[2]}"
    return path


def _quoted(text: str) -> str:
    return text if text.isascii() else quote(text, safe=string.printable)


def _passed_on(headers: Iterable[tuple[str, str]]) -> "CIMultiDict[str]":
    passed = CIMultiDict[str]()
    spellings: dict[str, str] = {}
    for name, value in headers:
        if name.lower() not in NOT_PASSED_ON:
            # aiohttp drops a repeated header whose name is spelled otherwise than before.
            passed.add(spellings.setdefault(name.lower(), name), _as_utf8(value))
    return passed


def _as_utf8(value: str) -> str:
    # Captured bytes are read as ISO 8859-1, but aiohttp sends UTF-8: only so do they go out as they came.
    try:
        return value if value.isascii() else value.encode("latin-1").decode()
    except UnicodeError:
        return value
