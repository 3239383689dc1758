"""The signature doctor against Twilio's own signer, and against what it cannot mend."""

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from inspector.callbacks.diagnosis import Diagnosed, Diagnosis, Means, Signed
from inspector.callbacks.signature import (
    SignatureState,
    check_signature,
    sign_compatibility_json,
    sign_form,
    sign_json,
    sign_json_sha256,
)
from inspector.callbacks.signature_doctor import diagnose
from inspector.callbacks.url_variants import MOST_VARIANTS, url_variants
from tests.factories import FORM_TYPE, JSON_TYPE, make_form, make_payload

KEY = "PSKtest1234567890abcdef"
OWN = "http://127.0.0.1:9797"
BODY = json.dumps(make_payload()).encode()
FORM = urlencode(make_form()).encode()
JSON_HEADER = ("Content-Type", JSON_TYPE)
FORM_HEADER = ("Content-Type", FORM_TYPE)
NAME = "X-SignalWire-Signature"


def examine(
    *headers: tuple[str, str],
    target: str = "/sms",
    body: bytes = BODY,
    key: str | None = KEY,
    public_url: str | None = None,
    truncated: bool = False,
    key_fits_others: bool = False,
) -> Diagnosis:
    return diagnose(
        Signed((("Host", "127.0.0.1:9797"), *headers), target, body, truncated),
        Means(key, public_url, OWN, key_fits_others),
    )


def found_with(diagnosis: Diagnosis, headers: Sequence[tuple[str, str]], target: str, body: bytes) -> SignatureState:
    """What the check on arrival would say with the remedy."""
    return check_signature(
        key=KEY,
        headers=(("Host", "127.0.0.1:9797"), *headers),
        target=target,
        body=body,
        public_url=diagnosis.remedy,
        own_origin=OWN,
    ).state


# Addresses: whatever Twilio's validator signs, the doctor names


@st.composite
def ways(draw: st.DrawFn) -> tuple[str, str, tuple[tuple[str, str], ...], str | None]:
    """A URL that is signed, the target that arrives, the headers with it, and the public URL that is set."""
    protocol = draw(st.sampled_from(["https", "http"]))
    host = draw(st.sampled_from(["abc.ngrok.io", "Sms.Example.com", "[2001:db8::1]"]))
    port = draw(st.sampled_from(["", ":443", ":80", ":8443"]))
    prefix = draw(st.sampled_from(["", "/hooks", "/a/b"]))
    path = draw(st.sampled_from(["/sms", "/", "/status/callback.php"]))
    slash = draw(st.booleans()) and path != "/"
    query = draw(st.sampled_from(["", "?id=1&b=%2B2"]))
    credentials = draw(st.sampled_from(["", "user:secret@"]))
    told = draw(st.sampled_from(["forwarded", "rfc7239", "host", "public"]))
    signed = f"{protocol}://{credentials}{host}{port}{prefix}{path}{'/' if slash else ''}{query}"
    headers: list[tuple[str, str]] = []
    public_url = None
    match told:
        case "forwarded":
            headers += [("X-Forwarded-Host", f"{host}{port}, inner"), ("X-Forwarded-Proto", "http")]
        case "rfc7239":
            headers.append(("Forwarded", f'for=192.0.2.1;proto=https;host="{host}{port}", for=10.0.0.1'))
        case "host":
            headers.append(("X-Original-Host", f"{host}{port}"))
        case _:
            public_url = f"https://{host}{port}"
    if prefix:
        if public_url is None:
            headers.append(("X-Forwarded-Prefix", prefix))
        else:
            public_url += prefix
    if credentials:
        headers.append(("Authorization", f"Basic {base64.b64encode(credentials[:-1].encode()).decode()}"))
    added = "" if query else draw(st.sampled_from(["", "?added=1"]))
    return signed, f"{path}{query}{added}", tuple(headers), public_url


@given(ways())
def test_the_doctor_names_the_address_that_twilio_signed(
    way: tuple[str, str, tuple[tuple[str, str], ...], str | None],
) -> None:
    url, target, headers, public_url = way
    signature = RequestValidator(KEY).compute_signature(url, make_form())
    all_headers = (FORM_HEADER, *headers, ("X-Twilio-Signature", signature))

    outcome = examine(*all_headers, target=target, body=FORM, public_url=public_url)

    assert outcome.result in (Diagnosed.FITS, Diagnosed.OTHER_ADDRESS), outcome.text
    assert (outcome.url, outcome.scheme, outcome.form) == (url, "B", "28 characters of base64")
    assert "secret" not in repr((outcome.text, outcome.remedy, outcome.hint))
    if outcome.remedy is not None:
        assert found_with(outcome, all_headers, target, FORM) is SignatureState.VALID


