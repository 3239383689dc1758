"""The filter language on both tables: every key, negation, quoting, errors with their place, and any text at all."""

import re
from collections.abc import Iterator
from datetime import UTC, date, timedelta, timezone

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from inspector.callbacks.findings import FindingCode
from inspector.callbacks.signature import SignatureState
from inspector.session.conditions import EVERYTHING, STALLED_AFTER, Moment
from inspector.session.query import KEYS, FilterError, Query, Term, parse, split, words_for
from inspector.session.reader import SessionReader
from tests.factories import RECEIVED, STARTED, make_callback, make_form_callback, make_moment, make_session, stamp

MINUTE = 60_000_000
LONG = "ж" * 100


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SessionReader]:
    """Seven messages a to g, and callbacks without one.

    seq  message  what
    1-2  a        queued, delivered; path /rest; two segments
    3    b        failed with 30003 "Unreachable destination handset", to +44..., body 100%
    4-5  c        sent, the same again (a duplicate), over path /relay?x=1; signature valid; 11 minutes later
    6    d        invalid only: status gone, no project
    7    SMform   form dialect: undelivered, no error
    8    -        unassigned: an empty array, PUT
    9    -        unassigned: truncated
    10   f        read, body with quotes and a comma, unknown field, an hour later
    """
    path = make_session(
        tmp_path_factory.mktemp("query") / "a.inspector",
        [
            make_callback(id="a", number_of_segments=2, body=LONG),
            make_callback(id="a", number_of_segments=2, body=LONG, status="delivered", timestamp=stamp(2)),
            make_callback(
                id="b", status="failed", error_code="30003", error_message="Unreachable destination handset",
                to="+447700900123", body="100%_sure", method="POST",
            ),
            make_callback(id="c", status="sent", target="/relay?x=1", received=RECEIVED + 11 * MINUTE,
                          timestamp="2026-03-17T22:37:57Z", signature=SignatureState.VALID),
            make_callback(id="c", status="sent", target="/relay?x=1", received=RECEIVED + 11 * MINUTE,
                          timestamp="2026-03-17T22:37:57Z"),
            make_callback(id="d", status="gone", project_id=5, to=None, number_of_segments="one"),
            make_form_callback(MessageStatus="undelivered"),
            make_callback(raw=b"[]", method="PUT"),
            make_callback(raw=b'{"id": "e"', too_large=10),
            make_callback(id="f", status="read", body='say "hi", friend', media=1, received=RECEIVED + 60 * MINUTE,
                          timestamp="2026-03-17T23:26:57Z", from_="+19990001111"),
        ],
    )  # fmt: skip
    with SessionReader(path) as opened:
        yield opened


MESSAGES = {1: "a", 2: "b", 3: "c", 4: "d", 5: "SM", 6: "f"}
LIVE = RECEIVED + 11 * MINUTE + STALLED_AFTER


def shown(reader: SessionReader, text: str, moment: Moment | None = None) -> tuple[str, list[int]]:
    """The messages that a filter shows, as their letters, and the callbacks."""
    query = parse(text, moment or make_moment())
    letters = [MESSAGES[row] for row in reader.message_ids(query.messages)]
    return " ".join(letters), list(reader.callback_ids(query.callbacks))


ALL = "a b c d SM f"
EVERY = list(range(1, 11))


