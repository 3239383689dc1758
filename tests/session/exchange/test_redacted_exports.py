"""Redaction as a whole: whatever a session holds, nothing of it leaves, and what happened still shows."""

import json
import re
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import jsonschema_rs
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.callbacks.segments import count_segments
from inspector.runtime.resources import read_text
from inspector.session.exchange.export import Format, export
from inspector.session.exchange.json_import import import_json
from inspector.session.exchange.pseudonyms import Pseudonyms
from inspector.session.exchange.redaction import CATEGORIES, Redaction
from inspector.session.reader import SessionReader
from inspector.session.records import Received
from inspector.session.session import Session
from tests.factories import FORM_TYPE, MESSAGE, MISSING, make_callback, make_form, make_session, stamp
from tests.strategies import callbacks

SCHEMA = jsonschema_rs.Draft202012Validator(json.loads(read_text("session.schema.json")), validate_formats=True)
_RUN = re.compile(r"\d{7,}", re.ASCII)

# Not in the ranges that pseudonyms are of.
_digits = st.from_regex(r"[2-8][0-9]{8,13}", fullmatch=True).filter(lambda text: "55501" not in text)
_texts = st.one_of(
    st.builds("Call {} or {} €^{{\n".format, _digits, _digits),
    st.builds("Привет {} \N{GRINNING FACE}".format, _digits),
    st.sampled_from(["", "Hello there, this is text", "Hello there, that is text"]),
)


@st.composite
def personal_callbacks(draw: st.DrawFn) -> Received:
    """A callback with numbers wherever they can stand."""
    number = draw(_digits)
    to = draw(st.sampled_from([f"+{number}", f"whatsapp:+{number}", number, "72345", "+5215512345678"]))
    body = draw(_texts)
    failed = draw(st.booleans())
    words = {"status": draw(st.sampled_from(["undelivered", "failed"] if failed else ["queued", "sent", "delivered"]))}
    error: dict[str, Any] = {"error_code": "30003", "error_message": f"{to} (order {number}) said no at 30003"}
    target = f"/hook/{number}/2026/{'x' * 32}{number[:7]}?to={number}&token={draw(_digits)}"
    headers = [
        ("Host", f"h{number}.example"), ("Authorization", f"Basic {number}"), ("Cookie", f"a={number}"),
        ("X-Forwarded-For", number), ("X-SignalWire-Signature", number), ("User-Agent", f"agent/{number}"),
    ]  # fmt: skip
    segments = draw(st.sampled_from([count_segments(body).segments, 9]))
    if draw(st.booleans()):
        form = make_form(
            MessageSid=f"SM{draw(st.sampled_from('ab')) * 32}", MessageStatus=words["status"], To=to, Body=body,
            NumSegments=str(segments), ErrorCode="30003" if failed else "", FromZip=number,
        )  # fmt: skip
        return make_callback(urlencode(form).encode(), content_type=FORM_TYPE, target=target, headers=headers)
    fields: dict[str, Any] = {
        **words, **(error if failed else {}), "id": draw(st.sampled_from(["one-1", MESSAGE])), "to": to, "body": body,
        "number_of_segments": segments, "timestamp": stamp(draw(st.integers(0, 3))), "target": target,
        "headers": headers,
        "custom_variables": draw(st.sampled_from([MISSING, {"phone": number, "order": int(number)}])),
        draw(st.sampled_from(["extra", f"field {number}"])): [int(number), {"to": number, number: 1.5}],
    }  # fmt: skip
    return make_callback(**fields)


def _document(session: Path, folder: Path) -> Any:
    with SessionReader(session) as reader:
        export(reader, folder / "r.json", redact=True)
    return json.loads((folder / "r.json").read_bytes())


def _refolded(document: Any, folder: Path) -> Path:
    """The redacted requests, received anew."""
    again = []
    for one in document["callbacks"]:
        content_type = next((value for name, value in one["headers"] if name == "Content-Type"), "")
        body = one["body"].encode()
        again.append(make_callback(body, target=one["target"], content_type=content_type, method=one["method"]))
    return make_session(folder / "again.inspector", again)


