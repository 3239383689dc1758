"""The URLs that a sender may have signed, as far as a request and the configured public URL show them."""

import base64
import binascii
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

STANDARD_PORTS: Final = {"http": "80", "https": "443"}
_LONGEST_SHOWN: Final = 200
_URL: Final = re.compile(r"(?is)(https?)://([^/?#]*)([^?#]*)([^#]*)(#.*)?")
_PLACE: Final = re.compile(r"(\[[^\]]*\]|[^:]*)(?::(\d*))?")


@dataclass(frozen=True, slots=True)
class Url:
    """The parts of an http URL, each as it is written: `credentials` without `@`, `query` with `?`.

    `port` is None where none is written; `fragment` begins with `#`.
    """

    protocol: str
    credentials: str
    host: str
    port: str | None
    path: str
    query: str
    fragment: str = ""

    @property
    def place(self) -> str:
        """Host and port."""
        return self.host if self.port is None else f"{self.host}:{self.port}"

    @property
    def origin(self) -> str:
        """Without path and credentials."""
        return f"{self.protocol}://{self.place}"

    def __str__(self) -> str:
        at = f"{self.credentials}@" if self.credentials else ""
        return f"{self.protocol}://{at}{self.place}{self.path}{self.query}{self.fragment}"


def parse_url(text: str) -> Url | None:
    """The parts of an http or https URL; None for anything else, or a host that cannot be one."""
    match = _URL.fullmatch(text.strip())
    if match is None:
        return None
    credentials, _, place = match[2].rpartition("@")
    found = _PLACE.fullmatch(place)
    if found is None:
        return None
    return Url(match[1], credentials, found[1], found[2], match[3], match[4], match[5] or "")


def is_http_url(text: str) -> bool:
    """Whether a text has the form of an http or https URL."""
    return _URL.fullmatch(text.strip()) is not None


def candidate_urls(
    headers: Sequence[tuple[str, str]], target: str, public_url: str | None, own_origin: str
) -> tuple[str, ...]:
    """The URLs that the sender may have signed, the likeliest first, each with and without the standard port.

    First the configured public URL, then what `X-Forwarded-Proto` and `X-Forwarded-Host` say, then the
    request's own `Host` and this server's origin. A user name and a password that came with the request
    are tried in the URL, where a sender may have had them configured.
    """
    target = origin_form(target)
    urls: list[str] = []
    if public_url is not None:
        urls += _configured(public_url, target)
    host = first_value(headers, "host")
    protocol = first_value(headers, "x-forwarded-proto").lower()
    forwarded = first_value(headers, "x-forwarded-host")
    if (protocol or forwarded) and (forwarded or host):
        protocols = (protocol,) if protocol in STANDARD_PORTS else ("https", "http")
        urls += [f"{each}://{forwarded or host}{target}" for each in protocols]
    if host:
        urls.append(f"http://{host}{target}")
    # The own origin last, and with credentials before: nobody configures it where there is a tunnel.
    urls.append(own_origin.rstrip("/") + target)
    credentials = basic_credentials(headers)
    plain = [variant for url in urls for variant in _with_and_without_port(url)]
    with_credentials: list[str] = []
    if credentials or any("@" in url for url in plain):
        with_credentials = [one for url in plain[:-1] for one in _with_and_without_credentials(url, credentials)]
    return tuple(dict.fromkeys([*plain[:-1], *with_credentials, plain[-1]]))


def _configured(public_url: str, target: str) -> Iterator[str]:
    text = public_url.strip()
    match = _URL.fullmatch(text)
    if match is None:
        return
    protocol, authority, path = match.group(1, 2, 3)
    path_of_target, mark, query_of_target = target.partition("?")
    # A URL without a path is asked for with the target "/".
    if (path or "/") == path_of_target:
        yield text
    # Also where the paths agree: the sender may have added to the query (bodySHA256), and a fragment, from
    # which SignalWire reads timeouts, may not be part of what it signs.
    yield f"{protocol}://{authority}{target}"
    if path in ("", "/"):
        return
    # A proxy may have changed the path: a slash at the end more or less, or a prefix that it took off.
    if path.rstrip("/").endswith(path_of_target.rstrip("/")):
        yield text
        yield f"{protocol}://{authority}{path}{mark}{query_of_target}"
    yield f"{protocol}://{authority}{path.rstrip('/')}{target}"


