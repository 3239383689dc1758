"""Forwarding in the window: what is chosen, what is sent on, and what came of it, in words."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from inspector.capture.answering import Planned, plan_of_application
from inspector.capture.forward import Forwarder
from inspector.capture.forward_address import is_own, problem_of_address
from inspector.capture.row_writer import RowWriter
from inspector.session.errors import SessionError
from inspector.session.records import Appended, ForwardRow, Received
from inspector.ui.detail.wording import status_line
from inspector.ui.texts import count_text, duration_text, one_line
from inspector.ui.workbench.forward_panel import ForwardChoice
from inspector.workbench.bench import Bench

if TYPE_CHECKING:
    from inspector.session.session import Session

_LAST_SECONDS: Final = 1.0
_LONGEST: Final = 64 * 1024 + 1
"""One byte more than a sender takes: an answer of the application that is too large for it stays so."""


class Forwarding:
    """Sends the callbacks of one session after another on to the developer's own application.

    `on_told` is called when there is something new to tell: `state`.
    """

    def __init__(self, bench: Bench, choice: ForwardChoice, on_told: Callable[[], None]) -> None:
        self.choice = choice
        self.plan: Planned | None = None
        """How a callback is answered that no rule fits; None: as usual."""
        self._bench = bench
        self._on_told = on_told
        self._session: Session | None = None
        self._forwarder: Forwarder | None = None
        self._writer: RowWriter[ForwardRow] | None = None
        self._closing: set[asyncio.Task[None]] = set()
        self._problem = ""
        self._last: ForwardRow | None = None
        self._sent = 0
        self._failed = 0
        self._newest = 0
        self._counted_from = 1
        """Callbacks of lower numbers were cleared away: what comes of them is not counted any more."""
        self._run = 0
        """Rises with each beginning anew, so that late answers to what was chosen before are not counted to it."""

    def use(self, choice: ForwardChoice) -> None:
        """Do as chosen from now on."""
        if choice != self.choice:
            self.choice = choice
            self._begin_anew()

    def surroundings_changed(self) -> None:
        """The session, or where is listened, may be another."""
        if self._session is not self._bench.session or self._problem != self._trouble():
            self._begin_anew()

    def session_cleared(self) -> None:
        """Count anew. What is under way goes on: its senders may be waiting for the answers."""
        self._counted_from = self._newest + 1
        self._last, self._sent, self._failed = None, 0, 0
        self._on_told()

    def send_on(self, received: Sequence[Received], appended: Sequence[Appended]) -> None:
        """Callbacks were committed."""
        if self._forwarder is None:
            return
        self._newest = appended[-1].seq
        own = None if self.plan is None else self.plan.as_json
        for callback, one in zip(received, appended, strict=True):
            # Those whose answer is waited for are sent on by whoever waits; redirects of ours are no news.
            if callback.reply is not own and "hop" not in callback.reply:
                self._forwarder.forward(one.seq, callback)

    def state(self) -> tuple[str, bool]:
        """What came of it in words, and whether that is a problem."""
        if not self.choice.on:
            return "", False
        if self._problem:
            return self._problem, True
        if self._last is None:
            return (
                "Nothing was sent on yet. What your app answers is shown with each callback, in the tab Reply.",
                False,
            )
        failed = f", {self._failed:,} without an answer" if self._failed else ""
        text = f"{count_text(self._sent, 'callback', 'callbacks')} sent on{failed}. Callback {self._last.callback}: "
        if self._last.status is None:
            return text + one_line(self._last.error or "no answer", 300), True
        answered = f"{status_line(self._last.status)} after {duration_text(self._last.milliseconds)}."
        return text + answered, False

    async def close(self) -> None:
        """Stop; what is under way has a second to end."""
        self.choice = replace(self.choice, on=False)
        self._begin_anew()
        await asyncio.gather(*self._closing, return_exceptions=True)

    def _begin_anew(self) -> None:
        if self._forwarder is not None and self._writer is not None:
            ending = self._bench.spawn(_closed(self._forwarder, self._writer), "end forwarding")
            self._closing.add(ending)
            ending.add_done_callback(self._closing.discard)
        self._forwarder = self._writer = self.plan = self._last = None
        self._sent = self._failed = self._newest = 0
        self._counted_from = 1
        self._run += 1
        self._session = self._bench.session
        self._problem = self._trouble()
        if self.choice.on and not self._problem and self._session is not None:
            self._writer = RowWriter(
                partial(self._write, self._session),
                on_written=partial(self._written, self._session, self._run),
                on_failure=self._not_written,
            )
            self._forwarder = Forwarder(self.choice.url, self._writer.add, longest=_LONGEST)
            if self.choice.answers:
                self.plan = plan_of_application(self._forwarder.forward, self.choice.seconds)
        self._bench.capturing.apply()
        self._on_told()

    def _trouble(self) -> str:
        """Why nothing can be sent on to what is chosen; empty where it can."""
        if not self.choice.on:
            return ""
        if not self.choice.url:
            return "Type the address of your app, such as http://127.0.0.1:3000/status."
        problem = problem_of_address(self.choice.url)
        if not problem and self._goes_in_circles():
            problem = "This is where callbacks are received: they would go in circles. Type the address of your app."
        return problem

    def _goes_in_circles(self) -> bool:
        for own in (self._bench.url, self._bench.public_url):
            if own is not None:
                parts = urlsplit(own)
                port = parts.port or (443 if parts.scheme == "https" else 80)
                if is_own(self.choice.url, parts.hostname or "", port):
                    return True
        return False

    def _write(self, session: "Session", rows: Sequence[ForwardRow]) -> None:
        # An answer may come when its session is closed already; it belongs to no other one.
        if self._bench.session is session:
            session.record_forwards(rows)

    def _written(self, session: "Session", run: int, rows: Sequence[ForwardRow]) -> None:
        if self._bench.session is session:
            self._bench.window.replies_changed([row.callback for row in rows])
        rows = [row for row in rows if row.callback >= self._counted_from]
        if run != self._run or not rows:
            return
        self._last = rows[-1]
        self._sent += len(rows)
        self._failed += sum(row.status is None for row in rows)
        self._on_told()

    def _not_written(self, error: SessionError) -> None:
        self._bench.note(f"What your app answered was not kept: {error}")


async def _closed(forwarder: Forwarder, writer: RowWriter[ForwardRow]) -> None:
    await forwarder.close(_LAST_SECONDS)
    await writer.close()
