"""One factory a thing. Each makes a plain good one; a test names only what matters to it."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from inspector.callbacks.judgement import Judgement, judge
from inspector.callbacks.lifecycle import Arrival
from inspector.callbacks.signature import SignatureState
from inspector.session.conditions import Moment
from inspector.session.records import Received
from inspector.session.session import Session

MESSAGE: Final = "4f1c9a52-7d1e-4a53-9c39-0c6e4b1f2a10"
STARTED: Final = 1_773_786_417_000_000
"""2026-03-17T22:26:57Z in microseconds: the timestamp of a payload, unless it says another."""

RECEIVED: Final = STARTED + 400_000
MISSING: Final = object()
"""As the value of a field: the payload does not have it."""

JSON_TYPE: Final = "application/json"
FORM_TYPE: Final = "application/x-www-form-urlencoded"


def stamp(seconds: float = 0) -> str:
    """The timestamp so many seconds after STARTED, as SignalWire writes it."""
    moment = datetime.fromtimestamp(STARTED // 1_000_000, UTC) + timedelta(seconds=seconds)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if not moment.microsecond else f"{moment:%Y-%m-%dT%H:%M:%S.%f}Z"


def make_payload(**changes: Any) -> dict[str, Any]:
    """A payload of the specification's ten fields. `from_` stands for `from`; MISSING leaves a field out."""
    payload: dict[str, Any] = {
        "id": MESSAGE,
        "project_id": "9d3a2c41-5b7e-4f0a-8d26-1e0b7c5a9f33",
        "status": "queued",
        "to": "+15551230001",
        "from": "+15559870002",
        "body": "Your parcel arrives today.",
        "number_of_segments": 1,
        "timestamp": stamp(),
        "error_code": None,
        "error_message": None,
    }
    if "from_" in changes:
        changes["from"] = changes.pop("from_")
    payload.update(changes)
    return {name: value for name, value in payload.items() if value is not MISSING}


def make_form(**changes: Any) -> dict[str, str]:
    """The parameters of a callback of the Compatibility API. MISSING leaves one out."""
    parameters: dict[str, Any] = {
        "MessageSid": "SM5f1c9a527d1e4a539c390c6e4b1f2a10",
        "MessageStatus": "queued",
        "AccountSid": "9d3a2c41-5b7e-4f0a-8d26-1e0b7c5a9f33",
        "From": "+15559870002",
        "To": "+15551230001",
        "Body": "Your parcel arrives today.",
        "NumSegments": "1",
        "NumMedia": "0",
        "ErrorCode": "",
        "ErrorMessage": "",
        "ApiVersion": "2010-04-01",
    }
    parameters.update(changes)
    return {name: value for name, value in parameters.items() if value is not MISSING}


def make_judgement(
    raw: bytes | None = None,
    *,
    method: str = "POST",
    target: str = "/rest",
    content_type: str = JSON_TYPE,
    too_large: int | None = None,
    incomplete: str | None = None,
    **changes: Any,
) -> Judgement:
    """The verdict on a request with the body `raw`, or with a payload with `changes`."""
    body = json.dumps(make_payload(**changes)).encode() if raw is None else raw
    return judge(
        method=method,
        target=target,
        content_type=content_type,
        body=body,
        too_large=too_large,
        incomplete=incomplete,
    )


def make_callback(
    raw: bytes | None = None,
    *,
    received: int = RECEIVED,
    method: str = "POST",
    target: str = "/rest",
    content_type: str = JSON_TYPE,
    headers: Sequence[tuple[str, str]] = (("Host", "127.0.0.1:9797"),),
    too_large: int | None = None,
    incomplete: str | None = None,
    signature: SignatureState = SignatureState.ABSENT,
    reply: Mapping[str, Any] | None = None,
    **changes: Any,
) -> Received:
    """A received callback with the body `raw`, or with a payload with `changes`."""
    body = json.dumps(make_payload(**changes)).encode() if raw is None else raw
    return Received(
        received=received,
        method=method,
        target=target,
        remote="127.0.0.1",
        headers=(*headers, *([("Content-Type", content_type)] if content_type else [])),
        body=body,
        judgement=judge(
            method=method,
            target=target,
            content_type=content_type,
            body=body,
            too_large=too_large,
            incomplete=incomplete,
        ),
        truncated=too_large is not None or incomplete is not None,
        signature=signature,
        reply={"status": 200} if reply is None else reply,
    )


def make_form_callback(*, received: int = RECEIVED, **changes: Any) -> Received:
    """A received callback of the Compatibility API."""
    return make_callback(urlencode(make_form(**changes)).encode(), content_type=FORM_TYPE, received=received)


def make_arrival(seq: int = 1, *, received: int = RECEIVED, **changes: Any) -> Arrival:
    """A callback as the lifecycle sees it, with the payload's `changes`."""
    return as_arrival(seq, make_callback(received=received, **changes))


def as_arrival(seq: int, callback: Received) -> Arrival:
    judgement = callback.judgement
    return Arrival(seq, callback.received, judgement.valid, judgement.facts, judgement.unknown_fields)


def make_session(path: Path, *batches: Iterable[Received]) -> Path:
    """A session file with batches of callbacks appended to it, closed."""
    with Session.create(path, started=STARTED) as session:
        for batch in batches:
            session.append(list(batch))
    return path


def make_moment(**changes: Any) -> Moment:
    """What the clock words of a filter are relative to: 2026-03-17 in UTC, not live."""
    values: dict[str, Any] = {"day": datetime.fromtimestamp(STARTED // 1_000_000, UTC).date(), "zone": UTC}
    values.update(changes)
    return Moment(**values)