def origin_form(target: str) -> str:
    """A request's target as path and query. A client that takes us for a proxy sends the whole URL."""
    match = _URL.fullmatch(target)
    if match is None:
        return target
    path_and_query = match[3] + match[4]
    return path_and_query if path_and_query.startswith("/") else f"/{path_and_query}"


def _with_and_without_port(url: str) -> Iterator[str]:
    yield url
    match = _URL.fullmatch(url)
    if match is None:
        return
    user, at, place = match[2].rpartition("@")
    host = _PLACE.fullmatch(place)
    if host is None:
        return
    standard = STANDARD_PORTS[match[1].lower()]
    rest = url[match.end(2) :]
    if host[2] is None:
        yield f"{match[1]}://{user}{at}{host[1]}:{standard}{rest}"
    elif host[2] == standard:
        yield f"{match[1]}://{user}{at}{host[1]}{rest}"


def _with_and_without_credentials(url: str, credentials: Iterable[str]) -> Iterator[str]:
    match = _URL.fullmatch(url)
    if match is None:
        return
    user, at, place = match[2].rpartition("@")
    rest = url[match.end(2) :]
    if at:
        yield f"{match[1]}://{place}{rest}"
    for each in credentials:
        if each != user:
            yield f"{match[1]}://{each}@{place}{rest}"


def basic_credentials(headers: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """`user:password` of basic authentication (RFC 7617), as it is and percent-encoded; nothing without any."""
    value = next((value for name, value in headers if name.lower() == "authorization"), "")
    kind, _, encoded = value.strip().partition(" ")
    if kind.lower() != "basic":
        return ()
    try:
        text = base64.b64decode(encoded.strip(), validate=True).decode("utf-8", "surrogateescape")
    except (binascii.Error, ValueError):
        return ()
    user, colon, password = text.partition(":")
    quoted = quote(user, safe="", errors="surrogateescape") + colon
    quoted += quote(password, safe="", errors="surrogateescape")
    return tuple(dict.fromkeys(one for one in (text, quoted) if one))


def first_value(headers: Sequence[tuple[str, str]], name: str) -> str:
    """The first of the values that a header lists; `name` in lower case."""
    # Each proxy adds its own at the end; the first is the one nearest to the sender.
    return next((value.partition(",")[0].strip() for each, value in headers if each.lower() == name), "")


def octets(text: str) -> bytes:
    """A URL, a header or a parameter as the bytes that came."""
    # Servers decode targets with surrogateescape; this gives back the bytes that came.
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def shown_url(url: str) -> str:
    """A URL to be read: its password hidden, its length bounded, and all of it printable."""
    match = _URL.fullmatch(url)
    if match is not None:
        user, at, place = match[2].rpartition("@")
        if at:
            url = f"{match[1]}://{user.partition(':')[0]}:…@{place}{url[match.end(2) :]}"
    shortened = url if len(url) <= _LONGEST_SHOWN else url[:_LONGEST_SHOWN] + "…"
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in shortened)


def difference(signed: str, expected: str) -> str:
    """In which way one URL is not another one."""
    one, other = parse_url(signed), parse_url(expected)
    if one is None or other is None:
        return ""
    return ", ".join(_differences(one, other))


def _differences(one: Url, other: Url) -> Iterator[str]:
    if one.protocol.lower() != other.protocol.lower():
        yield f"with {one.protocol} instead of {other.protocol}"
    if one.host.lower() != other.host.lower():
        yield "at another host"
    elif one.port != other.port:
        yield "without the port" if one.port is None else f"with the port {one.port}"
    if one.credentials != other.credentials:
        yield "with user name and password in it" if one.credentials else "without user name and password"
    if one.path != other.path:
        yield _different_path(one.path, other.path)
    if one.query != other.query:
        yield "with another query" if one.query.strip("?") else "without the query"


def _different_path(one: str, other: str) -> str:
    if one == f"{other}/":
        return "with a slash at the end"
    if f"{one}/" == other:
        return "without the slash at the end"
    if one.endswith(other):
        return f"with {shown_url(one.removesuffix(other))} before the path"
    return "with another path"
