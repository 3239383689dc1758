"""Counting what becomes of simulated callbacks, in memory that does not grow with their number."""

from collections import Counter
from typing import TYPE_CHECKING, Final

from inspector.ui.workbench.answer_words import answer_in_words
from inspector.ui.workbench.simulation import Figures

if TYPE_CHECKING:
    from inspector.capture.plan import PlannedCallback
    from inspector.capture.simulator import SendResult

_MOST_KINDS: Final = 50
_OTHERS: Final = "Other failures."


class Tally:
    """The figures of one run."""

    def __init__(self, messages: int, seed: int) -> None:
        self._messages = messages
        self._seed = seed
        self._finished = 0
        self._sent = 0
        self._answered = 0
        self._retries = 0
        self._given_up = 0
        self._times: Counter[int] = Counter()
        self._failures: Counter[str] = Counter()

    def add(self, callback: "PlannedCallback", result: "SendResult") -> None:
        """Count one attempt."""
        self._retries += result.attempt > 1
        if result.status is not None:
            self._times[round(result.seconds * 1000)] += 1
        if result.status is None or not 200 <= result.status < 300:
            text = result.error or "No reply." if result.status is None else answer_in_words(result.status)
            self._failures[text if text in self._failures or len(self._failures) < _MOST_KINDS else _OTHERS] += 1
        if result.again:
            return
        self._sent += 1
        self._answered += result.status is not None
        self._given_up += result.attempt > 1 and (result.status is None or result.status >= 500)
        self._finished += callback.ends

    def figures(self, state: str, *, running: bool) -> Figures:
        """How far it has come."""
        return Figures(
            state,
            self._seed,
            self._messages,
            min(self._finished, self._messages),
            self._sent,
            self._answered,
            self._retries,
            self._given_up,
            self._median(),
            max(self._times, default=None),
            self._failures.most_common(),
            running,
        )

    def _median(self) -> int | None:
        half, seen = (self._times.total() + 1) // 2, 0
        for milliseconds in sorted(self._times):
            seen += self._times[milliseconds]
            if seen >= half:
                return milliseconds
        return None
