"""Commands of the window, carried out one after the other."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from inspector.runtime.tasks import TaskScope
from inspector.session.errors import SessionError


class Turns:
    """Runs each command after those before it; `on_failure` and `on_cancelled` tell how one ended that did not work."""

    def __init__(
        self, tasks: TaskScope, *, on_failure: Callable[[SessionError], None], on_cancelled: Callable[[], None]
    ) -> None:
        self._tasks = tasks
        self._on_failure = on_failure
        self._on_cancelled = on_cancelled
        self._turn = asyncio.Lock()
        self._at_work: asyncio.Task[None] | None = None
        self._ended = False

    def take(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Carry out a command when its turn comes."""
        self._tasks.spawn(self._run(work), name=name)

    @asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """Meanwhile, none is carried out: what the user wishes comes after it."""
        async with self._turn:
            yield

    async def end(self, seconds: float) -> None:
        """Carry out no more of them. One that is under way has so many seconds to end, then it is cancelled."""
        self._ended = True
        if self._at_work is not None:
            _, late = await asyncio.wait([self._at_work], timeout=seconds)
            for task in late:
                task.cancel()
                await asyncio.wait([task])

    async def _run(self, work: Coroutine[Any, Any, None]) -> None:
        from inspector.session.exchange.selection import Cancelled

        try:
            async with self._turn:
                if self._ended:
                    return
                self._at_work = asyncio.current_task()
                try:
                    await work
                finally:
                    self._at_work = None
        except Cancelled:
            self._on_cancelled()
        except SessionError as error:
            self._on_failure(error)
        finally:
            work.close()  # one that never had its turn
