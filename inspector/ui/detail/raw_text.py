"""Bodies as text: the exact bytes made visible, and JSON laid out without touching its values."""

import re
from dataclasses import dataclass
from typing import Final

_HIDDEN: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0]"
)
_STRAY: Final = re.compile("[\udc80-\udcff]")
_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)
_DEEPEST_INDENT: Final = 40
_LONGEST_PRETTY: Final = 4_000_000


@dataclass(frozen=True, slots=True)
class RawText:
    """A body as text. `escaped` counts the bytes that are no UTF-8 and stand as \\xNN."""

    text: str
    escaped: int


def raw_text(body: bytes) -> RawText:
    """The bytes as UTF-8; what is none, and what would be invisible or move other text about, is written as escapes."""
    try:
        text, escaped = body.decode(), 0
    except UnicodeDecodeError:
        text = body.decode("utf-8", "backslashreplace")
        escaped = len(_STRAY.findall(body.decode("utf-8", "surrogateescape")))
    return RawText(_HIDDEN.sub(_escape, text), escaped)


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def pretty_json(text: str) -> str | None:
    """JSON text with a member a line. Names, values and their spelling stay as they are.

    The text must be JSON already. None when the result would be too long to show.
    """
    parts: list[str] = []
    depth = length = 0
    opened = False
    for match in _TOKEN.finditer(text):
        piece = match[0]
        indent = "\n" + "  " * min(depth, _DEEPEST_INDENT)
        if piece in "}]":
            depth -= 1
            part = piece if opened else "\n" + "  " * min(depth, _DEEPEST_INDENT) + piece
        elif opened:
            part = indent + piece
        else:
            part = piece
        opened = piece in "{["
        if opened:
            depth += 1
        elif piece == ",":
            part = "," + indent
        elif piece == ":":
            part = ": "
        parts.append(part)
        length += len(part)
        if length > _LONGEST_PRETTY:
            return None
    return "".join(parts)
