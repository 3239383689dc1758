"""A public address as a user types it."""

import pytest

from inspector.capture.tunnel.origin import public_address


@pytest.mark.parametrize(
    ("typed", "origin"),
    [
        ("https://callbacks.example.com", "https://callbacks.example.com"),
        ("  HTTPS://Callbacks.Example.com/ ", "https://callbacks.example.com"),
        ("http://203.0.113.7:8080", "http://203.0.113.7:8080"),
        ("https://[2001:DB8::1]:8443/", "https://[2001:db8::1]:8443"),
        ("https://host", "https://host"),
        ("https://Example.com/Hooks/sms/", "https://example.com/Hooks/sms"),
        ("https://example.com/a%20b", "https://example.com/a%20b"),
    ],
)
def test_an_address(typed: str, origin: str) -> None:
    assert public_address(typed) == origin


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "begins with https"),
        ("callbacks.example.com", "begins with https"),
        ("ftp://example.com", "begins with https"),
        ("javascript:alert(1)", "begins with https"),
        ("https://", "no host name"),
        ("https://exa mple.com", "no host name"),
        ("https://-example.com", "no host name"),
        ("https://example..com", "no host name"),
        ("https://" + "a" * 254, "no host name"),
        ("https://example.com:0", "no host name"),
        ("https://example.com:99999", "no address"),
        ("https://[::1", "no address"),
        ("https://[zz::1]", "no address"),
        ("https://user:secret@example.com", "Leave out user name"),
        ("https://example.com/a b", "characters that no address has"),
        ("https://example.com//", "characters that no address has"),
        ("https://example.com/%zz", "characters that no address has"),
        ("https://example.com/?a=1", "Leave out what"),
        ("https://example.com?", "Leave out what"),
        ("https://example.com#there", "Leave out what"),
    ],
)
def test_what_is_no_address_is_told_why(typed: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        public_address(typed)
