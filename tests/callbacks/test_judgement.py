"""One request judged: dialects, the envelope, and every problem of unusual bodies."""

import json
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.callbacks.dialect import Dialect
from inspector.callbacks.judgement import Judgement, judge, other_kind
from inspector.callbacks.payload import flawless
from inspector.callbacks.problems import ProblemCode, Severity
from inspector.callbacks.status import Status
from tests.factories import FORM_TYPE, JSON_TYPE, MESSAGE, MISSING, make_form, make_judgement, make_payload, stamp
from tests.strategies import payloads, texts_of_objects


def found(judgement: Judgement) -> list[tuple[str, str]]:
    return [(problem.path, problem.code.value) for problem in judgement.problems]


def form_body(**changes: Any) -> bytes:
    return urlencode(make_form(**changes)).encode()


def test_a_good_callback_has_no_problem() -> None:
    judgement = make_judgement(status="delivered", custom_variables={"order": "17"})

    assert (judgement.dialect, judgement.valid, judgement.problems) == (Dialect.JSON, True, ())
    assert judgement.message_id == MESSAGE
    assert judgement.facts.status is Status.DELIVERED
    assert judgement.facts.timestamp == stamp()
    assert judgement.facts.custom_variables == {"order": "17"}
    assert judgement.unknown_fields == ()


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "application/json; charset=utf-8", "APPLICATION/JSON", "application/problem+json ; x=y"],
)
def test_content_types_of_json(content_type: str) -> None:
    assert found(make_judgement(content_type=content_type)) == []


@pytest.mark.parametrize(
    "content_type", ["", "text/plain", "text/json", "application/jsonx", "application/xml", FORM_TYPE]
)
def test_another_content_type_is_a_warning_and_the_callback_stays_valid(content_type: str) -> None:
    judgement = make_judgement(content_type=content_type)

    (problem,) = judgement.problems
    assert (problem.path, problem.code, problem.severity) == ("$", ProblemCode.CONTENT_TYPE, Severity.WARNING)
    assert problem.value == (content_type or None)
    assert (judgement.dialect, judgement.valid) == (Dialect.JSON, True)


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "X" * 100])
def test_another_method_is_a_warning_and_the_callback_stays_valid(method: str) -> None:
    judgement = make_judgement(method=method)

    (problem,) = judgement.problems
    assert (problem.path, problem.code, problem.value) == ("$", ProblemCode.METHOD, method)
    assert judgement.valid
    assert len(problem.text) < 100


def test_a_broken_request_has_all_its_problems_at_once() -> None:
    payload = make_payload(
        status="gone", to=MISSING, number_of_segments="1", timestamp="today", error_message=3, media=["a"], x=1
    )
    text = json.dumps(payload)[:-1] + ', "deep": {"a": [NaN], "b": 1, "b": 2}}'

    judgement = make_judgement(
        b"\xef\xbb\xbf" + text.encode(), method="PUT", target="/", content_type="text/plain; charset=latin-1"
    )

    assert found(judgement) == [
        ("$", "method"),
        ("$", "content_type"),
        ("$", "encoding"),
        ("$.deep.b", "json"),
        ("$.deep.a[0]", "json"),
        ("$.status", "enum"),
        ("$.to", "missing"),
        ("$.number_of_segments", "type"),
        ("$.timestamp", "format"),
        ("$.error_message", "type"),
    ]
    assert judgement.message_id == MESSAGE
    assert judgement.unknown_fields == ("media", "x", "deep")
    assert not judgement.valid


def test_what_can_be_read_of_a_broken_payload_is_read() -> None:
    facts = make_judgement(
        status="sent", error_code="30003", error_message=MISSING, timestamp="soon", number_of_segments=2.0, body=5
    ).facts

    assert (facts.status, facts.to, facts.from_) == (Status.SENT, "+15551230001", "+15559870002")
    assert (facts.error_code, facts.error_message, facts.body) == ("30003", None, None)
    assert (facts.timestamp, facts.number_of_segments) == ("soon", 2)