def test_a_remedy_is_found_for_what_proxies_commonly_do() -> None:
    for signed, target, remedy, words in (
        ("https://abc.example/sms/", "/sms", "https://abc.example/sms/", "with a slash at the end"),
        ("https://abc.example/hooks/sms", "/sms", "https://abc.example/hooks", "with /hooks before the path"),
        ("https://abc.example/sms", "/sms?added=1", "https://abc.example/sms", "without the query"),
    ):
        headers = (
            JSON_HEADER,
            ("X-Forwarded-Host", "abc.example"),
            ("X-Forwarded-Proto", "https"),
            ("X-Forwarded-Prefix", "/hooks"),
            (NAME, sign_json(KEY, signed, BODY)),
        )
        outcome = examine(*headers, target=target)
        assert outcome.result is Diagnosed.OTHER_ADDRESS
        assert (outcome.url, outcome.remedy, outcome.scheme) == (signed, remedy, "A")
        assert words in outcome.text
        assert found_with(outcome, headers, target, BODY) is SignatureState.VALID


def test_the_address_can_be_known_from_the_public_url_alone() -> None:
    header = (NAME, sign_json_sha256(KEY, "http://abc.example:8080/sms/?x=1", BODY))
    outcome = examine(
        JSON_HEADER,
        ("X-SignalWire-SHA256-Signature", header[1]),
        target="/sms?x=1",
        public_url="https://abc.example:8080/rest",
    )
    assert outcome.scheme == "A-256"
    assert outcome.url == "http://abc.example:8080/sms/?x=1"
    assert "with http instead of https" in outcome.text


def test_scheme_c_whose_query_was_taken_off() -> None:
    url = f"https://abc.example/sms?bodySHA256={hashlib.sha256(BODY).hexdigest()}"
    signature = sign_compatibility_json(KEY, url)
    assert RequestValidator(KEY).validate(url, BODY.decode(), signature)
    outcome = examine(JSON_HEADER, (NAME, signature), public_url="https://abc.example")
    assert (outcome.result, outcome.scheme, outcome.url) == (Diagnosed.OTHER_ADDRESS, "C", url)
    # Its address belongs to this body alone: to set it would mend nothing.
    assert outcome.remedy is None


def test_what_fits_as_it_is_set_needs_no_doctor() -> None:
    outcome = examine(
        JSON_HEADER, (NAME, sign_json(KEY, "https://abc.example/sms", BODY)), public_url="https://abc.example"
    )
    assert (outcome.result, outcome.state) == (Diagnosed.FITS, SignatureState.VALID)
    assert (outcome.scheme, outcome.url, outcome.header) == ("A", "https://abc.example/sms", NAME)


# Bodies


def test_a_tampered_body_of_scheme_c_is_told_for_certain() -> None:
    url = f"https://abc.example/sms?bodySHA256={hashlib.sha256(BODY).hexdigest()}"
    signature = sign_compatibility_json(KEY, url)
    target = url.removeprefix("https://abc.example")
    for public_url in ("https://abc.example", None):
        outcome = examine(
            JSON_HEADER, (NAME, signature), target=target, body=BODY.replace(b"queued", b"read"), public_url=public_url
        )
        assert outcome.result is Diagnosed.BODY_CHANGED
        assert "changed on the way" in outcome.title
    no_key = examine(JSON_HEADER, (NAME, signature), target=target, body=b"{}", key=None)
    assert "changed on the way" in no_key.text


