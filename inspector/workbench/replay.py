"""Sending again: the selection, or one callback edited, to any address, in order and one at a time."""

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from PySide6.QtGui import QAction

from inspector.session.errors import SessionError
from inspector.session.reader import SessionReader
from inspector.ui.menus import Entry
from inspector.workbench.bench import Tool
from inspector.workbench.chosen import NOTHING, chosen_callbacks

if TYPE_CHECKING:
    from inspector.ui.workbench.replay_window import ReplayWindow
    from inspector.workbench.replay_run import Wish

_MOST_WITHOUT_WINDOW: Final = 20
"""With more callbacks than these, Ctrl+R shows the window, where the sending can be watched and stopped."""

_RESULTS: Final = 200


class Replay(Tool):
    """Keeps the window, and sends."""

    window: "ReplayWindow | None" = None
    _task: "asyncio.Task[None] | None" = None
    _seqs: Sequence[int] = ()

    def set_up(self) -> None:
        window = self.bench.window
        window.menus.add_tool_group()
        resend = Entry("resend", "&Resend to the last address", "Ctrl+R")
        again = Entry("send_again", "Send &again…", "Ctrl+Shift+R")
        edit = Entry("edit_and_send", "&Edit and send…", "Ctrl+Alt+R")
        actions: list[QAction] = [
            window.add_tool(resend, lambda: self._spawn(self._resend(), "resend")),
            window.add_tool(again, lambda: self._spawn(self._open(edit=False), "send again")),
            window.add_tool(edit, lambda: self._spawn(self._open(edit=True), "edit and send")),
        ]
        window.add_row_actions(actions)

    def session_shown(self) -> None:
        """What was sent belongs to the session before."""
        self._stop()
        self._seqs = ()
        if self.window is not None:
            self.window.close()

    async def close(self) -> None:
        self._stop()
        if self._task is not None:
            with suppress(asyncio.CancelledError):
                await self._task
        if self.window is not None:
            self.window.close()

    # -- what is chosen -----------------------------------------------------------------------

    def _one(self, seqs: Sequence[int]) -> int | None:
        """The one callback to edit: that which the details show, where it is among the chosen."""
        shown = self.bench.window.detail.callback_seq
        return shown if shown in seqs else seqs[0] if len(seqs) == 1 else None

    # -- the window ---------------------------------------------------------------------------

    async def _open(self, *, edit: bool) -> None:
        seqs = await chosen_callbacks(self.bench)
        if not seqs:
            self.bench.note(NOTHING)
            return
        if edit:
            one = self._one(seqs)
            if one is None:
                self.bench.note("Choose one callback to edit: in the list of callbacks, or in the message's timeline.")
                return
            seqs = (one,)
        import inspector.workbench.replay_run  # noqa: F401 - two pieces: what the window is written in, and its widgets

        await asyncio.sleep(0)
        window = self._shown(seqs)
        if edit:
            window.edit_choice.setChecked(True)
        window.show()
        window.raise_()
        window.activateWindow()
        window.show_key(there=await self._key() is not None)

    def _shown(self, seqs: Sequence[int]) -> "ReplayWindow":
        """The window, with these callbacks in it."""
        from inspector.ui.workbench.replay_window import Progress
        from inspector.workbench.replay_run import not_kept

        window, reader = self._made(), self.bench.reader
        self._seqs = seqs
        window.show_callbacks(len(seqs), reader.callback(seqs[0]) if reader is not None and len(seqs) == 1 else None)
        settings = self.bench.settings
        known = [settings.replay_url, getattr(settings, "forward_url", "")]
        # What goes to our own address is captured again: offered, but never without being chosen.
        window.show_addresses([*known, self.bench.address or ""], next(filter(None, known), ""))
        if not window.isVisible() and reader is not None and not self._busy:
            window.results.set_rows(reader.replays(most=_RESULTS))
        if not self._busy:
            window.show_progress(Progress(), running=False, text=not_kept(self.bench))
        return window

    def _made(self) -> "ReplayWindow":
        if self.window is None:
            from inspector.capture.outgoing import with_target
            from inspector.ui.workbench.replay_window import ReplayWindow

            main = self.bench.window
            window = self.window = ReplayWindow(main.appearance, self.bench.tasks, with_target, main)
            window.send_wished.connect(self._on_send)
            window.stop_wished.connect(self._stop)
            window.closed.connect(self._stop)
        return self.window

    def _on_send(self) -> None:
        from inspector.workbench.replay_run import Wish

        window, path = self.window, self.bench.path
        if window is None or path is None or not self._seqs:
            return
        self.bench.settings.replay_url = window.url
        self.bench.save_settings()
        edited = window.edited()
        body = None if edited is None or not window.editor.body_changed else edited.body
        self._begin(Wish(path, self._seqs, window.url, window.speed, window.sign, edited, body))

    # -- sending ------------------------------------------------------------------------------

    async def _resend(self) -> None:
        from inspector.workbench.replay_run import Wish

        seqs, path, url = await chosen_callbacks(self.bench), self.bench.path, self.bench.settings.replay_url
        if not seqs or path is None:
            self.bench.note(NOTHING)
        elif not url:
            await self._open(edit=False)
        elif self._busy:
            self.bench.note("The last sending is still under way. Stop it in its window, or wait for its end.")
        else:
            if len(seqs) > _MOST_WITHOUT_WINDOW:
                self._shown(seqs).show()
            sign = self.window is not None and self.window.sign
            self._begin(Wish(path, seqs, url, None, sign))

    @property
    def _busy(self) -> bool:
        return self._task is not None and not self._task.done()

    def _begin(self, wish: "Wish") -> None:
        if not self._busy:
            self._task = self.bench.spawn(self._send(wish), "send again")

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()

    async def _send(self, wish: "Wish") -> None:
        from inspector.capture.replay import replay
        from inspector.workbench.replay_run import Run

        run = Run(self.bench, wish, lambda: self.window)
        ending = ""
        try:
            key = await self._key() if wish.sign else None
            if wish.sign and key is None:
                ending = "The signing key is not there any more: "
                return
            with SessionReader(wish.path) as reader:
                rows = wish.rows(reader)
                await replay(rows, wish.url, on_result=run.told, speed=wish.speed, signing_key=key)
        except asyncio.CancelledError:
            ending = "Stopped: "
        except (SessionError, sqlite3.Error) as error:
            ending = f"The session cannot be read any more ({error}): "
        finally:
            run.end(ending)
            await run.written()

    async def _key(self) -> str | None:
        found = await self.bench.secrets.signing_key()
        return None if found is None else found.key

    def _spawn(self, work: object, name: str) -> None:
        self.bench.spawn(work, name)