def test_signalwires_own_sample_is_broken_but_shown_with_all_it_has() -> None:
    # The documentation's sample leaves out the two error fields, which the specification requires.
    judgement = make_judgement(error_code=MISSING, error_message=MISSING)

    assert found(judgement) == [("$.error_code", "missing"), ("$.error_message", "missing")]
    assert judgement.message_id == MESSAGE
    facts, whole = judgement.facts, make_judgement().facts
    assert facts == whole


@pytest.mark.parametrize(
    ("id_", "message_id"), [("", ""), ("\ud800", "\ud800"), (5, None), (None, None), (MISSING, None)]
)
def test_an_invalid_callback_keeps_its_readable_id(id_: object, message_id: str | None) -> None:
    assert make_judgement(id=id_, status="gone").message_id == message_id


def test_an_empty_id_is_an_id() -> None:
    judgement = make_judgement(id="")

    assert (judgement.valid, judgement.message_id) == (True, "")


VALID = json.dumps(make_payload()).encode()


@pytest.mark.parametrize(
    ("raw", "dialect", "problems", "says"),
    [
        (b"", Dialect.JSON, [("$", "json")], "empty"),
        (b"  \r\n", Dialect.JSON, [("$", "json")], "empty"),
        (b"[]", Dialect.JSON, [("$", "json")], "not an object"),
        (b"[" + VALID + b"]", Dialect.JSON, [("$", "json")], "not an object"),
        (b'"text"', Dialect.JSON, [("$", "json")], "not an object"),
        (VALID[:-1], Dialect.JSON, [("$", "json")], "line 1"),
        (VALID + b"}", Dialect.JSON, [("$", "json")], "Extra data"),
        (b"\xef\xbb\xbf" + VALID, Dialect.JSON, [("$", "encoding")], "byte order mark"),
        (b"\xff\xfe" + VALID.decode().encode("utf-16-le"), Dialect.JSON, [("$", "encoding"), ("$", "json")], "0xff"),
        (VALID.decode().encode("utf-16-be"), Dialect.JSON, [("$", "json")], "not JSON"),
        (VALID.replace(b"parcel", b"p\xe9rcel"), Dialect.JSON, [("$", "encoding")], "0xe9"),
        (b"\x00" * 10, Dialect.JSON, [("$", "json")], "not JSON"),
        (b"[" * 100_000, Dialect.JSON, [("$", "json")], "nested too deeply"),
        (
            VALID.replace(b'"status"', b'"status": "sent", "status"'),
            Dialect.JSON,
            [("$.status", "json")],
            "more than once",
        ),
        (VALID[:-1] + b', "a": {"b": Infinity}}', Dialect.JSON, [("$.a.b", "json")], "RFC 8259"),
    ],
    ids=lambda value: repr(value)[:24] if isinstance(value, bytes) else "",
)
def test_unusual_bodies(raw: bytes, dialect: Dialect, problems: list[tuple[str, str]], says: str) -> None:
    judgement = make_judgement(raw)

    assert (judgement.dialect, judgement.valid) == (dialect, False)
    assert found(judgement) == problems
    assert says in judgement.problems[0].text


def test_an_integer_of_5000_digits_is_valid() -> None:
    raw = VALID.replace(b'"number_of_segments": 1', b'"number_of_segments": ' + b"9" * 5000)

    judgement = make_judgement(raw)

    assert judgement.valid
    assert judgement.facts.number_of_segments is not None
    assert judgement.facts.number_of_segments > 2**62


def test_plain_text_under_no_type_is_of_an_unknown_dialect() -> None:
    judgement = make_judgement(b"hello", content_type="text/plain")

    assert judgement.dialect is Dialect.UNKNOWN
    assert found(judgement) == [("$", "content_type"), ("$", "json")]


def test_a_form_is_judged_as_a_form() -> None:
    judgement = make_judgement(form_body(MessageStatus="sent", Extra="1"), content_type=f"{FORM_TYPE}; charset=utf-8")

    assert (judgement.dialect, judgement.valid, judgement.problems) == (Dialect.FORM, True, ())
    assert judgement.message_id == make_form()["MessageSid"]
    assert judgement.facts.status is Status.SENT
    assert judgement.unknown_fields == ("Extra",)