@pytest.mark.parametrize("form", ["40", "64"])
@pytest.mark.parametrize(
    ("sent", "came", "words"),
    [
        (b'{"a":"x/y","b":1}', b'{"a": "x/y", "b": 1}', "without spaces"),
        (b'{"a": 1, "b": 2}', b'{"a":1,"b":2}', "a space behind each comma"),
        (b'{"a":1,"b":2}', b'{"b":2,"a":1}', "sorted by name"),
        (b'{"a":"x\\/y"}', b'{"a":"x/y"}', "slashes escaped"),
        ('{"a":"é"}'.encode(), b'{"a":"\\u00e9"}', "without spaces"),
        (b'{"a":"\\u00e9"}', '{"a":"é"}'.encode(), "characters escaped"),
        (b'{"a":1}\n', b'{"a":1}', "a line end behind it"),
        (b'{"a":1}', b'\n{"a":1}\n', "without the white space"),
        (b'{\n"a":1}', b'{\r\n"a":1}', "line ends of one character"),
        (b"", b'{"a":1}', "empty"),
    ],
)
def test_a_body_written_anew_is_recognised(form: str, sent: bytes, came: bytes, words: str) -> None:
    url = "https://abc.example/sms"
    header = (
        (NAME, sign_json(KEY, url, sent))
        if form == "40"
        else ("X-SignalWire-SHA256-Signature", sign_json_sha256(KEY, url, sent))
    )
    outcome = examine(JSON_HEADER, header, body=came, public_url="https://abc.example")
    assert outcome.result is Diagnosed.BODY_CHANGED
    assert words in outcome.text


@pytest.mark.parametrize(
    ("pairs", "body", "words"),
    [
        ([("a", "1"), ("a", "1")], b"a=1&a=1", "counted twice"),
        ([("a", "2")], b"a=1&a=2", "the last of"),
        ([("a", "1")], b"a=1&a=2", "the first of"),
        ([("b", "1"), ("a", "2")], b"b=1&a=2", "in the order in which they came"),
        ([("a", "1")], b"a=1&b=", "without the empty ones"),
        ([("a", "1"), ("B", "2")], b"B=2&a=1", "without regard to case"),
    ],
)
def test_parameters_read_in_another_way_are_recognised(pairs: list[tuple[str, str]], body: bytes, words: str) -> None:
    message = "https://abc.example/sms" + "".join(name + value for name, value in pairs)
    signature = base64.b64encode(hmac.digest(KEY.encode(), message.encode(), "sha1")).decode()
    outcome = examine(FORM_HEADER, (NAME, signature), body=body, public_url="https://abc.example")
    assert outcome.result is Diagnosed.BODY_CHANGED
    assert words in outcome.text


def test_a_tampered_body_of_scheme_a_is_told_where_the_key_is_known_to_be_right() -> None:
    header = (NAME, sign_json(KEY, "https://abc.example/sms", BODY))
    tampered = BODY.replace(b"queued", b"failed")
    known = examine(JSON_HEADER, header, body=tampered, public_url="https://abc.example", key_fits_others=True)
    assert known.result is Diagnosed.NOTHING_FITS
    assert "body or the address was changed" in known.text
    assert "key is wrong" not in known.text
    unknown = examine(JSON_HEADER, header, body=tampered, public_url="https://abc.example")
    assert "The signing key is wrong" in unknown.text
    assert "the body is another one" in unknown.text


def test_of_a_truncated_body_nothing_is_said() -> None:
    header = (NAME, sign_json(KEY, "https://abc.example/sms", BODY))
    outcome = examine(JSON_HEADER, header, body=BODY[:20], truncated=True, public_url="https://abc.example")
    assert outcome.result is Diagnosed.BODY_CUT


# Keys, forms and headers


@pytest.mark.parametrize("public_url", [None, "https://abc.example"])
def test_a_wrong_key_is_told(public_url: str | None) -> None:
    header = (NAME, sign_json("PSKother", "https://abc.example/sms", BODY))
    outcome = examine(JSON_HEADER, header, public_url=public_url)
    assert (outcome.result, outcome.state) == (Diagnosed.NOTHING_FITS, SignatureState.INVALID)
    assert "The signing key is wrong, or belongs to another project" in outcome.text
    assert "scheme A; the other schemes were not tried" in outcome.text
    assert ("set it as it is set at SignalWire" in outcome.text) == (public_url is None)
    assert outcome.remedy is None


def test_a_key_that_is_none_is_suspected() -> None:
    header = (NAME, sign_json(KEY, "https://abc.example/sms", BODY))
    assert "begin with PSK" in examine(JSON_HEADER, header, key="PT0123").text
    assert "begin with PSK" not in examine(JSON_HEADER, header, key="PSKother").text


@pytest.mark.parametrize("key", [None, ""])
def test_without_a_key_nothing_is_checked(key: str | None) -> None:
    outcome = examine(JSON_HEADER, (NAME, "0" * 40), key=key)
    assert (outcome.result, outcome.state) == (Diagnosed.NO_KEY, SignatureState.UNCHECKED)
    assert outcome.form == "40 hex digits"


