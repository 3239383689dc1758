"""Scenarios: the kinds of lives that simulated messages have, and the callbacks that tell of them.

Pure: chance comes from the generator that the cast was made with.
"""

import json
import random
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, cycle
from types import MappingProxyType
from typing import Any, Final, TypeAlias
from urllib.parse import urlencode

from inspector.callbacks.segments import count_segments

JSON_TYPE: Final = "application/json"
FORM_TYPE: Final = "application/x-www-form-urlencoded"

Render: TypeAlias = Callable[[dict[str, Any]], tuple[bytes, str]]
"""Makes the body and its content type of a payload."""


def _as_json(payload: dict[str, Any]) -> tuple[bytes, str]:
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode(), JSON_TYPE


@dataclass(frozen=True, slots=True)
class Step:
    """A transition and the callback that tells of it, in seconds since the message began.

    `at` is when the callback is sent; its timestamp tells when the transition `happened`.
    """

    at: float
    happened: float
    status: str
    error: tuple[str, str] | None = None
    render: Render = _as_json


@dataclass(frozen=True, slots=True)
class Life:
    """A message: what all its callbacks say, its steps, and the scenario that it plays.

    `pause` is the time in seconds until the next message begins; None leaves it to the rate.
    """

    fields: dict[str, Any]
    steps: Sequence[Step]
    scenario: str = ""
    pause: float | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """A kind of life. `in_a_row` messages play it before the next scenario has its turn."""

    name: str
    summary: str
    compose: "Callable[[Cast], Life]"
    in_a_row: int = 1


# Seconds from the transition before.
_GAPS: Final = {
    "queued": (0.0, 0.0),
    "initiated": (0.1, 0.4),
    "sending": (0.1, 0.4),
    "sent": (0.5, 1.2),
    "delivered": (2.0, 8.0),
    "undelivered": (2.0, 8.0),
    "failed": (0.3, 1.5),
    "read": (2.0, 10.0),
}
_UNDELIVERED: Final = (
    ("30003", "Unreachable destination handset"),
    ("30005", "Unknown destination handset"),
    ("30007", "Message filtered: carrier violation"),
    ("30006", "Landline or unreachable carrier"),
    ("30008", "Unknown error"),
    ("30004", "Message blocked by carrier"),
    ("unreachable_destination_handset", "The destination handset could not be reached"),
    ("30009", "Validity period expired at carrier"),
)
_FAILED: Final = (
    ("21610", "Recipient has opted out"),
    ("30022", "US A2P 10DLC rate limit exceeded"),
    ("21717", "From must belong to an active campaign"),
    ("30002", "Insufficient balance"),
    ("30001", "Validity period exceeded"),
    ("30027", "US A2P 10DLC T-Mobile daily limit reached"),
)
_AREAS: Final = ("206", "212", "303", "312", "404", "415", "512", "617", "702", "808")
_NAMES: Final = ("Ana", "Ben", "Chidi", "Dana", "Emre", "Farah", "Göran", "Hana", "Íris", "Zoë")
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_TEXTS: Final = (
    "Your code is {number}. It is good for 10 minutes; we will never ask you for it.",
    "Hi {name}, order {number} is on its way and should be with you on {day}.",
    "Reminder: {day} at {hour}:30 you are expected at the dentist's. Reply C to confirm, X to cancel.",
    "{name}, your table is ready.",
    "OK",
    "Receipt for order {number}: https://shop.example/r/{number}",
    "Invoice [{number}]: €{hour}.90, due {day} ~ https://pay.example/{number}",
    "We’ve moved your lesson to {day} at {hour}:00 – see you there, {name}!",
    "Your parcel is at the door 📦 Thank you for riding with us! 🚲",
    "Happy birthday, {name}! 🎂🎉 A free coffee waits for you until {day}.",
    "ご予約の確認: {hour}:00、番号 {number}。",
    (
        "Dear {name}, the water in your street will be turned off on {day} from {hour}:00 to {hour}:45 while a valve "
        "is replaced. Please fill a kettle beforehand and keep your taps closed. If the water is cloudy afterwards, "
        "let it run for a minute. Questions? Call the works office and give the number {number}. STOP ends these texts."
    ),
    (
        "Storm warning ⛈️ for {day}: gusts of up to 90 km/h from {hour}:00. Take in what could fly away, park away from "
        "trees 🌳 and stay off the pier. The ferry at {hour}:30 does not run; tickets stay good for the week."
    ),
)


