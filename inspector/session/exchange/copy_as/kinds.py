"""What callbacks can be copied as, in the order of the menu."""

from collections.abc import Sequence
from enum import Enum

from inspector.session.exchange.copy_as.curl import curl_line
from inspector.session.exchange.copy_as.pytest_file import pytest_file
from inspector.session.exchange.copy_as.python_client import aiohttp_program, httpx_program
from inspector.session.exchange.copy_as.raw_http import bodies, raw_requests
from inspector.session.records import CallbackRow


class Kind(Enum):
    """The value is the name that the menu shows."""

    CURL = "cURL"
    AIOHTTP = "Python (aiohttp)"
    HTTPX = "Python (httpx)"
    RAW = "Raw HTTP"
    PYTEST = "pytest test"
    BODY = "Body"


def copied_as(kind: Kind, callbacks: Sequence[CallbackRow]) -> str:
    """One or several callbacks in one text, in their order. A truncated one is copied as far as it was captured."""
    match kind:
        case Kind.CURL:
            return "\n".join(curl_line(callback) for callback in callbacks)
        case Kind.AIOHTTP:
            return aiohttp_program(callbacks)
        case Kind.HTTPX:
            return httpx_program(callbacks)
        case Kind.RAW:
            return raw_requests(callbacks)
        case Kind.PYTEST:
            return pytest_file(callbacks)
        case Kind.BODY:
            return bodies(callbacks)
