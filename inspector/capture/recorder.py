"""Group commit: what the loop reads in a turn or two is written in one transaction, then answered."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from inspector.callbacks.judgement import unjudged
from inspector.capture.kept import Kept, Recovered
from inspector.capture.reply import NOT_KEPT
from inspector.runtime.carry_on import carrying_on, tell_unexpected
from inspector.session.errors import SessionError, SessionLocked
from inspector.session.records import Appended, Received
from inspector.session.session import Session

_TURNS: Final = 2
"""Turns of the loop that a group waits while callbacks come close together. A request takes three from the socket to
here, so those that the loop has in hand get into the same transaction: with 16 senders 10 to 25% more a second."""

PATIENCE: Final = 3.0
"""Seconds that callbacks wait for an answer while another program has the file locked."""

_LOOK_AGAIN: Final = 0.02
_TRY_AGAIN: Final = 1.0
"""Seconds until the next attempt: at a locked file, and at one that could not be written."""

_PIECE: Final = 50
"""Kept callbacks that one transaction writes: some four milliseconds, in which the loop stands still."""

_MOST_LATE: Final = 10_000
"""Amendments that are kept until they can be written."""

Listener = Callable[[Sequence[Received], Sequence[Appended]], None]
_Stored = tuple[list[Received], list[Appended]]
_Waiting = tuple[Received, "asyncio.Future[Appended]"]


class Recorder:
    """Gathers received callbacks and appends them to the session, a group in one transaction.

    A callback that comes alone waits for nobody. While another program has the file locked, what came waits for a
    time; the loop goes on. What cannot be written is refused, told of once, kept in memory, and written as soon as
    that is possible, before anything that came later. As one file cannot take it, `kept` may be handed to the next
    recorder.
    """

    def __init__(
        self,
        session: Session,
        *,
        on_appended: Listener | None = None,
        on_failure: Callable[[SessionError], None] | None = None,
        on_amended: Callable[[Sequence[int]], None] | None = None,
        on_recovered: Callable[[Recovered], None] | None = None,
        kept: Kept | None = None,
        patience: float = PATIENCE,
    ) -> None:
        """`on_failure` is told when the trouble begins and when its reason changes, `on_recovered` when it is over."""
        self.kept = Kept() if kept is None else kept
        self._session = session
        self._on_amended = on_amended
        self._amendments: list[tuple[int, Mapping[str, Any], asyncio.Future[None]]] = []
        self._late: list[tuple[int, Mapping[str, Any]]] = []
        self._on_appended = on_appended
        self._on_failure = on_failure
        self._on_recovered = on_recovered
        self._patience = patience
        self._pending: list[_Waiting] = []
        self._busy = False
        self._again: asyncio.Handle | None = None
        self._locked_since: float | None = None
        self._trouble = ""
        if self.kept:
            self._again = asyncio.get_running_loop().call_soon(self.flush)

    def submit(self, received: Received) -> "asyncio.Future[Appended]":
        """Hand a callback in. The future is done once it is in the file.

        The future raises SessionError when the file cannot be written.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Appended] = loop.create_future()
        if not self._pending:
            loop.call_soon(self._wait, loop, _TURNS if self._busy else 0)
        self._pending.append((received, future))
        return future

    def amend(self, seq: int, reply: Mapping[str, Any]) -> "asyncio.Future[None]":
        """Keep another reply with a callback that is in the file. The future is done, or raises, as `submit`'s.

        When it raises, the reply is written as soon as that is possible.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        if not self._amendments:
            loop.call_soon(self._write_amendments)
        self._amendments.append((seq, reply, future))
        return future

    def _write_amendments(self) -> None:
        amendments, self._amendments = self._amendments, []
        failure: SessionError | None = None
        try:
            self._session.amend_replies([(seq, reply) for seq, reply, _ in amendments])
        except SessionError as error:
            failure = error
            self._late += [(seq, reply) for seq, reply, _ in amendments][: _MOST_LATE - len(self._late)]
            if not isinstance(error, SessionLocked):
                self._tell_trouble(error)
            if self._again is None:
                self._again = asyncio.get_running_loop().call_later(_TRY_AGAIN, self.flush)
        except Exception as error:  # noqa: BLE001 - whatever it is, the senders get their answers
            tell_unexpected("A reply could not be stored", error)
            failure = SessionError("The reply could not be stored; the reason is in the log.")
        for _, _, future in amendments:
            if future.done():
                continue
            if failure is None:
                future.set_result(None)
            else:
                future.set_exception(failure)
        if failure is None:
            self._tell_amended([seq for seq, _, _ in amendments])

    def _amend_late(self) -> None:
        """Write the amendments that could not be written when they came; their senders have their answers."""
        try:
            self._session.amend_replies(self._late)
        except SessionError:
            return
        late, self._late = self._late, []
        self._tell_amended([seq for seq, _ in late])

    def _tell_amended(self, seqs: Sequence[int]) -> None:
        if self._on_amended is not None:
            with carrying_on("A changed reply is not shown"):
                self._on_amended(seqs)

    def _wait(self, loop: asyncio.AbstractEventLoop, turns: int) -> None:
        if turns and self._pending:
            loop.call_soon(self._wait, loop, turns - 1)
        else:
            self.flush()

    def flush(self) -> None:
        """Write what waits, now; before it, a piece of what was kept."""
        if self._again is not None:
            self._again.cancel()
            self._again = None
        if self.kept and not self._catch_up():
            return
        if self._pending:
            pending, self._pending = self._pending, []
            self._busy = len(pending) > 1
            try:
                stored = self._store(pending)
            except SessionError as error:
                self._pending = pending
                self._refuse(error)
                return
            self._heard(stored)
        if self._late:
            self._amend_late()
        if self.kept or self._late:
            self._again = asyncio.get_running_loop().call_later(_TRY_AGAIN, self.flush)
        elif self._trouble or self._locked_since is not None or self.kept.written:
            self._recover()

    def close(self) -> Kept:
        """Write what can be written, for the last time; returns what could not."""
        self._patience = 0.0
        before = -1
        while (left := len(self.kept)) and left != before:
            before = left
            self.flush()
        self.flush()
        if self._again is not None:
            self._again.cancel()
            self._again = None
        return self.kept

    def _catch_up(self) -> bool:
        """Write a piece of what was kept; whether nothing of it is left."""
        piece = self.kept.take(_PIECE)
        answered: asyncio.Future[Appended] = asyncio.get_running_loop().create_future()
        answered.cancel()
        try:
            stored = self._store([(received, answered) for received in piece])
        except SessionError as error:
            self.kept.put_back(piece)
            self._refuse(error)
            return False
        self._locked_since = None
        self.kept.written += len(stored[0])
        if self.kept:
            self._again = asyncio.get_running_loop().call_soon(self.flush)
        self._heard(stored)
        return not self.kept

    def _refuse(self, error: SessionError) -> None:
        """The file cannot be written: let what waits wait for a lock, else keep it and say so."""
        loop = asyncio.get_running_loop()
        if isinstance(error, SessionLocked) and self._pending:
            if self._locked_since is None:
                self._locked_since = loop.time()
            if loop.time() - self._locked_since < self._patience:
                self._again = loop.call_later(_LOOK_AGAIN, self.flush)
                return
        self._locked_since = None
        refused, self._pending = self._pending, []
        self._keep(refused, error)
        self._again = loop.call_later(_TRY_AGAIN, self.flush)

    def _keep(self, refused: Sequence[_Waiting], error: SessionError) -> None:
        for received, future in refused:
            self.kept.add(received._replace(reply=NOT_KEPT.as_json))
            if not future.done():
                future.set_exception(error)
        self._tell_trouble(error)

    def _tell_trouble(self, error: SessionError) -> None:
        text = str(error)
        if self.kept.dropped:
            text += " More callbacks wait to be written than can be kept; the oldest are dropped."
        if text != self._trouble:
            self._trouble = text
            if self._on_failure is not None:
                with carrying_on("That callbacks cannot be kept is not shown"):
                    self._on_failure(error if text == str(error) else SessionError(text))

    def _recover(self) -> None:
        self._locked_since = None
        if self._trouble or self.kept.written:
            self._trouble = ""
            recovered = self.kept.recovered()
            if self._on_recovered is not None:
                with carrying_on("That callbacks were written after all is not shown"):
                    self._on_recovered(recovered)

    def _heard(self, stored: _Stored) -> None:
        # Not within `_store`: what goes wrong with a listener must not make the stored ones look refused.
        if stored[0] and self._on_appended is not None:
            with carrying_on("What came is stored, and not shown"):
                self._on_appended(*stored)

    def _store(self, group: Sequence[_Waiting]) -> _Stored:
        """Write a group; what of it is in the file now. Raises SessionError when nothing is."""
        batch = [received for received, _ in group]
        try:
            appended = self._session.append(batch)
        except SessionError:
            raise
        except Exception as error:  # noqa: BLE001 - one callback at which we fail must not cost those that came with it
            tell_unexpected("A group of callbacks could not be stored at once", error)
            stored = [one for one in [self._store_alone(*waiting) for waiting in group] if one is not None]
            return [received for received, _ in stored], [one for _, one in stored]
        for (_, future), one in zip(group, appended, strict=True):
            if not future.done():
                future.set_result(one)
        return batch, appended

    def _store_alone(self, received: Received, future: "asyncio.Future[Appended]") -> tuple[Received, Appended] | None:
        """Store one callback, judged or else as it came."""
        for attempt in (received, received._replace(judgement=unjudged())):
            try:
                appended = self._session.append([attempt])
            except SessionError as error:
                self._keep([(attempt, future)], error)
                return None
            except Exception as error:  # noqa: BLE001 - whatever it is, the sender gets an answer
                tell_unexpected("A callback could not be stored", error)
                continue
            if not future.done():
                future.set_result(appended[0])
            return attempt, appended[0]
        if not future.done():
            future.set_exception(SessionError("The callback could not be stored; the reason is in the log."))
        return None
