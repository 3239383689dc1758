"""What of a captured request a client can and must send itself."""

import re
import string
from collections.abc import Iterator
from typing import Final
from urllib.parse import quote

from inspector.session.records import CallbackRow, header_value

_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
# What a client works out for itself from the address and the body.
_OWN: Final = frozenset({"host", "content-length", "transfer-encoding", "connection", "expect"})
_HOST: Final = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]+)?")
_ABSOLUTE: Final = re.compile(r"https?://(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]+)?(?=[/?]|$)")
_STRAY_PERCENT: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
ANYWHERE: Final = "127.0.0.1:9797"
"""The host where the captured one is none."""


def origin(callback: CallbackRow) -> str:
    """`https://host` as the sender addressed it, which a tunnel or proxy in between tells of."""
    secure = (header_value(callback.headers, "x-forwarded-proto") or "").split(",")[0].strip().lower() == "https"
    host = (header_value(callback.headers, "host") or "").strip()
    return f"{'https' if secure else 'http'}://{host if _HOST.fullmatch(host) else ANYWHERE}"


def url_of(callback: CallbackRow) -> str:
    """The URL that was asked for, as a URI (RFC 3986): what no URI may hold is percent-encoded."""
    target = callback.target
    place = _ABSOLUTE.match(target)
    where, path = (place[0], target[place.end() :]) if place is not None else (origin(callback), target)
    if not path.startswith(("/", "?")):
        path = f"/{path}"
    quoted = quote(path.replace("#", "%23"), safe="/?:@!$&'()*+,;=%", errors="surrogatepass")
    return where + _STRAY_PERCENT.sub("%25", quoted)


def sendable(headers: tuple[tuple[str, str], ...]) -> list[tuple[str, str]]:
    """The header lines that a client may send, without those that it works out for itself.

    Values are as they are written in UTF-8, where their bytes are that.
    """
    return [(name, as_written(value)) for name, value in _lines(headers)]


def _lines(headers: tuple[tuple[str, str], ...]) -> Iterator[tuple[str, str]]:
    for name, value in headers:
        if name.lower() not in _OWN and _TOKEN.fullmatch(name) and as_written(value).isprintable():
            yield name, value


def as_written(value: str) -> str:
    """A header's value, of which a session keeps the bytes as ISO 8859-1, as its sender wrote it."""
    try:
        return value.encode("latin-1").decode()
    except UnicodeError:
        return value


def _octets(value: str) -> bytes:
    try:
        return value.encode("latin-1")
    except UnicodeError:  # only an import has such a value
        return value.encode("utf-8", "replace")


def visible(text: str) -> str:
    """`text` without anything that a terminal could act on; in a target that is percent-encoded."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else quote(one, errors="surrogatepass") for one in text)


def path_of(callback: CallbackRow) -> str:
    """The target as path and query, whatever form it came in."""
    target = visible(callback.target)
    if target.startswith(("http://", "https://")):  # RFC 9112, section 3.2.2: asked as if we were a proxy
        target = f"/{target.partition('://')[2].partition('/')[2]}"
    if not target.startswith("/"):
        return "/"
    return target if target.isascii() else quote(target, safe=string.printable, errors="surrogatepass")


def exact_headers(callback: CallbackRow) -> list[tuple[str, str | bytes]]:
    """The header lines that a client may send, with the very bytes of values that are not ASCII."""
    return [(name, value if value.isascii() else _octets(value)) for name, value in _lines(callback.headers)]
