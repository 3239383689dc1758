"""Bodies as text that can be edited, and the bytes that the edited text stands for."""

import json
from dataclasses import dataclass
from typing import Final

from inspector.ui.detail.raw_text import pretty_json, raw_text

LONGEST_EDITED: Final = 200_000
"""Bytes of a body that can still be edited; Qt's editor takes long over longer ones."""


@dataclass(frozen=True, slots=True)
class BodyText:
    """A body as its editor holds it. `newline` is what stands for an end of line in the bytes."""

    text: str
    newline: str = "\n"

    def bytes_of(self, text: str) -> bytes:
        """The bytes of an edited text."""
        return text.replace("\n", self.newline).encode("utf-8", "replace")


def body_text(body: bytes) -> BodyText | None:
    """The body to edit; None for one that no text stands for byte by byte, or that is too long."""
    if len(body) > LONGEST_EDITED:
        return None
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return None
    crlf = text.count("\r\n")
    if crlf and crlf == text.count("\n") == text.count("\r"):
        return BodyText(text.replace("\r\n", "\n"), "\r\n")
    # Qt takes these for ends of lines or of the text.
    return None if any(one in text for one in "\r\u2028\u2029\0\ufdd0\ufdd1") else BodyText(text)


def shown_bytes(body: bytes) -> str:
    """A body that cannot be edited, as it is shown."""
    return raw_text(body[:LONGEST_EDITED]).text


def laid_out_body(body: bytes) -> str | None:
    """JSON with a member a line, or None for another body."""
    try:
        return laid_out(body.decode())
    except UnicodeDecodeError:
        return None


def laid_out(text: str) -> str | None:
    """JSON text with a member a line, its values spelled as they are; None where it is no object or array."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return pretty_json(text) if isinstance(found, dict | list) else None
