"""The running program: one session, one server, one window, and what the window's commands do with them."""

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from inspector import errands
from inspector.callbacks.error_codes import ErrorCatalogue
from inspector.capturing import Capturing
from inspector.runtime.carry_on import carrying_on
from inspector.runtime.folders import Folders
from inspector.runtime.memory import give_large_blocks_back, settle
from inspector.runtime.network import listening_words
from inspector.runtime.quit import QuitRequest
from inspector.runtime.resources import read_text, resource_path
from inspector.runtime.secrets import Secrets
from inspector.runtime.tasks import TaskScope
from inspector.session.errors import SessionError
from inspector.sessions import Sessions
from inspector.settings import SettingsFile
from inspector.turns import Turns
from inspector.ui.first_paint import first_paint
from inspector.ui.main_window import MainWindow
from inspector.ui.theme import Appearance, Scheme

if TYPE_CHECKING:
    from inspector.capture.kept import Recovered
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
        self.sessions = Sessions(
            self.window,
            self.capturing,
            self.settings,
            folders,
            listen=self._listen,
            tell_silence=lambda text: self._show_listening(None, text),
        )
        self.turns = Turns(
            tasks,
            on_failure=lambda error: self.window.tell("That did not work", str(error)),
            on_cancelled=lambda: self.window.show_note("Cancelled."),
        )
        self.quit_request.requested.connect(self.window.dialogs.close_all)
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
            async with self.turns.held():
                await first_paint(self.window)
                await asyncio.to_thread(errands.import_the_rest)
                self.bench = self._prepared_bench()
                settle()
                await self._open_first()
            await self.window.complete()
            await self._set_up_bench()
            settle()
            give_large_blocks_back()
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

        bench = Bench.prepared(
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
        self.sessions.on_shown.append(bench.session_shown)
        self.sessions.on_cleared.append(bench.session_cleared)
        return bench

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
                await (self.sessions.go_on(path) if listen else self.sessions.open(path))
                return
            path = None
        try:
            await self.sessions.show_new(path, listen=listen)
        except SessionError as error:
            if path is not None:
                raise
            self._show_listening(None, "Not listening")
            self.window.tell("No session can be begun", f"{error}\n\n{_NO_SESSION}")

    async def _end(self) -> None:
        with carrying_on("The sizes of the window are not remembered"):
            self.window.remember()
        self.window.hide()
        await self.turns.end(_LAST_SECONDS)
        if self.bench is not None:
            await self.bench.close()
        await self.sessions.let_go()
        if self.capturing.lost_text:
            _log.error("%s", self.capturing.lost_text)
            print(f"inspector: {self.capturing.lost_text}", file=sys.stderr)  # noqa: T201 - the window is gone
        self._settings_file.save(self.settings)
        self.quit_request.close()

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
        self.turns.take(self._start_listening(), "start listening")

    def stop_listening(self) -> None:
        self.turns.take(self._stop_listening(), "stop listening")

    def listen_at(self, host: str, port: int) -> None:
        self.settings.host, self.settings.port = host, port
        self._settings_file.save(self.settings)
        self._forget_asked_for()
        self.turns.take(self._start_listening(), "listen elsewhere")

    def _forget_asked_for(self) -> None:
        """The address of the settings was just chosen: it counts now, not that of the command line."""
        self._start = Start(listen=True)
        self.capturing.forget_port()
        self._saved = self.window.address = self._address()

    def send_sample(self) -> None:
        self._tasks.spawn(self._play(errands.send_sample), name="send a sample")

    def new_session(self) -> None:
        self.turns.take(self.sessions.show_new(), "new session")

    def open_session(self, path: Path) -> None:
        self.turns.take(self.sessions.open(path), f"open {path.name}")

    def clear_session(self, path: Path) -> None:
        self.turns.take(self.sessions.clear(path), "clear")

    def settings_changed(self) -> None:
        self._settings_file.save(self.settings)
        if self._settings_file.unsaved:
            self.window.show_note(self._settings_file.unsaved)
        self.window.settings_applied()
        if (self.settings.host, self.settings.port) != self._saved:
            self._forget_asked_for()
            if self.listening_url is not None:
                self.turns.take(self._start_listening(), "listen elsewhere")
        self.capturing.apply()

    def open_address(self, address: str) -> None:
        errands.open_documentation(address)

    def quit(self) -> None:
        self.quit_request.request()

    async def _start_listening(self) -> None:
        if self.capturing.session is not None:
            await self._listen()
        elif (path := self.sessions.path) is not None:
            await self.sessions.go_on(path)
        else:
            await self.sessions.show_new()

    async def _stop_listening(self) -> None:
        await self.capturing.stop()
        self._show_listening(None, "Not listening")

    async def _play(self, play: Callable[[str], Awaitable[None]]) -> None:
        url = self.listening_url
        if url is None:
            self.window.show_note("Nothing is listening. Start listening first.")
        else:
            await play(f"{url}/sample")
