"""Which addresses only this machine reaches, in the same words everywhere."""

import ipaddress


def is_loopback(host: str) -> bool:
    """Whether only programs of this machine reach `host`. A name other than localhost counts as reached by others."""
    try:
        return ipaddress.ip_address(host.strip().strip("[]")).is_loopback
    except ValueError:
        return host.strip() in ("localhost", "")


def listening_words(host: str) -> str:
    """The state of a listener at `host`, for the status line."""
    return "Listening" if is_loopback(host) else "⚠ Open to your network"
