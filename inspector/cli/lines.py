"""What `inspector listen` prints of a callback and of its forwarding: for programs as JSON, for readers as a line."""

import json
from datetime import datetime

from inspector.cli.terminal import printable
from inspector.session.exchange.json_export import finding_json
from inspector.session.records import Appended, ForwardRow, Received


def forward_event(row: ForwardRow) -> str:
    """What the developer's application answered, as a JSON object in a line."""
    event = {
        "event": "forwarded",
        "seq": row.callback,
        "url": row.url,
        "status": row.status,
        "milliseconds": row.milliseconds,
        "error": row.error,
    }
    return json.dumps(event)


def forward_line(row: ForwardRow) -> str:
    """The same for a reader."""
    if row.error is not None:
        return f"  forward of {row.callback} failed: {printable(row.error)}"
    return f"  forward of {row.callback} answered {row.status} after {row.milliseconds} ms"


def callback_event(received: Received, one: Appended) -> str:
    """A callback as a JSON object in a line."""
    judgement = received.judgement
    status = judgement.facts.status
    event = {
        "event": "callback",
        "seq": one.seq,
        "valid": judgement.valid,
        "message_id": one.message_id,
        "status": None if status is None else status.value,
        "problems": [problem.as_json() for problem in judgement.problems],
        "findings": [finding_json(finding) for finding in one.findings],
    }
    return json.dumps(event)


def callback_line(received: Received, one: Appended, note: str) -> str:
    """The same for a reader, with a `note` at the end; nothing in it can be read as a command by a terminal."""
    judgement, facts = received.judgement, received.judgement.facts
    clock = datetime.fromtimestamp(received.received / 1e6).astimezone()
    parts = [f"{clock:%H:%M:%S}.{clock.microsecond // 1000:03d}", f"#{one.seq}"]
    if judgement.valid and facts.status is not None:
        parts.append(f"{facts.status.value:<11}")
    else:
        parts.append("invalid    ")
    parts.append(printable(one.message_id or "no message id", 60))
    if facts.to or facts.from_:
        parts.append(f"{printable(facts.from_ or '?', 40)} → {printable(facts.to or '?', 40)}")
    if facts.error_code or facts.error_message:
        parts.append(
            f"error {printable(facts.error_code or '', 20)} {printable(facts.error_message or '', 80)}".rstrip()
        )
    notes = [f"{problem.path} {problem.code.value}" for problem in judgement.problems]
    notes += [finding.code.value for finding in one.findings]
    if note:
        notes.append(note)
    if notes:
        parts.append(f"[{printable(', '.join(notes), 200)}]")
    return "  ".join(parts)
