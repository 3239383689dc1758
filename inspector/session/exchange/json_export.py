"""The session JSON, version 1, out: written piece by piece, so that no session is ever held in memory."""

import base64
import json
import time
from typing import Any, BinaryIO, Final

from inspector import __version__
from inspector.callbacks.findings import Finding
from inspector.callbacks.timestamps import utc_text
from inspector.session.exchange.selection import Part, Progress, no_progress, watched
from inspector.session.records import CallbackRow, MessageRow, Summary, TransitionRow

FORMAT: Final = "callback-inspector/session"
VERSION: Final = 1


def write_json(part: Part, file: BinaryIO, progress: Progress = no_progress) -> Summary:
    """Write the document to an open file."""
    info, summary = part.reader.info(), part.summary()
    total = summary.messages + summary.callbacks
    head = {
        "format": FORMAT,
        "version": VERSION,
        "application": {"name": "callback-inspector", "version": __version__},
        "exported_at": utc_text(time.time_ns() // 1000),
        "session": {
            "id": info.id,
            "started_at": utc_text(info.started_at),
            "ended_at": None if info.ended_at is None else utc_text(info.ended_at),
        },
        "summary": summary_json(summary),
    }
    file.write(b"{\n")
    file.writelines(f"{json.dumps(name)}: ".encode() + encoded(value) + b",\n" for name, value in head.items())
    file.write(b'"messages": [')
    separator = b"\n"
    for message in watched(part.messages(), progress, 0, total):
        transitions, findings = part.reader.transitions(message.row), part.reader.findings(message.row)
        file.write(separator + encoded(message_json(message, transitions, findings)))
        separator = b",\n"
    file.write(b'\n],\n"callbacks": [')
    separator = b"\n"
    for callback in watched(part.callbacks(), progress, summary.messages, total):
        file.write(separator + encoded(callback_json(callback)))
        separator = b",\n"
    file.write(b"\n]\n}\n")
    progress(total, total)
    return summary


def write_lines(part: Part, file: BinaryIO, progress: Progress = no_progress) -> Summary:
    """Write the callbacks of a part to an open file, one JSON object a line."""
    summary = part.summary()
    file.writelines(
        encoded(callback_json(callback)) + b"\n"
        for callback in watched(part.callbacks(), progress, 0, summary.callbacks)
    )
    return summary


def encoded(value: Any) -> bytes:
    """`value` as JSON in UTF-8; a text that UTF-8 cannot hold (a lone surrogate) is escaped."""
    try:
        return json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return json.dumps(value).encode()


def summary_json(summary: Summary) -> dict[str, Any]:
    return {
        "callbacks": summary.callbacks,
        "valid": summary.valid,
        "invalid": summary.invalid,
        "messages": summary.messages,
        "by_status": summary.by_status,
    }


def message_json(message: MessageRow, transitions: list[TransitionRow], findings: list[Finding]) -> dict[str, Any]:
    """A message as the session JSON has it."""
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
            {
                "status": one.status,
                "timestamp": one.timestamp,
                "received_at": utc_text(one.received),
                "callback": one.callback,
            }
            for one in transitions
        ],
        "findings": [finding_json(finding) for finding in findings],
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
