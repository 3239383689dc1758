"""The running program: one session, one server, one window, and what the window's commands do with them."""

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from inspector import errands
from inspector.callbacks.error_codes import ErrorCatalogue
from inspector.capturing import Capturing, now
from inspector.runtime.carry_on import carrying_on
from inspector.runtime.folders import Folders
from inspector.runtime.memory import settle
from inspector.runtime.network import listening_words
from inspector.runtime.quit import QuitRequest
from inspector.runtime.resources import read_text, resource_path
from inspector.runtime.secrets import Secrets
from inspector.runtime.tasks import TaskScope
from inspector.session.errors import NotForCapture, SessionError, SessionInUse
from inspector.session.files import captured_elsewhere
from inspector.session.patience import once_unlocked
from inspector.settings import SettingsFile
from inspector.ui.first_paint import first_paint
from inspector.ui.main_window import MainWindow
from inspector.ui.theme import Appearance, Scheme

if TYPE_CHECKING:
    from inspector.capture.kept import Recovered
    from inspector.session.session import Session
    from inspector.workbench.bench import Bench

_log = logging.getLogger(__name__)
_LAST_SECONDS = 2.0
_NO_SESSION = (
    "Nothing is received until then. Begin a new session (Ctrl+N) when that is mended, or open one that lies in "
    "another folder (Ctrl+O) and start listening (F5)."
)


@dataclass(frozen=True, slots=True)
class Start:
    """What was asked for on the command line. None: as the settings say."""

    session: Path | None = None
    host: str | None = None
    port: int | None = None
    listen: bool = True
    demo: bool = False


