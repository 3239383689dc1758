"""Reading a large JSON document piece by piece: never more than one member, or one item of an array, is held.

ijson does not serve here: its C backend ends the process at an integer of over 4,300 digits, takes gigabytes for
deep nesting, and turns lone surrogates into question marks.
"""

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO, Final, NoReturn

_CHUNK: Final = 1 << 18
_LONGEST: Final = 1 << 28
_WHITESPACE: Final = re.compile(r"[ \t\n\r]*")
# An error this near to the end of what was read, or an open string, may only mean that more is to be read.
_NEAR_END: Final = 16


class NotJson(ValueError):
    """The document is not JSON (RFC 8259) with an object at the top; the text says where and why."""


def pieces(file: BinaryIO) -> Iterator[tuple[str, int | None, Any]]:
    """The members of the document's object, in their order: (name, None, value).

    An array comes as (name, None, []), then each of its items as (name, index, item). Raises NotJson.
    """
    reader = _Reader(file)
    reader.expect("{")
    more = reader.peek() != "}"
    while more:
        name = reader.value()
        if not isinstance(name, str):
            reader.refuse("a name was expected")
        reader.expect(":")
        if reader.peek() == "[":
            yield name, None, []
            yield from ((name, index, item) for index, item in enumerate(_items(reader)))
        else:
            yield name, None, reader.value()
        more = reader.skip(",")
    reader.expect("}")
    if reader.peek():
        reader.refuse("there is more behind the end of the document")


def _items(reader: "_Reader") -> Iterator[Any]:
    reader.expect("[")
    more = reader.peek() != "]"
    while more:
        yield reader.value()
        more = reader.skip(",")
    reader.expect("]")


class _Reader:
    """The text of a file with a place in it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._utf8 = codecs.getincrementaldecoder("utf-8-sig")()
        self._json = json.JSONDecoder(parse_constant=self._constant)
        self._text = ""
        self._at = 0
        self._before = 0
        self._ended = False

    def peek(self) -> str:
        """The next character that is no white space; "" at the end."""
        while True:
            match = _WHITESPACE.match(self._text, self._at)
            self._at = self._at if match is None else match.end()
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._read_on():
                return ""

    def skip(self, character: str) -> bool:
        """Go past `character` if it comes next."""
        found = self.peek() == character
        self._at += found
        return found

    def expect(self, character: str) -> None:
        if not self.skip(character):
            self.refuse(f"“{character}” was expected")

    def value(self) -> Any:
        """The JSON value that comes next."""
        self.peek()
        while True:
            try:
                value, end = self._json.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                cut_off = error.msg.startswith("Unterminated") or error.pos >= len(self._text) - _NEAR_END
                if not cut_off or not self._read_on():
                    self._at = error.pos
                    self.refuse(error.msg)
            except RecursionError:
                self.refuse("it is nested too deeply")
            except NotJson:
                raise
            except ValueError:
                self.refuse("a number is too long")
            else:
                # A number may go on behind the end of what was read: "12", "1.", "1e+".
                if end + 2 < len(self._text) or not self._read_on():
                    self._at = end
                    return value

    def refuse(self, reason: str) -> NoReturn:
        raise NotJson(f"{reason} (at character {self._before + self._at + 1:,})")

    def _constant(self, word: str) -> NoReturn:
        self.refuse(f"{word} is no JSON")

    def _read_on(self) -> bool:
        """Read more behind what is not yet used; False at the end of the file."""
        if self._ended:
            return False
        self._before += self._at
        self._text, self._at = self._text[self._at :], 0
        if len(self._text) > _LONGEST:
            self.refuse("one entry is longer than this program reads")
        chunk = self._file.read(max(_CHUNK, len(self._text)))
        self._ended = not chunk
        try:
            self._text += self._utf8.decode(chunk, final=self._ended)
        except UnicodeDecodeError as error:
            self.refuse(f"it is not UTF-8: {error.reason}")
        return True
