"""Which session is shown, and whether it is captured into: opened, shown, emptied and let go in one place."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from inspector import errands
from inspector.capturing import Capturing, now
from inspector.runtime.carry_on import carrying_on
from inspector.runtime.folders import Folders
from inspector.session.errors import NotForCapture, SessionError, SessionInUse
from inspector.session.files import captured_elsewhere
from inspector.session.patience import once_unlocked
from inspector.settings import Settings
from inspector.ui.main_window import MainWindow

if TYPE_CHECKING:
    from inspector.session.session import Session


class Sessions:
    """One session after the other. Nothing here may be called while something of it is under way.

    `on_shown` are told that another session is shown, `on_cleared` that the one which is shown was emptied. `listen`
    listens for the session there is; `tell_silence` says why nothing is received.
    """

    def __init__(
        self,
        window: MainWindow,
        capturing: Capturing,
        settings: Settings,
        folders: Folders,
        *,
        listen: Callable[[], Awaitable[None]],
        tell_silence: Callable[[str], None],
    ) -> None:
        self.on_shown: list[Callable[[], None]] = []
        self.on_cleared: list[Callable[[], None]] = []
        self._window = window
        self._capturing = capturing
        self._settings = settings
        self._folders = folders
        self._listen = listen
        self._tell_silence = tell_silence
        self._automatic: set[Path] = set()

    @property
    def path(self) -> Path | None:
        """The file of the session that is shown."""
        reader = self._window.panel.rows.reader
        return None if reader is None else reader.path

    # -- showing ------------------------------------------------------------------------------

    async def show_new(self, path: Path | None = None, *, listen: bool = True) -> None:
        """Make a session and show it; without `path` it gets a name of its own. Raises SessionError."""
        await self._show(self._new(path), listen=listen)

    async def open(self, path: Path) -> None:
        """Show a session file, an exported JSON, or a session that another process captures into, without listening.

        Raises SessionError, or Cancelled when the user does not wait for an import.
        """
        if self._is_shown(path):
            self._window.show_note("This session is the one that is open.")
        else:
            await self._show_saved(await self._as_file(path))

    async def go_on(self, path: Path) -> None:
        """Capture into the session of a file, or of an exported JSON. When another process does, the user is asked.

        Raises SessionError, or Cancelled when the user wants nothing of it.
        """
        from inspector.session.exchange.selection import Cancelled
        from inspector.session.session import Session

        shown = self._is_shown(path)
        if not shown:
            path = await self._as_file(path)
        try:
            session = await errands.opened(
                path, partial(Session.open, path, durable=self._settings.durable, patience=0.0), self._window
            )
        except SessionInUse:
            if shown:
                raise
            if not await errands.wants_to_watch(path, self._window):
                raise Cancelled from None
            await self._show_saved(path)
        except NotForCapture as error:
            if shown:
                raise
            await self._show_saved(path)
            self._window.tell("Shown without listening", str(error))
        else:
            await self._show(session, listen=True)

    async def let_go(self) -> None:
        """Stop listening, commit, close the session."""
        await self._capturing.end()
        with carrying_on("The window did not let go of the session in order"):
            self._window.status.show_trouble(self._capturing.waiting_text)
            await self._window.close_session()
        session = self._capturing.give_back()
        if session is not None:
            nothing_in_it = session.empty
            session.close()
            if nothing_in_it and session.path in self._automatic:
                # Nobody named it and nothing came: it would only be in the way among the recent ones.
                with suppress(OSError):
                    session.path.unlink(missing_ok=True)
                self._settings.forget(session.path)

    async def clear(self, path: Path) -> None:
        """Delete every callback and message of the session of this file, if it is the one that is shown.

        One that nobody captures into stays a saved one. Raises SessionError.
        """
        if path != self.path:
            raise SessionError("Another session is shown by now. Nothing was deleted.")
        session = self._capturing.session
        if session is not None:
            await once_unlocked(session.clear)
        else:
            await errands.opened(path, partial(_clear_saved, path), self._window)
        self._window.session_cleared()
        for told in self.on_cleared:
            told()

    def _new(self, path: Path | None) -> "Session":
        from inspector.session.session import SUFFIX, Session

        if path is None:
            path = self._folders.new_session(datetime.now(UTC).astimezone(), SUFFIX)
            self._automatic.add(path)
        return Session.create(path, started=now(), durable=self._settings.durable)

    def _is_shown(self, path: Path) -> bool:
        """Whether a path names the session that is shown. (While it is captured into, no other way may lead to it.)"""
        shown = self.path
        try:
            return shown is not None and path.samefile(shown)
        except OSError:  # one of them is there no more
            return False

    async def _as_file(self, path: Path) -> Path:
        """A session file: the one of `path`, or the one that is made of the exported JSON there."""
        from inspector.session.exchange.json_import import looks_like_export

        if looks_like_export(path):
            return await errands.imported(path, self._folders.sessions, self._window)
        return path

    async def _show_saved(self, path: Path) -> None:
        """Show a file without capturing into it. Another process may be doing so; then it is followed."""
        from inspector.session.reader import SessionReader

        # Whatever is wrong with it is told before the present session is let go.
        await errands.opened(path, lambda: SessionReader(path, patience=0.0).close(), self._window)
        was_listening = self._capturing.url is not None
        await self.let_go()
        polled = captured_elsewhere(path)
        await self._shown(path, live=False, polled=polled)
        self._tell_silence("Another process is capturing" if polled else "Saved session")
        if was_listening:
            self._window.show_note("Listening stopped, to show this session. A new session (Ctrl+N) listens again.")

    async def _show(self, session: "Session", *, listen: bool) -> None:
        await self.let_go()
        self._capturing.begin(session)
        await self._shown(session.path, live=listen, polled=False)
        if listen:
            await self._listen()
        else:
            self._tell_silence("Not listening")

    async def _shown(self, path: Path, *, live: bool, polled: bool) -> None:
        try:
            with carrying_on("Part of the session is not shown", but=SessionError):
                self._window.show_session(path, live=live, polled=polled)
        except SessionError:
            await self.let_go()
            self._tell_silence("Not listening")
            raise
        finally:
            for told in self.on_shown:
                told()


def _clear_saved(path: Path) -> None:
    """Clear a session that nobody captures into. In a thread: it may be large."""
    from inspector.session.reader import SessionReader
    from inspector.session.session import Session

    with SessionReader(path) as reader:
        ended = reader.info().ended_at
    with Session.open(path, patience=0.0) as session:
        try:
            session.clear()
        finally:
            if ended is not None:  # it was opened for capture, which it did not come to
                session.end(ended)
