"""Signatures: known vectors, Twilio's validator as the counterpart, and hostile requests."""

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from inspector.callbacks.signature import (
    SignatureCheck,
    SignatureState,
    check_signature,
    sign_compatibility_json,
    sign_form,
    sign_json,
    sign_json_sha256,
)
from inspector.callbacks.signed_urls import candidate_urls

KEY = "PSKtest1234567890abcdef"
URL = "https://example.ngrok.io/webhook"
BODY = b'{"event":"call.state","params":{"call_id":"abc-123","state":"answered"}}'
DIGEST_BODY = b'{"event":"call.state"}'
DIGEST_URL = f"{URL}?bodySHA256=69f3cbfc18e386ef8236cb7008cd5a54b7fed637a8cb3373b5a1591d7f0fd5f4"
FORM_URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
FORM = [
    ("CallSid", "CA1234567890ABCDE"),
    ("Caller", "+14158675309"),
    ("Digits", "1234"),
    ("From", "+14158675309"),
    ("To", "+18005551212"),
]
JSON_TYPE = ("Content-Type", "application/json; charset=utf-8")
FORM_TYPE = ("Content-Type", "application/x-www-form-urlencoded")

parameters = st.lists(st.tuples(st.text(max_size=8), st.text(max_size=8)), max_size=8)
header_texts = st.text(st.characters(exclude_characters="\r\n"), max_size=60)


def check(
    *headers: tuple[str, str],
    key: str | None = KEY,
    target: str = "/webhook",
    body: bytes = BODY,
    public_url: str | None = URL,
    own_origin: str = "http://127.0.0.1:9797",
) -> SignatureCheck:
    return check_signature(
        key=key, headers=headers, target=target, body=body, public_url=public_url, own_origin=own_origin
    )


class Repeated:
    """A form in which a name may come several times, as Twilio's validator reads one."""

    def __init__(self, pairs: Sequence[tuple[str, str]]) -> None:
        self._pairs = pairs

    def __iter__(self) -> object:
        return iter([name for name, _ in self._pairs])

    def __len__(self) -> int:
        return len(self._pairs)

    def getall(self, wanted: str) -> list[str]:
        return [value for name, value in self._pairs if name == wanted]


def test_vector_of_scheme_a() -> None:
    assert sign_json(KEY, URL, BODY) == "c3c08c1fefaf9ee198a100d5906765a6f394bf0f"


def test_scheme_a_256_is_plain_hmac() -> None:
    expected = hmac.new(KEY.encode(), URL.encode() + BODY, hashlib.sha256).hexdigest()
    assert sign_json_sha256(KEY, URL, BODY) == expected


