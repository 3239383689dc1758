"""What stands in for numbers, ids and texts in a shared export: fictional, of the same form, and stable within it.

Everything is keyed with a secret of one export and forgotten with it, so that nobody can try out numbers until one
fits, and two exports cannot be joined. That is on purpose: whoever shares twice shares two unrelated sets of names.
"""

import hashlib
import math
import re
import secrets
from enum import Enum
from functools import lru_cache
from typing import Final
from uuid import UUID

from inspector.callbacks.segments import count_segments
from inspector.session.values import storable

_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE | re.ASCII)
_SID: Final = re.compile(r"[A-Z]{2}[0-9a-f]{32}", re.ASCII)
_ADDRESS: Final = re.compile(r"(whatsapp:)?(\+?)(\d+)", re.ASCII)
_FICTIONAL: Final = 800 * 100
"""+1 NXX 555 0100 to 0199, kept for fiction by the North American Numbering Plan: area codes 200 to 999."""

_SHORTEST_CODE, _LONGEST_CODE = 5, 6
_LETTERS: Final = "bcdfghjklmnpqrstvwxz"
"""Without vowels: a masked text never reads as words."""

_LETTER_OF_OCTET: Final = bytes(ord(_LETTERS[octet % len(_LETTERS)]) for octet in range(256))
_WIDE_LETTERS: Final = dict(zip(_LETTERS, "бцдфгхйклмнпщрствшжз", strict=True))
"""The same for characters that GSM 03.38 does not have."""


class _Kind(Enum):
    """What a character is to its stand-in."""

    KEPT = ""
    DIGIT = "0"
    WIDE_DIGIT = "\u0660"
    UPPER = "X"
    LOWER = "x"
    TWO_SEPTETS = "€"
    WIDE = "\u0436"
    PAIR = "\U0001f642"


class _Draw:
    """The numbers below `size`, each once, in an order that only the secret tells."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._place = secrets.randbelow(size)
        self._step = secrets.randbelow(size - 1) + 1
        while math.gcd(self._step, size) != 1:
            self._step = secrets.randbelow(size - 1) + 1
        self.left = size

    def next(self) -> int:
        self.left -= 1
        self._place = (self._place + self._step) % self._size
        return self._place


class Pseudonyms:
    """The stand-ins of one export. It remembers every number that it was given: some 200 bytes each."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(16)
        self._numbers: dict[str, str] = {}
        self._codes: dict[str, str] = {}
        self._draw = _Draw(_FICTIONAL)
        self._code_draws: dict[int, _Draw] = {}

    @property
    def count(self) -> int:
        """How many different numbers and short codes were replaced."""
        return len(self._numbers) + len(self._codes)

    def number(self, text: str) -> str:
        """The stand-in of an address, in its form: with + or without, behind `whatsapp:`, or a short code."""
        match = _ADDRESS.fullmatch(text)
        if match is None:
            return masked(text)
        prefix, plus, digits = match[1] or "", match[2], match[3]
        if not plus and len(digits) <= _LONGEST_CODE:
            return prefix + (self.code(digits) if len(digits) >= _SHORTEST_CODE else masked(digits))
        return f"{prefix}{plus}{self._number(digits)}"

    def code(self, digits: str) -> str:
        """The stand-in of a short code, with as many digits."""
        found = self._codes.get(digits)
        if found is None:
            size = len(digits)
            draw = self._code_draws.setdefault(size, _Draw(10**size))
            found = f"{draw.next():0{size}d}"
            if found == digits and draw.left:
                found = f"{draw.next():0{size}d}"
            self._codes[digits] = found
        return found

    def known_code(self, digits: str) -> bool:
        """Whether these digits were met as a short code."""
        return digits in self._codes

    def _number(self, digits: str) -> str:
        found = self._numbers.get(digits)
        if found is None:
            if self._draw.left:
                chance = self._draw.next()
                found = f"1{200 + chance // 100}55501{chance % 100:02d}"
            else:
                # Country code 999 belongs to no country (ITU-T E.164): room for as many as there are.
                found = f"999{len(self._numbers):012d}"
            self._numbers[digits] = found
        return found

    def identifier(self, text: str) -> str:
        """A hash in the form of the identifier: a UUID stays one, a SID keeps its two letters."""
        digest = self.digest(text)
        if _UUID.fullmatch(text):
            return str(UUID(digest, version=4))
        return f"{text[:2]}{digest}" if _SID.fullmatch(text) else digest

    def digest(self, text: str) -> str:
        """32 hexadecimal digits that stand for a text."""
        return hashlib.blake2b(_octets(text), key=self._key, digest_size=16).hexdigest()

    def body(self, text: str) -> str:
        """`masked`, with letters that differ where texts differ: a changed body can still be told from a repeated one.

        (Texts of a letter or two, and those of digits alone, may be masked alike.)
        """
        octets = hashlib.blake2b(_octets(text), key=self._key, person=b"body").digest()
        return masked(text, octets.translate(_LETTER_OF_OCTET).decode())


def _octets(text: str) -> bytes:
    return storable(text).encode()


def masked(text: str, letters: str = "x") -> str:
    """`text` with its letters and digits replaced; length, encoding (GSM 03.38 or UCS-2), line ends and shape stay.

    `letters` are put in, over and over; they must be small consonants of ASCII.
    """
    count = len(letters)
    return "".join([_masked(character, letters[place % count]) for place, character in enumerate(text)])


def _masked(character: str, letter: str) -> str:
    kind = _kind(character)
    match kind:
        case _Kind.KEPT:
            return character
        case _Kind.UPPER:
            return letter.upper()
        case _Kind.LOWER:
            return letter
        case _Kind.WIDE:
            return _WIDE_LETTERS[letter]
        case _:
            return str(kind.value)


@lru_cache(4096)
def _kind(character: str) -> _Kind:
    if character.isspace() or (character.isascii() and not character.isalnum()):
        return _Kind.KEPT
    if ord(character) > 0xFFFF:
        return _Kind.PAIR
    if character.isdigit():
        return _Kind.DIGIT if character.isascii() else _Kind.WIDE_DIGIT
    count = count_segments(character)
    if count.first_non_gsm is not None:
        return _Kind.WIDE
    # An extension character takes two septets, and its stand-in must too.
    return _Kind.TWO_SEPTETS if count.units == 2 else _Kind.UPPER if character.isupper() else _Kind.LOWER
