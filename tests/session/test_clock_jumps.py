"""The clock of this machine jumps, ahead and back, while callbacks come: no length of time is ever negative."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.callbacks.findings import FindingCode
from inspector.session.reader import SessionReader
from inspector.session.retention import Keep
from inspector.session.session import Session
from tests.factories import RECEIVED, STARTED, make_callback, make_form_callback, make_session, stamp
from tests.session.test_retention import DAY, check_counts, seqs, trim_all

JUMPS = st.lists(st.integers(-40 * DAY, 40 * DAY), min_size=1, max_size=12)
STATUSES = st.sampled_from(["queued", "initiated", "sent", "delivered", "undelivered", "read"])


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_nothing_takes_less_than_no_time(data: st.DataObject) -> None:
    arrivals = [STARTED + jump for jump in data.draw(JUMPS)]
    callbacks = []
    for received in arrivals:
        status = data.draw(STATUSES)
        if data.draw(st.booleans()):
            callbacks.append(make_form_callback(received=received, MessageStatus=status))
        else:
            seconds = data.draw(st.integers(-100, 100))
            callbacks.append(make_callback(received=received, status=status, timestamp=stamp(seconds)))
    with TemporaryDirectory() as folder:
        path = make_session(Path(folder, "a.inspector"), callbacks)
        with SessionReader(path) as reader:
            for message in reader.messages():
                assert message.first_received <= message.last_received
                assert message.delivered_after is None or message.delivered_after >= 0
                if message.last_transition is not None:
                    assert message.first_received <= message.last_transition <= message.last_received
                for one in reader.findings(message.row):
                    if one.code in (FindingCode.LATE, FindingCode.CLOCK_SKEW):
                        assert "-" not in one.text.replace("sender's", "")
                        assert "−" not in one.text


def test_callbacks_of_a_clock_that_was_ahead_do_not_keep_the_rest_from_going(tmp_path: Path) -> None:
    """Ten years ahead, then set right: what came after goes in its time, and what came before with it."""
    ahead = RECEIVED + 3650 * DAY
    arrivals = [RECEIVED, *(ahead + number for number in range(300)), *(RECEIVED + number for number in range(20))]
    path = make_session(
        tmp_path / "a.inspector",
        [make_callback(id=f"m{number}", received=received) for number, received in enumerate(arrivals)],
    )
    with Session.open(path) as session:
        trim_all(session, Keep(days=2), now=RECEIVED + DAY)
        assert len(seqs(path)) == 321
        session.append([make_callback(id="new", received=RECEIVED + 5 * DAY)])
        trim_all(session, Keep(days=2), now=RECEIVED + 5 * DAY)
    assert seqs(path) == [322]
    check_counts(path)


def test_a_clock_that_was_set_back_takes_nothing_out(tmp_path: Path) -> None:
    path = make_session(tmp_path / "a.inspector", [make_callback(id=f"m{number}") for number in range(5)])
    with Session.open(path) as session:
        trim_all(session, Keep(days=2), now=RECEIVED - 3650 * DAY)
        assert len(seqs(path)) == 5
        trim_all(session, Keep(days=2), now=RECEIVED + 3 * DAY)
    assert seqs(path) == []


@settings(max_examples=60, deadline=None)
@given(JUMPS, st.integers(0, 50))
def test_what_came_within_the_time_to_keep_stays(jumps: list[int], days: int) -> None:
    """Whatever the clock did before: what has a time from `days` ago to now, and all that came after it, stays."""
    now = RECEIVED + days * DAY
    with TemporaryDirectory() as folder:
        path = make_session(
            Path(folder, "a.inspector"),
            [make_callback(id=f"m{number}", received=RECEIVED + jump) for number, jump in enumerate(jumps)],
        )
        with Session.open(path) as session:
            trim_all(session, Keep(days=2), now=now)
        left = seqs(path)
        check_counts(path)
    first = next((n for n, jump in enumerate(jumps, 1) if now - 2 * DAY <= RECEIVED + jump <= now), None)
    if first is not None:
        assert set(range(first, len(jumps) + 1)) <= set(left)
