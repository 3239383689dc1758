"""The insight: what it counts, against a count of its own; later looks against a first one; what the marks filter."""

import math
import sqlite3
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.callbacks.payload import FIELDS
from inspector.session.conditions import Moment
from inspector.session.gathering import Gathering
from inspector.session.insight import EDGES, PARTS, WINDOW, Counted, Insight
from inspector.session.query import parse, term, words_for
from inspector.session.reader import SessionReader
from inspector.session.records import Received
from inspector.session.retention import Keep
from inspector.session.session import Session
from tests.factories import RECEIVED, STARTED, make_callback, make_moment, make_session, stamp
from tests.strategies import callbacks

MINUTE = 60_000_000
_ABOUT_FIELDS = ("missing", "type", "enum", "format")


def counted(reader: SessionReader, stalled_before: int | None = None) -> Insight:
    """The insight, counted plainly: every message and callback is read and looked at."""
    reached: Counter[str] = Counter()
    ended: Counter[str] = Counter()
    errors: Counter[str] = Counter()
    codes: Counter[str] = Counter()
    took = []
    messages = list(reader.messages())
    for message in messages:
        reached.update({one.status for one in reader.transitions(message.row)})
        if message.status in ("undelivered", "failed"):
            ended[message.status] += 1
        errors[message.error_code or ""] += 1
        found = {finding.code.value for finding in reader.findings(message.row)}
        waits = message.last_transition is not None and not message.terminal
        if stalled_before is not None and waits and (message.last_transition or 0) <= stalled_before:
            found.add("stalled")
        codes.update(found)
        if message.delivered_after is not None:
            took.append(message.delivered_after)
    took.sort()
    seconds = Counter(callback.received // 1_000_000 for callback in reader.callbacks())
    newest = max(seconds, default=0)
    del errors[""]
    looked = Gathering().look(reader)  # for the parts that are checked by what they filter
    return Insight(
        callbacks=sum(seconds.values()),
        messages=len(messages),
        reached={status: reached[status] for status in ("queued", "initiated", "sent", "delivered", "read")},
        ended={status: ended[status] for status in ("undelivered", "failed")},
        delivered=len(took),
        percentiles=tuple(
            (part, at, sum(one >= at for one in took))  # type: ignore[misc] # compared as plain tuples
            for part in PARTS
            for at in [took[math.ceil(len(took) * part / 100) - 1]]
        )
        if took
        else (),
        buckets=tuple(
            (low, high, sum(low <= one < (high or math.inf) for one in took))  # type: ignore[misc]
            for low, high in zip(EDGES, (*EDGES[1:], None), strict=True)
        ),
        errors=ranked(errors),
        findings=ranked(codes),
        drift=looked.drift,
        seconds={second: number for second, number in seconds.items() if second > newest - WINDOW},
    )


def ranked(counts: Counter[str]) -> tuple[Counted, ...]:
    return tuple(Counted(*item) for item in sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def rows(reader: SessionReader, text: str, moment: Moment | None = None) -> tuple[int, int]:
    """How many messages and callbacks a filter shows."""
    query = parse(text, moment or make_moment())
    return len(reader.message_ids(query.messages)), len(reader.callback_ids(query.callbacks))


@settings(deadline=None, max_examples=40)
@given(batches=st.lists(st.lists(callbacks(), min_size=1, max_size=8), min_size=1, max_size=4))
def test_every_look_counts_what_is_there(
    tmp_path_factory: pytest.TempPathFactory, batches: Sequence[Sequence[Received]]
) -> None:
    path = tmp_path_factory.mktemp("insight") / "a.inspector"
    make_session(path)
    gathering = Gathering()
    with Session.open(path) as session, SessionReader(path) as reader:
        for batch in batches:
            session.append(batch)
            seen = gathering.look(reader, RECEIVED)
            assert seen == counted(reader, RECEIVED)
            assert seen == Gathering().look(reader, RECEIVED)


@settings(deadline=None, max_examples=40)
@given(batch=st.lists(callbacks(), min_size=1, max_size=25))
def test_every_mark_filters_as_many_rows_as_it_counts(
    tmp_path_factory: pytest.TempPathFactory, batch: list[Received]
) -> None:
    path = make_session(tmp_path_factory.mktemp("insight") / "a.inspector", batch)
    with SessionReader(path) as reader:
        now = RECEIVED + MINUTE
        moment = make_moment(now=now, stalled_after=MINUTE)
        seen = Gathering().look(reader, now - MINUTE)
        for status, number in seen.reached.items():
            assert rows(reader, f"reached:{status}")[0] == number
        for status, number in seen.ended.items():
            assert rows(reader, f"status:{status}")[0] == number
        for low, high, number in seen.buckets:
            text = f"took:>={low}ms" if high is None else f"took:{low}ms..{high}ms"
            assert rows(reader, text)[0] == number
        for _, at, slowest in seen.percentiles:
            assert rows(reader, f"took:>={at}ms")[0] == slowest
        for code, number in seen.findings:
            assert rows(reader, f"finding:{code}", moment)[0] == number
        for code, number in seen.errors:
            assert rows(reader, term("error", code))[0] >= number  # other texts may speak of it
        for field in seen.drift.fields:
            assert rows(reader, term("field", field.name))[1] == field.callbacks
            assert sum(number for _, number in field.kinds) == field.callbacks
        for name, number in seen.drift.unknown:
            assert rows(reader, term("field", name))[1] == number
        for code, number in seen.drift.bodies:
            assert rows(reader, f"problem:{code}")[1] == number


@given(value=st.text(min_size=0, max_size=20))
def test_a_term_has_just_the_value(value: str) -> None:
    from inspector.session.query import split

    (one,) = split(term("field", value))
    assert (one.key, one.values, one.negated) == ("field", (value,), False)


def test_what_was_taken_out_is_not_counted(tmp_path: Path) -> None:
    path = make_session(tmp_path / "a.inspector", [make_callback(id=str(number)) for number in range(6)])
    clock = iter(range(0, 10_000, 1000))
    gathering = Gathering(lambda: next(clock))
    with Session.open(path) as session, SessionReader(path) as reader:
        assert gathering.look(reader).reached["queued"] == 6
        session.trim(Keep(callbacks=2), STARTED)
        assert gathering.look(reader).reached["queued"] == 6  # reading it anew costs more than it tells: not yet
        for _ in range(9):
            next(clock, None)
        gathering._not_before = -1.0
        gathering._clock = lambda: 0.0
        assert gathering.look(reader) == counted(reader)
        session.clear()
        assert gathering.look(reader) == counted(reader)
        session.append([make_callback(id="new", status="sent")])
        assert gathering.look(reader).reached == {"queued": 0, "initiated": 0, "sent": 1, "delivered": 0, "read": 0}


def test_a_life_longer_than_its_strip(tmp_path: Path) -> None:
    batch = [make_callback(id="a", status="queued", timestamp=stamp(-1))]
    batch += [make_callback(id="a", status="sent", timestamp=stamp(number)) for number in range(20)]
    path = make_session(tmp_path / "a.inspector", batch)
    with SessionReader(path) as reader:
        assert Gathering().look(reader).reached["queued"] == 1
        assert rows(reader, "reached:queued") == (1, 21)
        assert rows(reader, "reached:initiated") == (0, 0)


def test_drift_names_fields_and_the_types_seen(tmp_path: Path) -> None:
    batch = [
        make_callback(id="a", number_of_segments="1"),
        make_callback(id="b", number_of_segments="1", carrier="X"),
        make_callback(id="c", number_of_segments=None, status="sennt"),
        make_callback(id="d", timestamp="noon", carrier="Y"),
        make_callback(id=1),
        make_callback(raw=b"{"),
        make_callback(raw=b'{"error_code": null}'),
    ]
    path = make_session(tmp_path / "a.inspector", batch)
    with SessionReader(path) as reader:
        drift = Gathering().look(reader).drift
    fields = {field.name: dict(field.kinds) for field in drift.fields}
    assert drift.fields[0].name == "number_of_segments"
    assert fields["number_of_segments"] == {"a string": 2, "null": 1, "missing": 1}
    assert fields["status"] == {"not an allowed value": 1, "missing": 1}
    assert fields["timestamp"] == {"wrong format": 1, "missing": 1}
    assert fields["id"] == {"a number": 1, "missing": 1}
    assert drift.unknown == (("carrier", 2),)
    assert drift.bodies == (("json", 1),)


def test_only_the_last_minutes_have_a_rate(tmp_path: Path) -> None:
    times = (RECEIVED - 500_000_000, RECEIVED, RECEIVED + 1_000_000, RECEIVED + 1_000_001)
    path = make_session(tmp_path / "a.inspector", [make_callback(id=str(one), received=one) for one in times])
    with SessionReader(path) as reader:
        assert sorted(Gathering().look(reader).seconds.values()) == [1, 2]


def test_a_look_that_was_stopped_leaves_nothing_half_counted(tmp_path: Path) -> None:
    path = make_session(tmp_path / "a.inspector", [make_callback(id=str(number)) for number in range(50)])
    gathering = Gathering()
    with SessionReader(path) as reader:
        reader._connection.set_progress_handler(lambda: 1, 100)
        with pytest.raises(sqlite3.OperationalError):
            gathering.look(reader)
        reader._connection.set_progress_handler(None, 0)
        assert gathering.look(reader) == counted(reader)


def test_a_later_look_costs_the_same_in_a_large_session(tmp_path: Path) -> None:
    """Counted in steps of SQLite's machine."""
    path = make_session(tmp_path / "a.inspector", [make_callback(id="0", status=one) for one in ("queued", "sent")])
    with closing(sqlite3.connect(path)) as connection:
        columns = [name for _, name, *_ in connection.execute("PRAGMA table_info(messages)")]
        others = ", ".join("row + n" if name == "row" else "'m' || n" if name == "id" else name for name in columns)
        numbers = "WITH RECURSIVE count(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM count WHERE n < 20000)"
        connection.execute(f"{numbers} INSERT INTO messages SELECT {others} FROM messages, count WHERE row = 1")
        connection.execute("UPDATE tallies SET count = count * 20001 WHERE name IN ('messages', 'status:sent')")
        connection.commit()
    gathering, steps, statements = Gathering(), [0], list[str]()
    with Session.open(path) as session, SessionReader(path) as reader:
        assert gathering.look(reader).reached["sent"] == 20_001

        def step() -> int:
            steps[0] += 10
            return 0

        reader._connection.set_progress_handler(step, 10)
        reader._connection.set_trace_callback(statements.append)
        gathering.look(reader)
        assert (steps[0] <= 500, len(statements) <= 9) == (True, True), (steps, statements)
        session.append([make_callback(id=f"new {number}") for number in range(10)])
        steps[0] = 0
        statements.clear()
        assert gathering.look(reader).reached["queued"] == 20_011
        assert steps[0] <= 3_000
        assert len(statements) <= 16


def test_fields_of_the_contract_are_offered() -> None:
    assert (*words_for("field"), "custom_variables") == FIELDS
    assert ">5s" in words_for("took")
