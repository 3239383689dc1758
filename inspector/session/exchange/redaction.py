"""Redaction: what leaves in a shared export names nobody, and still shows what happened.

Numbers become stable pseudonyms in the ranges kept for fiction (+1 NXX 555 01XX), texts keep their length,
encoding and shape, ids and signatures become hashes; the names of fields stay. The same value becomes the
same pseudonym throughout an export, so that what belonged together still does. Hashes are keyed with a
secret of this one export: nobody can try out numbers until one fits.
"""

import hashlib
import json
import re
import secrets
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from inspector.callbacks.segments import count_segments
from inspector.session.records import CallbackRow, MessageRow

_ID_FIELDS: Final = frozenset({"id", "project_id", "MessageSid", "SmsSid", "SmsMessageSid", "AccountSid"})
_NUMBER_FIELDS: Final = frozenset({"to", "from", "To", "From", "ChannelToAddress"})
# What says what happened is kept, where it is what it should be; anything else could hold anything.
_KEPT_FIELDS: Final = {
    **dict.fromkeys(("status", "MessageStatus", "SmsStatus"), re.compile(r"[a-z]{1,12}")),
    **dict.fromkeys(("error_code", "ErrorCode"), re.compile(r"\d{0,5}|[a-z_]{1,80}", re.ASCII)),
    **dict.fromkeys(("NumSegments", "NumMedia", "number_of_segments"), re.compile(r"\d{1,3}", re.ASCII)),
    "timestamp": re.compile(r"\d{4}-\d\d-\d\d[Tt ][\d:.]{5,18}(?:[Zz]|[+-]\d\d:\d\d)?", re.ASCII),
    "ApiVersion": re.compile(r"\d{4}-\d\d-\d\d", re.ASCII),
}
_SPOKEN_FIELDS: Final = frozenset({"error_message", "ErrorMessage"})
_KEPT_HEADERS: Final = frozenset(
    {"content-type", "content-length", "accept", "accept-encoding", "connection", "transfer-encoding", "user-agent"}
)
_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE | re.ASCII)
_SPOKEN_NUMBER: Final = re.compile(r"\+?\d{5,17}", re.ASCII)
_LONG_SEGMENT: Final = re.compile(r"[^/]{16,}")
_ADDRESS: Final = re.compile(r"(whatsapp:)?(\+?)(\d+)", re.ASCII)