class Cast:
    """What the messages of one run share, and the chance that tells them apart.

    `pace` stretches the times between transitions: 1 is as in real life.
    """

    def __init__(self, chance: random.Random, pace: float) -> None:
        self.chance = chance
        self.pace = pace
        self.project_id = self.new_id()
        self._senders = (self.number(), self.number(), "+18005550199", "10555")
        self.undelivered = cycle(_UNDELIVERED)
        self.failed = cycle(_FAILED)
        self.spoilers = cycle(_SPOILERS)
        self.last_words = cycle(("sent", "initiated", "queued"))
        # The first message of a run, which everyone looks at, is one that nothing happens to.
        self.mixed = chain(("delivered",), self._shuffled(_MIXED))
        self._texts = self._shuffled(_TEXTS)

    def new_id(self) -> str:
        return str(uuid.UUID(int=self.chance.getrandbits(128), version=4))

    def number(self) -> str:
        """A US number of the block that is kept free for fiction, 555-0100 to 555-0199."""
        return f"+1{self.chance.choice(_AREAS)}555{self.chance.randrange(100, 200):04d}"

    def message(self, *, text: str | None = None, prefix: str = "") -> dict[str, Any]:
        """The fields that all callbacks of a message share, and the places of the others, in their order."""
        chance = self.chance
        number = f"{chance.randrange(1_000_000):06d}"
        body = (next(self._texts) if text is None else text).format(
            number=number, name=chance.choice(_NAMES), day=chance.choice(_DAYS), hour=chance.randrange(8, 20)
        )
        sender = prefix + (self._senders[0] if prefix else chance.choice(self._senders))
        fields = {"id": self.new_id(), "project_id": self.project_id, "status": "", "to": prefix + self.number()}
        fields |= {"from": sender, "body": body}
        variables = {"custom_variables": {"order": number}} if chance.random() < 0.2 else {}
        return {**fields, "number_of_segments": count_segments(body).segments, **variables}

    def steps(self, *statuses: str, error: tuple[str, str] | None = None) -> list[Step]:
        """The statuses one after the other as they come in life; the last one has the error."""
        steps, now = [], 0.0
        for status in statuses:
            now += self.chance.uniform(*_GAPS[status]) * self.pace
            steps.append(Step(now, now, status))
        steps[-1] = replace(steps[-1], error=error)
        return steps

    def _shuffled(self, deck: Sequence[str]) -> Iterator[str]:
        while True:
            yield from self.chance.sample(deck, len(deck))


def _delivered(cast: Cast) -> Life:
    return Life(cast.message(), cast.steps("queued", "initiated", "sent", "delivered"))


def _undelivered(cast: Cast) -> Life:
    steps = cast.steps("queued", "initiated", "sent", "undelivered", error=next(cast.undelivered))
    return Life(cast.message(), steps)


def _failed(cast: Cast) -> Life:
    before = ("queued", "initiated") if cast.chance.random() < 0.5 else ("queued",)
    return Life(cast.message(), cast.steps(*before, "failed", error=next(cast.failed)))


def _read(cast: Cast) -> Life:
    steps = cast.steps("queued", "initiated", "sent", "delivered", "read")
    return Life(cast.message(prefix="whatsapp:"), steps)


def _mms(cast: Cast) -> Life:
    text = cast.chance.choice(("", "Here you are, {name}: the pictures of {day}", "Your ticket"))
    return Life({**cast.message(text=text), "number_of_segments": 1}, _until(cast, "sent"))


def _out_of_order(cast: Cast) -> Life:
    steps = cast.steps("queued", "initiated", "sent")
    # Soon after `sent`, whose callback may come after this one, but not so late that this would be remarked on.
    now = steps[-1].at + cast.chance.uniform(1, 3) * cast.pace
    steps.append(Step(now, now, "delivered"))
    overtaken = cast.chance.choice((1, 2))
    after = steps[overtaken + 1].at + cast.chance.uniform(0.05, 0.3) * cast.pace
    steps[overtaken] = replace(steps[overtaken], at=after)
    return Life(cast.message(), steps)


def _duplicates(cast: Cast) -> Life:
    steps = cast.steps("queued", "initiated", "sent", "delivered")
    for step in cast.chance.sample(steps, cast.chance.choice((1, 2))):
        steps.append(replace(step, at=step.at + cast.chance.uniform(1, 3) * cast.pace))
    return Life(cast.message(), steps)


def _regression(cast: Cast) -> Life:
    steps = cast.steps("queued", "initiated", "sent")
    # Timestamps have whole seconds: only after one more has passed is the next certainly a later one.
    again = steps[-1].at + 1 + cast.chance.uniform(0.1, 0.5) * cast.pace
    delivered = again + cast.chance.uniform(1, 4) * cast.pace
    steps += [Step(again, again, "initiated"), Step(delivered, delivered, "delivered")]
    return Life(cast.message(), steps)


def _stalled(cast: Cast) -> Life:
    return Life(cast.message(), _until(cast, next(cast.last_words)))


def _until(cast: Cast, last: str) -> list[Step]:
    statuses = ("queued", "initiated", "sent")
    return cast.steps(*statuses[: statuses.index(last) + 1])


def _invalid(cast: Cast) -> Life:
    spoil = next(cast.spoilers)
    if spoil is _campaign_event:
        event = {"project_id": cast.project_id, "brand_id": cast.new_id(), "campaign_id": cast.new_id()}
        return Life(event, [Step(0, 0, "active", render=spoil)])
    steps = cast.steps("queued", "sent", "delivered")
    if spoil is _without_error_fields:
        return Life(cast.message(), [replace(step, render=spoil) for step in steps])
    steps[1] = replace(steps[1], render=spoil)
    return Life(cast.message(), steps)


