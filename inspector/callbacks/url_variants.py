"""More URLs than the candidates: what tunnels and proxies make of one, undone. For the signature doctor.

A request shows a place (`Host`, `X-Forwarded-Host`, `Forwarded` of RFC 7239), a protocol, a path and a query. Each
may have been another one when the sender signed. The likeliest combinations come first.
"""

import hashlib
import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Final
from urllib.parse import quote, unquote

from inspector.callbacks.signed_urls import (
    STANDARD_PORTS,
    Url,
    basic_credentials,
    candidate_urls,
    origin_form,
    parse_url,
)

MOST_VARIANTS: Final = 2000
_MOST_PLACES: Final = 12
_MOST_PATHS: Final = 12
_MOST_QUERIES: Final = 8
_MOST_CREDENTIALS: Final = 4
_DIGEST: Final = "bodySHA256"


def url_variants(
    headers: Sequence[tuple[str, str]], target: str, body: bytes, public_url: str | None, own_origin: str
) -> Iterator[str]:
    """URLs that may have been signed, the likeliest first: at most MOST_VARIANTS and the candidates."""
    candidates = candidate_urls(headers, target, public_url, own_origin)
    yield from candidates
    known = set(candidates)
    path, mark, query = origin_form(target).partition("?")
    came = Url("http", "", "", None, path, mark + query)
    public = None if public_url is None else parse_url(public_url)
    dimensions = (
        _protocols(headers, public),
        _places(headers, public, own_origin),
        _paths(headers, came, public),
        _queries(came, public, body),
        _some(["", *([public.credentials] if public else []), *basic_credentials(headers)], _MOST_CREDENTIALS),
    )
    choices = itertools.product(*(range(len(one)) for one in dimensions))
    protocols, places, paths, queries, credentials = dimensions
    for first, second, third, fourth, fifth in sorted(choices, key=sum)[:MOST_VARIANTS]:
        protocol, place = protocols[first], places[second]
        place = place.replace(":*", f":{STANDARD_PORTS[protocol]}")
        at = f"{credentials[fifth]}@" if credentials[fifth] else ""
        url = f"{protocol}://{at}{place}{paths[third]}{queries[fourth]}"
        if url not in known:
            yield url


def public_url_for(url: str, headers: Sequence[tuple[str, str]], target: str, own_origin: str) -> str | None:
    """The public URL to set, so that `url` is tried on arrival: the shortest one; None where none does."""
    parts = parse_url(url)
    if parts is None:
        return None
    came = target.partition("?")[0]
    prefix = parts.path.removesuffix(came) if parts.path.endswith(came) else ""
    bases = [parts.origin, f"{parts.origin}{prefix}", f"{parts.origin}{parts.path}"]
    if f"{_DIGEST}=" not in parts.query:  # with one, it would be the address of this one body
        bases.append(f"{parts.origin}{parts.path}{parts.query}")
    return next((base for base in bases if url in candidate_urls(headers, target, base, own_origin)), None)


def _some(texts: Iterable[str], most: int) -> list[str]:
    return list(dict.fromkeys(texts))[:most]


def _values(headers: Sequence[tuple[str, str]], *names: str) -> Iterator[str]:
    for wanted in names:
        for name, value in headers:
            if name.lower() == wanted:
                yield from (one for part in value.split(",")[:4] if (one := part.strip()))


def _forwarded(headers: Sequence[tuple[str, str]], wanted: str) -> Iterator[str]:
    # RFC 7239: `Forwarded: for=192.0.2.60;proto=https;host="example.com:8443", for=…`
    for element in _values(headers, "forwarded"):
        for pair in element.split(";"):
            name, _, value = pair.partition("=")
            if name.strip().lower() == wanted and value:
                yield value.strip().strip('"')


def _protocols(headers: Sequence[tuple[str, str]], public: Url | None) -> list[str]:
    told = [*_values(headers, "x-forwarded-proto", "x-forwarded-scheme"), *_forwarded(headers, "proto")]
    ranked = [*([public.protocol] if public else []), *told, "https", "http"]
    return _some((one.lower() for one in ranked if one.lower() in STANDARD_PORTS), 2)


def _places(headers: Sequence[tuple[str, str]], public: Url | None, own_origin: str) -> list[str]:
    """Hosts, each as it is written, without its port, and with the standard one (`:*`)."""
    own = parse_url(own_origin)
    hosts = [
        *([public.place] if public else []),
        *_values(headers, "x-forwarded-host", "x-original-host"),
        *_forwarded(headers, "host"),
        *_values(headers, "host"),
        *([own.place] if own else []),
    ]
    ports = [port for port in _values(headers, "x-forwarded-port") if port.isascii() and port.isdigit()][:1]
    named = [found for host in dict.fromkeys(hosts) if (found := parse_url(f"http://{host}")) and found.host]
    written = [one.place for one in named] + [one.host for one in named]
    written += [f"{one.host}:*" for one in named] + [f"{one.host}:{port}" for one in named for port in ports]
    return _some([*written, *(one.lower() for one in written)], _MOST_PLACES)


def _paths(headers: Sequence[tuple[str, str]], came: Url, public: Url | None) -> list[str]:
    path = came.path
    turned = path.rstrip("/") if path.endswith("/") else f"{path}/"
    prefixes = [*_values(headers, "x-forwarded-prefix", "x-forwarded-path", "x-script-name")]
    original = [
        origin_form(one).partition("?")[0]
        for one in _values(headers, "x-original-url", "x-original-uri", "x-forwarded-uri", "x-rewrite-url")
    ]
    joined = [f"/{prefix.strip('/')}{each}" for prefix in prefixes if prefix.strip("/") for each in (path, turned)]
    if public is not None and public.path.strip("/"):
        before = public.path.rstrip("/")
        joined += [public.path, before or "/", f"{before}/", before + path, before + turned]
    decoded = unquote(path)
    ranked = [path, turned, *original, *joined, quote(decoded, safe="/:@!$&'()*+,;=-._~"), decoded, f"/{path}"]
    return _some(ranked, _MOST_PATHS)


def _queries(came: Url, public: Url | None, body: bytes) -> list[str]:
    query = came.query.removeprefix("?")
    configured = public.query.removeprefix("?") if public else ""
    parts = [part for part in query.split("&") if part]
    without_digest = "&".join(part for part in parts if part.partition("=")[0] != _DIGEST)
    digest = f"{_DIGEST}={hashlib.sha256(body).hexdigest()}"
    ranked = [
        came.query,
        f"?{query}" if query else "",
        f"?{configured}" if configured else "",
        f"?{configured}&{query}" if configured and query else "",
        "",
        f"?{without_digest}" if without_digest else "",
        f"?{digest}",
        *(f"?{each}&{digest}" for each in (without_digest, configured) if each),
        f"?{unquote(query)}" if query else "",
        "?",
    ]
    return _some(ranked, _MOST_QUERIES)
