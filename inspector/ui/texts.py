"""How times, durations and sizes are written, everywhere the same."""

import unicodedata
from datetime import datetime, tzinfo

# What is seen as nothing, or as a blank, though it is none: the fillers of Hangul and Braille (Unicode's UTS 39).
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_JOINERS = frozenset("\u200c\u200d")


def clock_text(microseconds: int, zone: tzinfo | None = None) -> str:
    """A moment as local wall time to the millisecond: `10:00:00.123`. `microseconds` count from 1970 in UTC."""
    return f"{_local(microseconds, zone):%H:%M:%S}.{microseconds % 1_000_000 // 1000:03d}"


def moment_text(microseconds: int, zone: tzinfo | None = None) -> str:
    """Date and time to the microsecond with the offset, for tooltips and details."""
    moment = _local(microseconds, zone)
    return f"{moment:%Y-%m-%d %H:%M:%S}.{microseconds % 1_000_000:06d} {moment:%z}"


def _local(microseconds: int, zone: tzinfo | None) -> datetime:
    return datetime.fromtimestamp(microseconds // 1_000_000, zone).astimezone(zone)


def duration_text(milliseconds: int) -> str:
    """A length of time in the unit that fits: `0 ms`, `850 ms`, `4.2 s`, `3 min 05 s`, `2 h 10 min`, `3 d 4 h`."""
    sign = "−" if milliseconds < 0 else ""
    amount = abs(milliseconds)
    if amount < 1000:
        return f"{sign}{amount} ms"
    if amount < 60_000:
        return f"{sign}{amount / 1000:.1f} s"
    seconds = amount // 1000
    if seconds < 3600:
        return f"{sign}{seconds // 60} min {seconds % 60:02d} s"
    if seconds < 86_400:
        return f"{sign}{seconds // 3600} h {seconds % 3600 // 60:02d} min"
    return f"{sign}{seconds // 86_400} d {seconds % 86_400 // 3600} h"


def count_text(number: int, one: str, many: str) -> str:
    """`1 message`, `2,000 messages`."""
    return f"{number:,} {one if number == 1 else many}"


def one_line(text: str, longest: int = 200) -> str:
    """The beginning of a stranger's text on one line, with what would move other text about made visible.

    Control characters, the bidirectional overrides (Unicode's UAX 9) and characters without width become symbols.
    """
    if len(text) <= longest and text.isprintable() and (text.isascii() or not _BLANK.intersection(text)):
        return text
    head = text[: longest + 1]
    before = [" ", *head]
    shown = "".join(_visible(one, last) for one, last in zip(head[:longest], before, strict=False))
    return f"{shown}…" if len(head) > longest else shown


def _visible(character: str, before: str) -> str:
    if character in _BLANK:
        return "�"
    if character.isprintable():
        return character
    if character in "\r\n\u2028\u2029":
        return "⏎"
    if character == "\t" or unicodedata.category(character) == "Zs":
        return " "
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    # Joiners belong into emoji and into many scripts, and nowhere behind the letters of ids and numbers.
    return character if character in _JOINERS and not before.isascii() else "�"


def tooltip(*lines: str, longest: int = 600) -> str:
    """Lines for a tooltip, each of at most `longest` characters; what looks like HTML is shown as it is."""
    from html import escape  # not wanted for the first paint

    return f"<qt>{'<br>'.join(escape(one_line(line, longest)) for line in lines if line)}</qt>"
