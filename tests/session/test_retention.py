"""Retention: what is too old goes, a little at a time, and what stays is as whole as it was."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.session.conditions import EVERYTHING
from inspector.session.errors import SessionError
from inspector.session.reader import SessionReader
from inspector.session.records import Received
from inspector.session.retention import Keep, Trimmed
from inspector.session.session import Session
from tests.factories import RECEIVED, STARTED, make_callback, stamp

DAY = 86_400_000_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.inspector"


def trim_all(session: Session, keep: Keep, *, now: int = RECEIVED, most: int = 7) -> list[Trimmed]:
    """Every step until there is nothing left to do."""
    steps: list[Trimmed] = []
    reached = -1
    while True:
        step = session.trim(keep, now, most=most)
        if not step.callbacks and step.reached == reached:
            return steps
        reached = step.reached
        steps.append(step)


def seqs(path: Path) -> list[int]:
    with SessionReader(path) as reader:
        return list(reader.callback_ids(EVERYTHING))


def ids(path: Path) -> list[str]:
    with SessionReader(path) as reader:
        return [message.id for message in reader.messages()]


def check_counts(path: Path) -> None:
    """What is kept as a count is what there is to count."""
    with SessionReader(path) as reader, closing(sqlite3.connect(path)) as raw:
        counted = reader.count(EVERYTHING, EVERYTHING)
        assert reader.summary() == counted
        (loose,) = raw.execute("SELECT count(*) FROM callbacks WHERE message IS NULL").fetchone()
        assert reader.unassigned() == loose
        for message in reader.messages():
            callbacks = reader.callbacks_of(message.row)
            assert message.callbacks == len(callbacks) > 0
            assert message.invalid == sum(not one.valid for one in callbacks)
            known = {one.seq for one in callbacks}
            findings = reader.findings(message.row)
            assert {seq for finding in findings for seq in finding.callbacks} <= known
            assert {finding.code.value for finding in findings} == set(message.codes)
            assert {one.callback for one in reader.transitions(message.row)} <= known
        (strays,) = raw.execute(
            "SELECT (SELECT count(*) FROM callbacks WHERE message NOTNULL AND message NOT IN "
            "(SELECT row FROM messages)) + (SELECT count(*) FROM findings WHERE message NOT IN "
            "(SELECT row FROM messages)) + "
            "(SELECT count(*) FROM forwards WHERE callback NOT IN (SELECT seq FROM callbacks))"
        ).fetchone()
        assert strays == 0


def test_the_last_callbacks_are_kept(path: Path) -> None:
    with Session.create(path, started=STARTED) as session:
        session.append([make_callback(id=f"m{number}") for number in range(50)])
        trim_all(session, Keep(callbacks=20))
        assert seqs(path) == list(range(31, 51))
        assert ids(path) == [f"m{number}" for number in range(30, 50)]
        check_counts(path)
        session.append([make_callback(id="new")])
        trim_all(session, Keep(callbacks=20))
        assert seqs(path) == list(range(32, 52))


def test_those_of_the_last_days_are_kept(path: Path) -> None:
    with Session.create(path, started=STARTED) as session:
        session.append([make_callback(id=f"m{day}", received=RECEIVED + day * DAY) for day in range(10)])
        trim_all(session, Keep(days=2.5), now=RECEIVED + 10 * DAY)
        assert ids(path) == ["m8", "m9"]
        trim_all(session, Keep(days=2.5, callbacks=1), now=RECEIVED + 10 * DAY)
        assert ids(path) == ["m9"]
        trim_all(session, Keep(days=2.5), now=RECEIVED + 100 * DAY)
        assert ids(path) == []
        check_counts(path)


def test_a_message_that_still_lives_keeps_its_life_and_loses_its_repetitions(path: Path) -> None:
    with Session.create(path, started=STARTED) as session:
        session.append([make_callback(id="long", status="queued")])
        session.append([make_callback(id="long", status="queued") for _ in range(30)])
        session.append([make_callback(id=f"m{number}") for number in range(30)])
        session.append([make_callback(id="long", status="sent", timestamp=stamp(2))])
        trim_all(session, Keep(callbacks=10))
        assert ids(path) == ["long", *(f"m{number}" for number in range(21, 30))]
        assert seqs(path)[:2] == [1, 53]
        check_counts(path)
        session.append([make_callback(id="long", status="delivered", timestamp=stamp(3))])
    with SessionReader(path) as reader:
        message = reader.message_by_id("long")
        assert message is not None
        assert (message.status, message.strip, message.callbacks, message.codes) == ("delivered", "qsd", 3, ())


def test_a_message_goes_with_everything_that_is_its_own(path: Path) -> None:
    with Session.create(path, started=STARTED) as session:
        session.append([make_callback(id="a"), make_callback(b"{", content_type="application/json")])
        session.append([make_callback(id="a", status="failed"), make_callback(id="b"), make_callback(id="a")])
        trim_all(session, Keep(callbacks=0))
        check_counts(path)
        assert seqs(path) == []
        assert session.append([make_callback(id="a", status="sent")])[0].seq == 6
        with SessionReader(path) as reader:
            message = reader.message_by_id("a")
            assert message is not None
            assert (message.strip, message.callbacks, reader.trimmed()) == ("s", 1, 5)


def test_a_long_message_goes_in_several_steps(path: Path) -> None:
    with Session.create(path, started=STARTED) as session:
        session.append([make_callback(id="long", timestamp=stamp(number)) for number in range(100)])
        steps = trim_all(session, Keep(callbacks=0), most=10)
        assert max(len(step.callbacks) for step in steps) <= 10
        assert [step.messages for step in steps if step.messages] == [(1,)]
        check_counts(path)
        assert seqs(path) == []


def test_what_is_not_old_is_not_looked_at_again(path: Path) -> None:
    with Session.create(path, started=STARTED) as session:
        session.append([make_callback(id=str(number)) for number in range(500)])
        assert session.trim(Keep(callbacks=500), RECEIVED) == Trimmed()
        trim_all(session, Keep(callbacks=100))
        asked: list[str] = []
        session._connection.set_trace_callback(asked.append)
        session.trim(Keep(callbacks=100), RECEIVED)
        session._connection.set_trace_callback(None)
        assert any("seq > 400 " in statement for statement in asked)
        assert not any("DELETE" in statement for statement in asked)


def test_a_step_that_fails_takes_nothing_out(path: Path) -> None:
    with Session.create(path, started=STARTED) as session:
        session.append([make_callback(id=str(number)) for number in range(50)])
        session._connection.execute("PRAGMA query_only = ON")
        with pytest.raises(SessionError, match=r"a\.inspector cannot be written"):
            session.trim(Keep(callbacks=1), RECEIVED)
        session._connection.execute("PRAGMA query_only = OFF")
        trim_all(session, Keep(callbacks=1))
        assert seqs(path) == [50]


def _made(message: int, status: str, second: int, kind: str) -> Received:
    if kind == "unassigned":
        return make_callback(json.dumps({"status": status}).encode())
    return make_callback(
        id=f"m{message}", status=status if kind == "valid" else "sennt", timestamp=stamp(second), unknown=1
    )


_callbacks = st.builds(
    _made,
    st.integers(0, 5),
    st.sampled_from(["queued", "sent", "delivered", "failed"]),
    st.integers(0, 3),
    st.sampled_from(["valid", "valid", "valid", "invalid", "unassigned"]),
)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.lists(_callbacks, min_size=1, max_size=8), st.integers(0, 30)), min_size=1, max_size=6))
def test_whatever_came_and_went_the_counts_are_true(
    tmp_path_factory: pytest.TempPathFactory, rounds: list[tuple[list[Received], int]]
) -> None:
    path = tmp_path_factory.mktemp("session") / "a.inspector"
    gone = 0
    with Session.create(path, started=STARTED) as session:
        for batch, kept in rounds:
            last = session.append(batch)[-1].seq
            gone = max(gone, last - kept)
            trim_all(session, Keep(callbacks=kept), most=3)
            check_counts(path)
            with SessionReader(path) as reader:
                for message in reader.messages():
                    assert reader.callbacks_of(message.row)[-1].seq > last - kept
                assert all(
                    one.message is not None or one.seq > last - kept
                    for one in reader.callback_summaries(range(1, last + 1)).values()
                )
            assert set(range(max(0, gone) + 1, last + 1)) <= set(seqs(path))