@pytest.mark.parametrize("content_type", ["application/json", "", "text/plain"])
def test_a_form_under_another_type_is_still_a_form(content_type: str) -> None:
    judgement = make_judgement(form_body(), content_type=content_type)

    assert (judgement.dialect, judgement.valid) == (Dialect.FORM, True)
    assert found(judgement) == [("$", "content_type")]


def test_a_form_that_is_no_status_callback_is_not_called_one() -> None:
    judgement = make_judgement(b"CallSid=CA1&CallStatus=ringing", content_type=FORM_TYPE)

    assert (judgement.dialect, judgement.valid, judgement.message_id) == (Dialect.UNKNOWN, False, None)
    assert found(judgement) == [("$", "content_type"), ("$", "json")]


def test_a_form_with_too_many_fields_says_so() -> None:
    body = urlencode([("MessageSid", "SM1"), *((f"x{number}", "1") for number in range(1001))]).encode()

    judgement = make_judgement(body, content_type=FORM_TYPE)

    assert ("$", "format") in found(judgement)
    assert any("1000 fields" in problem.text for problem in judgement.problems)


def test_a_form_with_bytes_that_are_no_utf_8() -> None:
    judgement = make_judgement(b"MessageSid=SM1&MessageStatus=sent&Body=%FF", content_type=FORM_TYPE)

    assert found(judgement) == [("$", "encoding")]
    assert (judgement.dialect, judgement.message_id) == (Dialect.FORM, "SM1")


@pytest.mark.parametrize("method", ["POST", "GET"])
def test_a_form_may_come_by_post_or_get(method: str) -> None:
    assert found(make_judgement(form_body(), method=method, content_type=FORM_TYPE)) == []
    assert found(make_judgement(form_body(), method="PUT", content_type=FORM_TYPE)) == [("$", "method")]


def test_a_get_carries_the_form_in_its_query() -> None:
    target = f"/status?{urlencode(make_form(MessageStatus='read'))}#fragment"

    judgement = make_judgement(b"", method="GET", target=target, content_type="")

    assert (judgement.dialect, judgement.valid, judgement.problems) == (Dialect.FORM, True, ())
    assert judgement.facts.status is Status.READ


@pytest.mark.parametrize("target", ["/", "/?", "/favicon.ico?x=1", "/?a=%FF", "?", "//[", ""])
def test_a_get_without_a_callback_is_of_an_unknown_dialect(target: str) -> None:
    judgement = make_judgement(b"", method="GET", target=target, content_type="")

    assert (judgement.dialect, judgement.valid) == (Dialect.UNKNOWN, False)
    assert found(judgement) == [("$", "method"), ("$", "json")]
    assert "no body" in judgement.problems[-1].text


def test_a_get_with_a_query_and_a_json_body_is_judged_by_the_body() -> None:
    target = f"/?{urlencode(make_form())}"

    judgement = make_judgement(method="GET", target=target)

    assert (judgement.dialect, judgement.message_id) == (Dialect.JSON, MESSAGE)
    assert found(judgement) == [("$", "method")]


@pytest.mark.parametrize(
    ("raw", "content_type", "dialect"),
    [
        (VALID, "application/json", Dialect.JSON),
        (b"", "application/json", Dialect.JSON),
        (b" {", "", Dialect.JSON),
        (b"MessageSid=SM1&Body=aaa", FORM_TYPE, Dialect.UNKNOWN),
        (b"\xff", "", Dialect.UNKNOWN),
    ],
)
def test_a_body_over_the_limit_is_not_judged_by_its_beginning(raw: bytes, content_type: str, dialect: Dialect) -> None:
    judgement = make_judgement(raw, content_type=content_type, too_large=1 << 20)

    assert (judgement.dialect, judgement.valid, judgement.message_id) == (dialect, False, None)
    assert judgement.problems[-1].code is ProblemCode.TOO_LARGE
    assert "1,048,576 bytes" in judgement.problems[-1].text
    expected = ["content_type"] if content_type == "" else []
    assert [code for _, code in found(judgement)] == [*expected, "too_large"]


