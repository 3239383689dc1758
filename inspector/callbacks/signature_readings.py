"""What a signature may cover besides the URL: the body in the ways of the schemes, and as it may have been before."""

import hashlib
import hmac
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from inspector.callbacks.diagnosis import BASE64, HEX_40, HEX_64
from inspector.callbacks.signed_urls import first_value

_MOST_PARAMETERS: Final = 1000
_LARGEST_REWRITTEN: Final = 256 << 10
"""Larger JSON is not written anew to see whether it fits then."""


@dataclass(frozen=True, slots=True)
class Reading:
    """HMAC with `algorithm` over the URL and `suffix`. `scheme` is None for what is none of SignalWire's.

    `rewritten` says which body, other than the one that came, the suffix is made of.
    """

    scheme: str | None
    algorithm: str
    hexadecimal: bool
    suffix: bytes
    description: str = ""
    rewritten: str | None = None
    covers_body: bool = True

    def changed_body(self, url: str, body: bytes) -> bool:
        """Whether the URL holds a digest that is not the body's, where nothing else covers the body."""
        return not self.covers_body and body_digest_differs(url, body)


def body_digest_differs(url: str, body: bytes) -> bool:
    """Whether a URL carries `bodySHA256`, and it is not the body's."""
    query = url.partition("#")[0].partition("?")[2]
    for part in query.split("&"):
        name, _, value = part.partition("=")
        if name == "bodySHA256":
            told = value.lower().encode("utf-8", "surrogatepass")
            return not hmac.compare_digest(told, hashlib.sha256(body).hexdigest().encode())
    return False


def readings(headers: Sequence[tuple[str, str]], body: bytes, forms: set[str]) -> list[Reading]:
    """The schemes that signatures of these forms can have, over the body as it came."""
    found: list[Reading] = []
    if HEX_40 in forms:
        found.append(Reading("A", "sha1", hexadecimal=True, suffix=body))
    if HEX_64 in forms:
        found.append(Reading("A-256", "sha256", hexadecimal=True, suffix=body))
    if BASE64 not in forms:
        return found
    pairs = _parameters(headers, body)
    if pairs is not None:
        found.append(Reading("B", "sha1", hexadecimal=False, suffix=_joined(sorted(set(pairs)))))
    if body:
        found.append(Reading("C", "sha1", hexadecimal=False, suffix=b"", covers_body=False))
        found.append(
            Reading(
                None,
                "sha1",
                hexadecimal=False,
                suffix=body,
                description="it is the raw body's in base64, a mixture of the schemes A and B",
            )
        )
    return found


def rewritten_bodies(headers: Sequence[tuple[str, str]], body: bytes, forms: set[str]) -> Iterator[Reading]:
    """The same schemes over bodies from which the one that came may have been made."""
    raw = list(_rewritten(body))
    if HEX_40 in forms:
        yield from (Reading("A", "sha1", hexadecimal=True, suffix=other, rewritten=what) for other, what in raw)
    if HEX_64 in forms:
        yield from (Reading("A-256", "sha256", hexadecimal=True, suffix=other, rewritten=what) for other, what in raw)
    pairs = _parameters(headers, body) if BASE64 in forms else None
    if pairs:
        yield from (
            Reading("B", "sha1", hexadecimal=False, suffix=other, rewritten=what)
            for other, what in _parameter_orders(pairs)
        )


def _rewritten(body: bytes) -> Iterator[tuple[bytes, str]]:
    stripped = body.strip()
    if stripped != body:
        yield stripped, "the same without the white space around it"
    yield body + b"\n", "the same with a line end behind it"
    yield body + b"\r\n", "the same with a line end behind it"
    if b"\r\n" in body:
        yield body.replace(b"\r\n", b"\n"), "the same with line ends of one character"
    elif b"\n" in body:
        yield body.replace(b"\n", b"\r\n"), "the same with line ends of two characters"
    yield b"", "empty"
    if len(body) > _LARGEST_REWRITTEN:
        return
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return
    for ascii_only in (False, True):
        signs = " with characters escaped" if ascii_only else ""
        for sort in (False, True):
            order = " and sorted by name" if sort else ""
            for (comma, colon), indent, how in _LAYOUTS:
                text = json.dumps(
                    value, ensure_ascii=ascii_only, sort_keys=sort, separators=(comma, colon), indent=indent
                )
                octets = text.encode("utf-8", "surrogatepass")
                if octets != body:
                    yield octets, f"the same JSON {how}{order}{signs}"
                if b"/" in octets:  # PHP writes a slash with a backslash before it
                    yield octets.replace(b"/", b"\\/"), f"the same JSON {how}{order}{signs}, slashes escaped"


_LAYOUTS: Final = (
    ((",", ":"), None, "without spaces"),
    ((", ", ": "), None, "with a space behind each comma and colon"),
    ((",", ": "), 2, "indented by two"),
    ((",", ": "), 4, "indented by four"),
)


def _parameters(headers: Sequence[tuple[str, str]], body: bytes) -> list[tuple[str, str]] | None:
    if body and _is_json(headers):
        return None
    try:
        return parse_qsl(
            body.decode("utf-8", "surrogateescape"),
            keep_blank_values=True,
            errors="surrogateescape",
            max_num_fields=_MOST_PARAMETERS,
        )
    except ValueError:
        return None


def too_many_parameters(headers: Sequence[tuple[str, str]], body: bytes) -> bool:
    """Whether a form has more parameters than are read."""
    return body.count(b"&") >= _MOST_PARAMETERS and _parameters(headers, body) is None and not _is_json(headers)


def _is_json(headers: Sequence[tuple[str, str]]) -> bool:
    return first_value(headers, "content-type").partition(";")[0].rstrip().lower().endswith("json")


def _parameter_orders(pairs: list[tuple[str, str]]) -> Iterator[tuple[bytes, str]]:
    """Ways in which frameworks read a form, and sign what they read."""
    ways = {
        "parameters that come twice counted twice": sorted(pairs),
        "the last of parameters of one name": sorted(dict(pairs).items()),
        "the first of parameters of one name": sorted(dict(reversed(pairs)).items()),
        "parameters in the order in which they came": pairs,
        "parameters without the empty ones": sorted({pair for pair in pairs if pair[1]}),
        "parameters without white space around the values": sorted({(name, value.strip()) for name, value in pairs}),
        "parameters sorted without regard to case": sorted(set(pairs), key=lambda pair: pair[0].lower()),
    }
    known = {_joined(sorted(set(pairs)))}
    for what, ordered in ways.items():
        suffix = _joined(ordered)
        if suffix not in known:
            known.add(suffix)
            yield suffix, what


def _joined(pairs: Sequence[tuple[str, str]]) -> bytes:
    return b"".join(
        name.encode("utf-8", "surrogateescape") + value.encode("utf-8", "surrogateescape") for name, value in pairs
    )
