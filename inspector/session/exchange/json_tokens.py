"""JSON read so that it can be written again as it was: names that come twice, and numbers as they are spelled."""

import json
from json.encoder import encode_basestring as quoted
from json.encoder import encode_basestring_ascii as quoted_ascii
from typing import Any, Final


class Pairs(list[tuple[str, Any]]):
    """The members of an object, in their order."""


class NumberToken(str):
    """A number as it is written; NaN and Infinity too."""

    __slots__ = ()


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=Pairs, parse_int=NumberToken, parse_float=NumberToken, parse_constant=NumberToken
)


def read_tokens(text: str) -> Any:
    """The value of a JSON text, of Pairs, lists, texts, NumberTokens, booleans and None.

    Raises ValueError for what is no JSON, RecursionError for what is nested too deeply.
    """
    return _DECODER.decode(text)


def written(value: Any) -> str:
    """What `read_tokens` read, as JSON text. Raises RecursionError as it does."""
    match value:
        case Pairs():
            return "{" + ", ".join([f"{_text(name)}: {written(member)}" for name, member in value]) + "}"
        case list():
            return "[" + ", ".join([written(member) for member in value]) + "]"
        case NumberToken():
            return str(value)
        case str():
            return _text(value)
        case None:
            return "null"
        case _:
            return "true" if value else "false"


def _text(text: str) -> str:
    shown = quoted(text)
    try:
        shown.encode()
    except UnicodeEncodeError:  # half a surrogate pair, which JSON can name and UTF-8 cannot hold
        return quoted_ascii(text)
    return shown
