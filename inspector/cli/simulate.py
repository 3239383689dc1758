"""`inspector simulate URL`: sends the callbacks of simulated messages, as SignalWire would."""

import asyncio
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from inspector.capture.own_data import OwnData
from inspector.capture.plan import PlannedCallback, plan
from inspector.capture.scenarios import SCENARIOS
from inspector.capture.simulator import LIKE_SIGNALWIRE, ONCE, SendResult, simulate
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
    own: OwnData
    form: bool
    retry: bool


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
    parser.add_argument("--from", dest="from_", metavar="NUMBER", help="your own sender instead of drawn ones")
    parser.add_argument("--to", metavar="NUMBER", help="your own recipient: E.164, a short code or whatsapp:+...")
    parser.add_argument("--body", metavar="TEXT", help="your own text instead of drawn ones")
    parser.add_argument("--custom-variables", metavar="JSON", help="an object of up to 20 texts, sent with JSON")
    parser.add_argument("--dialect", choices=("json", "form"), default="json", help="form: the Compatibility API's")
    parser.add_argument(
        "--retry", action="store_true", help="try again on silence or 5xx, three attempts in 15 seconds at most"
    )
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
        own=_own_data(options.to, options.from_, options.body, options.custom_variables),
        form=options.dialect == "form",
        retry=options.retry,
    )
    return run_loop(Play(order).run)


def _own_data(to: str | None, from_: str | None, body: str | None, variables: str | None) -> OwnData:
    """Raises WrongUse for what could not be sent."""
    try:
        return OwnData(to, from_, body, None if variables is None else _pairs(variables))
    except ValueError as error:
        raise WrongUse(str(error)) from None


def _pairs(text: str) -> dict[str, str]:
    try:
        pairs = json.loads(text)
    except ValueError:
        pairs = None
    if not isinstance(pairs, dict) or not all(isinstance(value, str) for value in pairs.values()):
        raise WrongUse('--custom-variables takes a JSON object of texts, such as {"order": "1234"}')
    return pairs


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
                own=order.own,
                form=order.form,
            )
            await simulate(
                order.url,
                planned,
                signing_key=order.signing_key,
                delivery=LIKE_SIGNALWIRE if order.retry else ONCE,
                on_result=self._report,
            )
        except ValueError as error:
            raise WrongUse(str(error)) from None

    def _report(self, callback: PlannedCallback, result: SendResult) -> None:
        number = f"#{self.count():<5}" if result.attempt == 1 else "again "
        what = f"{number} {callback.scenario:<13} {callback.message_id or 'no message id':<36}"
        self.tell(what, result.status, result.error, round(result.seconds * 1000), last=not result.again)
