"""Where callbacks can be forwarded to: any web address but the very one that is listened at."""

import ipaddress
import socket
from urllib.parse import urlsplit

from inspector.callbacks.web_address import is_web_address, names_user


def problem_of_address(url: str) -> str:
    """What is wrong with an address to forward to, in words; empty where nothing is."""
    if not is_web_address(url):
        return "This is no web address. It begins with http:// or https://."
    if names_user(url):
        return "An address with a user name or a password would be kept in the settings. Leave both away."
    return ""


def is_own(url: str, host: str, port: int) -> bool:
    """Whether `url` leads to a server that listens at `host` and `port`."""
    parts = urlsplit(url)
    try:
        wanted = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return False
    if wanted != port or parts.hostname is None:
        return False
    name = parts.hostname.rstrip(".")
    if name == host:
        return True
    if name == "localhost" or name.endswith(".localhost"):
        return _reached_by_loopback(host)
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return name == socket.gethostname().lower()
    if address.is_loopback or address.is_unspecified:
        return _reached_by_loopback(host)
    return _is_wildcard(host) and _is_of_this_machine(address)


def _reached_by_loopback(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return True
    return address.is_loopback or address.is_unspecified


def _is_wildcard(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False


def _is_of_this_machine(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    # Only an address of one's own can be bound; nothing is sent.
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.bind((str(address), 0))
    except OSError:
        return False
    return True
