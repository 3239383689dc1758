"""The session that is captured into and the server that captures: begun, listened for and let go together."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from inspector.runtime.carry_on import carrying_on, each
from inspector.runtime.tasks import TaskScope
from inspector.session.errors import SessionError, SessionLocked
from inspector.session.patience import once_unlocked
from inspector.settings import Settings

if TYPE_CHECKING:
    from inspector.capture.kept import Kept, Recovered
    from inspector.capture.recorder import Recorder
    from inspector.capture.refusals import Refusals
    from inspector.capture.server import CannotListen, CaptureServer, CaptureSettings, Listening, PortInUse
    from inspector.session.records import Appended, Received
    from inspector.session.retention import Keep, Trimmed
    from inspector.session.session import Session

_log = logging.getLogger(__name__)

Listener = Callable[[Sequence["Received"], Sequence["Appended"]], None]


class Capturing:
    """At most one session, and at most one server that writes into it.

    `on_appended` are told of every group of callbacks that was committed, `on_amended` of those (by number) whose
    reply turned out otherwise than it was committed. `adjust` are asked, each in turn,
    for what the capture is to be set to; `on_applied` are told when it was set. One of all these that fails is
    reported, and keeps neither the others nor the capture from going on. `refusals` counts what was turned
    away since the session began. What one session could not take is kept for the
    next.
    """

    def __init__(
        self,
        settings: Settings,
        tasks: TaskScope,
        *,
        on_failure: Callable[[SessionError], None],
        on_recovered: "Callable[[Recovered], None]",
        on_trimmed: "Callable[[Trimmed], None]",
    ) -> None:
        self.session: Session | None = None
        self.on_appended: list[Listener] = []
        self.on_amended: list[Callable[[Sequence[int]], None]] = []
        self.adjust: list[Callable[[CaptureSettings], CaptureSettings]] = []
        self.on_applied: list[Callable[[], None]] = []
        self._settings = settings
        self._tasks = tasks
        self._on_failure = on_failure
        self._on_recovered = on_recovered
        self._on_trimmed = on_trimmed
        self._server: CaptureServer | None = None
        self._recorder: Recorder | None = None
        self._kept: Kept | None = None
        self._found_port: dict[str, int] = {}
        self._upkeep: asyncio.Task[None] | None = None

    @cached_property
    def refusals(self) -> "Refusals":
        """What was turned away since the session began."""
        from inspector.capture.refusals import Refusals  # nothing of the capture is read in before the first paint

        return Refusals()

    @property
    def url(self) -> str | None:
        """Where callbacks are received, or None."""
        if self._server is None or self._server.listening is None:
            return None
        return self._server.listening.url

    @property
    def address(self) -> str | None:
        """What senders here are given: `url`, and the secret path where there is one."""
        return None if self.url is None else self.url + self._settings.secret_path

    @property
    def has_key(self) -> bool:
        """Whether there is a key to check signatures with, or may be one as soon as the keyring has answered."""
        if self._server is None:
            return False
        return self._server.settings.signing_key is not None or self._server.settings.key_to_come is not None

    def begin(self, session: "Session") -> None:
        """Capture into a session from now on. The one before must have been let go."""
        self.session = session
        self.refusals.clear()
        self._upkeep = self._tasks.spawn(self._keep_trimmed(session), name="upkeep")

    async def listen(self, host: str, port: int) -> "Listening | PortInUse | CannotListen":
        """Listen for the session there is. Any free port (0) is the one of last time, so that senders find it again."""
        from inspector.capture.recorder import Recorder
        from inspector.capture.server import CannotListen, CaptureServer

        if self.session is None:
            return CannotListen("There is no session to capture into.")
        if self._server is None:
            self._recorder = Recorder(
                self.session,
                on_appended=self._told,
                on_failure=self._on_failure,
                on_amended=self._told_amended,
                on_recovered=self._on_recovered,
                kept=self._kept,
            )
            self._server = CaptureServer(self._recorder, refusals=self.refusals)
        self.apply()
        before, since = self.url, now()
        again = self._found_port.get(host, 0) if port == 0 else 0
        listening = await self._server.start(host, again or port)
        if again and self.url is None:  # somebody else has taken it meanwhile
            listening = await self._server.start(host, port)
        if port == 0 and self._server.listening is not None:
            self._found_port[host] = self._server.listening.port
        self._note_hearing(before, since)
        return listening

    def forget_port(self) -> None:
        """Let any free port be another one than before."""
        self._found_port.clear()

    def apply(self) -> None:
        """Have what is set count from the next callback on."""
        if self._server is None:
            return
        from inspector.capture.server import CaptureSettings

        wanted = replace(
            CaptureSettings(),
            largest_body=self._settings.largest_body_kib * 1024,
            most_connections=self._settings.most_connections,
            most_in_flight=self._settings.most_in_flight_mib << 20,
            secret_path=self._settings.secret_path,
            require_signature=self._settings.require_signature,
        )
        for adjust in tuple(self.adjust):
            with carrying_on("Part of what is set does not count"):
                wanted = adjust(wanted)
        self._server.settings = wanted
        each("What is set is not shown", self.on_applied)

    async def stop(self) -> None:
        """Stop listening; the session stays."""
        if self._server is not None:
            await self._server.stop()
            self._note_hearing(None, now())

    async def end(self) -> None:
        """Stop listening for good: what is in flight is answered and committed."""
        if self._server is not None:  # not `stop`: the session notes its end itself
            await self._server.stop()
        self._server = None
        if self._recorder is not None:
            self._kept = self._recorder.close()
            self._recorder = None
        if self._upkeep is not None:
            self._upkeep.cancel()
            self._upkeep = None

    def give_back(self) -> "Session | None":
        """Close the session; returns it, to be asked what it was."""
        session, self.session = self.session, None
        if session is not None:
            try:
                session.end(now())
            except SessionError as error:  # it is let go all the same
                _log.warning("The end of the session is not noted: %s", error)
        return session

    @property
    def waiting_text(self) -> str:
        """What to say, while nothing is captured into, of callbacks that could not be written."""
        return "" if self._kept is None else self._kept.waiting_text

    @property
    def lost_text(self) -> str:
        """What to say, when the program ends, of callbacks that could not be written to the last."""
        return "" if self._kept is None else self._kept.lost_text

    def keep(self) -> "Keep":
        """What of the session is to be kept."""
        from inspector.session.retention import Keep

        return Keep(self._settings.keep_callbacks or None, self._settings.keep_days or None)

    def _note_hearing(self, before: str | None, since: int) -> None:
        """Note in the session whether callbacks are received now; `before` is where they were, until `since`."""
        if self.session is None:
            return
        from inspector.session.deaf import Deafness, DeafWindow

        session, url, until = self.session, self.url, now()

        def note() -> None:
            if session is not self.session:  # what was locked is let go by now
                return
            if url is None:
                session.deafen(since, Deafness.STOPPED)
                return
            session.hear(until)
            if before not in (None, url):
                session.record_deaf(DeafWindow(since, until, Deafness.MOVED))

        async def insist() -> None:
            with suppress(SessionError):
                await once_unlocked(note)

        try:
            note()
        except SessionLocked:
            self._tasks.spawn(insist(), name="note what is heard")
        except SessionError:
            pass  # of the same disk there is more to be heard

    async def _keep_trimmed(self, session: "Session") -> None:
        from inspector.capture.upkeep import keep_trimmed

        await keep_trimmed(session, self.keep, self._on_trimmed)

    def _told(self, received: Sequence[Any], appended: Sequence[Any]) -> None:
        each("What came is stored, and not shown everywhere", self.on_appended, received, appended)

    def _told_amended(self, seqs: Sequence[int]) -> None:
        each("A changed reply is not shown everywhere", self.on_amended, seqs)


def now() -> int:
    """The moment, in microseconds since 1970 (UTC)."""
    return time.time_ns() // 1000
