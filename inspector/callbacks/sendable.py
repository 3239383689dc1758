"""What a user may type as a message of their own: each check says what is wrong, or "" where nothing is."""

import re
from collections.abc import Sequence
from typing import Final

WHATSAPP: Final = "whatsapp:"
MOST_VARIABLES: Final = 20
"""Custom variables that SignalWire takes with one message."""

LONGEST_BODY: Final = 1600
"""Characters that SignalWire takes as a body (error 21617)."""

# Plus and 5 to 17 digits, or a short code of 5 or 6, as SignalWire's documentation has them.
_NUMBER: Final = re.compile(r"\+[0-9]{5,17}|[0-9]{5,6}")
_WHATSAPP_NUMBER: Final = re.compile(r"whatsapp:\+[0-9]{5,17}")


def address_problem(text: str) -> str:
    """Why `text` is neither a number in E.164, nor a short code, nor a WhatsApp address."""
    if _NUMBER.fullmatch(text) or _WHATSAPP_NUMBER.fullmatch(text):
        return ""
    if text.startswith(WHATSAPP):
        return "After whatsapp: comes a plus sign and 5 to 17 digits, such as whatsapp:+12065550123."
    if text.isascii() and text.isdigit():
        return "A short code has 5 or 6 digits; a number begins with a plus sign, such as +12065550123."
    return "Write a plus sign and 5 to 17 digits (+12065550123), a short code (10555), or whatsapp:+12065550123."


def body_problem(text: str) -> str:
    """Why `text` cannot travel as a body. A long one can: it is for the receiver to cope with."""
    return "" if _is_unicode(text) else "It holds half of a character (a lone surrogate), which cannot be sent."


def variables_problem(pairs: Sequence[tuple[str, str]]) -> str:
    """Why these names and values cannot be custom variables."""
    if len(pairs) > MOST_VARIABLES:
        return f"A message takes at most {MOST_VARIABLES} of them."
    names = [name for name, _ in pairs]
    if "" in names:
        return "A value has no name."
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        return f"The name “{twice}” comes twice."
    if not all(_is_unicode(name) and _is_unicode(value) for name, value in pairs):
        return "One holds half of a character (a lone surrogate), which cannot be sent."
    return ""


def _is_unicode(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)
