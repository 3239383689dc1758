"""Entries of the session JSON as text, put together from the stored values themselves.

To make objects of them first, and of what is stored as JSON already, would take three times as long. The file
may be a stranger's: a value that is not what it should be raises what `undamaged` tells of, and never gets into the
text.
"""

import base64
import json
import re
from functools import lru_cache
from json.encoder import encode_basestring as quoted
from typing import TYPE_CHECKING, Any, Final, NoReturn

from pydantic_core import PydanticSerializationError, to_json

from inspector.callbacks.dialect import Dialect
from inspector.callbacks.findings import Finding
from inspector.callbacks.signature import SignatureState
from inspector.callbacks.status import Status
from inspector.callbacks.timestamps import utc_text
from inspector.session.exchange.lives import Life, Values
from inspector.session.marks import mark_of
from inspector.session.values import dump, dump_headers, stored_integer

if TYPE_CHECKING:
    from pydantic import TypeAdapter

_PLAIN: Final = r"[ !#-\[\]-~]*+"
_STRING: Final = rf'"{_PLAIN}(?:\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{{4}}){_PLAIN})*+"'
_PAIR: Final = rf"\[{_STRING},{_STRING}\]"
_HEADERS: Final = re.compile(rf"\[(?:{_PAIR}(?:,{_PAIR})*+)?\]")
"""Header lines as `dump_headers` writes them: known for JSON in half the time that it takes to read them."""

_DIALECTS: Final[dict[str, str]] = {one.value: quoted(one) for one in Dialect}
_SIGNATURES: Final[dict[str, str]] = {one.value: quoted(one) for one in SignatureState}
_STATUSES: Final[dict[str | None, str]] = {None: "null"} | {one.value: quoted(one) for one in Status}


def encoded_callback(values: Values) -> bytes:
    """A row of CALLBACK_COLUMNS as the session JSON has it."""
    (
        seq, received, method, target, remote, headers, body, truncated, dialect, valid, message_id, _, _,
        signature, problems, reply,
    ) = values  # fmt: skip
    _check_number(seq)
    before = (
        f'{{"seq": {seq:d}, "received_at": "{utc_text(received)}", "method": {quoted(method)}, '
        f'"target": {quoted(target)}, "remote": {quoted(remote)}, "headers": {_headers(headers)}, "body": '
    )
    behind = (
        f', "truncated": {_boolean(truncated)}, "dialect": {_DIALECTS[dialect]}, '
        f'"valid": {_boolean(valid)}, "message_id": {_text(message_id)}, "signature": {_SIGNATURES[signature]}, '
        f'"problems": {"[]" if problems is None else _kept("problems", problems)}, "reply": {_kept("reply", reply)}}}'
    )
    return before.encode() + _body(body) + behind.encode()


def _body(body: bytes) -> bytes:
    if type(body) is not bytes:
        raise TypeError("bytes were expected")
    try:
        # Bytes that are UTF-8 are quoted as they are, without a text in between.
        return to_json(body) + b', "body_base64": null'
    except PydanticSerializationError:
        return b'null, "body_base64": "' + base64.b64encode(body) + b'"'


def encoded_message(life: Life) -> bytes:
    """A message as the session JSON has it."""
    (
        _, id_, project_id, to, from_, body, segments, status, terminal, code, error, variables, first, last, *_, mark,
    ) = life.message  # fmt: skip
    number = stored_integer(segments)
    return (
        f'{{"id": {quoted(id_)}, "project_id": {_text(project_id)}, "to": {_text(to)}, "from": {_text(from_)}, '
        f'"body": {_text(body)}, "number_of_segments": {"null" if number is None else f"{number:d}"}, '
        f'"status": {_STATUSES[status]}, "terminal": {_boolean(terminal)}, "error_code": {_text(code)}, '
        f'"error_message": {_text(error)}, '
        f'"custom_variables": {"null" if variables is None else _kept("custom_variables", variables)}, '
        f'"first_received_at": "{utc_text(first)}", "last_received_at": "{utc_text(last)}", '
        f'"transitions": [{", ".join(map(_transition, life.transitions))}], '
        f'"findings": [{", ".join(map(_finding, life.findings))}]{"" if mark is None else _mark(mark)}}}'
    ).encode()


def _transition(values: Values) -> str:
    _, status, timestamp, received, seq = values
    return (
        f'{{"status": {_STATUSES[status]}, "timestamp": {_text(timestamp)}, '
        f'"received_at": "{utc_text(received)}", "callback": {seq:d}}}'
    )


def _finding(finding: Finding) -> str:
    _check_number(min(finding.callbacks))
    callbacks = ", ".join([f"{seq:d}" for seq in finding.callbacks])
    return (
        f'{{"code": {quoted(finding.code)}, "severity": {quoted(finding.severity)}, "text": {quoted(finding.text)}, '
        f'"callbacks": [{callbacks}]}}'
    )


def _mark(stored: str) -> str:
    mark = mark_of(stored)
    return "" if mark is None else f', "mark": {{"colour": {_text(mark.colour)}, "note": {quoted(mark.note)}}}'


def _check_number(seq: int) -> None:
    if seq < 1:
        raise ValueError("callbacks are numbered from 1")


def _text(value: str | None) -> str:
    return "null" if value is None else quoted(value)


def _boolean(value: Any) -> str:
    return "true" if value else "false"


def _headers(stored: str) -> str:
    """Stored header lines as they are, or, where it takes more than a look to know them for JSON, written anew."""
    return stored if _HEADERS.fullmatch(stored) else dump_headers(_DECODER.decode(stored))


@lru_cache(16)
def _kept(name: str, stored: str) -> str:
    """Stored JSON, known for what `name` has, as it is; written anew where white space would part the line."""
    # Kept, because nearly every callback is answered alike, and the problems of one cause are alike.
    value = _DECODER.decode(stored)
    _kind(name).validate_python(value)
    return stored if stored.isascii() and stored.isprintable() else dump(value)


@lru_cache
def _kind(name: str) -> "TypeAdapter[Any]":
    # Made when first needed: the models take ten milliseconds, which a capture has no use for.
    from pydantic import TypeAdapter

    from inspector.session.exchange.json_entries import ProblemEntry, ReplyEntry

    kinds = {"problems": list[ProblemEntry], "reply": ReplyEntry, "custom_variables": dict[str, Any]}
    return TypeAdapter(kinds[name])


def _refuse(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON")


_DECODER: Final = json.JSONDecoder(parse_constant=_refuse)
