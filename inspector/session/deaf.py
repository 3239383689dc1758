"""Deaf windows: when nothing could be received, and how a machine that slept is noticed.

A status callback that comes meanwhile is lost after at most three attempts within 15 seconds, and nothing tells the
receiver. So a session notes when it did not listen.
"""

import sqlite3
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

LONGEST_BEAT: Final = 5.0
"""Seconds. A sender waits so long for an answer (SignalWire's delivery contract); a shorter pause loses nothing."""


class Deafness(StrEnum):
    """Why nothing could be received."""

    STOPPED = "stopped"
    """Listening was stopped, or could not begin."""
    MOVED = "moved"
    """The address changed: who kept the old one is not heard any more."""
    ASLEEP = "asleep"
    """The machine slept."""
    STALLED = "stalled"
    """The program did not come to answer."""
    ENDED = "ended"
    """The program was closed, or ended."""


@dataclass(frozen=True, slots=True)
class DeafWindow:
    """A time without ears, in microseconds since 1970 (UTC). `until` is None while it lasts.

    `reason` is a Deafness, or whatever word a newer version wrote.
    """

    since: int
    until: int | None
    reason: str

    def overlaps(self, begin: int, end: int) -> bool:
        """Whether any of it lies between two moments."""
        return self.since <= end and (self.until is None or self.until >= begin)


@dataclass(frozen=True, slots=True)
class Gap:
    """A pause between two beats that was too long. `microseconds` is its length, never negative."""

    microseconds: int
    asleep: bool


def time_with_sleep() -> float:
    """Seconds on a clock that nobody sets and that goes on while the machine sleeps.

    Linux has it as CLOCK_BOOTTIME, macOS as CLOCK_MONOTONIC (Python's own monotonic clock stops there), and
    Windows' performance counter counts the sleep too.
    """
    clock = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))
    return time.monotonic() if clock is None else time.clock_gettime(clock)


class Heartbeat:
    """Notices a missed beat.

    The wall clock is of no use for it: it may be set, by hand or by the network, and a jump is no sleep. Measured is
    on a clock that counts the sleep; that it went further than the one that does not says that the machine slept
    and was not merely busy. Where both are the same (Windows), a long pause counts as sleep.
    """

    def __init__(
        self,
        with_sleep: Callable[[], float] = time_with_sleep,
        awake: Callable[[], float] = time.monotonic,
        *,
        longest: float = LONGEST_BEAT,
        tells_apart: bool = sys.platform != "win32",
    ) -> None:
        """Clocks in seconds; `longest` pause that is still a beat."""
        self._with_sleep = with_sleep
        self._awake = awake
        self._longest = longest
        self._tells_apart = tells_apart
        self._last = (with_sleep(), awake())

    def beat(self) -> Gap | None:
        """To be called every second or so. What was missed since the last call, if it is worth telling."""
        before, self._last = self._last, (self._with_sleep(), self._awake())
        passed, awake = self._last[0] - before[0], self._last[1] - before[1]
        if passed <= self._longest:
            return None
        asleep = not self._tells_apart or passed - awake > self._longest / 2
        return Gap(round(passed * 1_000_000), asleep)


def window_of(gap: Gap, now: int) -> DeafWindow:
    """The window that a missed beat makes of the time before `now` (microseconds since 1970)."""
    return DeafWindow(now - gap.microseconds, now, Deafness.ASLEEP if gap.asleep else Deafness.STALLED)


# -- in the session file, within a transaction of its owner ------------------------------------


def begin(connection: sqlite3.Connection, moment: int, reason: str) -> None:
    """Nothing is received from `moment` on. A window that is open already began earlier, and stays."""
    connection.execute(
        "INSERT INTO deaf SELECT NULL, ?, NULL, ? WHERE NOT EXISTS (SELECT 1 FROM deaf WHERE until IS NULL)",
        (moment, reason),
    )


def end(connection: sqlite3.Connection, moment: int) -> None:
    """Callbacks are received from `moment` on. The clock may have been set back meanwhile: no window ends earlier
    than it began."""
    connection.execute("UPDATE deaf SET until = max(since, ?) WHERE until IS NULL", (moment,))


def add(connection: sqlite3.Connection, window: DeafWindow) -> None:
    """A window that is over."""
    until = window.since if window.until is None else max(window.since, window.until)
    connection.execute("INSERT INTO deaf VALUES (NULL, ?, ?, ?)", (window.since, until, str(window.reason)))


def note_end(connection: sqlite3.Connection) -> None:
    """A session is opened again: it was deaf since it ended, or since its last callback where its end was none."""
    (ended,) = connection.execute("SELECT value FROM session WHERE key = 'ended_at'").fetchone()
    if ended is None:
        last = connection.execute("SELECT received FROM callbacks ORDER BY seq DESC LIMIT 1").fetchone()
        ended = None if last is None else last[0]
    if ended is not None:
        begin(connection, ended, Deafness.ENDED)
