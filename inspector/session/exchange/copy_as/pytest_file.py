"""Callbacks as a test file: functions that return the bodies, and a test that sends them to an application."""

from collections.abc import Sequence

from inspector.session.exchange.copy_as.python_text import bytes_literal, comment, pairs_literal
from inspector.session.exchange.copy_as.sendable import exact_headers, path_of, visible
from inspector.session.records import CallbackRow

_HEAD = '''"""{title}, as captured by Callback Inspector.

    APP_URL=http://127.0.0.1:8000 python -m pytest THIS_FILE
"""

{base64}import http.client
import os
from urllib.parse import urlsplit

import pytest


'''
_SEND = '''@pytest.fixture
def app_url() -> str:
    """Where the application listens; without a path, each callback goes to the one captured."""
    return os.environ.get("APP_URL", "http://127.0.0.1:8000")


def send(app_url: str, method: str, target: str, headers: list, body: bytes) -> int:
    """Send one callback; returns the status that the application answered with."""
    address = urlsplit(app_url)
    https = address.scheme == "https"
    connection = (http.client.HTTPSConnection if https else http.client.HTTPConnection)(address.netloc, timeout=15)
    try:
        wanted = target if address.path in ("", "/") else address.path
        connection.putrequest(method, wanted, skip_accept_encoding=True)
        for name, value in headers:
            connection.putheader(name, value)
        if body:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body or None)
        return connection.getresponse().status
    finally:
        connection.close()


'''


def pytest_file(callbacks: Sequence[CallbackRow]) -> str:
    """A file for pytest that needs nothing but pytest; several callbacks are one test with parameters."""
    functions = "".join(_function(callback) for callback in callbacks)
    return (
        _HEAD.replace("{title}", _title(callbacks)).replace(
            "{base64}", "import base64\n" if "base64.b64decode(" in functions else ""
        )
        + functions
        + _SEND
        + (_one(callbacks[0]) if len(callbacks) == 1 else _several(callbacks))
    )


def _title(callbacks: Sequence[CallbackRow]) -> str:
    if len(callbacks) == 1:
        return f"Callback {callbacks[0].seq}"
    return f"{len(callbacks)} callbacks"


def _function(callback: CallbackRow) -> str:
    cut = " Only its beginning was captured." if callback.truncated else ""
    return (
        f"def callback_{callback.seq}() -> bytes:\n"
        f'    """The body of callback {callback.seq}{_status(callback)}.{cut}"""\n'
        f"    return {bytes_literal(callback.body, 4)}\n\n\n"
    )


def _one(callback: CallbackRow) -> str:
    return (
        f"def test_callback_{callback.seq}_is_accepted(app_url: str) -> None:\n"
        f"    headers = {pairs_literal(exact_headers(callback), 4)}\n"
        f"    status = send(app_url, {visible(callback.method)!r}, {path_of(callback)!r}, headers, "
        f"callback_{callback.seq}())\n"
        "    assert 200 <= status < 300\n"
    )


def _several(callbacks: Sequence[CallbackRow]) -> str:
    parameters = "".join(_parameter(callback) for callback in callbacks)
    return (
        "@pytest.mark.parametrize(\n"
        '    ("method", "target", "headers", "body"),\n'
        f"    [\n{parameters}    ],\n"
        ")\n"
        "def test_callback_is_accepted(\n"
        "    app_url: str, method: str, target: str, headers: list, body: bytes\n"
        ") -> None:\n"
        "    status = send(app_url, method, target, headers, body)\n"
        "    assert 200 <= status < 300\n"
    )


def _parameter(callback: CallbackRow) -> str:
    return (
        "        pytest.param(\n"
        f"            {visible(callback.method)!r},\n"
        f"            {path_of(callback)!r},\n"
        f"            {pairs_literal(exact_headers(callback), 12)},\n"
        f"            callback_{callback.seq}(),\n"
        f'            id="callback {callback.seq}{_status(callback)}",\n'
        "        ),\n"
    )


def _status(callback: CallbackRow) -> str:
    return f", {comment(callback.status)}" if callback.status else ""
