"""What leaves in a redacted export."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from inspector.callbacks.segments import count_segments
from inspector.runtime.resources import read_text
from inspector.session.exchange.export import export
from inspector.session.exchange.pseudonyms import masked
from inspector.session.exchange.redaction import Redactor
from inspector.session.reader import SessionReader
from inspector.session.records import Received
from inspector.session.session import Session
from tests.factories import make_callback, stamp

_TO, _FROM, _BODY = "+14155550177", "+14155550188", "Meet me at 8"
_ID, _PATH = "0d9a8c52-1111-4a0c-9d3e-6a0c6f1e2b11", "top-secret-path-segment"
_SECRETS = (_TO, _FROM, _BODY, _ID, _PATH)


def _callback(**changes: Any) -> Received:
    fields: dict[str, Any] = {"id": _ID, "to": _TO, "from_": _FROM, "body": _BODY, "target": f"/{_PATH}?to={_TO[1:]}"}
    return make_callback(**{**fields, **changes})


@pytest.fixture
def session(tmp_path: Path) -> Path:
    path = tmp_path / "s.inspector"
    spoken = "Cannot reach +14155550177 today"
    with Session.create(path, started=1_800_000_000_000_000) as session:
        session.append([_callback(status="queued", custom_variables={"note": _BODY})])
        session.append([_callback(status="failed", error_code="21211", error_message=spoken, timestamp=stamp(2))])
        session.append([_callback(status=_TO)])
        session.append([make_callback(f"broken {_TO} {_BODY}".encode(), headers=[("X-Twilio-Signature", _ID)])])
    return path


@pytest.mark.parametrize("suffix", [".json", ".jsonl", ".csv", ".har"])
def test_nothing_personal_leaves(session: Path, tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"out{suffix}"
    with SessionReader(session) as reader:
        export(reader, out, redact=True)
    text = out.read_text(encoding="utf-8")
    assert not [secret for secret in _SECRETS if secret in text or secret.lstrip("+") in text]


def test_what_belonged_together_still_does(session: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    with SessionReader(session) as reader:
        export(reader, out, redact=True)
    document = json.loads(out.read_text(encoding="utf-8"))
    jsonschema_rs.validator_for(json.loads(read_text("session.schema.json")), validate_formats=True).validate(document)
    (message,) = document["messages"]
    bodies = [json.loads(callback["body"]) for callback in document["callbacks"][:2]]
    assert {body["id"] for body in bodies} == {message["id"]}
    assert {body["to"] for body in bodies} == {message["to"]}
    assert re.fullmatch(r"\+1\d{3}55501\d\d", message["to"])
    assert message["to"] != message["from"]
    assert message["to"] in message["error_message"]
    assert (message["status"], message["error_code"]) == ("failed", "21211")
    assert re.fullmatch(r"[A-Z][a-z]{3} [a-z]{2} [a-z]{2} 0", message["body"])


def test_two_exports_cannot_be_joined(session: Path, tmp_path: Path) -> None:
    ids = []
    for name in ("a.json", "b.json"):
        with SessionReader(session) as reader:
            export(reader, tmp_path / name, redact=True)
        ids.append(json.loads((tmp_path / name).read_text(encoding="utf-8"))["messages"][0]["id"])
    assert ids[0] != ids[1]


@given(st.text(max_size=200))
@example("\U000104a0")  # a digit that is a surrogate pair
def test_a_masked_text_needs_the_same_segments(text: str) -> None:
    before, after = count_segments(text), count_segments(masked(text))
    assert (after.encoding, after.units, after.segments) == (before.encoding, before.units, before.segments)
    assert not any(character.isascii() and character.isalnum() and character not in "xX0" for character in masked(text))


@pytest.mark.parametrize(
    ("number", "form"),
    [
        ("+447700900123", r"\+1\d{3}55501\d\d"),
        ("whatsapp:+15550001111", r"whatsapp:\+1\d{3}55501\d\d"),
        ("12345", r"\d{5}"),
        ("not a number", "xxx x xxxxxx"),
    ],
)
def test_numbers_become_fictional_ones(number: str, form: str) -> None:
    redactor = Redactor()
    assert re.fullmatch(form, redactor.number(number))
    assert redactor.number(number) == redactor.number(number)


@pytest.mark.parametrize("suffix", [".json", ".jsonl", ".har"])
def test_what_replies_repeat_of_a_callback_does_not_leave(tmp_path: Path, suffix: str) -> None:
    told = {"status": 422, "headers": [["X-Echo", _TO]], "body": f"{_BODY} {_TO}", "from": "forward", "delay_ms": 3}
    redirected = {"status": 307, "headers": [["Location", f"/{_PATH}?to={_TO[1:]}&inspector-redirect=307-1-1"]]}
    path, out = tmp_path / "s.inspector", tmp_path / f"out{suffix}"
    with Session.create(path, started=1_800_000_000_000_000) as session:
        session.append([_callback(reply=told), _callback(reply=redirected), _callback(reply={"status": 500})])
    with SessionReader(path) as reader:
        export(reader, out, redact=True)
    text = out.read_text(encoding="utf-8")
    assert not [secret for secret in _SECRETS if secret in text or secret.lstrip("+") in text]
    assert "422" in text
    assert "X-Echo" in text
