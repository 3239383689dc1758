"""Where callbacks may be forwarded to."""

import pytest

from inspector.capture.forward_address import is_own, problem_of_address

WILDCARD = "0.0.0.0"  # noqa: S104 - compared with, never bound


@pytest.mark.parametrize(
    ("url", "host", "own"),
    [
        ("http://127.0.0.1:9797/x", "127.0.0.1", True),
        ("http://localhost:9797", "127.0.0.1", True),
        ("http://app.localhost:9797", "127.0.0.1", True),
        ("http://127.9.9.9:9797", "127.0.0.1", True),
        ("http://0.0.0.0:9797", "127.0.0.1", True),
        ("http://[::1]:9797/", "::1", True),
        ("http://127.0.0.1:9797", WILDCARD, True),
        ("http://LOCALHOST.:9797", WILDCARD, True),
        ("http://203.0.113.5:9797", "203.0.113.5", True),
        ("http://tunnel.example:9797", "tunnel.example", True),
        ("http://127.0.0.1:9798", "127.0.0.1", False),
        ("http://127.0.0.1", "127.0.0.1", False),
        ("http://127.0.0.1:99999", "127.0.0.1", False),
        ("http://203.0.113.5:9797", WILDCARD, False),
        ("http://203.0.113.5:9797", "127.0.0.1", False),
        ("http://localhost:9797", "203.0.113.5", False),
        ("http://other.example:9797", "127.0.0.1", False),
    ],
)
def test_own_address(url: str, host: str, own: bool) -> None:
    assert is_own(url, host, 9797) is own


def test_standard_ports() -> None:
    assert is_own("https://tunnel.example/x", "tunnel.example", 443)
    assert is_own("http://tunnel.example/x", "tunnel.example", 80)
    assert not is_own("http://tunnel.example/x", "tunnel.example", 443)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://127.0.0.1:3000/status", ""),
        ("https://app.example", ""),
        ("app.example", "no web address"),
        ("ftp://app.example", "no web address"),
        ("http://", "no web address"),
        ("http://x:99999/", "no web address"),
        ("http://[::1", "no web address"),
        ("http://x/a b", "no web address"),
        ("http://x/\n", "no web address"),
        ("https://user:word@app.example/", "password"),
    ],
)
def test_addresses_that_cannot_be(url: str, words: str) -> None:
    problem = problem_of_address(url)
    assert words in problem
    assert bool(problem) is bool(words)
