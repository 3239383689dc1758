"""The bench, which holds what the tools share, and the protocol of a tool."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from PySide6.QtWidgets import QWidget

from inspector.capturing import Capturing
from inspector.runtime.carry_on import carrying_on, each
from inspector.runtime.folders import Folders
from inspector.runtime.network import listening_words
from inspector.runtime.secrets import Secrets
from inspector.runtime.tasks import TaskScope
from inspector.session.reader import SessionReader
from inspector.settings import Settings
from inspector.ui.main_window import MainWindow

if TYPE_CHECKING:
    from inspector.session.records import Appended, Received
    from inspector.session.session import Session


class Tool:
    """One tool. It is told what happens, and closed when the program ends.

    It is made after the window is complete and listening may have begun, unless it is one of `early.EARLY`; what is
    heavy is imported in `page` or later.
    """

    def __init__(self, bench: "Bench") -> None:
        self.bench = bench

    def prepare(self) -> None:
        """Have the first callback received as it is set. Only of `early.EARLY`: before listening and `set_up`.

        The window is seen then, but not complete: nothing is to be made or shown in it.
        """

    def set_up(self) -> None:
        """Add pages, menu entries and listeners to the window and the bench."""

    def listening_changed(self) -> None:
        """`bench.url` changed."""

    def public_url_changed(self) -> None:
        """`bench.public_url` changed."""

    def session_shown(self) -> None:
        """Another session is shown (`bench.path`), captured into or not."""

    def session_cleared(self) -> None:
        """The session that is shown was emptied. Nothing of what was in it is to stay, as when another is shown."""
        self.session_shown()

    def appended(self, received: "Sequence[Received]", appended: "Sequence[Appended]") -> None:
        """Callbacks were committed. Called up to thousands of times a second: be quick."""

    async def close(self) -> None:
        """The program ends: stop children, close connections."""


@dataclass(frozen=True, slots=True)
class Shared:
    """What the program hands to the bench."""

    window: MainWindow
    capturing: Capturing
    settings: Settings
    save_settings: Callable[[], None]
    tasks: TaskScope
    secrets: Secrets
    folders: Folders


class Bench:
    """What tools share: the window, the capture, the settings, and each other."""

    def __init__(self, shared: Shared) -> None:
        self.window = shared.window
        self.capturing = shared.capturing
        self.settings = shared.settings
        self.save_settings = shared.save_settings
        self.tasks = shared.tasks
        self.secrets = shared.secrets
        self.folders = shared.folders
        self.tools: list[Tool] = []
        self.complete = False
        """Whether every tool is there, rather than those alone that count from the first callback on."""
        self._public_url: str | None = None

    @classmethod
    def prepared(cls, shared: Shared, tools: Iterable[type[Tool]]) -> Self:
        """A bench with the tools that count from the first callback on."""
        bench = cls(shared)
        for kind in tools:
            with carrying_on(f"The tool {kind.__name__} is not set"):
                bench._made(kind).prepare()
        return bench

    async def set_up(self, tools: Sequence[type[Tool]]) -> None:
        """Lay out the tools, in pieces between which the loop turns."""
        early = {type(tool): tool for tool in self.tools}
        for kind in tools:
            with carrying_on(f"The tool {kind.__name__} is missing"):
                tool = early.get(kind) or self._made(kind)
                tool.set_up()
            await asyncio.sleep(0)
        self.tools.sort(key=lambda tool: tools.index(type(tool)))
        self.capturing.apply()
        self.session_shown()
        self.listening_changed()
        self.complete = True
        self.spawn(asyncio.to_thread(import_module, "inspector.workbench.opened_later"), "read in what is opened later")

    def _made(self, kind: type[Tool]) -> Tool:
        tool = kind(self)
        self.tools.append(tool)
        if kind.appended is not Tool.appended:
            self.capturing.on_appended.append(tool.appended)
        return tool

    @property
    def url(self) -> str | None:
        """Where callbacks are received (`http://127.0.0.1:9797`), or None."""
        return self.capturing.url

    @property
    def public_url(self) -> str | None:
        """Where the world reaches `url`, through a tunnel or a proxy, which may have a path; None without one."""
        return self._public_url

    @public_url.setter
    def public_url(self, url: str | None) -> None:
        if url != self._public_url:
            self._public_url = url
            self.capturing.apply()
            each("The public address is not shown everywhere", [tool.public_url_changed for tool in self.tools])

    @property
    def address(self) -> str | None:
        """What senders on this machine are given: `url` with the secret path, if there is one."""
        return self.capturing.address

    @property
    def public_address(self) -> str | None:
        """What senders elsewhere are given: `public_url` with the secret path, if there is one."""
        return None if self._public_url is None else self.given(self._public_url)

    def given(self, public_url: str) -> str:
        """A public address as senders are given it: with the secret path, if there is one."""
        from inspector.capture.secret_path import with_secret_path  # of the capture, which is not read in at first

        return with_secret_path(public_url, self.settings.secret_path)

    @property
    def session(self) -> "Session | None":
        """The session that is captured into; None while a saved one, or another process's, is only shown."""
        return self.capturing.session

    @property
    def reader(self) -> SessionReader | None:
        """Reads the session that is shown, in the thread of the window."""
        return self.window.panel.rows.reader

    @property
    def path(self) -> Path | None:
        """The file of the session that is shown."""
        return None if self.reader is None else self.reader.path

    @property
    def dialog_parent(self) -> QWidget:
        return self.window

    def note(self, text: str) -> None:
        """Say something in the status line."""
        self.window.show_note(text)

    def spawn(self, work: Any, name: str) -> "asyncio.Task[Any]":
        """Start a coroutine."""
        return self.tasks.spawn(work, name=name)

    def use_secret_path(self, path: str) -> None:
        """Have every address begin with `path`; "" for none."""
        self.settings.secret_path = path
        self.save_settings()
        self.capturing.apply()
        if self.url is not None:
            self.window.show_listening(self.address, listening_words(self.window.address[0]))
        self.listening_changed()
        each("The address is not shown everywhere", [tool.public_url_changed for tool in self.tools])

    def listening_changed(self) -> None:
        each("What is listened at is not shown everywhere", [tool.listening_changed for tool in self.tools])

    def session_shown(self) -> None:
        each("The session is not shown everywhere", [tool.session_shown for tool in self.tools])

    def session_cleared(self) -> None:
        each("The session is not shown everywhere as cleared", [tool.session_cleared for tool in self.tools])

    async def close(self) -> None:
        for tool in reversed(self.tools):
            with carrying_on(f"The tool {type(tool).__name__} did not end in order"):
                await tool.close()
