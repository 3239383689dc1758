"""Redaction: what leaves in a shared export names nobody, and still shows what happened.

Numbers become pseudonyms in the ranges kept for fiction, texts keep their length, encoding and shape, ids and
signatures become hashes; the names of fields stay, and so does what says what happened: statuses, times, error codes.
The same value becomes the same pseudonym throughout an export, wherever it stands, so that what belonged together
still does. Another export has other pseudonyms (see `pseudonyms`).
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from inspector.callbacks.findings import Finding
from inspector.callbacks.timestamps import parse_timestamp
from inspector.session.exchange.json_tokens import NumberToken, Pairs, read_tokens, written
from inspector.session.exchange.pseudonyms import Pseudonyms, masked
from inspector.session.marks import Mark
from inspector.session.records import CallbackRow, CallbackSummary, MessageRow

_ID_FIELDS: Final = frozenset(
    {"id", "project_id", "MessageSid", "SmsSid", "SmsMessageSid", "AccountSid", "MessagingServiceSid",
     "ChannelInstallSid"}
)  # fmt: skip
_NUMBER_FIELDS: Final = frozenset({"to", "from", "To", "From", "ChannelToAddress"})
_BODY_FIELDS: Final = frozenset({"body", "Body"})
_SPOKEN_FIELDS: Final = frozenset({"error_message", "ErrorMessage"})
# What says what happened is kept, where it is what it should be; anything else could hold anything.
_COUNT: Final = re.compile(r"-?\d{1,3}(?:\.0{1,3})?", re.ASCII)
_KEPT_FIELDS: Final = {
    **dict.fromkeys(("status", "MessageStatus", "SmsStatus"), re.compile(r"[a-z]{0,12}")),
    **dict.fromkeys(("error_code", "ErrorCode"), re.compile(r"\d{0,5}|[a-z_]{1,80}", re.ASCII)),
    **dict.fromkeys(("NumSegments", "NumMedia", "number_of_segments"), _COUNT),
    "timestamp": re.compile(r"\d{4}-\d\d-\d\d[Tt ][\d:.]{5,18}(?:[Zz]|[+-]\d\d:\d\d)?", re.ASCII),
    "ApiVersion": re.compile(r"\d{4}-\d\d-\d\d", re.ASCII),
}
_KEPT_HEADERS: Final = frozenset(
    {"content-type", "content-length", "accept", "accept-encoding", "connection", "transfer-encoding", "user-agent"}
)
_ADDRESS_HEADERS: Final = frozenset(
    {"host", "forwarded", "via", "x-real-ip", "true-client-ip", "cf-connecting-ip", "x-client-ip", "origin", "referer"}
)
_METHOD: Final = re.compile(r"[A-Z]{1,10}")
_LOOPBACK: Final = ("127.0.0.1", "::1")
_LONG_SEGMENT: Final = re.compile(r"[^/]{16,}")
_ORIGIN: Final = re.compile(r"[a-z][a-z0-9+.-]*://[^/?#]*", re.IGNORECASE)
# Every part has a longest form: a stranger's text of a megabyte must not be gone through again and again.
_NAMED: Final = re.compile(
    r"(?P<id>[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[A-Z]{2}[0-9a-f]{32}|[0-9a-fA-F]{16,})"
    r"|(?P<mail>[^\s@<>\"]{1,64}@[^\s@<>\"]{1,255}\.\w{1,63})"
    r"|(?P<date>\d{4}-\d\d-\d\d(?!\d))"
    r"|(?P<number>\+?\(?\d(?:[ ()./-]{0,2}\d){6,})"
    r"|(?P<code>(?<!\d)\d{5,6}(?!\d))",
    re.ASCII,
)
_MAY_NAME: Final = re.compile(r"[\d@]", re.ASCII)
_ERROR_CODE: Final = re.compile(r"[123]\d{4}")
_NOT_A_DIGIT: Final = re.compile(r"\D+")
_TOKEN_DIGIT: Final = re.compile(r"\d", re.ASCII)


@dataclass(frozen=True, slots=True)
class Redaction:
    """What an export replaces, and whether the notes on messages leave with it."""

    numbers: bool = True
    bodies: bool = True
    ids: bool = True
    signatures: bool = True
    """Signatures, credentials, cookies and every other header that is not known to be harmless."""
    addresses: bool = True
    """Network addresses, host names, and what looks like a secret in a path."""
    notes: bool = False

    @property
    def nothing(self) -> bool:
        """Whether all leaves as it is."""
        return not any(getattr(self, name) for name in CATEGORIES)


CATEGORIES: Final = tuple(field.name for field in fields(Redaction) if field.name != "notes")


class Redactor:
    """Replaces what is personal in the rows of one export. `replaced` counts, by category."""

    def __init__(self, redaction: Redaction | None = None) -> None:
        self.redaction = redaction or Redaction()
        self.replaced: Counter[str] = Counter()
        self._names = Pseudonyms()

    @property
    def different_numbers(self) -> int:
        return self._names.count

    def messages(self, rows: Iterable[MessageRow]) -> Iterable[MessageRow]:
        return map(self.message, rows)

    def callbacks(self, rows: Iterable[CallbackRow]) -> Iterable[CallbackRow]:
        return map(self.callback, rows)

    def message(self, row: MessageRow) -> MessageRow:
        return replace(
            row,
            to=None if row.to is None else self.number(row.to),
            from_=None if row.from_ is None else self.number(row.from_),
            id=self.identifier(row.id),
            project_id=None if row.project_id is None else self.identifier(row.project_id),
            body=None if row.body is None else self._body_text(row.body),
            number_of_segments=self._count(row.number_of_segments),
            error_code=None if row.error_code is None else self._text("error_code", row.error_code),
            error_message=None if row.error_message is None else self.spoken(row.error_message),
            custom_variables=None if row.custom_variables is None else self._value("", row.custom_variables, 1),
            mark=self._mark(row.mark),
        )

    def callback(self, row: CallbackRow) -> CallbackRow:
        body = self._body(row)
        length = (str(len(row.body)), str(len(body)))
        return replace(
            row,
            method=self._method(row.method),
            target=self._target(row.target),
            remote=self._remote(row.remote),
            headers=tuple([self._header(name, value, length) for name, value in row.headers]),
            body=body,
            message_id=None if row.message_id is None else self.identifier(row.message_id),
            problems=tuple(self._problem(problem) for problem in row.problems),
            reply=self._reply(row.reply),
        )

    def summary(self, row: CallbackSummary) -> CallbackSummary:
        return replace(
            row,
            method=self._method(row.method),
            target=self._target(row.target),
            message_id=None if row.message_id is None else self.identifier(row.message_id),
        )

    def finding(self, finding: Finding) -> Finding:
        """A finding names fields that strangers named."""
        return replace(finding, text=self.spoken(finding.text))

    def identifier(self, text: str) -> str:
        """A hash in the form of the identifier: a UUID stays one."""
        if not self.redaction.ids:
            return text
        self.replaced["ids"] += 1
        return self._names.identifier(text)

    def number(self, text: str) -> str:
        """A pseudonym for an address: a fictional number, or a short code of as many digits."""
        if not self.redaction.numbers:
            return text
        self.replaced["numbers"] += 1
        return self._names.number(text)

    def spoken(self, text: str) -> str:
        """A sentence, which says what went wrong, without the numbers, ids and mail addresses that it may name."""
        # Most texts name nobody; all that could has a digit or an @.
        return text if _MAY_NAME.search(text) is None else _NAMED.sub(self._named, text)

    def _named(self, match: re.Match[str]) -> str:
        found = match[0]
        match match.lastgroup:
            case "id":
                return self.identifier(found)
            case "mail" if self.redaction.numbers:
                return masked(found)
            case "number":
                sign = "+" if found.startswith("+") else ""
                return self.number(sign + _NOT_A_DIGIT.sub("", found)) if self.redaction.numbers else found
            case "code" if self.redaction.numbers:
                # Five digits are a provider's error code more often than somebody's short code.
                harmless = _ERROR_CODE.fullmatch(found) and not self._names.known_code(found)
                return found if harmless else self.number(found)
            case _:
                return found

    def _mark(self, mark: Mark | None) -> Mark | None:
        if mark is None or (not self.redaction.notes and mark.colour is None):
            return None
        return Mark(mark.colour, self.spoken(mark.note) if self.redaction.notes else "")

    def _count(self, number: int | None) -> int | None:
        return None if number is None else int(self._token("number_of_segments", str(number)))

    # -- values -------------------------------------------------------------------------------

    def _value(self, name: str, value: Any, depth: int = 0) -> Any:
        """A JSON value: in its own types, or as `read_tokens` reads it. Names mean something only at the top."""
        match value:
            case Pairs():
                return Pairs([(self.spoken(key), self._member(key, member, depth)) for key, member in value])
            case dict():
                return {self.spoken(key): self._member(key, member, depth) for key, member in value.items()}
            case list():
                return [self._value("", member, depth + 1) for member in value]
            case NumberToken():
                return NumberToken(self._token(name, value))
            case str():
                return self._text(name, value)
            case bool() | None:
                return value
            case int():
                return int(self._token(name, str(value)))
            case float():
                return float(self._token(name, repr(value)))
            case _:
                return value

    def _member(self, key: str, value: Any, depth: int) -> Any:
        return self._value(key if depth == 0 else "", value, depth + 1)

    def _token(self, name: str, token: str) -> str:
        """A JSON number as it is written: one that could be somebody's has other digits, and as many."""
        kept = _KEPT_FIELDS.get(name)
        if (kept is not None and kept.fullmatch(token)) or not token[-1].isdigit():
            return token
        if name in _NUMBER_FIELDS and token.isdigit():
            return self.number(token) if len(token) > 6 else self.number(token).lstrip("0") or "0"
        if not self.redaction.bodies:
            return self.spoken(token) if token.isdigit() else token
        mantissa, sign, exponent = token.replace("E", "e").partition("e")
        return _TOKEN_DIGIT.sub("1", mantissa) + sign + exponent

    def _text(self, name: str, text: str) -> str:
        kept = _KEPT_FIELDS.get(name)
        if kept is not None and (kept.fullmatch(text) or (name == "timestamp" and parse_timestamp(text) is not None)):
            return text
        if name in _ID_FIELDS:
            return self.identifier(text)
        if name in _SPOKEN_FIELDS:
            return self.spoken(text)
        if name in _NUMBER_FIELDS:
            return self.number(text)
        return self._body_text(text) if name in _BODY_FIELDS else self._other(text)

    def _body_text(self, text: str) -> str:
        if not self.redaction.bodies:
            return self.spoken(text)
        self.replaced["bodies"] += 1
        return self._names.body(text)

    def _other(self, text: str) -> str:
        if not self.redaction.bodies:
            return self.spoken(text)
        self.replaced["bodies"] += 1
        return masked(text)

    # -- requests -----------------------------------------------------------------------------

    def _body(self, row: CallbackRow) -> bytes:
        text = row.body.decode("utf-8", "replace")
        if row.dialect == "form":
            return self._form(text).encode()
        bom, text = ("\ufeff", text[1:]) if text.startswith("\ufeff") else ("", text)
        try:
            text = written(self._value("", read_tokens(text)))
        except (ValueError, RecursionError):
            text = self._other(text)
        return (bom + text).encode("utf-8", "replace")

    def _form(self, text: str) -> str:
        pairs = parse_qsl(text, keep_blank_values=True)
        return urlencode([(self.spoken(name), self._text(name, value)) for name, value in pairs])

    def _method(self, method: str) -> str:
        return method if _METHOD.fullmatch(method) else masked(method)

    def _target(self, target: str) -> str:
        path, mark, query = target.partition("?")
        path = "/".join([self.spoken(part) for part in path.split("/")])
        if self.redaction.addresses:
            path = _ORIGIN.sub("http://example.invalid", path, count=1)
            # A long segment of a path is a secret more often than a name.
            path, hashed = _LONG_SEGMENT.subn(lambda match: self._names.digest(match[0]), path)
            self.replaced["addresses"] += hashed
        return path + mark + (self._form(query) if query else "")

    def _remote(self, remote: str) -> str:
        if remote in _LOOPBACK or not self.redaction.addresses:
            return remote
        self.replaced["addresses"] += 1
        return "192.0.2.1"  # of the block that is kept for documentation (RFC 5737)

    def _header(self, name: str, value: str, length: tuple[str, str]) -> tuple[str, str]:
        lower = name.lower()
        if lower == "content-length":
            return name, length[1] if value == length[0] else self.spoken(value)
        if lower in _KEPT_HEADERS:
            return name, self.spoken(value)
        if lower in _ADDRESS_HEADERS or "forwarded" in lower:
            if self.redaction.addresses:
                self.replaced["addresses"] += 1
                value = "example.invalid" if lower == "host" else self._names.digest(value)
        elif self.redaction.signatures:
            self.replaced["signatures"] += 1
            value = self._names.digest(value)
        return self.spoken(name), value

    def _reply(self, reply: dict[str, Any]) -> dict[str, Any]:
        changed = dict(reply)
        if "headers" in reply:
            changed["headers"] = [list(self._header(name, value, ("", ""))) for name, value in reply["headers"]]
        if reply.get("body"):
            changed["body"] = self._other(reply["body"])
        return changed

    def _problem(self, problem: dict[str, Any]) -> dict[str, Any]:
        path = str(problem.get("path", ""))
        value = self._value(path.rpartition(".")[2], problem.get("value"), 1)
        return {**problem, "path": self.spoken(path), "text": self.spoken(str(problem.get("text", ""))), "value": value}