def test_an_unfinished_body_says_why() -> None:
    judgement = make_judgement(VALID[:20], method="PUT", incomplete="the sender broke off after 20 bytes.")

    assert found(judgement) == [("$", "method"), ("$", "json")]
    assert judgement.problems[-1].text == "The body is incomplete: the sender broke off after 20 bytes."


@pytest.mark.parametrize(
    ("payload", "kind"),
    [
        ({"event_type": "brand", "brand_id": "1"}, "10DLC status callback"),
        ({"campaign_id": "1"}, "10DLC status callback"),
        ({"event_type": "x", "status": "sent"}, None),
        (make_payload(), None),
        ({}, None),
        ([], None),
        (None, None),
    ],
    ids=str,
)
def test_another_documented_callback_is_recognised(payload: Any, kind: str | None) -> None:
    assert other_kind(payload) == kind


@given(
    method=st.sampled_from(["POST", "GET", "PUT", "", "post"]),
    target=st.text(max_size=20),
    content_type=st.one_of(st.sampled_from(["application/json", FORM_TYPE, ""]), st.text(max_size=20)),
    body=st.one_of(
        st.binary(max_size=60),
        st.text('MessageSid=&%{}[]"\\ud8N0eE.-\n', max_size=60).map(str.encode),
        st.text(max_size=20).map(
            lambda text: f"MessageSid={quote(text, errors='replace')}&MessageStatus=sent".encode()
        ),
    ),
    too_large=st.sampled_from([None, None, 10]),
)
@settings(max_examples=300)
def test_no_request_is_beyond_judgement(
    method: str, target: str, content_type: str, body: bytes, too_large: int | None
) -> None:
    judgement = judge(method=method, target=target, content_type=content_type, body=body, too_large=too_large)

    json.dumps([problem.as_json() for problem in judgement.problems], allow_nan=False)
    assert judgement.valid == all(problem.severity is not Severity.ERROR for problem in judgement.problems)
    assert not judgement.valid or judgement.message_id is not None


@given(payloads(), st.sampled_from([None, " ", "\n", ",", "\ufeff", "null", "\x00"]), st.booleans())
@settings(max_examples=500)
def test_what_is_read_quickly_is_judged_the_same(payload: dict[str, Any], extra: str | None, ascii_only: bool) -> None:
    text = json.dumps(payload, ensure_ascii=ascii_only) + (extra or "")
    body = text.encode("utf-8", "surrogatepass")
    quick = judge(method="POST", target="/", content_type=JSON_TYPE, body=body)
    # A sender that names the type in capitals is judged the long way.
    thorough = judge(method="POST", target="/", content_type=JSON_TYPE.upper(), body=body)

    assert quick == thorough


@given(texts_of_objects())
@settings(max_examples=300)
def test_no_object_but_a_callback_is_read_quickly(text: str) -> None:
    assert flawless(text.encode("utf-8", "surrogatepass")) is None


@pytest.mark.parametrize(
    "insert", ['"to": "+15550001111", ', '"error_code": null, ', '"": "", ', '"custom_variables": null, ', '"x": 1, ']
)
def test_a_field_too_many_is_seen(insert: str) -> None:
    text = json.dumps(make_payload())
    assert flawless(text.encode()) is not None
    assert flawless(("{" + insert + text[1:]).encode()) is None
    assert flawless((text[:-1] + ", " + insert.removesuffix(", ") + "}").encode()) is None


def test_an_error_is_read_quickly_too() -> None:
    for changes in ({"error_code": "30003"}, {"error_message": ""}, {"error_code": "1", "error_message": "x"}):
        callback = flawless(json.dumps(make_payload(status="failed", **changes)).encode())
        assert callback is not None
        assert (callback.error_code, callback.error_message) == (
            changes.get("error_code"),
            changes.get("error_message"),
        )
