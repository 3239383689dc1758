"""Group commit: what the loop read in one turn is written in one transaction, then answered."""

import asyncio
from collections.abc import Callable, Sequence

from inspector.session.errors import SessionError
from inspector.session.records import Appended, Received
from inspector.session.session import Session

Listener = Callable[[Sequence[Received], Sequence[Appended]], None]


class Recorder:
    """Gathers received callbacks and appends them to the session once a turn of the running loop."""

    def __init__(
        self,
        session: Session,
        *,
        on_appended: Listener | None = None,
        on_failure: Callable[[SessionError], None] | None = None,
    ) -> None:
        self._session = session
        self._on_appended = on_appended
        self._on_failure = on_failure
        self._pending: list[tuple[Received, asyncio.Future[Appended]]] = []

    def submit(self, received: Received) -> "asyncio.Future[Appended]":
        """Hand a callback in. The future is done once it is in the file.

        The future raises SessionError when the file cannot be written.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Appended] = loop.create_future()
        if not self._pending:
            loop.call_soon(self.flush)
        self._pending.append((received, future))
        return future

    def flush(self) -> None:
        """Write what waits, now."""
        if not self._pending:
            return
        pending, self._pending = self._pending, []
        batch = [received for received, _ in pending]
        try:
            appended = self._session.append(batch)
        except SessionError as error:
            _fail(pending, error)
            if self._on_failure is not None:
                self._on_failure(error)
            return
        except Exception as error:
            # No sender is left without an answer; the error itself goes to the loop's handler.
            _fail(pending, SessionError(f"The callback could not be stored: {error}"))
            raise
        for (_, future), one in zip(pending, appended, strict=True):
            if not future.done():
                future.set_result(one)
        if self._on_appended is not None:
            self._on_appended(batch, appended)


def _fail(pending: "Sequence[tuple[Received, asyncio.Future[Appended]]]", error: SessionError) -> None:
    for _, future in pending:
        if not future.done():
            future.set_exception(error)
