"""Sends a test message and watches for its callbacks."""

import asyncio
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from inspector.capture.rest_api import ApiError, Trouble
from inspector.capturing import now
from inspector.session.errors import SessionError
from inspector.session.patience import once_unlocked
from inspector.session.reconciliation import SENT_HERE
from inspector.session.records import Appended
from inspector.ui.session_panel import MESSAGES
from inspector.ui.workbench.checklist import Step, StepState
from inspector.ui.workbench.send_section import MessageEntered, SendSection
from inspector.workbench.trial import Trial, callback_address, no_way_in, not_to_be_sent, steps_of

if TYPE_CHECKING:
    from inspector.workbench.signalwire import SignalWireTool

PATIENCE: Final = 20.0
"""Seconds without anything new, after which the message log is asked. Each time after that it is twice as long."""

_MOST_QUESTIONS: Final = 5
_NO_WAY_IN: Final = "Not sent, as no callback of it could reach this computer"


class Sending:
    """One test message at a time."""

    def __init__(self, tool: "SignalWireTool", section: SendSection, *, patience: float = PATIENCE) -> None:
        self._tool = tool
        self._section = section
        self.patience = patience
        self._trial: Trial | None = None
        self._path: Path | None = None
        self._news = asyncio.Event()
        self._watching: asyncio.Task[object] | None = None
        self._to_select: int | None = None
        settings = tool.bench.settings
        section.show_numbers(settings.test_from, settings.test_to)
        section.send_wished.connect(self._on_send)
        section.address_wished.connect(tool.show_address)
        tool.bench.window.panel.messages_model.rowsInserted.connect(lambda *_: self._select())

    def show_where(self) -> None:
        """The address that the callbacks will be asked for at, or why there is none."""
        url = self._tool.public_url
        problem = no_way_in(url, listening=self._tool.bench.url is not None)
        text = problem or f"Callbacks go to {callback_address(url or '')}"
        self._section.show_where(text, missing=bool(problem) and self._tool.bench.url is not None)
        self._show()

    def session_shown(self) -> None:
        """The callbacks of a message that was sent go into the session that was open then."""
        if self._trial is not None and self._tool.bench.path != self._path:
            self._stop()
            self._trial = self._to_select = None
            self._section.show_steps([], busy=False)

    def session_cleared(self) -> None:
        """What came is gone. Of a message that is under way, more may come."""
        trial = self._trial
        if trial is None:
            return
        if trial.over:
            self._trial = self._to_select = None
            self._section.show_steps([], busy=False)
        else:
            trial.message, trial.transitions = None, []
            self._show()

    def appended(self, appended: Sequence[Appended]) -> None:
        """Callbacks were committed; some may be of the test message."""
        trial = self._trial
        if trial is None or trial.id is None:
            return
        for one in appended:
            if one.message_id == trial.id:
                self._read(one.message)
                return

    # -- sending ------------------------------------------------------------------------------

    def _on_send(self, entered: MessageEntered) -> None:
        bench = self._tool.bench
        missing = not_to_be_sent(entered)
        if no_way_in(self._tool.public_url, listening=bench.url is not None):
            missing.insert(0, _NO_WAY_IN)  # why, stands above the button already
        if missing:
            self._section.show_steps([Step(StepState.FAILED, text) for text in missing], busy=False)
            return
        self._stop()
        self._watching = self._tool.spawn(self._send(entered), "send a test message")

    async def _send(self, entered: MessageEntered) -> None:
        bench = self._tool.bench
        trial = self._trial = Trial(callback_address(self._tool.public_url or ""), now())
        self._path, self._to_select = bench.path, None
        self._show(busy=True)
        try:
            api = await self._tool.log_in()
            async with api:
                begun, trial.sent = time.monotonic(), now()
                record = await api.send(
                    to=entered.to.strip(),
                    from_=entered.from_.strip(),
                    body=entered.body,
                    status_callback=trial.status_callback,
                )
                trial.accepted_after = round((time.monotonic() - begun) * 1000)
        except ApiError as error:
            trial.refused = error
            self._show()
            return
        trial.record = {"status_callback_url": trial.status_callback, **record, SENT_HERE: True}
        await self._keep(trial.record)
        bench.settings.test_from, bench.settings.test_to = entered.from_.strip(), entered.to.strip()
        bench.save_settings()
        # The first callback may have come before the API's answer did.
        self._read(None)
        self._show()
        await self._tool.accepted(api)
        await self._watch(trial)

    # -- watching -----------------------------------------------------------------------------

    async def _watch(self, trial: Trial) -> None:
        """Until a final status came; asks the log when nothing comes for too long."""
        patience, questions = self.patience, 0
        while not trial.over and questions < _MOST_QUESTIONS:
            self._news.clear()
            try:
                async with asyncio.timeout(patience):
                    await self._news.wait()
                trial.silent_seconds = 0
            except TimeoutError:
                trial.silent_seconds = patience
                questions += 1
                patience *= 2
                await self._ask_log(trial)
            self._show()
        trial.given_up = not trial.over
        self._show()

    async def _ask_log(self, trial: Trial) -> None:
        trial.logged = None
        try:
            api = await self._tool.log_in()
            async with api:
                trial.logged = await api.log(trial.id or "")
        except ApiError as error:
            trial.log_trouble = str(error)
            if error.trouble is Trouble.NO_MESSAGE:
                trial.log_trouble = "The message log does not know the message yet."
            return
        await self._keep(trial.logged)

    async def _keep(self, record: dict[str, object]) -> None:
        session = self._tool.bench.session
        if session is not None and self._tool.bench.path == self._path:
            try:
                await once_unlocked(partial(session.record_logged, [record], now()))
            except SessionError as error:
                self._tool.bench.note(str(error))

    def _read(self, row: int | None) -> None:
        """Read anew what the session knows of the message."""
        trial, reader = self._trial, self._tool.bench.reader
        if trial is None or trial.id is None or reader is None or reader.path != self._path:
            return
        message = reader.message_by_id(trial.id) if row is None else reader.message(row)
        if message is None:
            return
        if trial.message is None:
            self._to_select = message.row
        trial.message, trial.transitions = message, reader.transitions(message.row)
        trial.silent_seconds = 0
        self._news.set()
        self._select()
        self._show()

    def _select(self) -> None:
        """Select the message in the table as soon as it is there, once."""
        panel = self._tool.bench.window.panel
        if self._to_select is not None and panel.view == MESSAGES and panel.messages.select_id(self._to_select):
            self._to_select = None

    def _show(self, *, busy: bool | None = None) -> None:
        trial, bench = self._trial, self._tool.bench
        if trial is None:
            return
        trial.listening, trial.public_url = bench.url is not None, self._tool.public_url
        sending = trial.refused is None and not trial.record if busy is None else busy
        self._section.show_steps(steps_of(trial, self._tool.catalogue), busy=sending)

    def _stop(self) -> None:
        if self._watching is not None:
            self._watching.cancel()
            self._watching = None
