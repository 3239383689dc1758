"""Timestamps: RFC 3339 date-times as nanoseconds, and the UTC texts of arrivals."""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

_RFC3339 = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt]([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60)(?:\.(\d+))?(?:([Zz])|([+-])([01]\d|2[0-3]):([0-5]\d))",
    re.ASCII,
)
_DAYS_BEFORE_MONTH = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)
_DAYS_IN_MONTH = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_EPOCH_DAY = 719_528  # days from 0000-01-01 to 1970-01-01 in the proleptic Gregorian calendar
_LONGEST_KEPT = 40
"""Characters. A stranger's timestamp may have a million digits, and is not worth the memory."""

_SECONDS = {f"{second:02d}": second * 1_000_000_000 for second in range(60)}
_SECOND_TEXTS = tuple(_SECONDS)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_SECOND, _LAST_SECOND = -62_135_596_800, 253_402_300_799  # of the years 0001 to 9999, which `datetime` has


def parse_timestamp(text: str) -> int | None:
    """Nanoseconds since 1970-01-01T00:00:00Z of an RFC 3339 date-time, or None if the text is none.

    Years 0000 to 9999 count, and so does the leap second where UTC has it (23:59:60). Digits
    beyond the nanosecond are dropped. Python's own parser takes forms that RFC 3339 does not
    have (a missing offset, a space, week dates), so it cannot serve here.
    """
    if len(text) == 20 and (seconds := _SECONDS.get(text[17:19])) is not None:
        # Without fraction and offset, as nearly always. The minute is often known.
        minute = _parsed(f"{text[:17]}00{text[19]}")
        return None if minute is None else minute + seconds
    return _parsed(text) if len(text) <= _LONGEST_KEPT else _parsed.__wrapped__(text)


@lru_cache(1024)
def _parsed(text: str) -> int | None:
    # Kept, because a callback's timestamp is asked for several times, and those of one second are alike.
    match = _RFC3339.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part) for part in match.group(1, 2, 3, 4, 5, 6))
    leap_year = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if not 1 <= month <= 12 or not 1 <= day <= _DAYS_IN_MONTH[month - 1] + (leap_year and month == 2):
        return None
    offset = 0
    if match[9]:
        offset = (int(match[10]) * 60 + int(match[11])) * (-1 if match[9] == "-" else 1)
    if second == 60 and (hour * 60 + minute - offset) % 1440 != 1439:
        return None
    past_years = year * 365 + (year + 3) // 4 - (year + 99) // 100 + (year + 399) // 400
    days = past_years + _DAYS_BEFORE_MONTH[month - 1] + (leap_year and month > 2) + day - 1 - _EPOCH_DAY
    fraction = int(((match[7] or "") + "000000000")[:9])
    return (((days * 24 + hour) * 60 + minute - offset) * 60 + second) * 1_000_000_000 + fraction


def utc_text(microseconds: int) -> str:
    """An arrival as text: `2026-11-23T10:00:00.123456Z`. `microseconds` count from 1970 in UTC."""
    minutes, rest = divmod(microseconds, 60_000_000)
    return f"{_minute_text(minutes)}:{_SECOND_TEXTS[rest // 1_000_000]}.{rest % 1_000_000:06d}Z"


@lru_cache(1024)
def _minute_text(minutes: int) -> str:
    # Kept, because an export writes the times of a session one after the other.
    return (_EPOCH + timedelta(minutes=minutes)).replace(tzinfo=None).isoformat(timespec="minutes")


def utc_microseconds(text: str) -> int:
    """Microseconds since 1970 of an arrival's text (any RFC 3339 date-time).

    Raises ValueError when the text is no date-time.
    """
    # In two parts, as nearly every arrival is of a minute that is known.
    whole, rest = (f"{text[:19]}Z", int(text[20:26])) if _as_written(text) else (text, 0)
    nanoseconds = parse_timestamp(whole)
    if nanoseconds is None or not _FIRST_SECOND <= nanoseconds // 1_000_000_000 <= _LAST_SECOND:
        raise ValueError(f"“{text[:40]}” is no RFC 3339 date and time")
    return nanoseconds // 1000 + rest


def _as_written(text: str) -> bool:
    return len(text) == 27 and text[19] == "." and text[26] == "Z" and text[20:26].isdigit() and text.isascii()


def to_microseconds(moment: datetime) -> int:
    """Microseconds since 1970 of an aware datetime, exactly (a float would lose the last digit)."""
    gap = moment - _EPOCH
    return (gap.days * 86_400 + gap.seconds) * 1_000_000 + gap.microseconds
