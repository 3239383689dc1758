"""HAR 1.2 out: the captured requests as other HTTP tools read them."""

import base64
from typing import Any, BinaryIO
from urllib.parse import parse_qsl, urlsplit

from inspector import __version__
from inspector.callbacks.timestamps import utc_text
from inspector.session.exchange.copy_as.sendable import url_of
from inspector.session.exchange.json_export import encoded
from inspector.session.exchange.selection import Part, Progress, no_progress, watched
from inspector.session.records import CallbackRow, Summary, header_value


def write_har(part: Part, file: BinaryIO, progress: Progress = no_progress) -> Summary:
    """Write the callbacks of a part to an open file as the entries of one log."""
    summary = part.summary
    creator = {"name": "callback-inspector", "version": __version__}
    file.write(b'{"log": {"version": "1.2", "creator": ' + encoded(creator) + b', "entries": [')
    separator = b"\n"
    for callback in watched(part.callbacks(), progress, 0, summary.callbacks):
        file.write(separator + encoded(_entry(callback)))
        separator = b",\n"
    file.write(b"\n]}}\n")
    return summary


def _entry(callback: CallbackRow) -> dict[str, Any]:
    # HAR's word for no answer is the status 0.
    status = 0 if callback.reply.get("dropped") else int(callback.reply.get("status") or 0)
    headers, body = callback.reply.get("headers", []), callback.reply.get("body", "")
    return {
        "startedDateTime": utc_text(callback.received),
        "time": 0,
        "request": _request(callback),
        "response": {
            "status": status,
            "statusText": "",
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": _pairs(headers),
            "content": {
                "size": len(body.encode("utf-8", "replace")),
                "mimeType": header_value(headers, "content-type") or "text/plain",
                "text": body,
            },
            "redirectURL": "",
            "headersSize": -1,
            "bodySize": -1,
        },
        "cache": {},
        "timings": {"send": 0, "wait": 0, "receive": 0},
        "comment": f"callback {callback.seq}",
    }


def _request(callback: CallbackRow) -> dict[str, Any]:
    request: dict[str, Any] = {
        "method": callback.method,
        "url": url_of(callback),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(callback.headers),
        "queryString": _query(callback.target),
        "headersSize": -1,
        "bodySize": len(callback.body),
    }
    if callback.body:
        # HAR has no place for bytes that are no text; the comment says how they are written.
        try:
            text, comment = callback.body.decode(), ""
        except UnicodeDecodeError:
            text, comment = base64.b64encode(callback.body).decode(), "base64"
        request["postData"] = {
            "mimeType": header_value(callback.headers, "content-type") or "",
            "text": text,
            "comment": comment,
        }
    return request


def _query(target: str) -> list[dict[str, str]]:
    try:
        return _pairs(parse_qsl(urlsplit(target).query, keep_blank_values=True, max_num_fields=1000))
    except ValueError:
        return []


def _pairs(pairs: Any) -> list[dict[str, str]]:
    return [{"name": str(name), "value": str(value)} for name, value in pairs]
