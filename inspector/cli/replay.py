"""`inspector replay SESSION --to URL`: sends captured callbacks again, byte for byte."""

import asyncio
from collections.abc import Iterable, Sequence
from pathlib import Path

from inspector.capture.replay import Replayed, replay
from inspector.cli.export import opened_session, understood
from inspector.cli.listen import run_loop
from inspector.cli.options import Parser, positive_number, readable_file, url
from inspector.cli.signals import ending_signals
from inspector.cli.terminal import printable
from inspector.session.records import CallbackRow


def run(arguments: Sequence[str]) -> int:
    """Exit code 0 when every callback was answered (an interrupt is a normal end), 1 when some were not."""
    parser = Parser("inspector replay", "Send captured callbacks again, byte for byte and in their order.")
    parser.add_argument("session", type=Path, metavar="SESSION", help="a session file, or an exported JSON")
    parser.add_argument(
        "--to", type=url, required=True, metavar="URL", help="where to; without a path, each goes to the path captured"
    )
    parser.add_argument("--filter", default="", metavar="FILTER", help="only what fits, such as 'status:failed'")
    parser.add_argument(
        "--speed",
        type=_speed,
        default=1.0,
        metavar="FACTOR",
        help="how many times faster than they came, or max for at once (default: 1)",
    )
    options = parser.parse_args(arguments)
    with opened_session(readable_file(options.session)) as reader:
        callbacks = reader.callbacks(understood(options.filter, reader).callbacks)
        return run_loop(Replay(callbacks, options.to, options.speed).run)


def _speed(text: str) -> float | None:
    return None if text == "max" else positive_number(text)


class Replay:
    """One run. `run` returns the exit code."""

    def __init__(self, callbacks: Iterable[CallbackRow], to: str, speed: float | None) -> None:
        self._callbacks = callbacks
        self._to = to
        self._speed = speed
        self._sent = 0
        self._answered = 0
        self._interrupted = False
        self._task: asyncio.Task[int] | None = None

    async def run(self) -> int:
        self._task = asyncio.current_task()
        try:
            with ending_signals(asyncio.get_running_loop(), self._interrupt):
                await replay(self._callbacks, self._to, speed=self._speed, on_result=self._report)
        except asyncio.CancelledError:
            if not self._interrupted:
                raise
        ending = "Interrupted: " if self._interrupted else ""
        print(f"{ending}{self._sent:,} callbacks sent, {self._answered:,} answered.")
        return 0 if self._interrupted or self._answered == self._sent else 1

    def _report(self, one: Replayed) -> None:
        self._sent += 1
        self._answered += one.answer.status is not None
        outcome = str(one.answer.status or printable(one.answer.error or ""))
        line = f"#{one.callback.seq:<5} {printable(one.callback.method, 20)} {printable(one.url, 80)}  {outcome}"
        try:
            print(f"{line}  {one.answer.milliseconds} ms", flush=True)
        except BrokenPipeError:  # nobody reads any more (`| head`)
            self._interrupt()

    def _interrupt(self) -> None:
        self._interrupted = True
        if self._task is not None:
            self._task.cancel()
