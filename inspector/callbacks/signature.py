"""Signatures of callbacks: how SignalWire makes them, whether one fits, and why not.

Four schemes, all with the project's signing key:

- A, JSON: hex of HMAC-SHA1 over the URL and the raw body.
- A-256, JSON: the same with SHA-256, in a header of its own.
- B, form: base64 of HMAC-SHA1 over the URL and the parameters, sorted by name.
- C, JSON of the Compatibility API: base64 of HMAC-SHA1 over a URL whose parameter `bodySHA256` holds the body's digest.

The URL that was signed is the one configured at SignalWire. Behind a tunnel the request does not show
it, so several candidates are tried.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import parse_qsl

from inspector.callbacks.signed_urls import candidate_urls, first_value, is_http_url, octets, shown_url


class SignatureState(StrEnum):
    """What is known of a callback's signature; the words are those of the session JSON."""

    ABSENT = "absent"
    UNCHECKED = "unchecked"
    VALID = "valid"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class SignatureCheck:
    """The outcome: for a valid signature with its scheme and the URL that was signed; `reason` is for the user."""

    state: SignatureState
    scheme: str | None
    url: str | None
    reason: str


_HEADERS: Final = ("x-signalwire-signature", "x-twilio-signature")
_HEADER_SHA256: Final = "x-signalwire-sha256-signature"
_DIGEST_NAME: Final = "bodySHA256"
_MOST_PARAMETERS: Final = 1000

# The length tells the schemes apart: base64 of 20 bytes, hex of 20, hex of 32.
_LENGTH_B, _LENGTH_A, _LENGTH_A256 = 28, 40, 64


def _base64_sha1(key: str, message: bytes) -> str:
    return base64.b64encode(hmac.digest(octets(key), message, "sha1")).decode("ascii")


def sign_json(key: str, url: str, body: bytes) -> str:
    """Scheme A: 40 hex digits."""
    return hmac.digest(octets(key), octets(url) + body, "sha1").hex()


def sign_json_sha256(key: str, url: str, body: bytes) -> str:
    """Scheme A-256: 64 hex digits."""
    return hmac.digest(octets(key), octets(url) + body, "sha256").hex()


def sign_form(key: str, url: str, parameters: Iterable[tuple[str, str]]) -> str:
    """Scheme B: 28 characters of base64. A pair that comes twice counts once."""
    pairs = sorted(set(parameters))
    return _base64_sha1(key, octets(url) + b"".join(octets(name) + octets(value) for name, value in pairs))


def sign_compatibility_json(key: str, url_with_digest: str) -> str:
    """Scheme C: 28 characters of base64 over a URL that carries `bodySHA256`."""
    return _base64_sha1(key, octets(url_with_digest))


def check_signature(
    *,
    key: str | None,
    headers: Sequence[tuple[str, str]],
    target: str,
    body: bytes,
    public_url: str | None,
    own_origin: str,
) -> SignatureCheck:
    """Checks the signature that the headers carry against every scheme and every URL that may have been signed.

    `target` is the request's raw target, `public_url` the address configured at SignalWire (an origin, or
    a whole URL), `own_origin` that of this server, such as `http://127.0.0.1:9797`. Never raises, whatever
    was received. One fitting signature is enough where several came.
    """
    sha1 = [value.strip() for name, value in headers if name.lower() in _HEADERS]
    sha256 = [value.strip() for name, value in headers if name.lower() == _HEADER_SHA256]
    if not sha1 and not sha256:
        return SignatureCheck(SignatureState.ABSENT, None, None, "The callback came without a signature.")
    if not key:
        reason = "The callback is signed, but no signing key is set, so the signature was not checked."
        return SignatureCheck(SignatureState.UNCHECKED, None, None, reason)
    attempt = _Attempt(key, headers, body, sha1, sha256)
    if not attempt.readable:
        reason = "The signature has no form that SignalWire uses: 28 characters of base64, or 40 or 64 hex digits."
        return SignatureCheck(SignatureState.INVALID, None, None, reason)
    urls = candidate_urls(headers, target, public_url, own_origin)
    for url in urls:
        scheme = attempt.scheme_for(url)
        if scheme is not None:
            reason = f"The signature is valid: scheme {scheme}, signed for {shown_url(url)}."
            return SignatureCheck(SignatureState.VALID, scheme, url, reason)
    return SignatureCheck(SignatureState.INVALID, None, None, attempt.failure(urls, public_url))