CASES: list[tuple[str, str, list[int]]] = [
        ("", ALL, EVERY),
        ("   ", ALL, EVERY),
        # status
        ("status:delivered", "a", [2]),
        ("status:queued", "", [1]),
        ("status:delivered,failed", "a b", [2, 3]),
        ("STATUS:Delivered", "a", [2]),
        ("-status:delivered", "b c d SM f", [1, 3, 4, 5, 6, 7, 8, 9, 10]),
        # parts of texts
        ("to:+44", "b", [3]),
        ("to:+44,+1555123", "a b c SM f", [1, 2, 3, 4, 5, 7, 10]),
        ("-to:+44", "a c d SM f", [1, 2, 4, 5, 6, 7, 8, 9, 10]),  # an unknown number is not +44
        ("from:999000", "f", [10]),
        ("-from:5559870002", "f", [8, 9, 10]),
        ("body:parcel", "c d SM", [4, 5, 6, 7]),
        ("body:PARCEL", "c d SM", [4, 5, 6, 7]),
        ("body:%", "b", [3]),  # no wildcard
        ("body:_", "b", [3]),
        ("body:0%_s", "b", [3]),
        ("body:\\", "", []),
        ("id:sm5f1c", "SM", [7]),
        ("project:9d3a2c41", "a b c SM f", [1, 2, 3, 4, 5, 7, 10]),
        ("-project:9d3a2c41", "d", [6, 8, 9]),
        # error
        ("error:30003", "b", [3]),
        ("error:3000", "", []),  # a code is matched whole
        ("error:unreach", "b", [3]),
        ("-error:30003", "a c d SM f", [1, 2, 4, 5, 6, 7, 8, 9, 10]),
        # is
        ("is:valid", "a b c SM f", [1, 2, 3, 4, 5, 7, 10]),
        ("is:invalid", "d", [6, 8, 9]),
        ("is:unassigned", "", [8, 9]),
        ("-is:unassigned", ALL, [1, 2, 3, 4, 5, 6, 7, 10]),
        ("is:final", "a b SM f", [1, 2, 3, 7, 10]),
        ("is:open", "c d", [4, 5, 6]),
        ("is:failed", "b SM", [3, 7]),
        ("is:truncated", "", [9]),
        ("is:stalled", "", []),  # nothing stalls in a session that is not live
        ("-is:stalled", ALL, EVERY),
        ("is:failed,open", "b c d SM", [3, 4, 5, 6, 7]),
        # finding
        ("finding:duplicate", "c", [5]),
        ("finding:unknown_field", "f", [10]),
        ("finding:failure_without_error", "SM", [7]),
        ("finding:late", "", []),
        ("finding:stalled", "", []),
        ("-finding:duplicate,unknown_field", "a b d SM", [1, 2, 3, 4, 6, 7, 8, 9]),
        # problem
        ("problem:enum", "d", [6]),
        ("problem:type", "d", [6]),
        ("problem:json", "", [8]),
        ("problem:method", "", [8]),
        ("problem:too_large", "", [9]),
        ("-problem:json,too_large", ALL, [1, 2, 3, 4, 5, 6, 7, 10]),
        # time
        ("after:22:37", "c f", [4, 5, 10]),
        ("after:22:37:57.5", "f", [10]),
        ("before:22:37", "a b d SM", [1, 2, 3, 6, 7, 8, 9]),
        ("after:2026-03-17", ALL, EVERY),
        ("after:2026-03-17T23:00", "f", [10]),
        ('after:"2026-03-17 23:00"', "f", [10]),
        ("after:2026-03-18T00:00+01:00", "f", [10]),
        ("before:2026-03-17T22:26:58Z", "a b d SM", [1, 2, 3, 6, 7, 8, 9]),
        ("-after:22:37", "a b d SM", [1, 2, 3, 6, 7, 8, 9]),
        # numbers
        ("segments:2", "a", [1, 2]),
        ("segments:=2", "a", [1, 2]),
        ("segments:<2", "b c SM f", [3, 4, 5, 7, 10]),
        ("segments:>=1", "a b c SM f", [1, 2, 3, 4, 5, 7, 10]),
        ("-segments:1", "a d", [1, 2, 6, 8, 9]),
        ("seq:3", "b", [3]),
        ("seq:>8", "f", [9, 10]),
        ("seq:<=2", "a", [1, 2]),
        ("-seq:>1", "", [1]),  # a has a callback behind the first
        # lengths of time
        ("took:2s", "a", [1, 2]),
        ("took:2", "a", [1, 2]),
        ("took:>1999ms", "a", [1, 2]),
        ("took:>2s", "", []),
        ("took:<=0.05min", "a", [1, 2]),
        ("took:2s..1H", "a", [1, 2]),
        ("took:1s..2s", "", []),  # the end is not in it
        ("-took:>=0ms", "b c d SM f", [3, 4, 5, 6, 7, 8, 9, 10]),
        # states gone through
        ("reached:queued", "a", [1, 2]),
        ("reached:sent,read", "c f", [4, 5, 10]),
        ("reached:queued reached:delivered", "a", [1, 2]),
        ("-reached:queued", "b c d SM f", [3, 4, 5, 6, 7, 8, 9, 10]),
        # fields
        ("field:status", "d", [6]),
        ("field:to", "d", [6]),
        ("field:media", "f", [10]),
        ("field:med", "", []),
        ("-field:media", "a b c d SM", [1, 2, 3, 4, 5, 6, 7, 8, 9]),
        # the request
        ("path:/relay", "c", [4, 5]),
        ("path:x=1", "c", [4, 5]),
        ("-path:/rest", "c", [4, 5]),
        ("method:put", "", [8]),
        ("method:POST", ALL, [1, 2, 3, 4, 5, 6, 7, 9, 10]),
        ("dialect:form", "SM", [7]),
        ("dialect:unknown,form", "SM", [7]),
        ("-dialect:json", "SM", [7]),
        ("signature:valid", "c", [4]),
        ("signature:absent", ALL, [1, 2, 3, 5, 6, 7, 8, 9, 10]),
        # text
        ("unreachable", "b", [3]),
        ("+447700900123", "b", [3]),
        ("30003", "b", [3]),
        ('"your parcel"', "c d SM", [4, 5, 6]),
        ('-"your parcel"', "a b f", [1, 2, 3, 7, 8, 9, 10]),
        ("relay", "", [4, 5]),
        ("100%", "b", [3]),
        # together
        ("is:final -status:read to:+1555", "a SM", [1, 2, 7]),
        ("status:delivered status:failed", "", []),
        ("parcel status:sent", "c", [4, 5]),
        # quoting
        (r'body:"say \"hi\", friend"', "f", [10]),
        ('body:nothing,"hi\\", friend"',  "f", [10]),
        ("body:say\\ ", "", []),
        ('body:"100%"_sure', "b", [3]),  # quoted and plain parts of one value belong together
        ('body:""', "a b c d SM f", [1, 2, 3, 4, 5, 6, 7, 10]),
    ("mark:any", "", []),
    ("note:x", "", []),
    ("has:error", "b", [3]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "messages", "callbacks"), CASES)