class Redactor:
    """Replaces what is personal in the rows of one export."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(16)
        self._numbers: dict[str, str] = {}
        self._taken: set[str] = set()

    def messages(self, rows: Iterable[MessageRow]) -> Iterable[MessageRow]:
        return map(self.message, rows)

    def callbacks(self, rows: Iterable[CallbackRow]) -> Iterable[CallbackRow]:
        return map(self.callback, rows)

    def message(self, row: MessageRow) -> MessageRow:
        return replace(
            row,
            id=self.identifier(row.id),
            project_id=None if row.project_id is None else self.identifier(row.project_id),
            to=None if row.to is None else self.number(row.to),
            from_=None if row.from_ is None else self.number(row.from_),
            body=None if row.body is None else masked(row.body),
            error_code=None if row.error_code is None else self._text("error_code", row.error_code),
            error_message=None if row.error_message is None else self._spoken(row.error_message),
            custom_variables=None if row.custom_variables is None else self._value("", row.custom_variables),
        )

    def callback(self, row: CallbackRow) -> CallbackRow:
        return replace(
            row,
            target=self._target(row.target),
            remote="127.0.0.1" if row.remote in ("127.0.0.1", "::1") else "192.0.2.1",
            headers=tuple((name, self._header(name, value)) for name, value in row.headers),
            body=self._body(row),
            message_id=None if row.message_id is None else self.identifier(row.message_id),
            problems=tuple(self._problem(problem) for problem in row.problems),
            reply=self._reply(row.reply),
        )

    def _reply(self, reply: dict[str, Any]) -> dict[str, Any]:
        """What an application answered may repeat what it was sent, and an address to go on to does."""
        if len(reply) == 1:
            return reply
        result = dict(reply)
        told = reply.get("from") == "forward"
        if told and "body" in reply:
            result["body"] = masked(reply["body"])
        if "headers" in reply:
            result["headers"] = [
                [name, masked(value) if told else self._target(value) if name.lower() == "location" else value]
                for name, value in reply["headers"]
            ]
        return result

    def identifier(self, text: str) -> str:
        """A hash in the form of the identifier: a UUID stays one."""
        digest = self._digest(text)
        if _UUID.fullmatch(text):
            return f"{digest[:8]}-{digest[8:12]}-{digest[12:16]}-{digest[16:20]}-{digest[20:32]}"
        return f"{text[:2] if text[:2] in ('SM', 'MM', 'AC') else ''}{digest[:32]}"

    def number(self, text: str) -> str:
        """A pseudonym for an address: a fictional number, or a short code of as many digits."""
        known = self._numbers.get(text)
        if known is None:
            known = self._numbers[text] = self._new_number(text)
        return known

    def _new_number(self, text: str) -> str:
        match = _ADDRESS.fullmatch(text)
        if match is None:
            return masked(text)
        prefix, digits = match[1] or "", match[3]
        attempt = 0
        while True:
            chance = int(self._digest(f"{attempt}{text}")[:12], 16)
            if match[2] or len(digits) > 6:
                number = f"+1{200 + chance % 800}55501{chance // 800 % 100:02d}"
            else:
                number = str(chance % 10 ** len(digits)).zfill(len(digits))
            # There are 80,000 fictional numbers; where a session has more, two may share one.
            if prefix + number not in self._taken or attempt > 50:
                self._taken.add(prefix + number)
                return prefix + number
            attempt += 1

    def _digest(self, text: str) -> str:
        return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), key=self._key, digest_size=16).hexdigest()

    def _value(self, name: str, value: Any, depth: int = 0) -> Any:
        if isinstance(value, dict):
            return {key: self._value(key if depth == 0 else "", member, depth + 1) for key, member in value.items()}
        if isinstance(value, list):
            return [self._value("", member, depth + 1) for member in value]
        if isinstance(value, str):
            return self._text(name, value)
        return value

    def _text(self, name: str, text: str) -> str:
        kept = _KEPT_FIELDS.get(name)
        if kept is not None and kept.fullmatch(text):
            return text
        if name in _ID_FIELDS:
            return self.identifier(text)
        if name in _SPOKEN_FIELDS:
            return self._spoken(text)
        return self.number(text) if name in _NUMBER_FIELDS else masked(text)

    def _spoken(self, text: str) -> str:
        """A provider's sentence, which says what went wrong, without the numbers that it may name."""
        return _SPOKEN_NUMBER.sub(lambda match: self.number(match[0]), text)

    def _body(self, row: CallbackRow) -> bytes:
        text = row.body.decode("utf-8", "replace")
        if row.dialect == "form":
            return self._form(text).encode()
        try:
            payload = json.loads(text)
            return json.dumps(self._value("", payload), ensure_ascii=False).encode("utf-8", "replace")
        except (ValueError, RecursionError):
            return masked(text).encode("utf-8", "replace")

    def _form(self, text: str) -> str:
        pairs = parse_qsl(text, keep_blank_values=True)
        return urlencode([(name, self._text(name, value)) for name, value in pairs])

    def _target(self, target: str) -> str:
        path, mark, query = target.partition("?")
        # A long segment of a path is a secret more often than a name.
        path = _LONG_SEGMENT.sub(lambda match: self._digest(match[0]), path)
        return path + mark + (self._form(query) if query else "")

    def _header(self, name: str, value: str) -> str:
        if name.lower() in _KEPT_HEADERS:
            return value
        return "example.invalid" if name.lower() == "host" else self._digest(value)

    def _problem(self, problem: dict[str, Any]) -> dict[str, Any]:
        name = str(problem.get("path", "")).rpartition(".")[2]
        value = problem.get("value")
        return {**problem, "value": self._text(name, value) if isinstance(value, str) else value}


def masked(text: str) -> str:
    """`text` with its letters and digits replaced; length, encoding (GSM 03.38 or UCS-2) and shape stay."""
    return "".join(map(_masked_character, text))


def _masked_character(character: str) -> str:
    if character.isspace() or (character.isascii() and not character.isalnum()):
        return character
    if ord(character) > 0xFFFF:
        return "\U0001f642"
    if character.isdigit():
        return "0" if character.isascii() else "\u0660"
    count = count_segments(character)
    if count.first_non_gsm is not None:
        return "\u0436"
    # An extension character takes two septets, and its stand-in must too.
    return "€" if count.units == 2 else "X" if character.isupper() else "x"
