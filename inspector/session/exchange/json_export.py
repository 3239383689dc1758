"""The session JSON, version 1, out: written piece by piece, so that no session is ever held in memory."""

import base64
import json
import time
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, Final

from inspector import __version__
from inspector.callbacks.findings import Finding
from inspector.callbacks.status import Status
from inspector.callbacks.timestamps import utc_text
from inspector.session.exchange.json_text import encoded_callback, encoded_message
from inspector.session.exchange.lives import Life
from inspector.session.exchange.redaction import Redactor
from inspector.session.exchange.selection import Part, Progress, no_progress, undamaged, watched
from inspector.session.records import CallbackRow, MessageRow, Summary

FORMAT: Final = "callback-inspector/session"
VERSION: Final = 1


def write_json(part: Part, file: BinaryIO, progress: Progress = no_progress) -> Summary:
    """Write the document to an open file."""
    summary = part.summary
    total = summary.messages + summary.callbacks
    file.write(b"{\n")
    file.writelines(_intact(part, _head(part)))
    file.write(b'"messages": [')
    _write_array(file, watched(_messages(part), progress, 0, total))
    file.write(b'\n],\n"callbacks": [')
    _write_array(file, watched(_callbacks(part), progress, summary.messages, total))
    file.write(b"\n]\n}\n")
    progress(total, total)
    return summary


def _head(part: Part) -> Iterator[bytes]:
    info = part.reader.info()
    head = {
        "format": FORMAT,
        "version": VERSION,
        "application": {"name": "callback-inspector", "version": __version__},
        "exported_at": utc_text(time.time_ns() // 1000),
        "session": {
            "id": str(info.id) if part.redactor is None else part.redactor.identifier(str(info.id)),
            "started_at": utc_text(info.started_at),
            "ended_at": None if info.ended_at is None else utc_text(info.ended_at),
        },
        "summary": summary_json(part.summary),
    }
    for name, value in head.items():
        yield f"{json.dumps(name)}: ".encode() + encoded(value) + b",\n"


def write_lines(part: Part, file: BinaryIO, progress: Progress = no_progress) -> Summary:
    """Write the callbacks of a part to an open file, one JSON object a line."""
    summary = part.summary
    file.writelines(callback + b"\n" for callback in watched(_callbacks(part), progress, 0, summary.callbacks))
    return summary


def _write_array(file: BinaryIO, entries: Iterable[bytes]) -> None:
    separator = b"\n"
    for entry in entries:
        file.write(separator + entry)
        separator = b",\n"


def _messages(part: Part) -> Iterator[bytes]:
    redactor = part.redactor
    if redactor is None:
        return _intact(part, map(encoded_message, part.lives()))
    return _intact(part, (encoded(_redacted(redactor, life)) for life in part.lives()))


def _redacted(redactor: Redactor, life: Life) -> dict[str, Any]:
    row = redactor.message(life.row())
    return message_json(row, life._replace(findings=[redactor.finding(finding) for finding in life.findings]))


def _callbacks(part: Part) -> Iterator[bytes]:
    if part.redactor is None:
        return _intact(part, map(encoded_callback, part.stored_callbacks()))
    return _intact(part, (encoded(callback_json(callback)) for callback in part.callbacks()))


def _intact(part: Part, entries: Iterable[bytes]) -> Iterator[bytes]:
    with undamaged(part.reader):
        yield from entries


def encoded(value: Any) -> bytes:
    """`value` as JSON in UTF-8; a text that UTF-8 cannot hold (a lone surrogate) is escaped."""
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except UnicodeEncodeError:
        return json.dumps(value, allow_nan=False).encode()


def summary_json(summary: Summary) -> dict[str, Any]:
    return {
        "callbacks": summary.callbacks,
        "valid": summary.valid,
        "invalid": summary.invalid,
        "messages": summary.messages,
        "by_status": {Status(status).value: count for status, count in summary.by_status.items()},
    }


def message_json(message: MessageRow, life: Life) -> dict[str, Any]:
    """A message as the session JSON has it: `message` is that of `life`, maybe redacted."""
    return {
        "id": message.id,
        "project_id": message.project_id,
        "to": message.to,
        "from": message.from_,
        "body": message.body,
        "number_of_segments": message.number_of_segments,
        "status": message.status,
        "terminal": message.terminal,
        "error_code": message.error_code,
        "error_message": message.error_message,
        "custom_variables": message.custom_variables,
        "first_received_at": utc_text(message.first_received),
        "last_received_at": utc_text(message.last_received),
        "transitions": [
            {"status": status, "timestamp": timestamp, "received_at": utc_text(received), "callback": seq}
            for _, status, timestamp, received, seq in life.transitions
        ],
        "findings": [finding_json(finding) for finding in life.findings],
        **({} if message.mark is None else {"mark": message.mark._asdict()}),
    }


def finding_json(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code.value,
        "severity": finding.severity.value,
        "text": finding.text,
        "callbacks": list(finding.callbacks),
    }


def callback_json(callback: CallbackRow) -> dict[str, Any]:
    """A callback as the session JSON has it."""
    text: str | None
    try:
        text, base = callback.body.decode(), None
    except UnicodeDecodeError:
        text, base = None, base64.b64encode(callback.body).decode()
    return {
        "seq": callback.seq,
        "received_at": utc_text(callback.received),
        "method": callback.method,
        "target": callback.target,
        "remote": callback.remote,
        "headers": [list(pair) for pair in callback.headers],
        "body": text,
        "body_base64": base,
        "truncated": callback.truncated,
        "dialect": callback.dialect,
        "valid": callback.valid,
        "message_id": callback.message_id,
        "signature": callback.signature,
        "problems": list(callback.problems),
        "reply": callback.reply,
    }
