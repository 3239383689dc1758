"""A public address as a user types it."""

import ipaddress
import re
from typing import Final
from urllib.parse import urlsplit

_NAME: Final = re.compile(r"(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*")

_PATH: Final = re.compile(r"(?:/(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})+)*/?")


def public_address(text: str) -> str:
    """`text` as an origin (scheme, host and port, RFC 6454) and the path of a proxy that leads here, if there is one.

    Raises ValueError with a text for the user.
    """
    typed = text.strip()
    try:
        parts = urlsplit(typed)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError("This is no address. It looks like https://callbacks.example.com") from None
    if parts.scheme not in ("http", "https"):
        raise ValueError("The address begins with https:// (or http://).")
    if parts.username is not None or parts.password is not None:
        raise ValueError("Leave out user name and password.")
    if not _is_host(host) or port == 0:
        raise ValueError("The host in this address is no host name. It looks like https://callbacks.example.com")
    if parts.query or parts.fragment or typed.endswith(("?", "#")):
        raise ValueError("Leave out what stands behind the path.")
    if not _PATH.fullmatch(parts.path):
        raise ValueError("The path in this address has characters that no address has. Copy it again.")
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + ("" if port is None else f":{port}") + parts.path.rstrip("/")


def _is_host(host: str) -> bool:
    if ":" in host:
        try:
            ipaddress.IPv6Address(host)
        except ValueError:
            return False
        return True
    return _NAME.fullmatch(host) is not None
