"""What hypothesis draws: payloads near to the contract, and callbacks of every kind."""

import json
from typing import Any
from urllib.parse import urlencode

from hypothesis import strategies as st

from inspector.callbacks.payload import FIELDS
from inspector.callbacks.signature import SignatureState
from inspector.callbacks.status import Status
from inspector.session.records import Received
from tests.factories import (
    FORM_TYPE,
    JSON_TYPE,
    MISSING,
    RECEIVED,
    make_callback,
    make_form,
    make_payload,
    stamp,
)

texts = st.text(st.characters(), max_size=12)
"""Any text, lone surrogates too: JSON can name them."""

numbers = st.one_of(
    st.integers(),
    st.sampled_from([0, -1, 1, 2**31, 2**63 - 1, 2**63, -(2**63) - 1, 10**40, -(10**40)]),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([0.0, -0.0, 1.0, 1.5, -3.0, 1e15, 1e22, 1e300, 5e-324]),
)
scalars = st.one_of(st.none(), st.booleans(), numbers, texts)
json_values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


@st.composite
def texts_of_objects(draw: st.DrawFn) -> str:
    """JSON objects as text, in which names come twice now and then, and quotation marks are escaped."""

    def text_of(value: Any, depth: int) -> str:
        if isinstance(value, dict):
            pairs = list(value.items())
            if pairs and draw(st.integers(0, 3 + depth)) == 0:
                pairs.insert(draw(st.integers(0, len(pairs))), (pairs[0][0], draw(scalars)))
            members = ",".join(f"{text_of(name, depth)}:{text_of(member, depth + 1)}" for name, member in pairs)
            return f"{{{members}}}"
        if isinstance(value, list):
            return f"[{', '.join(text_of(item, depth + 1) for item in value)}]"
        return json.dumps(value, ensure_ascii=draw(st.booleans()))

    names = st.one_of(texts, st.sampled_from(["a", "b", '"', "\\", '\\"', "é", "id"]))
    return text_of(draw(st.dictionaries(names, json_values, max_size=4)), 0)


@st.composite
def timestamps(draw: st.DrawFn) -> str:
    """Texts that are RFC 3339 date-times, or nearly so."""
    pick = st.sampled_from
    year = draw(pick(["2026", "2024", "2000", "1900", "1998", "0000", "0001", "9999", "026", "12026", "２０２６"]))
    month = draw(pick(["01", "02", "03", "04", "06", "12", "00", "13", "3"]))
    day = draw(pick(["01", "28", "29", "30", "31", "00", "32", "1"]))
    separator = draw(pick(["T", "T", "T", "t", " ", "_", ""]))
    hour = draw(pick(["00", "08", "12", "22", "23", "24", "1"]))
    minute = draw(pick(["00", "26", "29", "30", "58", "59", "60", "5"]))
    second = draw(pick(["00", "57", "59", "60", "61", "5", ""]))
    fraction = draw(pick(["", "", ".0", ".123456", ".123456789012345678901", ".", ",5", ".x"]))
    offset = draw(
        pick([*"ZZZz", "", "+00:00", "-00:00", "+05:30", "-08:00", "+23:59", "+24:00", "+01:60", "+01", " Z"])
    )
    tail = draw(pick(["", "", "", "\n", " ", "Z"]))
    return f"{year}-{month}-{day}{separator}{hour}:{minute}:{second}{fraction}{offset}{tail}"


status_words = st.sampled_from([status.value for status in Status])
_wrong_words = st.sampled_from(["Sent", "READ", "sennt", "", "sending", "queued ", "delivered\n"])
_near = {
    "status": st.one_of(status_words, _wrong_words),
    "timestamp": st.one_of(timestamps(), timestamps(), st.datetimes().map(lambda moment: moment.isoformat() + "Z")),
    "number_of_segments": numbers,
    "custom_variables": json_values,
}
_other_names = st.one_of(texts, st.sampled_from(["Id", "from_", "model_config", "__class__", "", "media", "$ref"]))


