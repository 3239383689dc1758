"""One session builder for the tests of the detail pane."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from PySide6.QtWidgets import QApplication

from inspector.callbacks.error_codes import ErrorCatalogue
from inspector.callbacks.judgement import judge
from inspector.runtime.resources import read_text
from inspector.session.reader import SessionReader
from inspector.session.records import CallbackRow, ForwardRow, Received
from inspector.session.session import Session
from inspector.ui.detail.content import CallbackDetail, MessageDetail, load_callback, load_message
from inspector.ui.detail.pane import DetailPane
from inspector.ui.theme import Appearance, Scheme

MESSAGE = "4a3d7c2e-9d01-4f6e-8c55-2b1f0a9e7d11"
START = 1_773_786_417_000_000
"""2026-03-17T22:26:57Z in microseconds."""


def stamp(seconds: float) -> str:
    """The timestamp that lies so many seconds after START."""
    return f"{datetime.fromtimestamp(START // 1_000_000 + int(seconds), UTC):%Y-%m-%dT%H:%M:%SZ}"


def make_payload(status: str = "queued", seconds: float = 0, **changes: Any) -> dict[str, Any]:
    payload: dict[str, Any] = {
        "id": MESSAGE,
        "project_id": "5b2f6c1d-0000-4000-8000-000000000001",
        "status": status,
        "to": "+12065550142",
        "from": "+13105550198",
        "body": "Your table for two is ready. Reply YES to confirm.",
        "number_of_segments": 1,
        "timestamp": stamp(seconds),
        "error_code": None,
        "error_message": None,
    }
    payload.update(changes)
    return payload


def make_callback(**changes: Any) -> CallbackRow:
    """A stored callback that needs no session."""
    values: dict[str, Any] = {
        "seq": 1,
        "received": START,
        "method": "POST",
        "target": "/rest?x=1",
        "remote": "127.0.0.1",
        "headers": (("Host", "127.0.0.1:9797"), ("Content-Type", "application/json")),
        "body": b"{}",
        "truncated": False,
        "dialect": "json",
        "valid": True,
        "message_id": MESSAGE,
        "status": "queued",
        "timestamp": stamp(0),
        "signature": "absent",
        "problems": (),
        "reply": {"status": 200},
    }
    values.update(changes)
    return CallbackRow(**values)


class Story:
    """A session in a file, told callback by callback."""

    def __init__(self, folder: Path) -> None:
        self.session = Session.create(folder / "story.inspector", started=START)
        self.reader = SessionReader(self.session.path)

    def close(self) -> None:
        self.reader.close()
        self.session.close()

    def tell(
        self,
        payload: Any = None,
        *,
        after: float = 0.4,
        body: bytes | None = None,
        content_type: str = "application/json",
        method: str = "POST",
        target: str = "/rest",
        headers: Sequence[tuple[str, str]] = (),
        **changes: Any,
    ) -> int:
        """Append one callback that arrives `after` seconds past START; gives its number."""
        return self.tell_all([self.received(payload, after, body, content_type, method, target, headers, **changes)])[0]

    def tell_all(self, batch: Sequence[Received]) -> list[int]:
        return [one.seq for one in self.session.append(batch)]

    def received(
        self,
        payload: Any = None,
        after: float = 0.4,
        body: bytes | None = None,
        content_type: str = "application/json",
        method: str = "POST",
        target: str = "/rest",
        headers: Sequence[tuple[str, str]] = (),
        **changes: Any,
    ) -> Received:
        raw = json.dumps(payload).encode() if body is None else body
        judgement = judge(method=method, target=target, content_type=content_type, body=raw)
        all_headers = (
            ("Host", "127.0.0.1:9797"),
            ("User-Agent", "SignalWire/1.0"),
            ("Accept", "*/*"),
            ("Content-Type", content_type),
            ("Content-Length", str(len(raw))),
            *headers,
        )
        values: dict[str, Any] = {
            "received": START + round(after * 1_000_000),
            "method": method,
            "target": target,
            "remote": "127.0.0.1",
            "headers": all_headers,
            "body": raw,
            "judgement": judgement,
        }
        values.update(changes)
        return Received(**values)

    def form(self, status: str, after: float, **changes: str) -> int:
        fields = {"MessageSid": "SM8f", "MessageStatus": status, "To": "+12065550142", "From": "+13105550198"}
        fields |= changes
        body = urlencode(fields).encode()
        return self.tell(body=body, content_type="application/x-www-form-urlencoded", after=after, target="/compat")

    def forward(self, seq: int, **changes: Any) -> None:
        values: dict[str, Any] = {
            "callback": seq,
            "url": "http://localhost:3000/hook",
            "sent": START,
            "milliseconds": 12,
            "status": 500,
            "headers": (("Content-Type", "text/plain"),),
            "body": b"boom",
            "error": None,
        }
        values.update(changes)
        self.session.record_forwards([ForwardRow(**values)])

    def message(self, row: int = 1) -> MessageDetail:
        detail = load_message(self.reader, row)
        assert detail is not None
        return detail

    def callback(self, seq: int) -> CallbackDetail:
        detail = load_callback(self.reader, seq)
        assert detail is not None
        return detail


def delivered_life(story: Story) -> list[int]:
    """queued, sent, delivered."""
    return [
        story.tell(make_payload("queued", 0), after=0.4),
        story.tell(make_payload("sent", 1), after=1.3),
        story.tell(make_payload("delivered", 4), after=4.6),
    ]


def make_appearance(application: QApplication, scheme: Scheme = Scheme.LIGHT) -> Appearance:
    return Appearance(application, scheme)


def make_catalogue() -> ErrorCatalogue:
    return ErrorCatalogue.from_json(read_text("error_codes.json"))


def make_pane(appearance: Appearance, opened: list[str] | None = None) -> DetailPane:
    """A pane that notes the addresses it was asked to open."""
    addresses = [] if opened is None else opened
    return DetailPane(appearance, make_catalogue(), addresses.append)
