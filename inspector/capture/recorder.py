"""Group commit: what the loop reads in a turn or two is written in one transaction, then answered."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from inspector.callbacks.judgement import unjudged
from inspector.session.errors import SessionError
from inspector.session.records import Appended, Received
from inspector.session.session import Session

_TURNS: Final = 2
"""Turns of the loop that a group waits while callbacks come close together. A request takes three from the socket to
here, so those that the loop has in hand get into the same transaction: with 16 senders 10 to 25% more a second."""

Listener = Callable[[Sequence[Received], Sequence[Appended]], None]


class Recorder:
    """Gathers received callbacks and appends them to the session, a group in one transaction.

    A callback that comes alone waits for nobody.
    """

    def __init__(
        self,
        session: Session,
        *,
        on_appended: Listener | None = None,
        on_failure: Callable[[SessionError], None] | None = None,
        on_amended: Callable[[Sequence[int]], None] | None = None,
    ) -> None:
        self._session = session
        self._on_amended = on_amended
        self._amendments: list[tuple[int, Mapping[str, Any], asyncio.Future[None]]] = []
        self._on_appended = on_appended
        self._on_failure = on_failure
        self._pending: list[tuple[Received, asyncio.Future[Appended]]] = []
        self._busy = False

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
        """Keep another reply with a callback that is in the file. The future is done, or raises, as `submit`'s."""
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
        except Exception as error:  # noqa: BLE001 - whatever it is, the senders get their answers
            _tell("A reply could not be stored.", error)
            failure = SessionError("The reply could not be stored; the reason is in the log.")
        for _, _, future in amendments:
            if future.done():
                continue
            if failure is None:
                future.set_result(None)
            else:
                future.set_exception(failure)
        if failure is not None and self._on_failure is not None:
            self._on_failure(failure)
        elif failure is None and self._on_amended is not None:
            self._on_amended([seq for seq, _, _ in amendments])

    def _wait(self, loop: asyncio.AbstractEventLoop, turns: int) -> None:
        if turns and self._pending:
            loop.call_soon(self._wait, loop, turns - 1)
        else:
            self.flush()

    def flush(self) -> None:
        """Write what waits, now."""
        if not self._pending:
            return
        pending, self._pending = self._pending, []
        self._busy = len(pending) > 1
        batch = [received for received, _ in pending]
        try:
            appended = self._session.append(batch)
        except SessionError as error:
            _fail(pending, error)
            if self._on_failure is not None:
                self._on_failure(error)
            return
        except Exception as error:  # noqa: BLE001 - one callback at which we fail must not cost those that came with it
            _tell("A group of callbacks could not be stored at once.", error)
            stored = [one for one in [self._store_alone(*waiting) for waiting in pending] if one is not None]
            if stored and self._on_appended is not None:
                self._on_appended([received for received, _ in stored], [appended for _, appended in stored])
            return
        for (_, future), one in zip(pending, appended, strict=True):
            if not future.done():
                future.set_result(one)
        if self._on_appended is not None:
            self._on_appended(batch, appended)

    def _store_alone(self, received: Received, future: "asyncio.Future[Appended]") -> tuple[Received, Appended] | None:
        """Store one callback, judged or else as it came."""
        for attempt in (received, received._replace(judgement=unjudged())):
            try:
                appended = self._session.append([attempt])
            except SessionError as error:
                _fail([(attempt, future)], error)
                if self._on_failure is not None:
                    self._on_failure(error)
                return None
            except Exception as error:  # noqa: BLE001 - whatever it is, the sender gets an answer
                _tell("A callback could not be stored.", error)
                continue
            if not future.done():
                future.set_result(appended[0])
            return attempt, appended[0]
        _fail([(received, future)], SessionError("The callback could not be stored; the reason is in the log."))
        return None


def _tell(text: str, error: Exception) -> None:
    """Hand an error that nobody expected to where all of them go."""
    asyncio.get_running_loop().call_exception_handler({"message": text, "exception": error})


def _fail(pending: "Sequence[tuple[Received, asyncio.Future[Appended]]]", error: SessionError) -> None:
    for _, future in pending:
        if not future.done():
            future.set_exception(error)
