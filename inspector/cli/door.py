"""What `inspector listen` says of those that were turned away: on standard error, and not too often."""

import time
from collections.abc import Callable
from typing import Final

from inspector.capture.refusals import Refusals, Refused, words

_PAUSE: Final = 10.0
"""Seconds between two lines of one kind."""


class DoorWarnings:
    """Warns of refusals; `close` says what is left to say."""

    def __init__(self, refusals: Refusals, warn: Callable[[str], None]) -> None:
        self._refusals = refusals
        self._warn = warn
        self._told: dict[Refused, int] = {}
        self._told_at: dict[Refused, float] = {}
        refusals.on_changed.append(self._on_changed)

    def close(self) -> None:
        """Say what was not said yet."""
        self._refusals.on_changed.remove(self._on_changed)
        for kind in Refused:
            if kind is not Refused.NO_FILES or kind not in self._told:
                self._tell(kind)

    def _on_changed(self, _: Refusals) -> None:
        now = time.monotonic()
        for kind in Refused:
            # That the files are used up is said once: it lasts, and can be said of every moment of it.
            pause = 60.0 if kind is Refused.NO_FILES else _PAUSE
            if now - self._told_at.get(kind, -pause) >= pause and self._tell(kind):
                self._told_at[kind] = now

    def _tell(self, kind: Refused) -> bool:
        count, last = self._refusals.count(kind), self._refusals.last(kind)
        if last is None or count == self._told.get(kind, 0):
            return False
        self._told[kind] = count
        self._warn(f"{words(self._refusals, kind)}{f'; {last.hint}' if last.hint else ''}")
        return True
