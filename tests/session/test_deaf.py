"""When nothing could be received."""

from pathlib import Path

import pytest

from inspector.session.deaf import Deafness, DeafWindow, Gap, Heartbeat, time_with_sleep, window_of
from inspector.session.reader import SessionReader
from inspector.session.session import Session
from tests.factories import RECEIVED, STARTED, make_callback, make_session


class Clocks:
    """Two clocks that a test turns: one that counts sleep, one that does not."""

    def __init__(self) -> None:
        self.with_sleep = self.awake = 0.0

    def heartbeat(self, *, tells_apart: bool = True) -> Heartbeat:
        return Heartbeat(lambda: self.with_sleep, lambda: self.awake, tells_apart=tells_apart)

    def work(self, seconds: float) -> None:
        self.with_sleep += seconds
        self.awake += seconds


def windows(path: Path) -> list[DeafWindow]:
    with SessionReader(path) as reader:
        return reader.deaf_windows()


def test_a_regular_beat_misses_nothing() -> None:
    clocks = Clocks()
    heartbeat = clocks.heartbeat()
    for _ in range(100):
        clocks.work(1.2)
        assert heartbeat.beat() is None


def test_sleep_and_standstill_are_told_apart() -> None:
    clocks = Clocks()
    heartbeat = clocks.heartbeat()
    clocks.work(1)
    clocks.with_sleep += 3600
    assert heartbeat.beat() == Gap(3_601_000_000, asleep=True)
    clocks.work(8)
    assert heartbeat.beat() == Gap(8_000_000, asleep=False)
    clocks.work(1)
    assert heartbeat.beat() is None


def test_where_both_clocks_count_sleep_a_long_pause_is_sleep() -> None:
    clocks = Clocks()
    heartbeat = clocks.heartbeat(tells_apart=False)
    clocks.work(60)
    assert heartbeat.beat() == Gap(60_000_000, asleep=True)


def test_a_clock_that_goes_back_makes_no_window() -> None:
    clocks = Clocks()
    heartbeat = clocks.heartbeat()
    clocks.with_sleep -= 100
    assert heartbeat.beat() is None


def test_the_clock_that_counts_sleep_runs() -> None:
    before = time_with_sleep()
    assert time_with_sleep() >= before


def test_a_window_ends_at_the_moment_that_it_was_noticed() -> None:
    assert window_of(Gap(5, asleep=False), 100) == DeafWindow(95, 100, Deafness.STALLED)


def test_stopping_and_starting_make_one_window(tmp_path: Path) -> None:
    path = tmp_path / "s.inspector"
    with Session.create(path, started=STARTED) as session:
        session.deafen(10, Deafness.STOPPED)
        session.deafen(20, Deafness.STOPPED)
        assert windows(path) == [DeafWindow(10, None, "stopped")]
        session.hear(30)
        session.hear(40)
    assert windows(path) == [DeafWindow(10, 30, "stopped")]


@pytest.mark.parametrize("until", [5, -5, 10])
def test_a_clock_set_back_makes_no_negative_window(tmp_path: Path, until: int) -> None:
    path = tmp_path / "s.inspector"
    with Session.create(path, started=STARTED) as session:
        session.deafen(10, Deafness.STOPPED)
        session.hear(until)
        session.record_deaf(DeafWindow(10, until, Deafness.ASLEEP))
    assert [(one.since, one.until) for one in windows(path)] == [(10, 10), (10, 10)]


def test_a_session_is_deaf_from_its_end_until_it_listens_again(tmp_path: Path) -> None:
    path = tmp_path / "s.inspector"
    with Session.create(path, started=STARTED) as session:
        session.end(50)
    with Session.open(path) as session:
        session.hear(90)
        session.end(200)
    assert windows(path) == [DeafWindow(50, 90, "ended"), DeafWindow(200, None, "ended")]


def test_what_was_stopped_before_the_end_counts_from_there(tmp_path: Path) -> None:
    path = tmp_path / "s.inspector"
    with Session.create(path, started=STARTED) as session:
        session.deafen(30, Deafness.STOPPED)
        session.end(50)
    with Session.open(path) as session:
        session.hear(90)
    assert windows(path) == [DeafWindow(30, 90, "stopped")]


def test_a_killed_process_was_deaf_since_its_last_callback(tmp_path: Path) -> None:
    path = make_session(tmp_path / "s.inspector", [make_callback()])
    with Session.open(path) as session:
        session.hear(RECEIVED + 5)
    assert windows(path) == [DeafWindow(RECEIVED, RECEIVED + 5, "ended")]


def test_a_file_of_the_first_version_has_none(tmp_path: Path) -> None:
    path = tmp_path / "s.inspector"
    with Session.create(path, started=STARTED) as session:
        session._connection.executescript("DROP TABLE deaf; DROP TABLE logged")
    with SessionReader(path) as reader:
        assert reader.deaf_windows() == []
        assert reader.logged("x") is None
        assert list(reader.logged_rows()) == []
    with Session.open(path):
        pass
    assert windows(path) == []


@pytest.mark.parametrize(
    ("window", "overlaps"),
    [
        (DeafWindow(0, 9, "stopped"), False),
        (DeafWindow(0, 10, "stopped"), True),
        (DeafWindow(20, None, "stopped"), True),
        (DeafWindow(21, None, "stopped"), False),
        (DeafWindow(0, None, "stopped"), True),
    ],
)
def test_what_lies_between_two_moments(window: DeafWindow, overlaps: bool) -> None:
    assert window.overlaps(10, 20) is overlaps