def test_what_a_filter_shows(reader: SessionReader, text: str, messages: str, callbacks: list[int]) -> None:
    assert shown(reader, text) == (messages, callbacks)


@pytest.mark.parametrize("key", KEYS)
def test_every_key_is_tried_above(key: str) -> None:
    assert any(text.lower().startswith(f"{key}:") for text, _, _ in CASES)


@pytest.mark.parametrize(
    "text", [*(f"{key}:" for key in ("status", "is", "finding", "problem", "dialect", "signature"))]
)
def test_every_word_of_a_key_can_be_asked_for(reader: SessionReader, text: str) -> None:
    words = words_for(text[:-1])

    assert words
    for word in words:
        for each in (text + word, f"-{text}{word}", f"{text}{word.upper()}"):
            shown(reader, each, make_moment(now=LIVE))
    assert words_for("to") == ()


def test_negation_is_the_rest(reader: SessionReader) -> None:
    for key, values in {
        "to": ["+44", "x"],
        "error": ["30003"],
        "segments": ["1", ">1"],
        "is": ["stalled", "open"],
    }.items():
        for value in values:
            for moment in (make_moment(), make_moment(now=LIVE)):
                fits, rest = (shown(reader, f"{sign}{key}:{value}", moment) for sign in ("", "-"))
                assert sorted((fits[0] + " " + rest[0]).split()) == sorted(ALL.split())
                assert sorted(fits[1] + rest[1]) == EVERY


# The clock


