"""Rows of the tables as the plain data that readers hand out."""

import json
from collections.abc import Sequence
from typing import Any

from inspector.session.marks import MARK_COLUMN, mark_of
from inspector.session.records import CallbackRow, CallbackSummary, MessageRow
from inspector.session.values import stored_integer

MESSAGE_COLUMNS = (
    "m.row, m.id, m.project_id, m.to_number, m.from_number, m.body, m.number_of_segments, m.status, m.terminal, "
    "m.error_code, m.error_message, m.custom_variables, m.first_received, m.last_received, m.last_transition, "
    f"m.delivered_after, m.callbacks, m.invalid, m.strip, m.codes, m.severity, {MARK_COLUMN}"
)
CALLBACK_COLUMNS = (
    "c.seq, c.received, c.method, c.target, c.remote, c.headers, c.body, c.truncated, c.dialect, c.valid, "
    "(SELECT id FROM messages WHERE row = c.message), c.status, c.timestamp, c.signature, c.problems, c.reply"
)
SUMMARY_COLUMNS = (
    "c.seq, c.received, c.method, c.target, c.dialect, c.valid, c.message, "
    "(SELECT id FROM messages WHERE row = c.message), c.status, c.timestamp, c.transition, c.truncated, "
    "c.signature, c.problems, c.reply ->> '$.status', length(c.body), "
    # What more than a status was answered, which is rare; without what can be long.
    "CASE WHEN length(c.reply) > 14 THEN json_remove(c.reply, '$.body', '$.headers') END"
)


def message_row(values: Sequence[Any]) -> MessageRow:
    """A row of MESSAGE_COLUMNS as a MessageRow."""
    (
        row, id_, project_id, to, from_, body, segments, status, terminal, code, error, variables,
        first, last, transition_at, delivered, callbacks, invalid, strip, codes, severity, mark,
    ) = values  # fmt: skip
    return MessageRow(
        row, id_, project_id, to, from_, body, stored_integer(segments), status, bool(terminal), code, error,
        None if variables is None else json.loads(variables), first, last, transition_at, delivered, callbacks,
        invalid, strip, tuple(codes.strip(",").split(",")) if codes else (), severity,
        mark_of(mark),
    )  # fmt: skip


def callback_summary(values: Sequence[Any]) -> CallbackSummary:
    (
        seq, received, method, target, dialect, valid, message, message_id, status, timestamp, transition, truncated,
        signature, problems, reply_status, size, reply,
    ) = values  # fmt: skip
    codes = () if problems is None else tuple(dict.fromkeys(problem["code"] for problem in json.loads(problems)))
    return CallbackSummary(
        seq, received, method, target, dialect, bool(valid), message, message_id, status, timestamp, bool(transition),
        bool(truncated), signature, codes, reply_status, size, None if reply is None else json.loads(reply),
    )  # fmt: skip


def callback_row(values: Sequence[Any]) -> CallbackRow:
    (
        seq, received, method, target, remote, headers, body, truncated, dialect, valid, message_id, status, timestamp,
        signature, problems, reply,
    ) = values  # fmt: skip
    return CallbackRow(
        seq, received, method, target, remote, headers_of(headers), body, bool(truncated), dialect, bool(valid),
        message_id, status, timestamp, signature, () if problems is None else tuple(json.loads(problems)),
        json.loads(reply),
    )  # fmt: skip


def headers_of(text: str) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in json.loads(text))
