"""Tells in the status line who was turned away, and what stands open or shut at the door."""

import time
from typing import Final

from inspector.capture.refusals import Refusals, Refused, words
from inspector.ui.texts import one_line
from inspector.ui.workbench.notice import Notice
from inspector.workbench.bench import Bench, Tool

_COUNTED: Final = (Refused.UNREADABLE, Refused.ELSEWHERE, Refused.CROWDED, Refused.FULL)
_PAUSE: Final = 30.0
"""Seconds between two notes of one kind; the notice beside them always counts."""
_NO_KEY: Final = (
    "Every callback is answered 403: valid signatures are required in the preferences, and no signing key is set"
)


class Door(Tool):
    """Shows what the capture counted at the door."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self._notice = Notice(bench.window.appearance, "Turned away", bench.window)
        self._noted: dict[Refused, float] = {}

    def set_up(self) -> None:
        self.bench.window.status.add_notice(self._notice)
        self.bench.capturing.refusals.on_changed.append(self._on_refused)
        self.bench.capturing.on_applied.append(self._show)
        self._notice.clicked.connect(self._on_clicked)
        self._show()

    def listening_changed(self) -> None:
        self._show()

    async def close(self) -> None:
        self.bench.capturing.refusals.on_changed.remove(self._on_refused)
        self.bench.capturing.on_applied.remove(self._show)

    def _on_refused(self, refusals: Refusals) -> None:
        now = time.monotonic()
        for kind in Refused:
            if refusals.count(kind) and now - self._noted.get(kind, -_PAUSE) >= _PAUSE:
                self._noted[kind] = now
                self.bench.note(self._line(kind))
        self._show()

    def _on_clicked(self) -> None:
        self.bench.window.tell("Turned away", self._notice.accessibleDescription())

    def _line(self, kind: Refused) -> str:
        return one_line(f"{words(self.bench.capturing.refusals, kind)}.", 300)

    def _show(self) -> None:
        refusals = self.bench.capturing.refusals
        shown, lines = [], []
        if self.bench.settings.require_signature and self.bench.url is not None and not self.bench.capturing.has_key:
            shown.append("all answered 403")
            lines.append(f"{_NO_KEY}.")
        for kind in Refused:
            if not refusals.count(kind):
                continue
            lines.append(self._line(kind))
            last = refusals.last(kind)
            if last is not None and last.hint:
                lines.append(one_line(last.hint, 300))
        if turned_away := sum(refusals.count(kind) for kind in _COUNTED):
            shown.append(f"{turned_away:,} turned away")
        if refusals.count(Refused.NO_FILES):
            shown.append("no more open files")
        self._notice.show_words(f"⚠ {', '.join(shown)}" if shown else "", "\n".join(lines))
