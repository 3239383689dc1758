"""HAR 1.2: the captured requests as other tools read them."""

import base64
import json
from pathlib import Path
from typing import Any

import harfile
import jsonschema_rs
import pytest

from inspector import __version__
from inspector.session.exchange.export import export
from inspector.session.reader import SessionReader
from inspector.session.records import Received
from tests.factories import JSON_TYPE, make_callback, make_form_callback, make_session

_text = {"type": "string"}
_pairs = {
    "type": "array",
    "items": {"type": "object", "required": ["name", "value"], "properties": {"name": _text, "value": _text}},
}
# The required members of HAR 1.2 (http://www.softwareishard.com/blog/har-12-spec/) for what is written here.
HAR = jsonschema_rs.Draft202012Validator(
    {
        "type": "object",
        "required": ["log"],
        "properties": {
            "log": {
                "type": "object",
                "required": ["version", "creator", "entries"],
                "properties": {
                    "version": {"const": "1.2"},
                    "creator": {"required": ["name", "version"], "additionalProperties": _text},
                    "entries": {"type": "array", "items": {"$ref": "#/$defs/entry"}},
                },
            }
        },
        "$defs": {
            "entry": {
                "type": "object",
                "required": ["startedDateTime", "time", "request", "response", "cache", "timings"],
                "properties": {
                    "startedDateTime": {"type": "string", "format": "date-time"},
                    "time": {"type": "number", "minimum": 0},
                    "cache": {"type": "object"},
                    "timings": {"required": ["send", "wait", "receive"], "additionalProperties": {"type": "number"}},
                    "comment": _text,
                    "request": {
                        "required": [
                            "method", "url", "httpVersion", "cookies", "headers", "queryString", "headersSize",
                            "bodySize",
                        ],
                        "properties": {
                            "method": _text,
                            "url": {"type": "string", "format": "uri", "pattern": "^https?://"},
                            "httpVersion": _text,
                            "cookies": {"type": "array"},
                            "headers": _pairs,
                            "queryString": _pairs,
                            "headersSize": {"type": "integer"},
                            "bodySize": {"type": "integer"},
                            "postData": {
                                "required": ["mimeType", "text"],
                                "properties": {"mimeType": _text, "text": _text, "comment": _text},
                            },
                        },
                    },
                    "response": {
                        "required": [
                            "status", "statusText", "httpVersion", "cookies", "headers", "content", "redirectURL",
                            "headersSize", "bodySize",
                        ],
                        "properties": {
                            "status": {"type": "integer"},
                            "headers": _pairs,
                            "content": {
                                "required": ["size", "mimeType"],
                                "properties": {"size": {"type": "integer"}, "mimeType": _text},
                            },
                        },
                    },
                },
            }
        },
    },
    validate_formats=True,
)  # fmt: skip


def as_modelled(entry: dict[str, Any]) -> dict[str, Any]:
    """The entry as an independent library's classes write it, which know no other members than HAR's."""
    request, response = dict(entry["request"]), dict(entry["response"])
    for part in (request, response):
        part["headers"] = [harfile.Record(**pair) for pair in part["headers"]]
    request["queryString"] = [harfile.Record(**pair) for pair in request["queryString"]]
    if "postData" in request:
        request["postData"] = harfile.PostData(**request["postData"])
    response["content"] = harfile.Content(**response["content"])
    modelled = {
        "startedDateTime": entry["startedDateTime"],
        "time": entry["time"],
        "request": harfile.Request(**request).asdict(),
        "response": harfile.Response(**response).asdict(),
        "cache": harfile.Cache(**entry["cache"]).asdict(),
        "timings": harfile.Timings(**entry["timings"]).asdict(),
        "comment": entry["comment"],
    }
    for name in ("blocked", "dns", "connect", "ssl"):  # -1, which is what they are when they are left out
        assert modelled["timings"].pop(name) == -1
    return modelled


def entries(folder: Path, *callbacks: Received) -> list[dict[str, Any]]:
    session = make_session(folder / "a.inspector", callbacks)
    out = folder / "a.har"
    with SessionReader(session) as reader:
        export(reader, out)
    document = json.loads(out.read_bytes())
    HAR.validate(document)
    assert document["log"]["creator"] == {"name": "callback-inspector", "version": __version__}
    result: list[dict[str, Any]] = document["log"]["entries"]
    assert result == [as_modelled(entry) for entry in result]
    return result


