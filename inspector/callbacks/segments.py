"""Segments: how many SMS parts a body needs, in GSM-7 (GSM 03.38) or UCS-2."""

import re
from enum import StrEnum
from typing import Final, NamedTuple


class Encoding(StrEnum):
    """The alphabets in which an SMS can travel."""

    GSM_7 = "GSM-7"
    UCS_2 = "UCS-2"


# GSM 03.38, section 6.2.1, in the order of the table. Position 1B, the escape, is no character of its own.
_BASIC: Final = (
    "@£$¥èéùìòÇ\nØø\rÅå"
    "Δ_ΦΓΛΩΠΨΣΘΞÆæßÉ"
    " !\"#¤%&'()*+,-./"
    "0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNO"
    "PQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmno"
    "pqrstuvwxyzäöñüà"
)
# GSM 03.38, section 6.2.1.1: each travels as the escape and a second septet.
_EXTENSION: Final = "\f^{}\\[~]|€"

_ESCAPE: Final = "\x1b"
_ESCAPED: Final = str.maketrans({character: _ESCAPE + character for character in _EXTENSION})
_BEYOND_BASIC: Final = re.compile(f"[^{re.escape(_BASIC)}]")
_BEYOND_GSM: Final = re.compile(f"[^{re.escape(_BASIC + _EXTENSION)}]")

# Units in a message of one part, and in each part of a longer one, whose header takes 6 of the 140 octets (GSM 03.40).
_GSM_SINGLE, _GSM_PART = 160, 153
_UCS_SINGLE, _UCS_PART = 70, 67


class SegmentCount(NamedTuple):
    """What a body needs.

    `units` are septets in GSM-7 (an extension character is two) and UTF-16 units in UCS-2.
    `units_per_segment` is the room of each segment: more where one segment is enough.
    `first_non_gsm` is the character that forces UCS-2, None in GSM-7.
    """

    encoding: Encoding
    units: int
    segments: int
    units_per_segment: int
    first_non_gsm: str | None


def count_segments(body: str) -> SegmentCount:
    """The segments of `body` (GSM 03.38 and 03.40).

    Neither an extension character nor a surrogate pair is split between segments, so a segment may
    end one unit early. An empty body has 0 units and is still 1 segment: a message without text is a
    message. A lone surrogate is one unit. Never raises; linear in the length of `body`.
    """
    beyond = _BEYOND_BASIC.search(body)
    if beyond is None:
        units = len(body)
        if units <= _GSM_SINGLE:
            return SegmentCount(Encoding.GSM_7, units, 1, _GSM_SINGLE, None)
        return SegmentCount(Encoding.GSM_7, units, -(-units // _GSM_PART), _GSM_PART, None)
    foreign = _BEYOND_GSM.search(body, beyond.start())
    if foreign is None:
        return _count_escaped(body.translate(_ESCAPED))
    return _count_utf16(body.encode("utf-16-le", "surrogatepass"), foreign[0])


def _count_escaped(septets: str) -> SegmentCount:
    units = len(septets)
    if units <= _GSM_SINGLE:
        return SegmentCount(Encoding.GSM_7, units, 1, _GSM_SINGLE, None)
    segments = start = 0
    while start < units:
        end = start + _GSM_PART
        if end < units and septets[end - 1] == _ESCAPE:
            end -= 1
        segments += 1
        start = end
    return SegmentCount(Encoding.GSM_7, units, segments, _GSM_PART, None)


def _count_utf16(octets: bytes, foreign: str) -> SegmentCount:
    units = len(octets) // 2
    if units <= _UCS_SINGLE:
        return SegmentCount(Encoding.UCS_2, units, 1, _UCS_SINGLE, foreign)
    segments = start = 0
    while start < units:
        end = start + _UCS_PART
        # The high octet tells a leading (D8 to DB) from a trailing surrogate (DC to DF).
        if end < units and 0xD8 <= octets[2 * end - 1] <= 0xDB and 0xDC <= octets[2 * end + 1] <= 0xDF:
            end -= 1
        segments += 1
        start = end
    return SegmentCount(Encoding.UCS_2, units, segments, _UCS_PART, foreign)
