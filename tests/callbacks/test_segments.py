"""Segments of GSM-7 and UCS-2 bodies."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.callbacks.segments import Encoding, SegmentCount, count_segments

BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = "^{}\\[~]|€\f"

gsm_bodies = st.text(st.sampled_from(BASIC + EXTENSION), max_size=700)
pairs = st.sampled_from(["😀", "🎉", "👩‍🚀", "𝄞"])
mixed_bodies = st.lists(st.one_of(pairs, st.sampled_from([*"aé€^ж中", "\ud83d", "\ude00"])), max_size=300).map("".join)


def by_hand(body: str) -> SegmentCount:
    """The same count by packing one character after the other."""
    foreign = next((character for character in body if character not in BASIC + EXTENSION), None)
    if foreign is None:
        widths = [2 if character in EXTENSION else 1 for character in body]
        encoding, single, part = Encoding.GSM_7, 160, 153
    else:
        # Two lone surrogates in a row make one pair as soon as they are UTF-16.
        joined = body.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
        widths = [2 if ord(character) > 0xFFFF else 1 for character in joined]
        encoding, single, part = Encoding.UCS_2, 70, 67
    units = sum(widths)
    if units <= single:
        return SegmentCount(encoding, units, 1, single, foreign)
    segments, room = 1, part
    for width in widths:
        if width > room:
            segments, room = segments + 1, part
        room -= width
    return SegmentCount(encoding, units, segments, part, foreign)


@pytest.mark.parametrize(
    ("body", "encoding", "units", "segments", "room"),
    [
        ("", "GSM-7", 0, 1, 160),
        ("Hello", "GSM-7", 5, 1, 160),
        ("a" * 160, "GSM-7", 160, 1, 160),
        ("a" * 161, "GSM-7", 161, 2, 153),
        ("a" * 306, "GSM-7", 306, 2, 153),
        ("a" * 307, "GSM-7", 307, 3, 153),
        ("a" * 1600, "GSM-7", 1600, 11, 153),
        ("€", "GSM-7", 2, 1, 160),
        ("€" * 80, "GSM-7", 160, 1, 160),
        ("€" * 81, "GSM-7", 162, 2, 153),
        # 76 pairs fill 152 of 153 septets; the last septet stays empty.
        ("€" * 153, "GSM-7", 306, 3, 153),
        ("a" * 152 + "€" + "a" * 152, "GSM-7", 306, 3, 153),
        ("a" * 151 + "€" + "a" * 153, "GSM-7", 306, 2, 153),
        ("é" * 160, "GSM-7", 160, 1, 160),
        ("ж" * 70, "UCS-2", 70, 1, 70),
        ("ж" * 71, "UCS-2", 71, 2, 67),
        ("ж" * 134, "UCS-2", 134, 2, 67),
        ("ж" * 135, "UCS-2", 135, 3, 67),
        ("😀" * 35, "UCS-2", 70, 1, 70),
        ("😀" * 36, "UCS-2", 72, 2, 67),
        # 33 pairs fill 66 of 67 units.
        ("😀" * 67, "UCS-2", 134, 3, 67),
        ("ж" * 66 + "😀" + "ж" * 66, "UCS-2", 134, 3, 67),
        ("ж" * 65 + "😀" + "ж" * 67, "UCS-2", 134, 2, 67),
        ("\ud83d" * 71, "UCS-2", 71, 2, 67),
    ],
)
def test_counts(body: str, encoding: str, units: int, segments: int, room: int) -> None:
    counted = count_segments(body)
    assert (counted.encoding, counted.units, counted.segments, counted.units_per_segment) == (
        encoding,
        units,
        segments,
        room,
    )


@pytest.mark.parametrize("character", list(BASIC))
def test_a_character_of_the_basic_table_is_one_septet(character: str) -> None:
    assert count_segments(character) == SegmentCount(Encoding.GSM_7, 1, 1, 160, None)


@pytest.mark.parametrize("character", list(EXTENSION))
def test_a_character_of_the_extension_table_is_two_septets(character: str) -> None:
    assert count_segments(character) == SegmentCount(Encoding.GSM_7, 2, 1, 160, None)


def test_the_basic_table_is_complete() -> None:
    # 128 positions without the escape.
    assert len(set(BASIC)) == 127


@pytest.mark.parametrize(
    "character", ["’", "`", "ç", "“", "…", "\t", "\x1b", "\x00", "\N{NO-BREAK SPACE}", "😀", "\ud800"]
)
def test_the_first_character_outside_gsm_is_named(character: str) -> None:
    counted = count_segments(f"price: €5 {character} and ж")
    assert counted.encoding is Encoding.UCS_2
    assert counted.first_non_gsm == character


def test_a_million_hostile_characters_are_counted() -> None:
    assert count_segments("€" * 1_000_000).segments == -(-1_000_000 // 76)
    assert count_segments("😀" * 1_000_000).segments == -(-1_000_000 // 33)
    assert count_segments("\ude00" * 1_000_000).segments == -(-1_000_000 // 67)
    assert count_segments("a" * 1_000_000 + "ж").first_non_gsm == "ж"


@given(st.one_of(gsm_bodies, mixed_bodies, st.text(max_size=500)))
def test_agrees_with_packing_by_hand(body: str) -> None:
    assert count_segments(body) == by_hand(body)


@given(st.text(st.characters(), max_size=400))
def test_any_text_fits_into_the_segments_that_are_counted(body: str) -> None:
    counted = count_segments(body)
    assert counted.segments >= 1
    assert counted.units <= counted.segments * counted.units_per_segment
    # At most one unit of each full segment is left empty.
    assert counted.units > (counted.segments - 1) * (counted.units_per_segment - 1) or counted.segments == 1


@given(gsm_bodies, gsm_bodies)
def test_a_longer_body_never_needs_fewer_segments(body: str, more: str) -> None:
    assert count_segments(body + more).segments >= count_segments(body).segments