def _fates(session: Path) -> list[tuple[Any, ...]]:
    with SessionReader(session) as reader:
        return [
            (one.status, one.strip, one.codes, one.callbacks, one.invalid, one.error_code, one.number_of_segments)
            for one in reader.messages()
        ]


@given(st.lists(personal_callbacks(), min_size=1, max_size=5))
@settings(deadline=None)
def test_no_number_survives_in_any_format(received: list[Received]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        session = make_session(folder / "s.inspector", received)
        secrets = {
            run
            for one in received
            for text in (one.body.decode(), one.target, *(value for _, value in one.headers))
            for run in _RUN.findall(text)
        }
        with SessionReader(session) as reader:
            secrets |= {run for row in reader.messages() for run in _RUN.findall(f"{row.to} {row.body}")}
            for form in Format:
                export(reader, folder / "out", form, redact=True)
                text = (folder / "out").read_bytes().decode()
                assert [secret for secret in secrets if secret in text] == []


@given(st.lists(personal_callbacks(), min_size=1, max_size=5))
@settings(deadline=None)
def test_a_redacted_life_folds_to_the_same(received: list[Received]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        session = make_session(folder / "s.inspector", received)
        document = _document(session, folder)
        assert _fates(_refolded(document, folder)) == _fates(session)
        with SessionReader(session) as reader:
            before = [(count_segments(row.body or ""), (row.body or "").count("\n")) for row in reader.messages()]
        after = [(count_segments(one["body"]), one["body"].count("\n")) for one in document["messages"]]
        assert [(one[:3], lines) for one, lines in after] == [(one[:3], lines) for one, lines in before]


@given(st.lists(callbacks(), max_size=6))
@settings(deadline=None)
def test_a_redacted_export_of_anything_is_a_session(received: list[Received]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        session = make_session(folder / "s.inspector", received)
        document = _document(session, folder)
        SCHEMA.validate(document)
        import_json(folder / "r.json", folder / "back.inspector")
        with SessionReader(session) as before, SessionReader(folder / "back.inspector") as after:
            assert [(row.status, row.strip, set(row.codes)) for row in after.messages()] == [
                (row.status, row.strip, set(row.codes)) for row in before.messages()
            ]


@given(st.lists(st.one_of(_digits, st.from_regex(r"[0-9]{5,6}", fullmatch=True)), unique=True, max_size=60))
def test_different_numbers_have_different_pseudonyms(numbers: list[str]) -> None:
    names = Pseudonyms()
    first = [names.number(number) for number in numbers]
    assert len(set(first)) == len(numbers)
    assert [names.number(number) for number in numbers] == first


def test_there_are_enough_pseudonyms_for_more_numbers_than_are_fictional() -> None:
    names = Pseudonyms()
    found = {names.number(f"+49{number:09d}") for number in range(80_100)}
    assert len(found) == 80_100
    assert sum(re.fullmatch(r"\+1[2-9]\d\d55501\d\d", one) is not None for one in found) == 80_000
    assert sum(re.fullmatch(r"\+999\d{12}", one) is not None for one in found) == 100


def test_a_number_is_the_same_in_every_form() -> None:
    names = Pseudonyms()
    plain = names.number("4915112345678")
    assert names.number("+4915112345678") == f"+{plain}"
    assert names.number("whatsapp:+4915112345678") == f"whatsapp:+{plain}"


def _exported(session: Path, folder: Path, redaction: Redaction) -> str:
    with SessionReader(session) as reader:
        export(reader, folder / "part.json", redact=redaction)
    return (folder / "part.json").read_text("utf-8")


def test_each_category_by_itself(tmp_path: Path) -> None:
    secrets = {
        "numbers": "+15551230001",
        "bodies": "Your parcel arrives today.",
        "ids": "4f1c9a52-7d1e-4a53-9c39-0c6e4b1f2a10",
        "signatures": "c2lnbmF0dXJl",
        "addresses": "proxy.internal",
    }
    headers = [("X-SignalWire-Signature", "c2lnbmF0dXJl"), ("X-Forwarded-Host", "proxy.internal")]
    session = make_session(tmp_path / "s.inspector", [make_callback(headers=headers)])
    for category in CATEGORIES:
        text = _exported(session, tmp_path, Redaction(**{name: name == category for name in CATEGORIES}))
        assert [name for name, secret in secrets.items() if secret not in text] == [category]


def test_notes_leave_only_when_asked(tmp_path: Path) -> None:
    path = make_session(tmp_path / "s.inspector", [make_callback(id="a"), make_callback(id="b")])
    with Session.open(path) as session:
        session.mark([1], "red")
        session.annotate([1, 2], "ask +4915112345678")
    without = json.loads(_exported(path, tmp_path, Redaction()))
    assert [one.get("mark") for one in without["messages"]] == [{"colour": "red", "note": ""}, None]
    asked = json.loads(_exported(path, tmp_path, Redaction(notes=True)))
    assert re.fullmatch(r"ask \+1\d{3}55501\d\d", asked["messages"][1]["mark"]["note"])


def test_sentences_keep_their_error_codes(tmp_path: Path) -> None:
    said = "30003: SM0123456789abcdef0123456789abcdef to (415) 555-0177 by jo@example.com"
    path = make_session(tmp_path / "s.inspector", [make_callback(status="failed", error_code="x", error_message=said)])
    message = json.loads(_exported(path, tmp_path, Redaction()))["messages"][0]["error_message"]
    assert re.fullmatch(r"30003: SM[0-9a-f]{32} to 1\d{3}55501\d\d by xx@xxxxxxx\.xxx", message)


def test_a_sentence_of_any_length_is_read_once(tmp_path: Path) -> None:
    said = f"on 2026-03-17 {'a' * 300_000}1@ {'g' * 300_000}7"
    path = make_session(tmp_path / "s.inspector", [make_callback(status="failed", error_code="x", error_message=said)])
    message = json.loads(_exported(path, tmp_path, Redaction()))["messages"][0]["error_message"]
    assert message.startswith("on 2026-03-17 ")
    assert len(message) < len(said)


def test_the_content_length_is_that_of_the_masked_body(tmp_path: Path) -> None:
    body = json.dumps({"id": "short"}).encode()
    received = make_callback(body, headers=[("Content-Length", str(len(body)))])
    path = make_session(tmp_path / "s.inspector", [received])
    (callback,) = json.loads(_exported(path, tmp_path, Redaction()))["callbacks"]
    assert dict(callback["headers"])["Content-Length"] == str(len(callback["body"].encode()))


def test_what_json_can_spell_twice_stays_spelled_twice(tmp_path: Path) -> None:
    body = b'{"id": "a", "id": "b", "x": NaN, "n": 1e999, "t": [true, null]}'
    path = make_session(tmp_path / "s.inspector", [make_callback(body)])
    (callback,) = json.loads(_exported(path, tmp_path, Redaction()))["callbacks"]
    assert re.sub(r"[0-9a-f]{32}", "id", callback["body"]) == (
        '{"id": "id", "id": "id", "x": NaN, "n": 1e999, "t": [true, null]}'
    )


def test_a_secret_path_and_a_reply_do_not_leave(tmp_path: Path) -> None:
    received = make_callback(
        target="http://me.example:8080/hooks/0123456789abcdefghij",
        reply={"status": 200, "headers": [["X-Token", "sesame"]], "body": "open sesame"},
    )
    text = _exported(make_session(tmp_path / "s.inspector", [received]), tmp_path, Redaction())
    assert not [one for one in ("me.example", "0123456789abcdefghij", "sesame") if one in text]
