"""What the commands that send callbacks share: a line an answer, a closing line, an orderly end when interrupted."""

import asyncio

from inspector.cli.signals import ending_signals
from inspector.cli.terminal import printable


class Sending:
    """One run of such a command. `run` returns the exit code; a subclass says what is sent."""

    closing = ""
    """What the closing line says besides the counts."""

    def __init__(self) -> None:
        self._sent = 0
        self._answered = 0
        self._interrupted = False
        self._task: asyncio.Task[int] | None = None

    async def run(self) -> int:
        """0 when every callback was answered or the user interrupted, 1 when some were not."""
        self._task = asyncio.current_task()
        try:
            with ending_signals(asyncio.get_running_loop(), self._interrupt):
                await self.send()
        except asyncio.CancelledError:
            if not self._interrupted:
                raise
        ending = "Interrupted: " if self._interrupted else ""
        print(f"{ending}{self._sent:,} callbacks sent, {self._answered:,} answered.{self.closing}")
        return 0 if self._interrupted or self._answered == self._sent else 1

    async def send(self) -> None:
        """Send everything, telling of each answer by `tell`."""
        raise NotImplementedError

    def tell(self, what: str, status: int | None, error: str | None, milliseconds: int, *, last: bool = True) -> None:
        """Print the line of one answer; `status` is None where none came, and `error` says why.

        Not the `last` one: the same is sent again, and the answer to that counts.
        """
        self._answered += last and status is not None
        try:
            print(f"{what}  {status or printable(error or '')}  {milliseconds} ms", flush=True)
        except BrokenPipeError:  # nobody reads any more (`| head`)
            self._interrupt()

    def count(self) -> int:
        """Count one callback as sent; returns its number."""
        self._sent += 1
        return self._sent

    def _interrupt(self) -> None:
        self._interrupted = True
        if self._task is not None:
            self._task.cancel()
