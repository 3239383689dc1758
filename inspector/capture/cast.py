"""What the messages of one simulation are made of: numbers, texts, times, and the chance that tells them apart."""

import random
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, cycle
from typing import Any, Final

from inspector.callbacks.segments import count_segments
from inspector.capture.own_data import NOTHING_OWN, OwnData
from inspector.capture.renders import FORM_SPOILERS, SPOILERS, Render, as_json


@dataclass(frozen=True, slots=True)
class Step:
    """A transition and the callback that tells of it, in seconds since the message began.

    `at` is when the callback is sent; its timestamp tells when the transition `happened`. `segment` is the id
    where it is not the message's. `retried`: whether the sender tries again when it fails; not where the
    scenario itself plays the other attempts.
    """

    at: float
    happened: float
    status: str
    error: tuple[str, str] | None = None
    render: Render = as_json
    segment: str | None = None
    retried: bool = True


@dataclass(frozen=True, slots=True)
class Life:
    """A message: what all its callbacks say, its steps, and the scenario that it plays.

    `pause` is the time in seconds until the next message begins; None leaves it to the rate.
    """

    fields: dict[str, Any]
    steps: Sequence[Step]
    scenario: str = ""
    pause: float | None = None


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
FORM_LIFE: Final = "compatibility"
"""Only `mixed` plays it: the Compatibility API is another API, not another life."""

_MIXED: Final = (
    *("delivered",) * 13,
    *("undelivered",) * 3,
    *("failed", "read", "mms", "invalid", FORM_LIFE) * 2,
    *("out-of-order", "duplicates", "regression", "stalled"),
)


class Cast:
    """What the messages of one run share, and the chance that tells them apart.

    `pace` stretches the times between transitions: 1 is as in real life. `own` is what the user wishes the
    messages to say. `form`: the callbacks are to be form-encoded. `salt` gives messages other ids, and
    changes nothing else.
    """

    def __init__(
        self, chance: random.Random, pace: float, own: OwnData = NOTHING_OWN, *, form: bool = False, salt: int = 0
    ) -> None:
        self.chance = chance
        self.pace = pace
        self._own = own
        self._salt = 0
        self.project_id = self.new_id()
        self._salt = salt
        self._senders = (self.number(), self.number(), "+18005550199", "10555")
        self.undelivered = cycle(_UNDELIVERED)
        self.failed = cycle(_FAILED)
        self.spoilers = cycle(FORM_SPOILERS if form else SPOILERS)
        self.last_words = cycle(("sent", "initiated", "queued"))
        # The first message of a run, which everyone looks at, is one that nothing happens to.
        self.mixed = chain(("delivered",), self._shuffled(_MIXED))
        self._texts = self._shuffled(_TEXTS)
        self._long_texts = self._shuffled([text for text in _TEXTS if count_segments(text).segments > 1])

    def new_id(self) -> str:
        return str(uuid.UUID(int=self.chance.getrandbits(128) ^ self._salt, version=4))

    def number(self) -> str:
        """A US number of the block that is kept free for fiction, 555-0100 to 555-0199."""
        return f"+1{self.chance.choice(_AREAS)}555{self.chance.randrange(100, 200):04d}"

    def message(self, *, text: str | None = None, prefix: str = "") -> dict[str, Any]:
        """The fields that all callbacks of a message share, and the places of the others, in their order.

        What is the user's own takes the place of what was drawn, so that it changes nothing else.
        """
        chance = self.chance
        number = f"{chance.randrange(1_000_000):06d}"
        body = (next(self._texts) if text is None else text).format(
            number=number, name=chance.choice(_NAMES), day=chance.choice(_DAYS), hour=chance.randrange(8, 20)
        )
        sender = prefix + (self._senders[0] if prefix else chance.choice(self._senders))
        fields = {"id": self.new_id(), "project_id": self.project_id, "status": "", "to": prefix + self.number()}
        fields |= {"from": sender, "body": body}
        variables = {"custom_variables": {"order": number}} if chance.random() < 0.2 else {}
        fields |= self._own.fields(prefix)
        return {
            **fields,
            "number_of_segments": count_segments(fields["body"]).segments,
            **variables,
            **self._own.last(),
        }

    def long_message(self) -> dict[str, Any]:
        """A message of several segments, unless the user's own body needs only one."""
        fields = self.message(text=next(self._long_texts))
        # Something that the segments have in common and other messages have not.
        return {**fields, "custom_variables": {"order": fields["id"][:8]}, **self._own.last()}

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
