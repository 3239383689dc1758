import pytest

from inspector.callbacks.web_address import is_web_address, names_user


@pytest.mark.parametrize(
    "text", ["http://a", "https://a.example:8443/p?q#f", "http://[::1]:9797/", "http://user:word@a/", "HTTP://A/"]
)
def test_addresses(text: str) -> None:
    assert is_web_address(text)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "a.example",
            "/status",
            "ftp://a",
            "http://",
            "http://:80/",
            "http://a:0/",
            "http://a:65536",
            "http://a:x",
        ),
        *("http://[::1", "http://a/ b", " http://a", "http://a/\n", "http://a/\x00", "javascript:alert(1)"),
    ],
)
def test_what_is_none(text: str) -> None:
    assert not is_web_address(text)


@pytest.mark.parametrize(
    ("url", "named"),
    [("http://user@a/", True), ("http://:word@a/", True), ("http://@a/", True), ("http://a/@b?c=@d", False)],
)
def test_a_user_in_an_address(url: str, named: bool) -> None:
    assert names_user(url) is named
