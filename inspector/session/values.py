"""Values on their way into and out of the file: what SQLite and UTF-8 cannot hold is made storable."""

import json
import math
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, overload

if TYPE_CHECKING:
    from inspector.callbacks.facts import Facts

_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_LARGEST: Final = 2**63
_DEEPEST: Final = 50
_FACTS: Final = ("project_id", "to", "from_", "body", "error_code", "error_message")


@overload
def storable(text: str) -> str: ...
@overload
def storable(text: str | None) -> str | None: ...
def storable(text: str | None) -> str | None:
    """`text` without lone surrogates: JSON can name them ("\\ud800"), but no UTF-8 file can hold them."""
    if text is None or text.isascii():
        return text
    return _SURROGATE.sub("\ufffd", text)


def storable_facts(facts: "Facts") -> "Facts":
    """`facts` with storable texts, so that what is compared now and what is read back later are the same."""
    texts = (facts.project_id, facts.to, facts.from_, facts.body, facts.error_code, facts.error_message)
    if _SURROGATE.search("".join(filter(None, texts))) is None:
        return facts
    return facts._replace(**{name: storable(getattr(facts, name)) for name in _FACTS})


def storable_integer(number: int | None) -> int | str | None:
    """`number` as SQLite can hold it: a text where it does not fit 64 bits."""
    if number is None or -_LARGEST <= number < _LARGEST:
        return number
    return hex(number)


def stored_integer(value: int | str | None) -> int | None:
    """The integer that `storable_integer` made storable."""
    return int(value, 16) if isinstance(value, str) else value


def dump(value: Any) -> str:
    """`value`, of this program's own making, as compact JSON."""
    return _ENCODER.encode(value)


def dump_headers(headers: Iterable[tuple[str, str]]) -> str:
    """Header lines as `dump` would write them, in a third of the time: there are some with every callback."""
    return f"[{','.join([f'[{_quoted(name)},{_quoted(value)}]' for name, value in headers])}]"


def dump_foreign(value: Any) -> str:
    """`value`, of a stranger's making, as compact JSON that can always be read back.

    Numbers that JSON has no form for become texts, and nesting ends where it is absurd.
    """
    return _ENCODER.encode(_plain(value))


_quoted: Final = json.encoder.encode_basestring_ascii
_ENCODER: Final = json.JSONEncoder(separators=(",", ":"), allow_nan=False)


def _plain(value: Any, depth: int = 0) -> Any:
    if depth > _DEEPEST:
        return "…"
    if isinstance(value, dict):
        return {name: _plain(member, depth + 1) for name, member in value.items()}
    if isinstance(value, list):
        return [_plain(member, depth + 1) for member in value]
    if isinstance(value, Decimal) or (isinstance(value, float) and not math.isfinite(value)):
        return str(value)
    return value