def test_a_callback_is_an_entry(tmp_path: Path) -> None:
    reply = {"status": 413, "headers": [["Connection", "close"]], "body": "Grüße"}
    callback = make_callback(
        raw='{"a": "ü"}'.encode(),
        target="/rest?x=1&y=%20&z",
        headers=[("Host", "example.org:80"), ("X", "\xe4")],
        reply=reply,
    )

    (entry,) = entries(tmp_path, callback)

    assert entry["startedDateTime"] == "2026-03-17T22:26:57.400000Z"
    assert entry["comment"] == "callback 1"
    request, response = entry["request"], entry["response"]
    assert (request["method"], request["url"]) == ("POST", "http://example.org:80/rest?x=1&y=%20&z")
    assert request["headers"] == [
        {"name": "Host", "value": "example.org:80"},
        {"name": "X", "value": "\xe4"},
        {"name": "Content-Type", "value": JSON_TYPE},
    ]
    assert [tuple(pair.values()) for pair in request["queryString"]] == [("x", "1"), ("y", " "), ("z", "")]
    assert request["bodySize"] == 11
    assert request["postData"] == {"mimeType": JSON_TYPE, "text": '{"a": "ü"}', "comment": ""}
    assert response["status"] == 413
    assert response["content"] == {"size": 7, "mimeType": "text/plain", "text": "Grüße"}
    assert response["headers"] == [{"name": "Connection", "value": "close"}]


def test_bytes_that_are_no_text_are_written_in_base64(tmp_path: Path) -> None:
    (entry,) = entries(tmp_path, make_callback(raw=b"\xff\x00"))

    assert entry["request"]["postData"]["comment"] == "base64"
    assert base64.b64decode(entry["request"]["postData"]["text"]) == b"\xff\x00"


def test_a_request_without_a_body_has_no_post_data(tmp_path: Path) -> None:
    (entry,) = entries(tmp_path, make_callback(raw=b"", method="GET", content_type=""))

    assert "postData" not in entry["request"]
    assert entry["request"]["bodySize"] == 0


@pytest.mark.parametrize(
    "target", ["//[", "*", "http://[", "/?" + "a=1&" * 1001, "/\ud800"], ids=lambda value: ascii(value)[:9]
)
def test_no_target_is_beyond_it(tmp_path: Path, target: str) -> None:
    (entry,) = entries(tmp_path, make_callback(target=target))

    assert entry["request"]["queryString"] == []


def test_an_absolute_target_is_the_url(tmp_path: Path) -> None:
    (entry,) = entries(tmp_path, make_callback(target="http://example.org/x?y=1"))

    assert entry["request"]["url"] == "http://example.org/x?y=1"


@pytest.mark.parametrize(
    ("target", "host", "url"),
    [
        ("*", "h:80", "http://h:80/*"),
        ("//[", "h", "http://h//%5B"),
        ("/\u2603 x%zz?[1]#y", "h", "http://h/%E2%98%83%20x%25zz?%5B1%5D%23y"),
        ("/x", "a b;rm", "http://127.0.0.1:9797/x"),
        ("/x", "[::1]:9797", "http://[::1]:9797/x"),
        ("http://[", "h", "http://h/http://%5B"),
        ("http://o.example?x=1", "h", "http://o.example?x=1"),
    ],
)
def test_the_url_is_one_whatever_was_sent(tmp_path: Path, target: str, host: str, url: str) -> None:
    (entry,) = entries(tmp_path, make_callback(target=target, headers=[("Host", host)]))

    assert entry["request"]["url"] == url


def test_behind_a_tunnel_the_url_is_the_tunnels(tmp_path: Path) -> None:
    headers = [("Host", "abc.ngrok.app"), ("X-Forwarded-Proto", "https")]
    (entry,) = entries(tmp_path, make_callback(headers=headers))

    assert entry["request"]["url"] == "https://abc.ngrok.app/rest"


def test_all_callbacks_are_there_in_order(tmp_path: Path) -> None:
    found = entries(tmp_path, make_callback(), make_form_callback(), make_callback(raw=b"[]"))

    assert [entry["comment"] for entry in found] == ["callback 1", "callback 2", "callback 3"]
    assert entries(tmp_path / "none") == []


def test_a_connection_without_an_answer_has_the_status_0(tmp_path: Path) -> None:
    reply = {"status": 444, "dropped": "reset"}
    session, out = make_session(tmp_path / "s.inspector", [make_callback(reply=reply)]), tmp_path / "out.har"
    with SessionReader(session) as reader:
        export(reader, out)
    (entry,) = json.loads(out.read_text(encoding="utf-8"))["log"]["entries"]
    assert entry["response"]["status"] == 0
