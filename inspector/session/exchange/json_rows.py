"""Entries of the session JSON as rows of a session file, checked on the way."""

import base64
from collections.abc import Callable
from typing import Any, Final, NamedTuple, TypeVar

from pydantic import ValidationError

from inspector.callbacks.facts import Facts
from inspector.callbacks.judgement import judge
from inspector.callbacks.lifecycle import Lifecycle, transition
from inspector.callbacks.status import Status
from inspector.callbacks.timestamps import utc_microseconds
from inspector.session.exchange.json_entries import CallbackEntry, MessageEntry, ReplyEntry, SessionEntry
from inspector.session.records import header_value
from inspector.session.stored_message import SEVERITIES, STRIP_LENGTH, joined_codes
from inspector.session.values import dump, dump_foreign, dump_headers, storable, storable_integer

Row = tuple[Any, ...]
_Kind = TypeVar("_Kind", SessionEntry, MessageEntry, CallbackEntry)
_NOTHING: Final = Facts()


class Unfit(ValueError):
    """An entry is not what the session JSON has; the text says where and why."""


class MessageRows(NamedTuple):
    """A message for `INSERT_MESSAGE`, its transitions (callback, message, status, timestamp), findings, its mark."""

    message: Row
    transitions: list[Row]
    findings: list[Row]
    marks: list[Row]


def checked(kind: type[_Kind], entry: Any, where: str) -> _Kind:
    """Raises Unfit."""
    try:
        return kind.model_validate(entry)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        reason = first["msg"]
        if first["type"] == "model_type":  # pydantic would name a class of this program's
            reason = "must be an object"
        elif first["type"] == "string_unicode":
            reason = "has half a surrogate pair, which no file can hold"
        place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in first["loc"])
        raise Unfit(f"{where}{place}: {reason}") from None


def moment(text: str, where: str) -> int:
    """Raises Unfit."""
    try:
        return utc_microseconds(text)
    except ValueError as error:
        raise Unfit(f"{where}: {error}") from None


def message_rows(row: int, entry: Any, where: str) -> MessageRows:
    """An item of “messages”. Raises Unfit."""
    message = checked(MessageEntry, entry, where)
    life = Lifecycle()
    for one in message.transitions:
        received = moment(one.received_at, f"{where}.transitions")
        life.restore(transition(Status(one.status), one.timestamp, received, one.callback), _NOTHING, is_new=True)
    values = (
        row,
        message.id,
        message.project_id,
        message.to,
        message.from_,
        message.body,
        storable_integer(message.number_of_segments),
        message.status,
        int(message.terminal),
        message.error_code,
        message.error_message,
        None if message.custom_variables is None else dump_foreign(message.custom_variables),
        moment(message.first_received_at, f"{where}.first_received_at"),
        moment(message.last_received_at, f"{where}.last_received_at"),
        life.latest_arrival,
        life.delivered_after(),
        0,
        0,
        life.strip(STRIP_LENGTH),
        joined_codes(dict.fromkeys(finding.code.value for finding in message.findings)),
        max((SEVERITIES[finding.severity] for finding in message.findings), default=0),
    )
    transitions: list[Row] = [(one.callback, row, one.status, one.timestamp) for one in message.transitions]
    findings: list[Row] = [
        (row, seq, finding.code.value, finding.text, finding.severity.value)
        for finding in message.findings
        for seq in finding.callbacks
    ]
    mark = message.mark
    marks: list[Row] = [(row, mark.colour, mark.note)] if mark is not None and (mark.colour or mark.note) else []
    return MessageRows(values, transitions, findings, marks)


def callback_row(entry: Any, where: str, row_of: Callable[[str], int | None]) -> Row:
    """An item of “callbacks”, in the order of the columns but without `transition`. Raises Unfit.

    `row_of` knows the rows of the messages by their ids.
    """
    callback = checked(CallbackEntry, entry, where)
    body = _body(callback, where)
    row = None
    if callback.message_id is not None:
        row = row_of(callback.message_id)
        if row is None:
            raise Unfit(f"{where}.message_id names no message")
    content_type = header_value(callback.headers, "content-type") or ""
    facts = judge(
        method=callback.method, target=callback.target, content_type=content_type, body=body,
        incomplete="" if callback.truncated else None,
    ).facts  # fmt: skip
    return (
        callback.seq,
        moment(callback.received_at, f"{where}.received_at"),
        callback.method,
        callback.target,
        callback.remote,
        dump_headers(callback.headers),
        bytearray(body),  # sqlite3 first offers bytes and booleans to adapters
        int(callback.truncated),
        callback.dialect.value,
        int(callback.valid),
        row,
        None if facts.status is None else facts.status.value,
        storable(facts.timestamp),
        storable(facts.error_code),
        storable(facts.error_message),
        callback.signature.value,
        dump_foreign([problem.model_dump() for problem in callback.problems]) if callback.problems else None,
        _reply(callback.reply),
    )


def _reply(reply: ReplyEntry) -> str:
    if reply.model_fields_set == {"status"}:  # as nearly always
        return f'{{"status":{reply.status}}}'
    return dump(reply.model_dump(exclude_unset=True, by_alias=True))


def _body(callback: CallbackEntry, where: str) -> bytes:
    if (callback.body is None) == (callback.body_base64 is None):
        raise Unfit(f"{where} needs either a body or a body_base64")
    if callback.body is not None:
        return callback.body.encode()
    try:
        return base64.b64decode(callback.body_base64 or "", validate=True)
    except ValueError:
        raise Unfit(f"{where}.body_base64 is no base64") from None
