"""Who was turned away at the door, counted: what came is in no session. Free of aiohttp."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from inspector.runtime.carry_on import each

_SHORTEST_PAUSE: Final = 0.2
"""Seconds between two tellings, however many are turned away."""


class Refused(StrEnum):
    """Why something was turned away."""

    UNREADABLE = "unreadable"
    """It was no HTTP that could be read."""
    ELSEWHERE = "elsewhere"
    """It was sent to another path than the secret one."""
    CROWDED = "crowded"
    """There were as many connections as there may be."""
    FULL = "full"
    """All bodies together held as many bytes as they may."""
    NO_FILES = "no_files"
    """The system gave this program no more open files."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """The last one of its kind. `remote` is the address it came from, "" where that is not known; `moment` counts
    microseconds since 1970 (UTC); `hint` says what to do, "" where there is nothing to say."""

    reason: str
    remote: str
    moment: int
    hint: str = ""


class Refusals:
    """How many were turned away, and the last of each kind.

    `on_changed` are told at most five times a second, so that a flood costs nothing but counting.
    """

    def __init__(self) -> None:
        self.on_changed: list[Callable[[Refusals], None]] = []
        self._counts: dict[Refused, int] = {}
        self._last: dict[Refused, Refusal] = {}
        self._telling: asyncio.TimerHandle | None = None

    def count(self, kind: Refused) -> int:
        return self._counts.get(kind, 0)

    def last(self, kind: Refused) -> Refusal | None:
        return self._last.get(kind)

    def add(self, kind: Refused, reason: str, remote: str = "", hint: str = "") -> None:
        """Count one that was turned away. Called on the loop."""
        self._counts[kind] = self._counts.get(kind, 0) + 1
        before = self._last.get(kind)
        # A hint is worth more than the noise that comes behind it.
        kept = before.hint if before is not None and not hint else hint
        self._last[kind] = Refusal(reason, remote, time.time_ns() // 1000, kept)
        if self._telling is None and self.on_changed:
            self._telling = asyncio.get_running_loop().call_later(_SHORTEST_PAUSE, self.tell)

    def no_more_files(self) -> None:
        """Count a connection that could not be accepted, as the system gave no more open files."""
        self.add(Refused.NO_FILES, "")

    def clear(self) -> None:
        """Begin anew, as for another session."""
        if self._counts:
            self._counts.clear()
            self._last.clear()
            self.tell()

    def tell(self) -> None:
        """Tell now what is untold."""
        if self._telling is not None:
            self._telling.cancel()
            self._telling = None
        each("What was turned away is not shown", self.on_changed, self)


def words(refusals: Refusals, kind: Refused) -> str:
    """What happened, on one line; "" where nothing did."""
    count, last = refusals.count(kind), refusals.last(kind)
    if last is None:
        return ""
    whence = f", from {last.remote}" if last.remote else ""
    match kind:
        case Refused.UNREADABLE:
            return f"{_were(count, 'request', 'requests')} no HTTP that could be read (last: {last.reason}{whence})"
        case Refused.ELSEWHERE:
            what = _were(count, "request", "requests")
            return f"{what} sent to another path than the secret one, and answered 404 (last{whence or ': unknown'})"
        case Refused.CROWDED:
            what = _were(count, "connection", "connections")
            return f"{what} closed because there were too many at once (last: {last.reason}{whence})"
        case Refused.FULL:
            what = _were(count, "body", "bodies")
            return f"{what} answered 503 because all at once took too much memory (last: {last.reason}{whence})"
        case Refused.NO_FILES:
            return (
                "The system gave this program no more open files, so senders had to wait or were turned away. "
                "It goes on by itself"
            )


def _were(count: int, one: str, many: str) -> str:
    return f"1 {one} was" if count == 1 else f"{count:,} {many} were"
