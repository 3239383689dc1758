"""What counts as a web address wherever one is typed: in the window, and as an option."""

from urllib.parse import urlsplit


def is_web_address(text: str) -> bool:
    """Whether `text` is an absolute http or https URL with a host that requests can be sent to (RFC 3986)."""
    try:
        parts = urlsplit(text)
        reachable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return reachable and text.isprintable() and " " not in text


def names_user(url: str) -> bool:
    """Whether a web address brings a user name or a password along."""
    return "@" in urlsplit(url).netloc
