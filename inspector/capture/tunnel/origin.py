"""A public address as a user types it."""

import ipaddress
import re
from typing import Final
from urllib.parse import urlsplit

_NAME: Final = re.compile(r"(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*")


def public_origin(text: str) -> str:
    """`text` as an origin: scheme, host and port (RFC 6454). Raises ValueError with a text for the user."""
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
    if parts.path not in ("", "/") or parts.query or parts.fragment or typed.endswith(("?", "#")):
        raise ValueError("Leave out the path: scheme and host are enough, as every path is captured.")
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + ("" if port is None else f":{port}")


def _is_host(host: str) -> bool:
    if ":" in host:
        try:
            ipaddress.IPv6Address(host)
        except ValueError:
            return False
        return True
    return _NAME.fullmatch(host) is not None