def _burst(cast: Cast) -> Life:
    statuses = ("queued", "initiated", "sent", "delivered")
    # Faster than anyone can send, yet so that some 50 messages mingle.
    steps = [Step(0.004 * place, 0.004 * place, status) for place, status in enumerate(statuses)]
    return Life(cast.message(), steps, pause=0.0002)


def _compatibility(cast: Cast) -> Life:
    steps = cast.steps("queued", "sending", "sent", "delivered")
    if cast.chance.random() < 0.3:
        steps = cast.steps("queued", "sending", "sent", "undelivered", error=next(cast.undelivered))
    return Life(cast.message(), [replace(step, render=_as_form) for step in steps])


def _mixed(cast: Cast) -> Life:
    name = next(cast.mixed)
    compose = _compatibility if name == _FORM_LIFE else SCENARIOS[name].compose
    return replace(compose(cast), scenario=name)


def _as_form(payload: dict[str, Any]) -> tuple[bytes, str]:
    """The callback as the Compatibility API sends it: without a timestamp, the error only where there is one."""
    form = {"MessageSid": payload["id"], "SmsSid": payload["id"], "AccountSid": payload["project_id"]}
    form |= {"MessageStatus": payload["status"], "SmsStatus": payload["status"]}
    form |= {"From": payload["from"], "To": payload["to"], "Body": payload["body"]}
    form |= {"NumSegments": payload["number_of_segments"], "NumMedia": 0, "ApiVersion": "2010-04-01"}
    if payload["error_code"] is not None:
        form |= {"ErrorCode": payload["error_code"], "ErrorMessage": payload["error_message"]}
    return urlencode(form).encode(), FORM_TYPE


def _without_error_fields(payload: dict[str, Any]) -> tuple[bytes, str]:
    """As in SignalWire's own sample payload."""
    return _as_json({name: value for name, value in payload.items() if not name.startswith("error_")})


def _misspelt_status(payload: dict[str, Any]) -> tuple[bytes, str]:
    return _as_json({**payload, "status": "sennt"})


def _segments_as_text(payload: dict[str, Any]) -> tuple[bytes, str]:
    return _as_json({**payload, "number_of_segments": str(payload["number_of_segments"])})


def _timestamp_without_zone(payload: dict[str, Any]) -> tuple[bytes, str]:
    return _as_json({**payload, "timestamp": payload["timestamp"].replace("T", " ").removesuffix("Z")})


def _cut_off(payload: dict[str, Any]) -> tuple[bytes, str]:
    text = _as_json(payload)[0].decode()
    return text[: len(text) * 2 // 3].encode(), JSON_TYPE


def _empty(_: dict[str, Any]) -> tuple[bytes, str]:
    return b"", JSON_TYPE


def _status_twice(payload: dict[str, Any]) -> tuple[bytes, str]:
    return b'{"status":"queued",' + _as_json(payload)[0][1:], JSON_TYPE


def _campaign_event(payload: dict[str, Any]) -> tuple[bytes, str]:
    """A 10DLC status callback that was sent to the wrong address: no message callback at all."""
    event = {"project_id": payload["project_id"], "event_at": payload["timestamp"], "event_category": "campaign"}
    event |= {"event_type": "campaign_activated", "state": payload["status"]}
    return _as_json({**event, "brand_id": payload["brand_id"], "campaign_id": payload["campaign_id"]})


_SPOILERS: Final[tuple[Render, ...]] = (
    _without_error_fields,
    _misspelt_status,
    _segments_as_text,
    _timestamp_without_zone,
    _cut_off,
    _empty,
    _status_twice,
    _campaign_event,
)

SCENARIOS: Final[Mapping[str, Scenario]] = MappingProxyType(
    {
        scenario.name: scenario
        for scenario in (
            Scenario("delivered", "queued, initiated, sent, delivered: the normal life", _delivered),
            Scenario(
                "undelivered", "the carrier could not or would not deliver, with changing error codes", _undelivered
            ),
            Scenario("failed", "never left for the carrier, with changing error codes", _failed),
            Scenario("read", "a WhatsApp message that is delivered and then read", _read),
            Scenario("mms", "stays at sent for good: MMS has no delivery receipts", _mms),
            Scenario("out-of-order", "a callback arrives after one that happened later", _out_of_order),
            Scenario("duplicates", "callbacks come again, as after a retry", _duplicates),
            Scenario("regression", "a later timestamp with an earlier status", _regression),
            Scenario("stalled", "no more callbacks before a final status", _stalled),
            Scenario("invalid", "callbacks that break the contract, each in another way", _invalid),
            Scenario("burst", "the callbacks of 50 messages as fast as they can be sent", _burst, in_a_row=50),
            Scenario("mixed", "everything but the burst, mostly delivered, some callbacks in form encoding", _mixed),
        )
    }
)
# Only `mixed` plays it: the Compatibility API is another API, not another life.
_FORM_LIFE: Final = "compatibility"
_MIXED: Final = (
    *("delivered",) * 13,
    *("undelivered",) * 3,
    *("failed", "read", "mms", "invalid", _FORM_LIFE) * 2,
    *("out-of-order", "duplicates", "regression", "stalled"),
)