def test_a_message_stalls_in_a_live_session(reader: SessionReader) -> None:
    assert shown(reader, "is:stalled", make_moment(now=LIVE)) == ("c", [4, 5])
    assert shown(reader, "finding:stalled", make_moment(now=LIVE)) == ("c", [4, 5])
    assert shown(reader, "is:stalled", make_moment(now=LIVE - 1)) == ("", [])
    assert shown(reader, "is:stalled", make_moment(now=LIVE - MINUTE, stalled_after=MINUTE)) == ("c", [4, 5])


@pytest.mark.parametrize(
    ("text", "uses"),
    [
        ("is:stalled", True),
        ("IS:Stalled", True),
        ("-finding:late,stalled", True),
        ("status:sent is:stalled", True),
        ("stalled", False),
        ("body:stalled", False),
        ("is:open", False),
        ("", False),
    ],
)
def test_a_filter_knows_whether_it_looks_at_the_clock(text: str, uses: bool) -> None:
    assert parse(text, make_moment()).uses_clock == uses


def test_a_time_without_a_day_is_of_the_moments_day_and_zone(reader: SessionReader) -> None:
    there = timezone(timedelta(hours=-8))

    assert shown(reader, "after:15:00", make_moment(zone=there))[0] == "f"
    assert shown(reader, "after:22:37", make_moment(day=date(2026, 3, 18)))[0] == ""
    assert shown(reader, "after:2026-03-17T15:00", make_moment(zone=there))[0] == "f"
    assert shown(reader, "after:2026-03-17T23:00Z", make_moment(zone=there))[0] == "f"


# Errors with their place


@pytest.mark.parametrize(
    ("text", "marked", "says"),
    [
        ("stauts:sent", "stauts:sent", "Did you mean “status:”"),
        ("to:+1 http://x", "http://x", "quotation marks"),
        ("to:+1 status:sennt is:open", "status:sennt", "queued, initiated, sent"),
        ("status:sent,gone", "status:sent,gone", "not “gone”"),
        ("finding:invalid", "finding:invalid", "Did you mean “is:invalid”?"),
        ("is:", "is:", "needs a value: valid, invalid"),
        ("-to:", "-to:", "needs a value"),
        ("to:,", "to:,", "needs a value"),
        ("after:25:00", "after:25:00", "is no time"),
        ("after:10:30:15:20", "after:10:30:15:20", "is no time"),
        ("after:soon", "after:soon", "is no time"),
        ("after:10", "after:10", "is no time"),
        ("before:2026-02-30", "before:2026-02-30", "is no time"),
        ("after:10:30:nan", "after:10:30:nan", "is no time"),
        ("segments:two", "segments:two", "takes a number"),
        ("segments:>", "segments:>", "takes a number"),
        ("seq:1.5", "seq:1.5", "takes a number"),
        ("seq:-1", "seq:-1", "takes a number"),
        ("to:+1 -", "-", "needs a term behind it"),
        ('to:+1 "open', '"open', "no partner"),
        ('body:"a"b"c d', '"c d', "no partner"),
        ("method:get finding:nothing", "finding:nothing", "duplicate"),
    ],
)
def test_an_error_marks_its_place_and_says_what_to_write(text: str, marked: str, says: str) -> None:
    with pytest.raises(FilterError) as raised:
        parse(text, make_moment())

    error = raised.value
    assert text[error.start : error.start + error.length] == marked
    assert says in str(error)


@pytest.mark.parametrize(
    "text", ["x" * 2001, "a " * 101, "to:" + ",".join("a" * 101), " ".join(["is:open,final"] * 51)]
)
def test_an_endless_filter_is_refused_before_sqlite_does(text: str) -> None:
    with pytest.raises(FilterError, match="at most") as raised:
        parse(text, make_moment())

    assert 0 <= raised.value.start < len(text)


def test_a_long_filter_still_runs(reader: SessionReader) -> None:
    assert shown(reader, "-zz " * 100)[0] == ALL
    assert shown(reader, "to:" + ",".join("+" * 100))[0] == "a b c SM f"
    assert shown(reader, "b" * 2000) == ("", [])


# The pieces


