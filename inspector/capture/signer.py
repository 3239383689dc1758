"""Signing simulated callbacks in each of SignalWire's schemes."""

import hashlib
from urllib.parse import parse_qsl

from yarl import URL

from inspector.callbacks.signature import sign_compatibility_json, sign_form, sign_json, sign_json_sha256
from inspector.capture.renders import FORM_TYPE

_HEADER = "X-SignalWire-Signature"


class Signer:
    """Signs with a project's key; without one it leaves everything as it is.

    JSON is signed by the schemes A and A-256, or by C, whose URL carries the body's digest; a form by B.
    """

    def __init__(self, key: str | None, *, digest_in_url: bool = False) -> None:
        self._key = key
        self._digest_in_url = digest_in_url

    def sign(self, address: URL, content_type: str, body: bytes) -> tuple[URL, dict[str, str]]:
        """The address to send a body to, and the headers that sign it."""
        key = self._key
        if not key:
            return address, {}
        if content_type == FORM_TYPE:
            # Read as a receiver reads it: a body that is no UTF-8 is signed with what it holds.
            text = body.decode("utf-8", "surrogateescape")
            parameters = parse_qsl(text, keep_blank_values=True, errors="surrogateescape")
            return address, {_HEADER: sign_form(key, str(address), parameters)}
        if self._digest_in_url:
            query = f"{address.raw_query_string}&" if address.raw_query_string else ""
            digest = hashlib.sha256(body).hexdigest()
            address = URL(f"{address.origin()}{address.raw_path}?{query}bodySHA256={digest}", encoded=True)
            return address, {_HEADER: sign_compatibility_json(key, str(address))}
        return address, {
            _HEADER: sign_json(key, str(address), body),
            "X-SignalWire-SHA256-Signature": sign_json_sha256(key, str(address), body),
        }
