"""A message or a callback as lines of text, to be set beside another."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final
from urllib.parse import parse_qsl

from inspector.callbacks.findings import Finding
from inspector.session.records import CallbackRow, MessageRow, TransitionRow
from inspector.ui.detail.json_nodes import body_text, read_payload
from inspector.ui.detail.raw_text import pretty_json, raw_text
from inspector.ui.detail.wording import DIALECTS, SIGNATURES, numbers_text, segments_text, value_text, verdict_text
from inspector.ui.status_badge import label
from inspector.ui.texts import count_text, duration_text, moment_text

_LONGEST_VALUE: Final = 2000


def message_lines(
    message: MessageRow, transitions: Sequence[TransitionRow] = (), findings: Sequence[Finding] = ()
) -> list[str]:
    """What is known of a message, its transitions with both clocks, and its findings."""
    lines = [
        f"Status: {label(message.status)}",
        f"Id: {message.id}",
        f"Project: {_known(message.project_id)}",
        f"To: {_known(message.to)}",
        f"From: {_known(message.from_)}",
        *_text("Body", message.body),
        f"Segments: {segments_text(message) or 'unknown'}",
        f"Error: {_known(message.error_code, 'none')}",
        *_text("Error message", message.error_message, "none"),
        *(f"Variable {name}: {value_text(value, 600)}" for name, value in (message.custom_variables or {}).items()),
        f"Callbacks: {message.callbacks}, {message.invalid} invalid",
        f"First seen: {moment_text(message.first_received)}",
        f"Last callback: {moment_text(message.last_received)}",
        f"Delivered in: {'—' if message.delivered_after is None else duration_text(message.delivered_after)}",
    ]
    if message.mark is not None:
        lines += [f"Mark: {message.mark.colour or 'none'}", *_text("Note", message.mark.note or None, "none")]
    for one in transitions:
        told = "no timestamp" if one.timestamp is None else f"timestamp {one.timestamp}"
        lines += ["", f"Transition: {label(one.status)}", f"  {told}", f"  arrived {moment_text(one.received)}"]
        lines.append(f"  callback {one.callback}")
    for finding in findings:
        name = finding.code.replace("_", " ")
        lines += [
            "",
            f"Finding: {name} ({finding.severity})",
            f"  {finding.text}",
            f"  {numbers_text(finding.callbacks)}",
        ]
    return lines


def callback_lines(callback: CallbackRow) -> list[str]:
    """The request, its verdict, its headers and its body, JSON and forms with a field a line."""
    lines = [
        f"Request: {callback.method} {callback.target}",
        f"Received: {moment_text(callback.received)}",
        f"From address: {callback.remote}",
        f"Message: {_known(callback.message_id, 'none')}",
        f"Format: {DIALECTS.get(callback.dialect, callback.dialect)}",
        f"Signature: {SIGNATURES.get(callback.signature, callback.signature)}",
        f"Verdict: {verdict_text(callback)}",
        *(_problem(problem) for problem in callback.problems),
        f"Reply: {callback.reply.get('status')}",
        "",
        *(f"{name}: {value}" for name, value in callback.headers),
        "",
        *_body(callback),
    ]
    if callback.truncated:
        lines.append("(truncated: only the beginning was kept)")
    return lines


def _body(callback: CallbackRow) -> Iterable[str]:
    if not callback.body:
        return ["(no body)"]
    if callback.dialect == "form":
        pairs = parse_qsl(callback.body.decode("utf-8", "replace"), keep_blank_values=True)
        return [f"{name} = {value}" for name, value in pairs]
    if read_payload(callback).readable and (pretty := pretty_json(body_text(callback.body)[0])) is not None:
        return pretty.split("\n")
    return [f"({count_text(len(callback.body), 'byte', 'bytes')})", *raw_text(callback.body).text.split("\n")]


def _problem(problem: dict[str, Any]) -> str:
    value = problem.get("value")
    shown = "" if value is None else f" Found: {json.dumps(value, ensure_ascii=False)[:_LONGEST_VALUE]}"
    return f"  {problem['path']}: {problem['text']}{shown}"


def _known(text: str | None, otherwise: str = "unknown") -> str:
    return otherwise if text is None else text or "(empty)"


def _text(name: str, text: str | None, otherwise: str = "unknown") -> list[str]:
    first, *rest = _known(text, otherwise).split("\n")
    return [f"{name}: {first}", *(f"  {line}" for line in rest)]
