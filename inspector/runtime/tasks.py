"""TaskScope: the owner of every task, and the only place that creates one."""

import asyncio
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any, Self, TypeVar

_T = TypeVar("_T")


class TaskScope:
    """Owns the tasks spawned in it, reports the failed ones, and ends with none of them left.

    A failure is reported even when somebody awaits the task too: a task here is work of its own, not a call.
    """

    def __init__(self, on_error: Callable[[BaseException, str], None] | None = None) -> None:
        """Report a failed task as `on_error(error, name)`; without it, to the loop's exception handler."""
        self._on_error = on_error
        self._tasks: set[asyncio.Task[Any]] = set()
        self._closed = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def __len__(self) -> int:
        """How many tasks are still at work."""
        return len(self._tasks)

    def spawn(self, coro: Coroutine[Any, Any, _T], *, name: str) -> asyncio.Task[_T]:
        """Start `coro` as a task called `name`; raises RuntimeError after the scope was closed."""
        if self._closed:
            coro.close()
            raise RuntimeError(f"The task “{name}” was not started: its scope is closed.")
        try:
            task = asyncio.create_task(coro, name=name)  # noqa: TID251 - this is the one place that may
        except RuntimeError:  # no loop runs
            coro.close()
            raise
        # The loop holds tasks only weakly: this set keeps them alive.
        self._tasks.add(task)
        task.add_done_callback(self._on_done)
        return task

    async def aclose(self) -> None:
        """Cancel what is left and wait until it has ended.

        When the caller is cancelled meanwhile, that takes effect only after the last task has ended.
        A task may close its own scope: it is left to end by itself.
        """
        self._closed = True
        left = self._tasks - {asyncio.current_task()}
        for task in left:
            task.cancel()
        interrupted: asyncio.CancelledError | None = None
        while left:
            try:
                # Unlike gather, wait neither raises what the tasks raise nor hands a cancellation on to them.
                _, left = await asyncio.wait(left)
            except asyncio.CancelledError as cancelled:
                interrupted = cancelled
                left = {task for task in left if not task.done()}
        if interrupted is not None:
            raise interrupted

    def _on_done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if task.cancelled():
            return
        error = task.exception()
        if error is None:
            return
        if self._on_error is not None:
            self._on_error(error, task.get_name())
            return
        task.get_loop().call_exception_handler(
            {"message": f"The task “{task.get_name()}” failed.", "exception": error, "task": task}
        )