def test_terms_have_their_place() -> None:
    to, x = split('  -To:+1,"a b"  x')

    assert to == Term("to", ("+1", "a b"), negated=True, start=2, end=14)
    assert x == Term("", ("x",), negated=False, start=16, end=17)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("10:30", "10:30"),
        ('a"b c"d', "ab cd"),
        ('"back\\\\slash \\"\n"', 'back\\slash "\n'),
        ('""', ""),
        ("a,b", "a,b"),
    ],
)
def test_a_text_without_a_key_is_one_value(text: str, value: str) -> None:
    assert split(text) == [Term("", (value,), negated=False, start=0, end=len(text))]


def test_an_empty_filter_is_everything() -> None:
    assert parse(" \t", make_moment()) == Query(" \t", EVERYTHING, EVERYTHING)
    assert parse("", make_moment()).empty
    assert not parse("x", make_moment()).empty


fragments = st.one_of(
    st.sampled_from([f"{key}:" for key in KEYS]),
    st.sampled_from(
        ["is:open", "status:sent", "segments:>1", "after:10:30", "-", '"', "\\", ",", " ", ":", "%", "_", "'", ";"]
    ),
    st.sampled_from([code.value for code in FindingCode]),
    st.text(st.characters(), max_size=6),
)
filters = st.lists(fragments, max_size=8).map("".join)


@given(filters, st.sampled_from([None, LIVE]))
@settings(max_examples=500, deadline=None)
@example("\ud800 to:\udfff", None)
@example("after:9999-12-31T23:59:59-23:59", None)
@example("after:0001-01-01T00:00:00+23:59", None)
@example("after:10:30:1e300", None)
@example("\x00 body:\x00", None)
def test_any_text_is_a_filter_that_runs_or_an_error_with_a_place(
    reader: SessionReader, text: str, now: int | None
) -> None:
    query = error = None
    try:
        query = parse(text, make_moment(now=now))
    except FilterError as raised:
        error = raised
    if query is None:
        assert error is not None
        assert str(error)
        assert error.length > 0
        assert 0 <= error.start <= error.start + error.length <= len(text)
        return
    reader.message_ids(query.messages)
    reader.callback_ids(query.callbacks)
    reader.matching_messages([1, 2], query.messages)
    reader.matching_callbacks(0, query.callbacks)


@given(
    st.sampled_from(["", "to:", "from:", "body:", "id:", "project:", "error:", "path:", "method:"]),
    st.text(max_size=20),
)
def test_no_value_gets_into_the_sql(key: str, value: str) -> None:
    escaped = re.sub(r'(["\\])', r"\\\1", value)

    one, other = (parse(f'{key}"{text}"', make_moment()) for text in (escaped, "x"))

    assert (one.messages.sql, one.callbacks.sql) == (other.messages.sql, other.callbacks.sql)
    assert one.messages.sql.count("?") == len(one.messages.values)


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12))
@settings(max_examples=100, deadline=None)
def test_a_text_finds_the_body_it_stands_in(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    if "\x00" in text:  # SQLite's LIKE ends at it
        return
    escaped = re.sub(r'(["\\])', r"\\\1", text)
    path = tmp_path_factory.mktemp("found") / "a.inspector"
    make_session(path, [make_callback(id="1", body=f"before {text} after"), make_callback(id="2", body="nothing")])
    with SessionReader(path) as opened:
        query = parse(f'body:"{escaped}"', make_moment())
        rows = list(opened.message_ids(query.messages))
    assert rows[:1] == [1]
    assert rows == [1] or text.lower() in "nothing"


def test_the_default_moment_is_of_the_session() -> None:
    assert make_moment() == Moment(date(2026, 3, 17), UTC)
    assert STARTED < RECEIVED


def test_a_delivery_may_take_as_long_as_two_timestamps_can_be_apart() -> None:
    query = parse("took:>=827101617000ms", make_moment())
    assert query.messages.values == (827_101_617_000,)
    assert parse("took:<999999999999999d", make_moment()).messages.values == (10**15,)
