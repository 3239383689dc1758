"""A secret path: a beginning of every path that nobody guesses, so that only who was told the address gets in."""

import hmac
import re
import secrets
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from inspector.capture.reply import Reply

NOT_FOUND: Final = Reply(404, {"Connection": "close"})
_FORM: Final = re.compile(r"/[A-Za-z0-9_-]{16,128}")


def new_secret_path() -> str:
    """A slash and 22 characters with 128 random bits."""
    return f"/{secrets.token_urlsafe(16)}"


def secret_path(text: str) -> str:
    """`text` as a secret path, with the slash in front. Raises ValueError, with a text for the user that does not
    quote it, when it is none."""
    path = "/" + text.strip().strip("/")
    if not _FORM.fullmatch(path):
        raise ValueError("A secret path has 16 to 128 letters, digits, - or _, and nothing else.")
    return path


def with_secret_path(public_url: str, secret: str) -> str:
    """What senders are given: a public address with the secret path behind its own path, if it is not there yet."""
    parts = urlsplit(public_url)
    path = parts.path.rstrip("/")
    if not secret or f"{secret}/" in f"{path}/":
        return public_url
    return urlunsplit(parts._replace(path=path + secret, fragment=""))


def is_let_in(target: str, secret: str, public_url: str | None) -> bool:
    """Whether a request's raw target is at `secret` or below, or so behind the path of the public address.

    A proxy that leads from there to here may take its own path off, or hand it on.
    """
    if leads_in(target, secret):
        return True
    prefix = _path_of(public_url).partition(secret)[0] if public_url else ""
    return bool(prefix) and leads_in(target, prefix + secret)


@lru_cache(8)
def _path_of(public_url: str) -> str:
    try:
        return urlsplit(public_url).path.rstrip("/")
    except ValueError:
        return ""


def leads_in(target: str, secret: str) -> bool:
    """Whether a request's raw target (RFC 9112, section 3.2) is `secret` or below it.

    The comparison takes as long whatever stands there, so that the secret cannot be found a character at a time.
    """
    path = target.partition("?")[0]
    if not path.startswith("/"):  # the absolute form, as to a proxy
        path = "/" + path.partition("://")[2].partition("/")[2]
    head, rest = path[: len(secret)], path[len(secret) :]
    same = hmac.compare_digest(head.encode("utf-8", "surrogateescape"), secret.encode())
    return same and (not rest or rest.startswith("/"))
