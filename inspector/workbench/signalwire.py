"""The tool “SignalWire”: a real message, the message log, and the times in which nothing could be received."""

import asyncio
import os
from collections.abc import Callable, Coroutine, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from inspector.session.deaf import DeafWindow, Heartbeat
from inspector.session.errors import SessionError
from inspector.ui.log_wording import window_times
from inspector.ui.menus import Entry
from inspector.workbench.bench import Bench, Tool

if TYPE_CHECKING:
    from inspector.callbacks.error_codes import ErrorCatalogue
    from inspector.capture.rest_api import RestApi
    from inspector.session.records import Appended, Received
    from inspector.ui.workbench.account_section import AccountEntered
    from inspector.ui.workbench.signalwire_page import SignalWirePage
    from inspector.workbench.signalwire_log import LogChecking
    from inspector.workbench.signalwire_sending import Sending

TITLE: Final = "SignalWire"
_VARIABLES: Final = ("SIGNALWIRE_TOKEN", "SIGNALWIRE_API_TOKEN")


class SignalWireTool(Tool):
    """Joins the page to the REST API and the session."""

    make_heartbeat: Callable[[], Heartbeat] = Heartbeat
    make_api: "Callable[[str, str, str], RestApi] | None" = None
    """Tests put in the client of a stand-in, and a clock of their own."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self.page: SignalWirePage | None = None
        self.sending: Sending | None = None
        self.checking: LogChecking | None = None
        self._tasks: set[asyncio.Task[Any]] = set()

    def set_up(self) -> None:
        entry = Entry("show_signalwire", "&Test message and message log", "Ctrl+Shift+M")
        self.bench.window.add_page(TITLE, self._make_page, entry)
        self.spawn(self._beat(), "heartbeat")

    def listening_changed(self) -> None:
        self._show_deaf()
        self._show_where()

    def public_url_changed(self) -> None:
        self._show_where()

    def session_shown(self) -> None:
        self._show_deaf()
        if self.sending is not None:
            self.sending.session_shown()
        if self.checking is not None:
            self.checking.session_shown()

    def session_cleared(self) -> None:
        self._show_deaf()
        if self.sending is not None:
            self.sending.session_cleared()
        if self.checking is not None:
            self.checking.session_cleared()

    def appended(self, _: "Sequence[Received]", appended: "Sequence[Appended]") -> None:
        if self.sending is not None:
            self.sending.appended(appended)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    def spawn(self, work: Coroutine[Any, Any, Any], name: str) -> "asyncio.Task[Any]":
        """A task that ends with the tool."""
        task = self.bench.spawn(work, name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    @property
    def public_url(self) -> str | None:
        """Where SignalWire reaches this program: through a tunnel of ours, or as the settings say."""
        own = self.bench.settings.public_url.strip()
        return self.bench.public_address or (self.bench.given(own) if own else None)

    @cached_property
    def catalogue(self) -> "ErrorCatalogue":
        from inspector.callbacks.error_codes import ErrorCatalogue
        from inspector.runtime.resources import read_text

        return ErrorCatalogue.from_json(read_text("error_codes.json"))

    def show_address(self) -> None:
        """Lead to the page that starts tunnels."""
        self.bench.window.menus.actions["show_address"].trigger()

    def refresh_details(self) -> None:
        """What the log says of the selected message is told in its details."""
        panel = self.bench.window.panel
        row = panel.messages.current_id()
        if row is not None:
            panel.messages_changed.emit({row})

    # -- the account --------------------------------------------------------------------------

    async def log_in(self) -> "RestApi":
        """A client for the account on the page. Raises ApiError when something of it is missing."""
        from inspector.capture.rest_api import ApiError, RestApi, Trouble, space_name

        assert self.page is not None  # noqa: S101 - only the page asks for it
        entered = self.page.account.entered
        space, project = space_name(entered.space), entered.project.strip()
        settings = self.bench.settings
        if (space, project) != (settings.space, settings.project):
            settings.space, settings.project = space, project
            self.bench.save_settings()
        token = entered.token.strip() or await self._kept_token(space, project) or ""
        if not token.isprintable():
            raise ApiError(Trouble.ACCOUNT, "The token has characters that no token has. Copy it again.")
        return (self.make_api or RestApi)(space, project, token)

    async def accepted(self, api: "RestApi") -> None:
        """The account was right: a token that was typed is kept."""
        if self.page is None:
            return
        token = self.page.account.entered.token.strip()
        self.page.account.show_account(self.bench.settings.space, self.bench.settings.project)
        if token:
            await self.bench.secrets.keep(self._token_name(api.space, self.bench.settings.project), token)
            self.page.account.clear_token()
            await self._show_token()

    async def _check_account(self, _: "AccountEntered") -> None:
        from inspector.capture.rest_api import ApiError
        from inspector.ui.workbench.checklist import Step, StepState
        from inspector.workbench.trial import refusal

        assert self.page is not None  # noqa: S101 - it asks
        account = self.page.account
        account.show_result(Step(StepState.WAITING, "Asking SignalWire"))
        try:
            api = await self.log_in()
            async with api:
                await api.check()
            await self.accepted(api)
        except ApiError as error:
            account.show_result(refusal(error, self.catalogue))
            return
        account.show_result(Step(StepState.DONE, f"{api.space}.signalwire.com accepts the project and the token"))

    async def _forget_token(self) -> None:
        settings = self.bench.settings
        await self.bench.secrets.keep(self._token_name(settings.space, settings.project), None)
        await self._show_token()

    async def _show_token(self) -> None:
        settings = self.bench.settings
        stored = await self.bench.secrets.get(self._token_name(settings.space, settings.project))
        where = "A token for this project is kept in the keyring." if stored else ""
        name, token = _token_of_environment()
        if token:
            where = f"The token of the environment variable {name} is used."
            if stored:
                where += " It comes before the one in the keyring."
        if self.page is not None:
            self.page.account.show_token(where, kept=bool(stored))

    async def _kept_token(self, space: str, project: str) -> str | None:
        return _token_of_environment()[1] or await self.bench.secrets.get(self._token_name(space, project))

    @staticmethod
    def _token_name(space: str, project: str) -> str:
        return f"api-token:{space}/{project}"

    # -- the page -----------------------------------------------------------------------------

    def _make_page(self) -> "SignalWirePage":
        from inspector.ui.workbench.signalwire_page import SignalWirePage
        from inspector.workbench.signalwire_log import LogChecking
        from inspector.workbench.signalwire_sending import Sending

        page = self.page = SignalWirePage(self.bench.window.appearance)
        self.sending = Sending(self, page.send)
        self.checking = LogChecking(self, page.log)
        settings = self.bench.settings
        page.account.show_account(settings.space, settings.project)
        page.account.check_wished.connect(lambda entered: self.spawn(self._check_account(entered), "check the account"))
        page.account.forget_wished.connect(lambda: self.spawn(self._forget_token(), "forget the token"))
        self.spawn(self._show_token(), "look for the token")
        self._show_deaf()
        self._show_where()
        return page

    def _show_where(self) -> None:
        if self.sending is not None:
            self.sending.show_where()

    # -- when nothing could be received -------------------------------------------------------

    async def _beat(self) -> None:
        from inspector.capture.heartbeat import keep_beating

        await keep_beating(self._on_missed, self.make_heartbeat())

    def _on_missed(self, window: DeafWindow) -> None:
        session = self.bench.session
        if session is None or self.bench.url is None:
            return
        try:
            session.record_deaf(window)
        except SessionError as error:  # the next time is to be noticed all the same
            self.bench.note(f"Nothing could be received {window_times(window)}. That could not be noted: {error}")
            return
        self.bench.note(f"Nothing could be received {window_times(window)}. The message log shows what was missed.")
        self._show_deaf()

    def _show_deaf(self) -> None:
        reader = self.bench.reader
        if self.page is not None:
            self.page.deaf.show_windows(() if reader is None else reader.deaf_windows())


def _token_of_environment() -> tuple[str, str]:
    """The first variable that is set, and the token in it, without the white space around it; "" for none."""
    for name in _VARIABLES:
        if token := os.environ.get(name, "").strip():
            return name, token
    return "", ""
