"""The sources of the specification, from the HTTP request to the exported JSON."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from inspector.session.exchange.export import export
from inspector.session.reader import SessionReader
from tests.capture.conftest import Capture
from tests.capture.wire import Wire, make_request
from tests.factories import FORM_TYPE, JSON_TYPE, MISSING, make_form, make_payload, stamp

LIFE = ("queued", "initiated", "sent", "delivered")


def exported(session: Path, folder: Path) -> dict[str, Any]:
    with SessionReader(session) as reader:
        export(reader, folder / "exported.json")
    document: dict[str, Any] = json.loads((folder / "exported.json").read_bytes())
    return document


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("REST API", "/rest"),
        ("RELAY SDK", "/relay?project=demo"),
        ("SWML send_sms", "/swml/status"),
    ],
)
async def test_source_of_the_specification(capture: Capture, tmp_path: Path, source: str, target: str) -> None:
    """All three send the same payload; the path tells them apart."""
    port = await capture.start()
    bodies = []
    async with await Wire.open(port) as wire:
        for second, status in enumerate(LIFE):
            payload = make_payload(id=f"message of {source}", body=source, status=status, timestamp=stamp(second))
            bodies.append(json.dumps(payload))
            request = make_request(bodies[-1].encode(), f"Content-Type: {JSON_TYPE}", target=target)
            assert (await wire.ask(request)).status == 200
    document = exported(capture.session.path, tmp_path)

    assert document["summary"] == {
        "callbacks": 4,
        "valid": 4,
        "invalid": 0,
        "messages": 1,
        "by_status": {"delivered": 1},
    }
    (message,) = document["messages"]
    payload = make_payload()
    assert {name: message[name] for name in ("id", "project_id", "to", "from", "body", "number_of_segments")} == {
        **{name: payload[name] for name in ("project_id", "to", "from", "number_of_segments")},
        "id": f"message of {source}",
        "body": source,
    }
    assert (message["status"], message["terminal"]) == ("delivered", True)
    assert (message["error_code"], message["error_message"], message["custom_variables"]) == (None, None, None)
    assert [(one["status"], one["timestamp"], one["callback"]) for one in message["transitions"]] == [
        (status, stamp(second), second + 1) for second, status in enumerate(LIFE)
    ]
    assert [callback["body"] for callback in document["callbacks"]] == bodies
    for seq, callback in enumerate(document["callbacks"], 1):
        assert callback["received_at"].endswith("Z")
        assert [name for name, _ in callback["headers"]] == ["Host", "Content-Type", "Content-Length"]
        fixed = {name: value for name, value in callback.items() if name not in ("received_at", "headers", "body")}
        assert fixed == {
            "seq": seq,
            "method": "POST",
            "target": target,
            "remote": "127.0.0.1",
            "body_base64": None,
            "truncated": False,
            "dialect": "json",
            "valid": True,
            "message_id": f"message of {source}",
            "signature": "absent",
            "problems": [],
            "reply": {"status": 200},
        }


async def test_sources_side_by_side(capture: Capture, tmp_path: Path) -> None:
    port = await capture.start()
    async with await Wire.open(port) as wire:
        for status in LIFE:
            for source in ("rest", "relay", "swml"):
                body = json.dumps(make_payload(id=source, status=status)).encode()
                await wire.ask(make_request(body, f"Content-Type: {JSON_TYPE}", target=f"/{source}"))
    document = exported(capture.session.path, tmp_path)
    assert [message["id"] for message in document["messages"]] == ["rest", "relay", "swml"]
    assert {message["status"] for message in document["messages"]} == {"delivered"}
    assert {(callback["target"], callback["message_id"]) for callback in document["callbacks"]} == {
        ("/rest", "rest"),
        ("/relay", "relay"),
        ("/swml", "swml"),
    }


async def test_sample_of_the_documentation_lacks_the_error_fields(capture: Capture, tmp_path: Path) -> None:
    """It breaks the contract and is shown with all it has."""
    port = await capture.start()
    body = json.dumps(make_payload(error_code=MISSING, error_message=MISSING)).encode()
    async with await Wire.open(port) as wire:
        await wire.ask(make_request(body, f"Content-Type: {JSON_TYPE}"))
    document = exported(capture.session.path, tmp_path)
    (callback,) = document["callbacks"]
    assert callback["valid"] is False
    assert [(problem["path"], problem["code"], problem["severity"]) for problem in callback["problems"]] == [
        ("$.error_code", "missing", "error"),
        ("$.error_message", "missing", "error"),
    ]
    assert callback["message_id"] == make_payload()["id"]
    (message,) = document["messages"]
    assert (message["to"], message["transitions"]) == (make_payload()["to"], [])


async def test_form_dialect_of_the_compatibility_api(capture: Capture, tmp_path: Path) -> None:
    port = await capture.start()
    final = {"ErrorCode": "30003", "ErrorMessage": "Unreachable destination handset"}
    sequence = [("queued", {}), ("sending", {}), ("sent", {}), ("undelivered", final)]
    async with await Wire.open(port) as wire:
        for status, error in sequence:
            body = urlencode(make_form(MessageStatus=status, SmsStatus=status, **error)).encode()
            reply = await wire.ask(make_request(body, f"Content-Type: {FORM_TYPE}", target="/cxml"))
            assert reply.status == 200
    document = exported(capture.session.path, tmp_path)
    form = make_form()
    (message,) = document["messages"]
    assert (message["id"], message["project_id"]) == (form["MessageSid"], form["AccountSid"])
    assert (message["to"], message["from"], message["body"]) == (form["To"], form["From"], form["Body"])
    assert (message["number_of_segments"], message["status"], message["terminal"]) == (1, "undelivered", True)
    assert (message["error_code"], message["error_message"]) == ("30003", "Unreachable destination handset")
    assert [(one["status"], one["timestamp"]) for one in message["transitions"]] == [
        ("queued", None),
        ("initiated", None),
        ("sent", None),
        ("undelivered", None),
    ]
    assert {(callback["dialect"], callback["valid"]) for callback in document["callbacks"]} == {("form", True)}
    assert message["findings"] == []


async def test_form_dialect_in_the_query(capture: Capture, tmp_path: Path) -> None:
    port = await capture.start()
    target = f"/cxml?{urlencode(make_form(MessageStatus='delivered'))}"
    async with await Wire.open(port) as wire:
        assert (await wire.ask(make_request(method="GET", target=target))).status == 200
    document = exported(capture.session.path, tmp_path)
    (callback,) = document["callbacks"]
    assert (callback["target"], callback["body"], callback["dialect"], callback["valid"]) == (target, "", "form", True)
    assert document["summary"]["by_status"] == {"delivered": 1}
