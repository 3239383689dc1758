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
from inspector.cli.sending import Sending


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


class Play(Sending):
    """One run."""

    def __init__(self, order: Order) -> None:
        super().__init__()
        self._order = order
        self.closing = f" The same again: --seed {order.seed}"

    async def send(self) -> None:
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
            await simulate(order.url, planned, signing_key=order.signing_key, on_result=self._report)
        except ValueError as error:
            raise WrongUse(str(error)) from None

    def _report(self, callback: PlannedCallback, result: SendResult) -> None:
        what = f"#{self.count():<5} {callback.scenario:<13} {callback.message_id or 'no message id':<36}"
        self.tell(what, result.status, result.error, round(result.seconds * 1000))