class _Attempt:
    """One callback's signatures, tried with one URL after the other."""

    def __init__(
        self, key: str, headers: Sequence[tuple[str, str]], body: bytes, sha1: list[str], sha256: list[str]
    ) -> None:
        self._key = key
        self._body = body
        self._hex = _of_length(sha1, _LENGTH_A)
        self._hex_sha256 = _of_length(sha256, _LENGTH_A256)
        self._base64 = _of_length(sha1, _LENGTH_B)
        self._parameters: list[tuple[str, str]] | None = None
        self._too_many_parameters = False
        self._changed_body = False
        if self._base64 and (not body or not _is_json(headers)):
            self._read_parameters()

    @property
    def readable(self) -> bool:
        """Whether any signature has the form of a scheme."""
        return bool(self._hex or self._hex_sha256 or self._base64)

    def scheme_for(self, url: str) -> str | None:
        """The scheme in which a signature fits `url`, if one does."""
        key = self._key
        if self._hex and _among(sign_json(key, url, self._body), self._hex):
            return "A"
        if self._hex_sha256 and _among(sign_json_sha256(key, url, self._body), self._hex_sha256):
            return "A-256"
        if not self._base64:
            return None
        if self._parameters is not None and _among(sign_form(key, url, self._parameters), self._base64):
            return "B"
        digest = _digest_in(url)
        if digest is not None and _among(sign_compatibility_json(key, url), self._base64):
            if hmac.compare_digest(octets(digest.lower()), hashlib.sha256(self._body).hexdigest().encode()):
                return "C"
            self._changed_body = True
        return None

    def failure(self, urls: Sequence[str], public_url: str | None) -> str:
        """One sentence on why no URL fits."""
        if self._changed_body:
            return f"The signature fits the URL, but the body is not the one whose digest {_DIGEST_NAME} holds."
        if self._too_many_parameters:
            return f"The form has over {_MOST_PARAMETERS} parameters, so its signature was not checked."
        if public_url is not None and not is_http_url(public_url):
            return "The signature fits no URL that the request shows, and the public URL that is set is no http URL."
        first = f"{shown_url(urls[0])}{f' or {len(urls) - 1} others' if len(urls) > 1 else ''}"
        if public_url is None:
            return (
                f"The signature does not fit {first}: set the public URL exactly as it is configured at SignalWire, "
                "and check the signing key."
            )
        return f"The signature does not fit {first}: the signing key, the public URL or the body is another one."

    def _read_parameters(self) -> None:
        text = self._body.decode("utf-8", "surrogateescape")
        try:
            self._parameters = parse_qsl(
                text, keep_blank_values=True, errors="surrogateescape", max_num_fields=_MOST_PARAMETERS
            )
        except ValueError:
            self._too_many_parameters = True


def _is_json(headers: Sequence[tuple[str, str]]) -> bool:
    return first_value(headers, "content-type").partition(";")[0].rstrip().lower().endswith("json")


def _digest_in(url: str) -> str | None:
    query = url.partition("#")[0].partition("?")[2]
    parts = (part.partition("=") for part in query.split("&"))
    return next((value for name, _, value in parts if name == _DIGEST_NAME), None)


def _of_length(signatures: Iterable[str], length: int) -> list[bytes]:
    return [octets(signature) for signature in signatures if len(signature) == length]


def _among(expected: str, signatures: Iterable[bytes]) -> bool:
    octets = expected.encode("ascii")
    return any(hmac.compare_digest(octets, signature) for signature in signatures)