@st.composite
def payloads(draw: st.DrawFn) -> dict[str, Any]:
    """A valid payload with up to five changes: fields dropped, of another type, nearly right, or added."""
    payload = make_payload(status=draw(status_words))
    for _ in range(draw(st.integers(0, 5))):
        name = draw(st.one_of(st.sampled_from(FIELDS), st.sampled_from(["status", "timestamp", "number_of_segments"])))
        match draw(st.sampled_from(["near", "near", "near", "drop", "any", "more"])):
            case "drop":
                payload.pop(name, None)
            case "any":
                payload[name] = draw(json_values)
            case "more":
                payload[draw(_other_names)] = draw(json_values)
            case _:
                payload[name] = draw(_near.get(name, texts))
    if draw(st.booleans()):
        payload = dict(draw(st.permutations(list(payload.items()))))
    return payload


_seconds = st.sampled_from([0, 0, 1, 2, 3, 4, 3.5])
_ids = st.sampled_from(["a", "b", "ä\N{GRINNING FACE}", ""])
_bodies = st.sampled_from(["Hello", "Hello", "Hello!", "", "\ud800 alone", "x" * 200, "Grüße \N{GRINNING FACE}"])
_errors = st.sampled_from([None, None, None, "30003", "", "\udfff"])


@st.composite
def lives(draw: st.DrawFn) -> dict[str, Any]:
    """A valid payload of one of a few messages, with whatever a life can hold."""
    payload = make_payload(
        id=draw(_ids),
        status=draw(status_words),
        timestamp=stamp(draw(_seconds)),
        body=draw(_bodies),
        to=draw(st.sampled_from(["+15551230001", "+15551230001", "+15551230002", "whatsapp:+15551230001"])),
        number_of_segments=draw(st.sampled_from([1, 1, 2, 2.0, 10**30, -(2**63) - 1])),
        error_code=draw(_errors),
        error_message=draw(_errors),
        custom_variables=draw(st.one_of(st.just(MISSING), st.dictionaries(texts, json_values, max_size=2))),
    )
    if draw(st.integers(0, 5)) == 0:
        payload[draw(texts)] = 1
    return payload


_forms = st.builds(
    lambda **changes: urlencode(make_form(**changes)).encode(),
    MessageSid=st.sampled_from(["a", "SMform", MISSING]),
    MessageStatus=st.sampled_from(["queued", "sending", "sent", "delivered", "failed", "received", MISSING]),
    ErrorCode=st.sampled_from(["", "30003"]),
    NumSegments=st.sampled_from(["1", "2", "one", MISSING]),
    Body=st.sampled_from(["Hello", "", MISSING]),
)


@st.composite
def callbacks(draw: st.DrawFn) -> Received:
    """A received callback: mostly lives of few messages, but also broken ones, forms, bytes, and cut-off bodies."""
    content_type = JSON_TYPE
    match draw(st.sampled_from(["life", "life", "life", "life", "payload", "form", "bytes", "odd"])):
        case "life":
            body = json.dumps(draw(lives())).encode()
        case "payload":
            body = json.dumps({**draw(payloads()), "id": draw(_ids)}).encode()
        case "form":
            body, content_type = draw(_forms), draw(st.sampled_from([FORM_TYPE, FORM_TYPE, "text/plain"]))
        case "bytes":
            body = draw(st.binary(max_size=20))
        case _:
            odd = [b"", b"[]", b"null", b"\xef\xbb\xbf{}", b'{"id":"a","id":"b"}', b'{"id":"a","x":[NaN,1e999]}']
            body = draw(st.sampled_from(odd))
    cut: dict[str, Any] = draw(
        st.sampled_from([{}, {}, {}, {}, {"too_large": 1 << 20}, {"incomplete": "the sender broke off."}])
    )
    reply: dict[str, Any] = {"status": draw(st.sampled_from([200, 200, 413, 503]))}
    if draw(st.booleans()):
        reply |= {"headers": [["Connection", "close"]], "body": "Grüße\n"}
    latin = st.text(st.characters(max_codepoint=0xFF), max_size=6)
    return make_callback(
        body,
        received=RECEIVED + draw(st.integers(-10_000_000, 60_000_000)),
        method=draw(st.sampled_from(["POST", "POST", "POST", "GET", "PUT"])),
        target=draw(st.sampled_from(["/rest", "/relay?x=1", "/?MessageSid=a&MessageStatus=sent", "//[", "*"])),
        content_type=content_type,
        headers=draw(st.lists(st.tuples(latin, latin), max_size=2)),
        signature=draw(st.sampled_from(list(SignatureState))),
        reply=reply,
        **cut,
    )