class Program:
    """The running program: one session, one server, one window. It is the window's `Commands`."""

    def __init__(
        self,
        application: QApplication,
        folders: Folders,
        settings_file: SettingsFile,
        start: Start,
        tasks: TaskScope,
        secrets: Secrets,
    ) -> None:
        self._folders = folders
        self._settings_file = settings_file
        self._start = start
        self._tasks = tasks
        self._secrets = secrets
        self._turn = asyncio.Lock()
        self._automatic: set[Path] = set()
        self.settings = settings_file.load()
        self._saved = (self.settings.host, self.settings.port)
        self.quit_request = QuitRequest(application)
        self.appearance = Appearance(application, Scheme(self.settings.scheme))
        icon = QIcon(str(resource_path("icon.png")))
        catalogue = ErrorCatalogue.from_json(read_text("error_codes.json"))
        self.window = MainWindow(self.appearance, self.settings, self, catalogue, tasks, icon)
        self.window.address = self._address()
        self.capturing = Capturing(
            self.settings,
            tasks,
            on_failure=self._on_failure,
            on_recovered=self._on_recovered,
            on_trimmed=self.window.session_trimmed,
        )
        self.capturing.on_appended.append(lambda *_: self.window.session_changed())
        self.bench: Bench | None = None

    @property
    def listening_url(self) -> str | None:
        """Where callbacks are received, or None."""
        return self.capturing.address

    # -- the life of the program --------------------------------------------------------------

    async def run(self) -> int:
        """Show the window, listen, wait for the wish to quit, end in order. Returns the exit code."""
        self.window.show()
        try:
            async with self._turn:  # what the user wishes before there is a session comes after it
                await first_paint(self.window)
                await asyncio.to_thread(errands.import_the_rest)
                self.bench = self._prepared_bench()
                settle()
                await self._open_first()
            await self.window.complete()
            await self._set_up_bench()
            settle()
            if self._settings_file.problem:
                self.window.show_note(self._settings_file.problem)
            if self._start.demo:
                self._tasks.spawn(self._play(errands.play_demo), name="demo")
            await self.quit_request.wait()
        except SessionError as error:
            sys.stderr.write(f"inspector: {error}\n")
            return 2
        finally:
            await self._end()
        return 0

    def _prepared_bench(self) -> "Bench":
        from inspector.workbench.bench import Bench, Shared
        from inspector.workbench.early import EARLY

        return Bench.prepared(
            Shared(
                self.window,
                self.capturing,
                self.settings,
                self._save_settings,
                self._tasks,
                self._secrets,
                self._folders,
            ),
            EARLY,
        )

    async def _set_up_bench(self) -> None:
        from inspector.workbench.tools import TOOLS

        if self.bench is not None:
            await self.bench.set_up(TOOLS)

    def _save_settings(self) -> None:
        self._settings_file.save(self.settings)

    async def _open_first(self) -> None:
        from inspector.session.exchange.selection import Cancelled

        start = self._start
        asked_for = start.host is not None or start.port is not None or start.demo
        listen = start.listen and (asked_for or self.settings.listen_at_start)
        path = start.session
        if path is not None and path.exists():
            with suppress(Cancelled):
                await self._open(path, listen=listen)
                return
            path = None
        try:
            session = self._new(path)
        except SessionError as error:
            if start.session is not None and path is not None:
                raise
            self._show_listening(None, "Not listening")
            self.window.tell("No session can be begun", f"{error}\n\n{_NO_SESSION}")
            return
        await self._show(session, listen=listen)

    async def _end(self) -> None:
        with carrying_on("The sizes of the window are not remembered"):
            self.window.remember()
        self.window.hide()
        # A command that is under way ends first, unless it waits for the user; those behind it never begin.
        with suppress(TimeoutError):
            async with asyncio.timeout(_LAST_SECONDS):
                await self._turn.acquire()
        if self.bench is not None:
            await self.bench.close()
        await self._let_go()
        if self.capturing.lost_text:
            _log.error("%s", self.capturing.lost_text)
            print(f"inspector: {self.capturing.lost_text}", file=sys.stderr)  # noqa: T201 - the window is gone
        self._settings_file.save(self.settings)
        self.quit_request.close()

    async def _let_go(self) -> None:
        """Stop listening, commit, close the session."""
        await self.capturing.end()
        with carrying_on("The window did not let go of the session in order"):
            self.window.status.show_trouble(self.capturing.waiting_text)
            await self.window.close_session()
        session = self.capturing.give_back()
        if session is not None:
            nothing_in_it = session.empty
            session.close()
            if nothing_in_it and session.path in self._automatic:
                # Nobody named it and nothing came: it would only be in the way among the recent ones.
                session.path.unlink(missing_ok=True)
                self.settings.forget(session.path)

    # -- sessions -----------------------------------------------------------------------------

    def _new(self, path: Path | None = None) -> "Session":
        from inspector.session.session import SUFFIX, Session

        if path is None:
            path = self._folders.new_session(datetime.now(UTC).astimezone(), SUFFIX)
            self._automatic.add(path)
        return Session.create(path, started=now(), durable=self.settings.durable)

    async def _open(self, path: Path, *, listen: bool) -> None:
        """Show a session file, an exported JSON, or a session that another process captures into."""
        from inspector.session.exchange.json_import import looks_like_export
        from inspector.session.exchange.selection import Cancelled
        from inspector.session.session import Session

        shown = self._is_open(path)
        if shown and not listen:
            self.window.show_note("This session is the one that is open.")
            return
        if not shown and looks_like_export(path):
            path = await errands.imported(path, self._folders.sessions, self.window)
        if not listen:
            await self._show_saved(path)
            return
        try:
            session = await errands.opened(
                path, partial(Session.open, path, durable=self.settings.durable, patience=0.0), self.window
            )
        except SessionInUse:
            if shown:
                raise
            if not await errands.wants_to_watch(path, self.window):
                raise Cancelled from None
            await self._show_saved(path)
            return
        except NotForCapture as error:
            if shown:
                raise
            await self._show_saved(path)
            self.window.tell("Shown without listening", str(error))
            return
        await self._show(session, listen=True)

    def _is_open(self, path: Path) -> bool:
        """Whether a path names the session that is shown already. (Its file must not be opened in another way.)"""
        reader = self.window.panel.rows.reader
        try:
            return reader is not None and path.samefile(reader.path)
        except OSError:  # one of them is there no more
            return False

    async def _show_saved(self, path: Path) -> None:
        """Show a file without capturing into it. Another process may be doing so; then it is followed."""
        from inspector.session.reader import SessionReader

        # Whatever is wrong with it is told before the present session is let go.
        await errands.opened(path, lambda: SessionReader(path, patience=0.0).close(), self.window)
        was_listening = self.listening_url is not None
        await self._let_go()
        polled = captured_elsewhere(path)
        with carrying_on("Part of the session is not shown", but=SessionError):
            self.window.show_session(path, live=False, polled=polled)
        if self.bench is not None:
            self.bench.session_shown()
        self._show_listening(None, "Another process is capturing" if polled else "Saved session")
        if was_listening:
            self.window.show_note("Listening stopped, to show this session. A new session (Ctrl+N) listens again.")

    async def _show(self, session: "Session", *, listen: bool) -> None:
        await self._let_go()
        self.capturing.begin(session)
        with carrying_on("Part of the session is not shown", but=SessionError):
            self.window.show_session(session.path, live=listen, polled=False)
        if self.bench is not None:
            self.bench.session_shown()
        if listen:
            await self._listen()
        else:
            self._show_listening(None, "Not listening")

    # -- listening ----------------------------------------------------------------------------

    async def _listen(self) -> None:
        from inspector.capture.server import CannotListen, PortInUse

        if self.capturing.session is None:
            return
        self.window.address = host, port = self._address()
        match await self.capturing.listen(host, port):
            case PortInUse(port=port):
                self._show_listening(None, f"Port {port} is in use")
                self.window.ask_for_address(
                    f"Port {port} is already in use by another program. Choose another port, or 0 for any free one."
                )
            case CannotListen(text=text):
                self._show_listening(None, "Not listening")
                self.window.ask_for_address(text)
            case listening:
                self._show_listening(self.capturing.address, listening_words(listening.host))

    def _show_listening(self, url: str | None, text: str) -> None:
        self.window.show_listening(url, text)
        if self.bench is not None:
            self.bench.listening_changed()

    def _address(self) -> tuple[str, int]:
        host = self._start.host if self._start.host is not None else self.settings.host
        port = self._start.port if self._start.port is not None else self.settings.port
        return host, port

    def _on_failure(self, error: SessionError) -> None:
        _log.error("Callbacks are answered 503: %s", error)
        self.window.status.show_trouble(str(error))

    def _on_recovered(self, recovered: "Recovered") -> None:
        _log.warning("%s", recovered.text)
        self.window.status.show_trouble("")
        self.window.show_note(recovered.text)

    # -- Commands -----------------------------------------------------------------------------

    def start_listening(self) -> None:
        self._in_turn(self._start_listening(), "start listening")

    def stop_listening(self) -> None:
        self._in_turn(self._stop_listening(), "stop listening")

    def listen_at(self, host: str, port: int) -> None:
        self.settings.host, self.settings.port = host, port
        self._settings_file.save(self.settings)
        self._forget_asked_for()
        self._in_turn(self._start_listening(), "listen elsewhere")

    def _forget_asked_for(self) -> None:
        """The address of the settings was just chosen: it counts now, not that of the command line."""
        self._start = Start(listen=True)
        self._saved = self.window.address = self._address()

    def send_sample(self) -> None:
        self._tasks.spawn(self._play(errands.send_sample), name="send a sample")

    def new_session(self) -> None:
        self._in_turn(self._show_new(), "new session")

    def open_session(self, path: Path) -> None:
        self._in_turn(self._open(path, listen=False), f"open {path.name}")

    def clear_session(self) -> None:
        self._in_turn(self._clear(), "clear")

    def settings_changed(self) -> None:
        self._settings_file.save(self.settings)
        if self._settings_file.unsaved:
            self.window.show_note(self._settings_file.unsaved)
        self.window.settings_applied()
        if (self.settings.host, self.settings.port) != self._saved:
            self._forget_asked_for()
            if self.listening_url is not None:
                self._in_turn(self._start_listening(), "listen elsewhere")
        self.capturing.apply()

    def open_address(self, address: str) -> None:
        errands.open_documentation(address)

    def quit(self) -> None:
        self.quit_request.request()

    def _in_turn(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Run a command after those before it; tell what went wrong."""
        from inspector.session.exchange.selection import Cancelled

        async def run() -> None:
            try:
                async with self._turn:
                    await work
            except Cancelled:
                self.window.show_note("Cancelled.")
            except SessionError as error:
                self.window.tell("That did not work", str(error))
            finally:
                work.close()  # one that never had its turn

        self._tasks.spawn(run(), name=name)

    async def _start_listening(self) -> None:
        if self.capturing.session is None:
            path = self.window.panel.rows.reader
            await self._open(path.path, listen=True) if path is not None else await self._show_new()
            return
        await self._listen()

    async def _stop_listening(self) -> None:
        await self.capturing.stop()
        self._show_listening(None, "Not listening")

    async def _show_new(self) -> None:
        await self._show(self._new(), listen=True)

    async def _clear(self) -> None:
        from inspector.session.session import Session

        if self.capturing.session is None:
            path, durable = self._shown(), self.settings.durable
            open_it = partial(Session.open, path, durable=durable, patience=0.0)
            self.capturing.begin(await errands.opened(path, open_it, self.window))
        if self.capturing.session is not None:
            await once_unlocked(self.capturing.session.clear)
        self.window.session_changed()

    def _shown(self) -> Path:
        reader = self.window.panel.rows.reader
        if reader is None:
            raise SessionError("There is no session to clear.")
        return reader.path

    async def _play(self, play: Callable[[str], Awaitable[None]]) -> None:
        url = self.listening_url
        if url is None:
            self.window.show_note("Nothing is listening. Start listening first.")
        else:
            await play(f"{url}/sample")