def test_an_unsigned_callback_is_normal() -> None:
    for key in (None, KEY):
        outcome = examine(JSON_HEADER, key=key)
        assert (outcome.result, outcome.state) == (Diagnosed.UNSIGNED, SignatureState.ABSENT)
        assert "normal" in outcome.text


@pytest.mark.parametrize("value", ["", "sha1=" + "0" * 40, "0" * 39, "é" * 40, "\udcff" * 28, "=" * 28])
def test_a_signature_of_no_known_form_is_told(value: str) -> None:
    outcome = examine(JSON_HEADER, (NAME, value))
    assert outcome.result is Diagnosed.NO_FORM


@pytest.mark.parametrize(
    ("name", "signature", "words"),
    [
        (NAME, sign_json_sha256(KEY, f"{OWN}/sms", BODY), "does not belong into the header"),
        ("X-SignalWire-SHA256-Signature", sign_json(KEY, f"{OWN}/sms", BODY), "does not belong into the header"),
        (NAME, sign_json(KEY, f"{OWN}/sms", BODY).upper(), "upper case"),
        (NAME, sign_compatibility_json(KEY, f"{OWN}/sms"), "covers the address alone"),
        (
            NAME,
            base64.b64encode(bytes.fromhex(sign_json(KEY, f"{OWN}/sms", BODY))).decode(),
            "in base64, a mixture",
        ),
    ],
)
def test_a_right_key_in_an_odd_signature_is_recognised(name: str, signature: str, words: str) -> None:
    outcome = examine(JSON_HEADER, (name, signature))
    assert (outcome.result, outcome.state) == (Diagnosed.OTHER_READING, SignatureState.INVALID)
    assert words in outcome.text


def test_a_form_without_a_body_is_a_get() -> None:
    signed = "https://abc.example/sms/?MessageSid=SM1&MessageStatus=sent"
    outcome = examine(
        (NAME, sign_form(KEY, signed, [])),
        target="/sms?MessageSid=SM1&MessageStatus=sent",
        body=b"",
        public_url="https://abc.example",
    )
    assert (outcome.scheme, outcome.url) == ("B", signed)


# Bounds


def hostile_headers() -> list[tuple[str, str]]:
    hosts = ", ".join(f"host{number}.example:{number}" for number in range(1, 200))
    return [
        JSON_HEADER,
        (NAME, "0" * 40),
        *[("X-Forwarded-Host", hosts)] * 50,
        *[("X-Forwarded-Prefix", "/a, /b, /c, /d")] * 50,
        *[("X-Original-URL", f"/{number}") for number in range(50)],
        ("Forwarded", ",".join(["host=x;proto=https"] * 500)),
        ("Authorization", "Basic dTpw"),
    ]


def test_the_work_is_bounded() -> None:
    variants = list(
        url_variants(hostile_headers(), "/sms?a=1&bodySHA256=0", BODY, "https://u:p@abc.example/x?y=1", OWN)
    )
    assert len(variants) == len(set(variants))
    assert len(variants) < MOST_VARIANTS + 100
    large = examine(*hostile_headers(), body=b'{"a":"' + b"x" * (1 << 20) + b'"}')
    assert large.tried < 200
    assert "size of the body" in large.text


NAMES = [
    *(NAME, "X-SignalWire-SHA256-Signature", "X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Prefix"),
    *("X-Forwarded-Proto", "X-Original-URL", "Forwarded", "Host", "Authorization", "Content-Type"),
]


@given(
    headers=st.lists(
        st.tuples(
            st.sampled_from(NAMES),
            st.text(max_size=40)
            | st.sampled_from(["0" * 40, "A" * 27 + "=", "f" * 64, "application/json", "host=[::", "Basic !"]),
        ),
        max_size=9,
    ),
    target=st.text(max_size=40) | st.just("/?bodySHA256=\ud800"),
    body=st.binary(max_size=40) | st.sampled_from([b"[" * 5000, b"a&b=1&a", b'{"\\ud800":1}']),
    public_url=st.none() | st.text(max_size=40) | st.sampled_from(["https://[bad", "http://a:b:c/d", "https://u@h"]),
)
def test_never_raises(headers: Any, target: str, body: bytes, public_url: str | None) -> None:
    outcome = diagnose(Signed(headers, target, body), Means(KEY, public_url, OWN))
    assert outcome.state is not SignatureState.VALID
    assert outcome.title
    assert KEY not in repr((outcome, Means(KEY, public_url, OWN)))
