"""Timestamps against Python's calendar, the JSON Schema validator, and RFC 3339 where the two are unsure."""

from datetime import UTC, datetime, timedelta, timezone

import jsonschema_rs
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from inspector.callbacks.timestamps import parse_timestamp, to_microseconds, utc_microseconds, utc_text
from tests.strategies import timestamps

VALIDATOR = jsonschema_rs.validator_for(
    {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "string", "format": "date-time"},
    validate_formats=True,
)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
offsets = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.datetimes(timezones=offsets))
def test_every_moment_of_the_calendar_is_read_exactly(moment: datetime) -> None:
    nanoseconds = parse_timestamp(moment.isoformat())

    # Not moment.astimezone(UTC), which fails at either end of the calendar.
    naive = moment.replace(tzinfo=UTC) - EPOCH
    offset = moment.utcoffset()
    assert offset is not None
    assert nanoseconds == (naive - offset) // timedelta(microseconds=1) * 1000


@given(st.one_of(timestamps(), st.text(max_size=30)))
@settings(max_examples=500)
@example("2026-01-15T23:59:60Z")
def test_what_a_json_schema_validator_takes_is_taken(text: str) -> None:
    assert (parse_timestamp(text) is not None) == VALIDATOR.is_valid(text)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-17T22:26:57Z",
        "2026-03-17t22:26:57z",  # section 5.6: T and Z may be lower case
        "2026-03-17T22:26:57-00:00",  # section 4.3: an unknown local offset
        "2026-03-17T22:26:57.123456789012345678Z",  # time-secfrac has any number of digits
        "0000-01-01T00:00:00Z",  # section 1: the years 0000 to 9999; some validators refuse 0000
        "2024-02-29T12:00:00Z",
        "2000-02-29T12:00:00Z",
        "1998-12-31T23:59:60Z",  # section 5.7: a leap second, which many validators refuse
        "1998-12-31T15:59:60.123-08:00",
        "1999-01-01T08:59:60+09:00",
        # Leap seconds come at the end of a month only. That table is of the calendar, not of the grammar, and the
        # test suite of JSON Schema asks for 23:59 in UTC and no more; neither does this program.
        "2026-01-15T23:59:60Z",
    ],
)
def test_date_times_of_rfc_3339(text: str) -> None:
    assert parse_timestamp(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-03-17",
        "2026-03-17T22:26:57",  # the offset is required
        "2026-03-17 22:26:57Z",  # the grammar has T; a space is only for readers
        "2026-03-17T22:26Z",
        "2026-03-17T24:00:00Z",  # RFC 3339 restricts the hour to 23, other than ISO 8601
        "2026-03-17T22:60:00Z",
        "2026-03-17T22:26:61Z",
        "2026-03-17T22:26:60Z",  # 23:59 in UTC is the only minute with a second 60
        "1998-12-31T23:59:60+01:00",
        "2026-02-30T00:00:00Z",
        "2026-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "2026-04-31T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z",
        "2026-01-00T00:00:00Z",
        "2026-03-17T22:26:57+24:00",
        "2026-03-17T22:26:57+01:60",
        "2026-03-17T22:26:57+0100",
        "2026-03-17T22:26:57.Z",
        "2026-03-17T22:26:57,5Z",
        "2026-W12-2T22:26:57Z",
        "２０２６-03-17T22:26:57Z",
        "-026-03-17T22:26:57Z",  # date-fullyear is four digits; the validator of these tests takes the sign
        "2026-03-17T22:26:57Z\n",
        " 2026-03-17T22:26:57Z",
    ],
)
def test_other_texts_are_no_date_times(text: str) -> None:
    assert parse_timestamp(text) is None


def test_offsets_and_letter_case_name_the_same_instant() -> None:
    texts = ["22:26:57Z", "22:26:57.000z", "23:26:57+01:00", "14:26:57-08:00"]

    assert {parse_timestamp(f"2026-03-17T{text}") for text in texts} == {1_773_786_417_000_000_000}


def test_digits_beyond_the_nanosecond_are_dropped() -> None:
    assert parse_timestamp("1970-01-01T00:00:00.1234567899Z") == 123_456_789
    assert parse_timestamp("1970-01-01T00:00:00.5Z") == 500_000_000


def test_a_leap_second_lies_between_its_neighbours() -> None:
    before, leap, after = (
        parse_timestamp(text) for text in ("1998-12-31T23:59:59.999Z", "1998-12-31T23:59:60.5Z", "1999-01-01T00:00:01Z")
    )

    assert before is not None and leap is not None and after is not None  # noqa: PT018
    assert before < leap < after


@given(st.datetimes())
@example(datetime(1, 1, 1))  # noqa: DTZ001
@example(datetime(999, 12, 31, 23, 59, 59, 999_999))  # noqa: DTZ001
@example(datetime.max)  # noqa: DTZ901
def test_an_arrival_and_its_text_stand_for_each_other(naive: datetime) -> None:
    microseconds = to_microseconds(naive.replace(tzinfo=UTC))

    text = utc_text(microseconds)

    assert text == f"{naive.isoformat(timespec='microseconds')}Z"
    assert utc_microseconds(text) == microseconds
    assert VALIDATOR.is_valid(text)


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "2026-03-17", "0000-12-31T23:59:59Z", "9999-12-31T23:59:59-00:01", "0001-01-01T00:00:00+00:01"],
)
def test_an_arrival_that_no_calendar_has_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no RFC 3339 date and time"):
        utc_microseconds(text)
