"""`inspector simulate URL`: sends the callbacks of simulated messages, as SignalWire would."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from inspector.capture.scenarios import SCENARIOS
from inspector.capture.simulator import PlannedCallback, SendResult, plan, simulate
from inspector.cli.listen import run_loop
from inspector.cli.options import Parser, WrongUse, integer, positive_integer, positive_number, secret, url
from inspector.cli.signals import ending_signals
from inspector.cli.terminal import printable


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked for on the command line."""

    url: str
    scenarios: tuple[str, ...]
    messages: int
    rate: float
    seed: int
    signing_key: str | None


def run(arguments: Sequence[str]) -> int:
    """Exit code 0 when every callback was answered (an interrupt is a normal end), 1 when some were not."""
    parser = Parser("inspector simulate", "Send the callbacks of simulated messages to a URL, as SignalWire would.")
    parser.add_argument(
        "url", nargs="?", type=url, metavar="URL", help="where to send them, such as http://127.0.0.1:9797/"
    )
    parser.add_argument(
        "--scenario",
        action="append",
        choices=list(SCENARIOS),
        metavar="NAME",
        help="the kind of life to play; may come several times (default: mixed; --list tells all)",
    )
    parser.add_argument("--messages", type=positive_integer, default=20, metavar="N", help="how many (default: 20)")
    parser.add_argument(
        "--rate", type=positive_number, default=5.0, metavar="PER_SECOND", help="callbacks a second (default: 5)"
    )
    parser.add_argument("--seed", type=integer, metavar="N", help="the same number plays the same lives again")
    parser.add_argument("--signing-key-env", metavar="NAME", help="the variable that holds the key to sign with")
    parser.add_argument("--list", action="store_true", help="tell what scenarios there are")
    options = parser.parse_args(arguments)
    if options.list:
        for scenario in SCENARIOS.values():
            print(f"{scenario.name:<13} {scenario.summary}")
        return 0
    if options.url is None:
        parser.error("the following arguments are required: URL")
    order = Order(
        url=options.url,
        scenarios=tuple(options.scenario or ["mixed"]),
        messages=options.messages,
        rate=options.rate,
        seed=random.randrange(1_000_000) if options.seed is None else options.seed,  # noqa: S311 - sample data
        signing_key=secret(options.signing_key_env),
    )
    return run_loop(Play(order).run)


class Play:
    """One run. `run` returns the exit code."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._sent = 0
        self._answered = 0
        self._interrupted = False
        self._task: asyncio.Task[int] | None = None

    async def run(self) -> int:
        self._task = asyncio.current_task()
        loop = asyncio.get_running_loop()
        begun, order = loop.time(), self._order
        try:
            planned = plan(
                order.scenarios,
                messages=order.messages,
                rate=order.rate,
                seed=order.seed,
                started_at=datetime.now(UTC),
                elapsed=lambda: loop.time() - begun,
            )
            with ending_signals(loop, self._interrupt):
                await simulate(order.url, planned, signing_key=order.signing_key, on_result=self._report)
        except ValueError as error:
            raise WrongUse(str(error)) from None
        except asyncio.CancelledError:
            if not self._interrupted:
                raise
        ending = "Interrupted: " if self._interrupted else ""
        print(
            f"{ending}{self._sent:,} callbacks sent, {self._answered:,} answered. The same again: --seed {order.seed}"
        )
        return 0 if self._interrupted or self._answered == self._sent else 1

    def _report(self, callback: PlannedCallback, result: SendResult) -> None:
        self._sent += 1
        self._answered += result.status is not None
        outcome = str(result.status or printable(result.error or ""))
        milliseconds = round(result.seconds * 1000)
        line = f"#{self._sent:<5} {callback.scenario:<13} {callback.message_id or 'no message id':<36}  {outcome}"
        try:
            print(f"{line}  {milliseconds} ms", flush=True)
        except BrokenPipeError:  # nobody reads any more (`| head`)
            self._interrupt()

    def _interrupt(self) -> None:
        self._interrupted = True
        if self._task is not None:
            self._task.cancel()
