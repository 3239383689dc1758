"""Values as Python source: valid whatever they hold, and laid out to be read."""

import base64
import textwrap
from collections.abc import Sequence
from typing import Final, TypeVar

_WIDTH: Final = 88
_Text = TypeVar("_Text", str, bytes)


def bytes_literal(body: bytes, indent: int = 0) -> str:
    """An expression that gives exactly these bytes; over several lines where one would be too long."""
    if body.isascii():
        return _in_lines([repr(piece) for piece in _pieces(body)], indent)
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return _from_base64(body, indent)
    # A text with accents or emojis reads better as such than as escapes; repr escapes what cannot be seen.
    return f"{_in_lines([repr(piece) for piece in _pieces(text)], indent)}.encode()"


def pairs_literal(pairs: Sequence[tuple[str, str | bytes]], indent: int = 0) -> str:
    """A list of header lines."""
    if not pairs:
        return "[]"
    inner = " " * (indent + 4)
    return "[\n" + "".join(f"{inner}({name!r}, {value!r}),\n" for name, value in pairs) + " " * indent + "]"


def comment(text: str) -> str:
    """`text` where a comment or a docstring is written: one line that ends neither."""
    return "".join(one if one.isprintable() and one not in '"\\' else "?" for one in text)[:100]


def _pieces(text: _Text) -> list[_Text]:
    if len(repr(text)) <= _WIDTH:
        return [text]
    length = _WIDTH - 20
    return [text[begin : begin + length] for begin in range(0, len(text), length)]


def _in_lines(literals: list[str], indent: int) -> str:
    if len(literals) == 1:
        return literals[0]
    inner = " " * (indent + 4)
    return "(\n" + "".join(f"{inner}{literal}\n" for literal in literals) + " " * indent + ")"


def _from_base64(body: bytes, indent: int) -> str:
    lines = textwrap.wrap(base64.b64encode(body).decode("ascii"), _WIDTH - 12)
    return f"base64.b64decode({_in_lines([repr(line) for line in lines], indent)})"
