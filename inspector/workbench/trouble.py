"""When something breaks: a report to copy, and what the last run left behind when it did not end in order."""

import asyncio
import math
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from inspector.runtime.report import report
from inspector.session.files import interrupted
from inspector.ui.menus import Entry
from inspector.workbench.bench import Bench, Tool

if TYPE_CHECKING:
    from inspector.ui.dialogs.trouble import TroubleDialog

_PAUSE: Final = 30.0
"""Seconds between two reports that come up by themselves."""
_REPORT: Final = Entry("report", "&Problem report…")


class Trouble(Tool):
    """Shows the report of an unexpected error, while the capture goes on; offers the session of a run that died."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self._dialog: TroubleDialog | None = None
        self._shown: set[str] = set()
        self._shown_at = -math.inf

    def set_up(self) -> None:
        self.bench.window.menus.add_help(_REPORT, lambda: self._show("What the logs say at present."))
        self.bench.window.error_shown.connect(self._on_error)
        self.bench.spawn(self._look_back(), "look back")

    def session_shown(self) -> None:
        # Now rather than at the end, which may never come: the next start looks at the recent ones, wherever they are.
        self.bench.save_settings()

    def _on_error(self, text: str) -> None:
        """Each kind once, and not one on top of the other: the status line names every one of them too."""
        now = time.monotonic()
        if text in self._shown or now - self._shown_at < _PAUSE:
            return
        self._shown.add(text)
        self._shown_at = now
        self._show(f"Something unexpected happened, and the program goes on: {text}.")

    def _show(self, what: str) -> None:
        self.bench.spawn(self._show_report(what), "problem report")

    async def _show_report(self, what: str) -> None:
        from inspector.ui.dialogs.trouble import TroubleDialog

        text = await asyncio.to_thread(report, self.bench.folders.logs)
        if self._dialog is None:
            self._dialog = TroubleDialog(self.bench.dialog_parent)
        self._dialog.show_report(what, text)
        self._dialog.show()

    async def _look_back(self) -> None:
        from inspector.runtime.dialogs import confirm

        known = [Path(one) for one in self.bench.settings.recent if Path(one) != self.bench.path]
        left = await asyncio.to_thread(interrupted, self.bench.folders.sessions, known)
        left = [path for path in left if path != self.bench.path]
        if not left:
            return
        title, accept = "The last run did not end in order", "Open the session"
        if await confirm(self.bench.dialog_parent, title, _told(left), accept):
            self.bench.window.open_session(left[0])


def _told(left: list[Path]) -> str:
    kept = f"Callback Inspector ended without closing “{left[0].stem}”. Every callback that was answered is kept in it."
    others = f" The same is true of {len(left) - 1} older sessions." if len(left) > 1 else ""
    return f"{kept}{others} Open it now? What the logs say is under Help, Problem report."
