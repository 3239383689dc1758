"""What was answered 503: kept in memory until it can be written, so that it is not lost with the answer."""

from collections import deque
from dataclasses import dataclass
from typing import Final

from inspector.session.records import Received

MOST_BYTES: Final = 64 << 20
_OVERHEAD: Final = 4096
"""Bytes that a callback takes beside its body and header lines: the judgement and the objects of it all."""


@dataclass(frozen=True, slots=True)
class Recovered:
    """Callbacks that could not be written when they came, and were later. `dropped`: those too many to keep."""

    written: int
    dropped: int

    @property
    def text(self) -> str:
        if not self.written:
            return "The session can be written again."
        what = "1 callback that was answered 503 is" if self.written == 1 else f"{self.written:,} callbacks are"
        told = "in the session now" if self.written == 1 else "in the session now that were answered 503"
        lost = f"; {self.dropped:,} older ones were too many to keep and are lost" if self.dropped else ""
        return f"The session can be written again: {what} {told}{lost}."


class Kept:
    """Callbacks in the order of arrival, at most so many bytes of them: the oldest are dropped, and counted."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self.dropped = 0
        self.written = 0
        self._most_bytes = most_bytes
        self._bytes = 0
        self._waiting: deque[Received] = deque()

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, received: Received) -> None:
        """Keep one more, the newest."""
        self._waiting.append(received)
        self._bytes += _size(received)
        while self._bytes > self._most_bytes and len(self._waiting) > 1:
            self._bytes -= _size(self._waiting.popleft())
            self.dropped += 1

    def take(self, most: int) -> list[Received]:
        """Take the oldest out."""
        taken = [self._waiting.popleft() for _ in range(min(most, len(self._waiting)))]
        self._bytes -= sum(map(_size, taken))
        return taken

    def put_back(self, taken: list[Received]) -> None:
        """Keep again what was taken out last."""
        self._waiting.extendleft(reversed(taken))
        self._bytes += sum(map(_size, taken))

    def recovered(self) -> Recovered:
        """What became of all that was kept; the counts begin anew."""
        recovered = Recovered(self.written, self.dropped)
        self.written = self.dropped = 0
        return recovered

    @property
    def waiting_text(self) -> str:
        """What to say while there is no session to write this into. Empty: nothing to say."""
        if not self:
            return ""
        them = "1 callback waits" if len(self) == 1 else f"{len(self):,} callbacks wait"
        return f"{them} for the next session that is captured into; the answer was 503."

    @property
    def lost_text(self) -> str:
        """What to say when the program ends and this could not be written. Empty: nothing to say."""
        count = len(self) + self.dropped
        if not count:
            return ""
        them = "1 callback that was" if count == 1 else f"{count:,} callbacks that were"
        return f"{them} answered 503 could not be written and will not be in the session; the sender may send again"


def _size(received: Received) -> int:
    return _OVERHEAD + len(received.body) + len(received.target) + 120 * len(received.headers)
