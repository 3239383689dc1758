"""The bodies of simulated callbacks: in JSON, in form encoding, and broken in every way that callbacks break."""

import json
from collections.abc import Callable
from typing import Any, Final, TypeAlias
from urllib.parse import urlencode

JSON_TYPE: Final = "application/json"
FORM_TYPE: Final = "application/x-www-form-urlencoded"

Render: TypeAlias = Callable[[dict[str, Any]], tuple[bytes, str]]
"""Makes the body and its content type of a payload."""


def as_json(payload: dict[str, Any]) -> tuple[bytes, str]:
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode(), JSON_TYPE


def as_form(payload: dict[str, Any]) -> tuple[bytes, str]:
    """The callback as the Compatibility API sends it: without a timestamp, the error only where there is one."""
    form = {"MessageSid": payload["id"], "SmsSid": payload["id"], "AccountSid": payload["project_id"]}
    status = "sending" if payload["status"] == "initiated" else payload["status"]
    form |= {"MessageStatus": status, "SmsStatus": status}
    form |= {"From": payload["from"], "To": payload["to"], "Body": payload["body"]}
    form |= {"NumSegments": payload["number_of_segments"], "NumMedia": 0, "ApiVersion": "2010-04-01"}
    if payload["error_code"] is not None:
        form |= {"ErrorCode": payload["error_code"], "ErrorMessage": payload["error_message"]}
    return urlencode(form).encode(), FORM_TYPE


def without_error_fields(payload: dict[str, Any]) -> tuple[bytes, str]:
    """As in SignalWire's own sample payload."""
    return as_json({name: value for name, value in payload.items() if not name.startswith("error_")})


def _misspelt_status(payload: dict[str, Any]) -> tuple[bytes, str]:
    return as_json({**payload, "status": "sennt"})


def _segments_as_text(payload: dict[str, Any]) -> tuple[bytes, str]:
    return as_json({**payload, "number_of_segments": str(payload["number_of_segments"])})


def _timestamp_without_zone(payload: dict[str, Any]) -> tuple[bytes, str]:
    return as_json({**payload, "timestamp": payload["timestamp"].replace("T", " ").removesuffix("Z")})


def _cut_off(payload: dict[str, Any]) -> tuple[bytes, str]:
    text = as_json(payload)[0].decode()
    return text[: len(text) * 2 // 3].encode(), JSON_TYPE


def _empty(_: dict[str, Any]) -> tuple[bytes, str]:
    return b"", JSON_TYPE


def _status_twice(payload: dict[str, Any]) -> tuple[bytes, str]:
    return b'{"status":"queued",' + as_json(payload)[0][1:], JSON_TYPE


def campaign_event(payload: dict[str, Any]) -> tuple[bytes, str]:
    """A 10DLC status callback that was sent to the wrong address: no message callback at all."""
    event = {"project_id": payload["project_id"], "event_at": payload["timestamp"], "event_category": "campaign"}
    event |= {"event_type": "campaign_activated", "state": payload["status"]}
    return as_json({**event, "brand_id": payload["brand_id"], "campaign_id": payload["campaign_id"]})


SPOILERS: Final[tuple[Render, ...]] = (
    without_error_fields,
    _misspelt_status,
    _segments_as_text,
    _timestamp_without_zone,
    _cut_off,
    _empty,
    _status_twice,
    campaign_event,
)


def _form_misspelt(payload: dict[str, Any]) -> tuple[bytes, str]:
    return as_form({**payload, "status": "sennt"})


def _form_without_id(payload: dict[str, Any]) -> tuple[bytes, str]:
    return as_form({**payload, "id": ""})


def _form_segments_in_words(payload: dict[str, Any]) -> tuple[bytes, str]:
    return as_form({**payload, "number_of_segments": "one"})


def _form_not_utf8(payload: dict[str, Any]) -> tuple[bytes, str]:
    return as_form(payload)[0] + b"%FF", FORM_TYPE


def _form_without_status(payload: dict[str, Any]) -> tuple[bytes, str]:
    pairs = as_form(payload)[0].split(b"&")
    return b"&".join(pair for pair in pairs if b"Status=" not in pair), FORM_TYPE


FORM_SPOILERS: Final[tuple[Render, ...]] = (
    _form_misspelt,
    _form_without_id,
    _form_segments_in_words,
    _form_not_utf8,
    _form_without_status,
)
