"""Signing a callback anew: as its sender would have signed it for another URL or another body."""

import hashlib
import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import parse_qsl

from inspector.callbacks.signature import sign_compatibility_json, sign_form, sign_json, sign_json_sha256

_SHA1: Final = "X-SignalWire-Signature"
_SHA256: Final = "X-SignalWire-SHA256-Signature"
_SHA1_NAMES: Final = frozenset({"x-signalwire-signature", "x-twilio-signature"})
_SHA256_NAMES: Final = frozenset({"x-signalwire-sha256-signature"})
_FORM_TYPE: Final = "application/x-www-form-urlencoded"
_DIGEST: Final = re.compile(r"(?<=[?&]bodySHA256=)[^&#]*")
Headers = Sequence[tuple[str, str]]


def signed_again(key: str, url: str, headers: Headers, body: bytes) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The URL and the headers to send `body` with, so that a receiver with `key` finds the signature valid.

    Signatures that are there are replaced where they stand. A callback that came without any is given those that
    SignalWire sends in its dialect. Forms, and requests without a body, are signed by scheme B. JSON is by scheme
    C where the URL carries `bodySHA256`, whose digest then becomes that of `body`, and otherwise by A and A-256.
    """
    url = url.partition("#")[0]
    if _is_form(headers) or not body:
        parameters = parse_qsl(
            body.decode("utf-8", "surrogateescape"), keep_blank_values=True, errors="surrogateescape"
        )
        sha1, sha256 = sign_form(key, url, parameters), None
    elif _DIGEST.search(url) is not None:
        url = _DIGEST.sub(hashlib.sha256(body).hexdigest(), url)
        sha1, sha256 = sign_compatibility_json(key, url), None
    else:
        sha1, sha256 = sign_json(key, url, body), sign_json_sha256(key, url, body)
    return url, tuple(_replaced(headers, sha1, sha256))


def _replaced(headers: Headers, sha1: str, sha256: str | None) -> list[tuple[str, str]]:
    result = []
    signed = False
    for name, value in headers:
        if name.lower() in _SHA1_NAMES:
            signed = True
            result.append((name, sha1))
        elif name.lower() in _SHA256_NAMES:
            if sha256 is not None:  # forms have none; an old one would be wrong
                signed = True
                result.append((name, sha256))
        else:
            result.append((name, value))
    if not signed:
        result.append((_SHA1, sha1))
        if sha256 is not None:
            result.append((_SHA256, sha256))
    return result


def _is_form(headers: Headers) -> bool:
    kind = next((value for name, value in headers if name.lower() == "content-type"), "")
    return kind.partition(";")[0].strip().lower() == _FORM_TYPE
