"""The cURL line, read back the way a shell reads it."""

import shlex
import subprocess
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.session.exchange.copy_as.curl import curl_line
from tests.ui.detail.detail_factory import make_callback


def words(**changes: Any) -> list[str]:
    return shlex.split(curl_line(make_callback(**changes)))


def headers_of(line: list[str]) -> list[str]:
    return [line[position + 1] for position, word in enumerate(line) if word == "-H"]


def test_the_request_is_sent_again_as_it_was() -> None:
    headers = (
        ("Host", "example.ngrok.app"),
        ("User-Agent", "SignalWire"),
        ("Accept", "*/*"),
        ("X-Twice", "a"),
        ("x-twice", "b"),
        ("Content-Type", "application/json"),
        ("Content-Length", "12"),
        ("X-Empty", ""),
    )
    line = words(headers=headers, body=b'{"a":"it\'s"}', target="/rest?x=1&y=$HOME")
    assert line[:4] == ["curl", "-X", "POST", "http://example.ngrok.app/rest?x=1&y=$HOME"]
    assert headers_of(line) == [
        "User-Agent: SignalWire",
        "Accept: */*",
        "X-Twice: a",
        "x-twice: b",
        "Content-Type: application/json",
        "X-Empty;",
    ]
    assert line[-2:] == ["--data-raw", '{"a":"it\'s"}']


def test_what_curl_would_add_is_held_back() -> None:
    assert headers_of(words(headers=(), body=b"x")) == ["User-Agent:", "Accept:", "Content-Type:"]


def test_behind_a_tunnel_the_address_is_the_tunnels() -> None:
    headers = (("Host", "abc.ngrok.app"), ("X-Forwarded-Proto", "https"))
    assert "https://abc.ngrok.app/rest" in words(headers=headers, target="/rest")


def test_a_host_that_is_none_is_not_used() -> None:
    assert "http://127.0.0.1:9797/rest" in words(headers=(("Host", "a b;rm"),), target="/rest")


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/a[1]", ["--globoff", "http://127.0.0.1:9797/a[1]"]),
        ("/a/../b", ["--path-as-is", "http://127.0.0.1:9797/a/../b"]),
        ("*", ["--request-target", "*", "http://127.0.0.1:9797/"]),
        ("http://other/x", ["http://other/x"]),
        ("/a\x1b[201~", ["--globoff", "http://127.0.0.1:9797/a%1B[201~"]),
    ],
)
def test_odd_targets(target: str, expected: list[str]) -> None:
    line = words(target=target, body=b"")
    assert line[3 : 3 + len(expected)] == expected


def test_head_does_not_wait_for_a_body() -> None:
    assert words(method="HEAD", body=b"")[:2] == ["curl", "--head"]


def test_get_needs_no_method() -> None:
    assert words(method="GET", body=b"")[1].startswith("http://")


def test_no_file_of_the_users_is_ever_read() -> None:
    line = words(body=b"@/etc/passwd", headers=(("@/etc/passwd", "x"),))
    assert line[-2:] == ["--data-raw", "@/etc/passwd"]
    assert not any(header.startswith("@") for header in headers_of(line))


def test_a_paste_holds_no_control_characters() -> None:
    line = curl_line(make_callback(body=b"a\x1b[201~\rrm -rf\t", headers=(("X", "a\x1bb"),)))
    assert line.isprintable()
    assert line.startswith("printf ")


@given(st.binary(min_size=1, max_size=200))
def test_any_body_goes_out_byte_for_byte(body: bytes) -> None:
    line = shlex.split(curl_line(make_callback(body=body)))
    if line[0] == "printf":
        assert line[2:4] == ["|", "curl"]
        assert line[-2:] == ["--data-binary", "@-"]
        assert _unprintf(line[1]) == body
    else:
        assert line[-1].encode() == body


def test_the_shells_own_printf_agrees() -> None:
    body = bytes(range(256)) + b"%d\\n'\"$(id)`"
    line = curl_line(make_callback(body=body))
    command = line[: line.index(" | curl ")]
    assert subprocess.run(["sh", "-c", command], capture_output=True, check=True).stdout == body


def test_a_body_that_no_argument_holds_is_piped() -> None:
    assert curl_line(make_callback(body=b"x" * 150_000)).startswith("printf xxx")


def _unprintf(text: str) -> bytes:
    result = bytearray()
    position = 0
    while position < len(text):
        if text[position] == "%":
            assert text[position + 1] == "%"
            result.append(ord("%"))
            position += 2
        elif text[position] == "\\" and text[position + 1] == "\\":
            result.append(ord("\\"))
            position += 2
        elif text[position] == "\\":
            result.append(int(text[position + 1 : position + 4], 8))
            position += 4
        else:
            result.append(ord(text[position]))
            position += 1
    return bytes(result)
