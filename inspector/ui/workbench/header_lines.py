"""Header lines as text that can be edited, and back."""

import re
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from inspector.ui.texts import one_line

_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_SET_WHEN_SENDING: Final = frozenset(
    # RFC 9110, section 7.6.1: these speak of one connection, not of the message.
    {"host", "connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"}
    | {"content-length", "expect"}
)


class HeaderLines:
    """The header lines of one callback. A line that is not edited keeps its bytes."""

    def __init__(self, headers: Sequence[tuple[str, str]]) -> None:
        kept = [(name, value) for name, value in headers if name.lower() not in _SET_WHEN_SENDING]
        self._pairs = {_line(name, value): (name, value) for name, value in kept}
        self.text = "\n".join(_line(name, value) for name, value in kept)

    def read(self, text: str) -> tuple[tuple[str, str], ...] | str:
        """The header lines of an edited text, or what is wrong with it, in words."""
        result = []
        for number, line in enumerate(text.split("\n"), 1):
            if (known := self._pairs.get(line)) is not None:
                result.append(known)
            elif line.strip():
                name, colon, value = line.partition(":")
                if not colon or not _TOKEN.fullmatch(name.strip()):
                    return f"Header line {number} is none: write a name, a colon and a value."
                if not value.strip().replace("\t", " ").isprintable():
                    return f"Header line {number} holds control characters, which no header may have."
                # A session keeps the bytes of a value as ISO 8859-1.
                result.append((name.strip(), value.strip().encode("utf-8", "replace").decode("latin-1")))
        return tuple(result)


def _line(name: str, value: str) -> str:
    with suppress(UnicodeError):
        value = value.encode("latin-1").decode()
    return one_line(f"{name}: {value}", 100_000)