@pytest.mark.parametrize(
    ("url", "signature"),
    [
        (FORM_URL, "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        (FORM_URL.replace(".com/", ".com:443/"), "kvajT1Ptam85bY51eRf/AJRuM3w="),
    ],
)
def test_vectors_of_scheme_b(url: str, signature: str) -> None:
    assert sign_form("12345", url, FORM) == signature
    assert sign_form("12345", url, reversed(FORM)) == signature


def test_vector_of_scheme_c() -> None:
    assert sign_compatibility_json(KEY, DIGEST_URL) == "dfO9ek8mxyFtn2nMz24plPmPfIY="


@given(st.text(min_size=1), st.text(), parameters)
def test_scheme_b_agrees_with_twilio(key: str, path: str, pairs: list[tuple[str, str]]) -> None:
    url = f"https://example.com/{path}"
    assert sign_form(key, url, pairs) == RequestValidator(key).compute_signature(url, Repeated(pairs))


@given(st.text(min_size=1), st.text())
def test_scheme_c_agrees_with_twilio(key: str, body: str) -> None:
    url = f"https://example.com/status?bodySHA256={hashlib.sha256(body.encode()).hexdigest()}"
    assert RequestValidator(key).validate(url, body, sign_compatibility_json(key, url))


def test_a_name_that_comes_twice_counts_each_value_once() -> None:
    twice = sign_form(KEY, URL, [("b", "2"), ("a", "1"), ("b", "1"), ("b", "2")])
    assert twice == sign_form(KEY, URL, [("a", "1"), ("b", "1"), ("b", "2")])


# The states


def test_without_a_header_the_signature_is_absent() -> None:
    for key in (KEY, None):
        outcome = check(JSON_TYPE, key=key)
        assert outcome.state is SignatureState.ABSENT
        assert (outcome.scheme, outcome.url) == (None, None)


@pytest.mark.parametrize("key", [None, ""])
@pytest.mark.parametrize("name", ["X-SignalWire-Signature", "x-twilio-signature", "X-SIGNALWIRE-SHA256-SIGNATURE"])
def test_without_a_key_a_signature_stays_unchecked(key: str | None, name: str) -> None:
    assert check((name, "abc"), key=key).state is SignatureState.UNCHECKED


@pytest.mark.parametrize(
    "name", ["X-SignalWire-Signature", "x-signalwire-signature", "X-Twilio-Signature", "X-TWILIO-SIGNATURE"]
)
def test_scheme_a_is_valid_under_every_header_name(name: str) -> None:
    outcome = check(JSON_TYPE, (name, sign_json(KEY, URL, BODY)))
    assert (outcome.state, outcome.scheme, outcome.url) == (SignatureState.VALID, "A", URL)
    assert URL in outcome.reason


def test_scheme_a_256_has_its_own_header() -> None:
    signature = sign_json_sha256(KEY, URL, BODY)
    outcome = check(JSON_TYPE, ("X-SignalWire-SHA256-Signature", signature))
    assert (outcome.state, outcome.scheme) == (SignatureState.VALID, "A-256")
    assert check(JSON_TYPE, ("X-SignalWire-Signature", signature)).state is SignatureState.INVALID


@pytest.mark.parametrize("signature", ["RSOYDt4T1cUTdK1PDd93/VVr8B8=", "kvajT1Ptam85bY51eRf/AJRuM3w="])
def test_scheme_b_is_valid_with_and_without_the_standard_port(signature: str) -> None:
    outcome = check(
        FORM_TYPE,
        ("X-Twilio-Signature", signature),
        key="12345",
        target="/myapp.php?foo=1&bar=2",
        body=urlencode(FORM).encode(),
        public_url="https://mycompany.com",
    )
    assert (outcome.state, outcome.scheme) == (SignatureState.VALID, "B")


def test_scheme_b_of_a_get_signs_the_url_alone() -> None:
    target = "/status?MessageSid=1&MessageStatus=sent"
    signature = RequestValidator(KEY).compute_signature(f"https://example.com{target}", {})
    outcome = check(
        ("X-SignalWire-Signature", signature), target=target, body=b"", public_url="https://example.com/status"
    )
    assert (outcome.state, outcome.scheme) == (SignatureState.VALID, "B")


def test_a_signature_over_the_url_alone_does_not_cover_a_json_body() -> None:
    signature = sign_form(KEY, URL, [])
    assert check(JSON_TYPE, ("X-SignalWire-Signature", signature)).state is SignatureState.INVALID


def test_scheme_c_needs_the_digest_of_the_body() -> None:
    header = ("X-SignalWire-Signature", "dfO9ek8mxyFtn2nMz24plPmPfIY=")
    target = DIGEST_URL.removeprefix("https://example.ngrok.io")
    outcome = check(JSON_TYPE, header, target=target, body=DIGEST_BODY)
    assert (outcome.state, outcome.scheme, outcome.url) == (SignatureState.VALID, "C", DIGEST_URL)
    changed = check(JSON_TYPE, header, target=target, body=BODY)
    assert changed.state is SignatureState.INVALID
    assert "bodySHA256" in changed.reason


def test_one_fitting_signature_of_several_is_enough() -> None:
    outcome = check(
        JSON_TYPE, ("X-Twilio-Signature", "0" * 40), ("X-SignalWire-Signature", sign_json(KEY, URL, BODY) + " ")
    )
    assert outcome.state is SignatureState.VALID


@pytest.mark.parametrize(
    "changes",
    [{"key": "PSKother"}, {"body": BODY + b" "}, {"public_url": "https://other.example"}, {"target": "/other"}],
)
def test_another_key_body_or_url_is_invalid(changes: dict[str, object]) -> None:
    signed = ("X-SignalWire-Signature", sign_json(KEY, URL, BODY))
    outcome = check(JSON_TYPE, signed, **changes)  # type: ignore[arg-type]
    assert outcome.state is SignatureState.INVALID
    assert (outcome.scheme, outcome.url) == (None, None)
    assert outcome.reason.endswith(".")


# The candidate URLs

FORWARDED = (("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "abc.example"))


@pytest.mark.parametrize(
    ("public_url", "target", "expected"),
    [
        ("https://abc.example", "/rest?x=1", ["https://abc.example/rest?x=1", "https://abc.example:443/rest?x=1"]),
        ("https://abc.example/", "/rest", ["https://abc.example/rest", "https://abc.example:443/rest"]),
        ("https://abc.example:443", "/rest", ["https://abc.example:443/rest", "https://abc.example/rest"]),
        ("http://abc.example:80", "/rest", ["http://abc.example:80/rest", "http://abc.example/rest"]),
        ("https://abc.example:8443", "/rest", ["https://abc.example:8443/rest"]),
        ("https://u:p@abc.example", "/r", ["https://u:p@abc.example/r", "https://u:p@abc.example:443/r"]),
        ("http://[::1]", "/r", ["http://[::1]/r", "http://[::1]:80/r"]),
        # The path agrees: exactly as configured comes first, then what really came.
        ("https://abc.example:8443/rest?a=b", "/rest?a=c", ["https://abc.example:8443/rest?a=b", "https://abc.example:8443/rest?a=c"]),
        ("https://abc.example:8443/rest#ot=5", "/rest", ["https://abc.example:8443/rest#ot=5", "https://abc.example:8443/rest"]),
        ("https://abc.example:8443", "/", ["https://abc.example:8443", "https://abc.example:8443/"]),
        ("https://abc.example:8443/rest", "/swml", ["https://abc.example:8443/swml"]),
        # A client that takes the receiver for a proxy.
        ("https://abc.example:8443", "http://127.0.0.1:9797/rest", ["https://abc.example:8443/rest"]),
    ],
)  # fmt: skip
def test_the_public_url_comes_first(public_url: str, target: str, expected: list[str]) -> None:
    urls = candidate_urls(FORWARDED, target, public_url, "http://127.0.0.1:9797")
    assert list(urls[: len(expected)]) == expected
    assert urls[-1] == "http://127.0.0.1:9797" + target.removeprefix("http://127.0.0.1:9797")


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (FORWARDED, ["https://abc.example/r", "https://abc.example:443/r"]),
        ((("X-Forwarded-Proto", "https,http"), ("Host", "abc.example:8443")), ["https://abc.example:8443/r"]),
        (
            (("x-forwarded-host", "abc.example, inner.example"),),
            [
                "https://abc.example/r",
                "https://abc.example:443/r",
                "http://abc.example/r",
                "http://abc.example:80/r",
            ],
        ),
        ((("X-Forwarded-Proto", "gopher"), ("X-Forwarded-Host", "h:1")), ["https://h:1/r", "http://h:1/r"]),
        ((("X-Forwarded-Proto", "https"),), []),
        ((), []),
    ],
)
def test_then_the_forwarded_headers(headers: tuple[tuple[str, str], ...], expected: list[str]) -> None:
    urls = candidate_urls(headers, "/r", None, "http://own:1")
    assert list(urls[: len(expected)]) == expected
    assert urls[-1] == "http://own:1/r"


def test_then_the_requests_own_host_and_the_own_origin() -> None:
    urls = candidate_urls((("Host", "localhost:9797"),), "/r", None, "http://127.0.0.1:9797/")
    assert urls == ("http://localhost:9797/r", "http://127.0.0.1:9797/r")


@pytest.mark.parametrize(
    ("headers", "public_url"),
    [
        (FORWARDED, None),
        ((("Host", "abc.example"), ("X-Forwarded-Proto", "https")), None),
        ((), "https://abc.example"),
        ((), "https://abc.example/rest"),
        ((), " https://abc.example:443/rest "),
    ],
)
def test_a_signature_for_the_outer_url_is_found(headers: tuple[tuple[str, str], ...], public_url: str | None) -> None:
    signed = ("X-SignalWire-Signature", sign_json(KEY, "https://abc.example/rest", BODY))
    outcome = check(JSON_TYPE, signed, *headers, target="/rest", public_url=public_url)
    assert (outcome.state, outcome.url) == (SignatureState.VALID, "https://abc.example/rest")


# What to tell the user


def test_the_reason_asks_for_the_public_url_where_none_is_set() -> None:
    outcome = check(JSON_TYPE, ("X-SignalWire-Signature", "0" * 40), public_url=None)
    assert "public URL" in outcome.reason
    assert "http://127.0.0.1:9797/webhook" in outcome.reason


def test_the_reason_names_a_public_url_that_is_no_url() -> None:
    outcome = check(JSON_TYPE, ("X-SignalWire-Signature", "0" * 40), public_url="abc.example")
    assert "no http URL" in outcome.reason


def test_the_reason_names_a_signature_without_a_known_form() -> None:
    outcome = check(JSON_TYPE, ("X-SignalWire-Signature", "sha256=abc"))
    assert outcome.state is SignatureState.INVALID
    assert "form" in outcome.reason


def test_a_form_with_too_many_parameters_is_not_checked() -> None:
    body = b"a=b&" * 1000
    signature = sign_form(KEY, URL, [("a", "b")])
    outcome = check(FORM_TYPE, ("X-SignalWire-Signature", signature), body=body)
    assert outcome.state is SignatureState.INVALID
    assert "parameters" in outcome.reason


def test_a_json_body_is_not_read_as_a_form() -> None:
    outcome = check(JSON_TYPE, ("X-SignalWire-Signature", "A" * 28), body=b'{"a":"' + b"&" * 5000 + b'"}')
    assert outcome.state is SignatureState.INVALID
    assert "parameters" not in outcome.reason


# Hostile requests


@pytest.mark.parametrize(
    "body", [b"a=\xff\xfe", b"a=%ff%fe", b"a=%", b"%zz=1&&=&a", "a=ä".encode(), b"a=%C3%A4", b"\x00", b"a;b=c"]
)
def test_odd_form_bytes_are_signed_as_they_came(body: bytes) -> None:
    outcome = check(FORM_TYPE, ("X-SignalWire-Signature", "A" * 28), body=body)
    assert outcome.state is SignatureState.INVALID


def test_raw_and_escaped_bytes_of_a_form_are_the_same() -> None:
    for value, octets in (("ä", b"\xc3\xa4"), ("\udcff", b"\xff")):
        message = URL.encode() + b"a" + octets
        signature = base64.b64encode(hmac.digest(KEY.encode(), message, "sha1")).decode()
        assert sign_form(KEY, URL, [("a", value)]) == signature
        for body in (b"a=" + octets, b"a=" + b"".join(b"%%%02x" % octet for octet in octets)):
            outcome = check(FORM_TYPE, ("X-SignalWire-Signature", signature), body=body)
            assert outcome.state is SignatureState.VALID


@pytest.mark.parametrize("signature", ["é" * 40, "\udcff" * 28, "\ud800" * 40, "", " ", "\x00" * 64])
def test_odd_signatures_are_invalid(signature: str) -> None:
    for name in ("X-SignalWire-Signature", "X-SignalWire-SHA256-Signature"):
        assert check(JSON_TYPE, (name, signature)).state is SignatureState.INVALID


def test_a_long_host_is_told_shortened_and_printable() -> None:
    host = "@" * 8000 + "\x1b[2J"
    outcome = check(("Host", host), ("X-SignalWire-Signature", "0" * 40), public_url=None)
    assert len(outcome.reason) < 500
    assert outcome.reason.isprintable()


@given(
    headers=st.lists(
        st.tuples(
            st.sampled_from(
                [
                    "Host",
                    "X-Forwarded-Host",
                    "X-Forwarded-Proto",
                    "Content-Type",
                    "X-SignalWire-Signature",
                    "X-SignalWire-SHA256-Signature",
                ]
            ),
            header_texts | st.sampled_from(["0" * 40, "A" * 28, "0" * 64]),
        ),
        max_size=8,
    ),
    target=st.text(max_size=60),
    body=st.binary(max_size=60),
    public_url=st.none() | st.text(max_size=60) | st.sampled_from(["https://[bad", "http://a:b:c/d", "https://"]),
)
def test_never_raises(headers: list[tuple[str, str]], target: str, body: bytes, public_url: str | None) -> None:
    outcome = check(*headers, target=target, body=body, public_url=public_url)
    assert outcome.state is not SignatureState.VALID
    assert outcome.reason


@given(st.dictionaries(st.text(), st.text(), max_size=5), st.text(st.characters(codec="ascii"), max_size=20))
def test_what_is_signed_for_the_public_url_is_valid(payload: dict[str, str], path: str) -> None:
    body = json.dumps(payload).encode()
    target = "/" + path.replace("#", "")
    header = ("X-SignalWire-Signature", sign_json(KEY, f"https://abc.example{target}", body))
    assert check(JSON_TYPE, header, target=target, body=body, public_url="https://abc.example").scheme == "A"
