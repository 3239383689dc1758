"""`inspector replay SESSION --to URL`: sends captured callbacks again, byte for byte."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from inspector.capture.replay import Replayed, replay
from inspector.cli.export import opened_session, understood
from inspector.cli.listen import run_loop
from inspector.cli.options import Parser, positive_number, readable_file, secret, url
from inspector.cli.sending import Sending
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
    parser.add_argument(
        "--signing-key-env", metavar="NAME", help="the variable that holds the key to sign with for the new address"
    )
    options = parser.parse_args(arguments)
    key = secret(options.signing_key_env)
    with opened_session(readable_file(options.session)) as reader:
        callbacks = reader.callbacks(understood(options.filter, reader).callbacks)
        return run_loop(Replay(callbacks, options.to, options.speed, key).run)


def _speed(text: str) -> float | None:
    return None if text == "max" else positive_number(text)


class Replay(Sending):
    """One run."""

    def __init__(self, callbacks: Iterable[CallbackRow], to: str, speed: float | None, key: str | None) -> None:
        super().__init__()
        self._callbacks = callbacks
        self._to = to
        self._speed = speed
        self._key = key

    async def send(self) -> None:
        await replay(self._callbacks, self._to, speed=self._speed, signing_key=self._key, on_result=self._report)

    def _report(self, one: Replayed) -> None:
        self.count()
        what = f"#{one.callback.seq:<5} {printable(one.callback.method, 20)} {printable(one.url, 80)}"
        self.tell(what, one.answer.status, one.answer.error, one.answer.milliseconds)
