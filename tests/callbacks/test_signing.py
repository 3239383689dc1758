"""Signing anew: what is signed for another address is valid there, in every scheme."""

from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from inspector.callbacks.signature import SignatureCheck, SignatureState, check_signature
from inspector.callbacks.signing import signed_again

KEY = "PSKtest1234567890abcdef"
URL = "http://127.0.0.1:3000/hook?x=1"
JSON_TYPE = ("Content-Type", "application/json")
FORM_TYPE = ("content-type", "application/x-www-form-urlencoded; charset=utf-8")


def check(url: str, headers: tuple[tuple[str, str], ...], body: bytes, key: str = KEY) -> SignatureCheck:
    parts = urlsplit(url)
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return check_signature(key=key, headers=headers, target=target, body=body, public_url=url, own_origin="http://x")


@pytest.mark.parametrize(
    ("url", "headers", "scheme"),
    [
        (URL, (JSON_TYPE, ("X-SignalWire-Signature", "0" * 40)), "A"),
        (URL, (("x-signalwire-sha256-signature", "0" * 64), JSON_TYPE), "A-256"),
        (f"{URL}&bodySHA256={'0' * 64}", (JSON_TYPE, ("X-Twilio-Signature", "old")), "C"),
        (f"http://h/?bodySHA256={'0' * 64}&y=2", (JSON_TYPE,), "C"),
        (URL, (FORM_TYPE, ("X-Twilio-Signature", "old")), "B"),
        (URL, (), "A"),
    ],
)
def test_a_signature_is_valid_for_the_new_address(url: str, headers: tuple[tuple[str, str], ...], scheme: str) -> None:
    body = b"MessageSid=SM1&Body=a+b%20c&Empty=" if scheme == "B" else b'{"id": "1"}'
    new_url, new_headers = signed_again(KEY, url, headers, body)
    checked = check(new_url, new_headers, body)
    assert (checked.state, checked.scheme, checked.url) == (SignatureState.VALID, scheme, new_url)
    assert check(new_url, new_headers, body, key="another").state is SignatureState.INVALID
    assert [name for name, _ in new_headers][: len(headers)] == [name for name, _ in headers]


def test_one_that_came_unsigned_gets_what_signalwire_sends() -> None:
    _, headers = signed_again(KEY, URL, [JSON_TYPE], b"{}")
    assert [name for name, _ in headers] == [
        "Content-Type",
        "X-SignalWire-Signature",
        "X-SignalWire-SHA256-Signature",
    ]


def test_a_form_loses_a_signature_that_forms_do_not_have() -> None:
    _, headers = signed_again(KEY, URL, [FORM_TYPE, ("X-SignalWire-SHA256-Signature", "old")], b"a=1")
    assert [name for name, _ in headers] == ["content-type", "X-SignalWire-Signature"]


def test_a_query_alone_is_signed_as_a_form_without_parameters() -> None:
    url, headers = signed_again(KEY, URL, [], b"")
    assert check(url, headers, b"").scheme == "B"


def test_a_fragment_is_neither_sent_nor_signed() -> None:
    url, headers = signed_again(KEY, f"{URL}#rt=5000", [JSON_TYPE], b"{}")
    assert url == URL
    assert check(URL, headers, b"{}").state is SignatureState.VALID


@given(st.dictionaries(st.text(max_size=8), st.text(max_size=8), max_size=6))
def test_twilio_finds_forms_valid(parameters: dict[str, str]) -> None:
    body = urlencode(parameters).encode()
    _, headers = signed_again(KEY, URL, [FORM_TYPE], body)
    received = dict(parse_qsl(body.decode(), keep_blank_values=True))
    assert RequestValidator(KEY).validate(URL, received, dict(headers)["X-SignalWire-Signature"])
