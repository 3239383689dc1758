"""Scenarios: the kinds of lives that simulated messages can play, by the names of the command line.

Pure: chance comes from the generator that the cast was made with.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from inspector.capture import lives
from inspector.capture.cast import FORM_LIFE, Cast, Life


@dataclass(frozen=True, slots=True)
class Scenario:
    """A kind of life. `in_a_row` messages play it before the next scenario has its turn.

    `title` and `summary` say what happens, `advice` what a good receiver does about it.
    """

    name: str
    title: str
    summary: str
    advice: str
    compose: Callable[[Cast], Life]
    in_a_row: int = 1


def _mixed(cast: Cast) -> Life:
    name = next(cast.mixed)
    compose = lives.compatibility if name == FORM_LIFE else SCENARIOS[name].compose
    return replace(compose(cast), scenario=name)


SCENARIOS: Final[Mapping[str, Scenario]] = MappingProxyType(
    {
        scenario.name: scenario
        for scenario in (
            Scenario(
                "delivered",
                "Delivered",
                "queued, initiated, sent, delivered: the normal life",
                "Answer each callback with 200 at once and do the work afterwards.",
                lives.delivered,
            ),
            Scenario(
                "undelivered",
                "Undelivered",
                "the carrier could not or would not deliver, with changing error codes",
                "Keep error_code and stop: the status is final. Send again only where the code says that it may help.",
                lives.undelivered,
            ),
            Scenario(
                "filtered",
                "Filtered by the carrier (30007)",
                "the carrier filters the message as spam or disallowed content",
                "Do not send it again: that makes it worse. Look at the wording, the links and the campaign.",
                lives.filtered,
            ),
            Scenario(
                "failed",
                "Failed",
                "never left for the carrier, with changing error codes",
                "Mend the cause first, such as an opt-out, the balance or the campaign; then send again.",
                lives.failed,
            ),
            Scenario(
                "read",
                "Read",
                "a WhatsApp message that is delivered and then read",
                "Take read as a step after delivered, although delivered was final already.",
                lives.read,
            ),
            Scenario(
                "mms",
                "MMS",
                "stays at sent for good: MMS has no delivery receipts",
                "Do not wait for delivered, and raise no alarm: sent is all that an MMS will say.",
                lives.mms,
            ),
            Scenario(
                "partial",
                "Partly delivered",
                "a long message of which some segments are delivered, others not; each has an id",
                "Count a message as delivered when all of its segments are. A custom variable ties them together.",
                lives.partial,
            ),
            Scenario(
                "out-of-order",
                "Out of order",
                "a callback arrives after one that happened later",
                "Order by timestamp and keep a final status, so that the older one changes nothing.",
                lives.out_of_order,
            ),
            Scenario(
                "duplicates",
                "Duplicates",
                "callbacks come again, as after a retry",
                "Know a callback by id, status and timestamp, and do nothing the second time.",
                lives.duplicates,
            ),
            Scenario(
                "retry-storm",
                "Retry storm",
                "every callback comes three times, as after answers of 500",
                "Do the work of each once, and answer the repetitions with 200: an error brings more of them.",
                lives.retry_storm,
            ),
            Scenario(
                "late-receipt",
                "Late receipt",
                "by the timestamps, delivered comes hours after sent",
                "Leave the message open for hours; do not send it again because no receipt came within minutes.",
                lives.late_receipt,
            ),
            Scenario(
                "late-arrival",
                "Late arrival",
                "the callbacks arrive hours after they happened, as after an outage",
                "Show and bill by the timestamp, not by the arrival.",
                lives.late_arrival,
            ),
            Scenario(
                "regression",
                "Step back",
                "a later timestamp with an earlier status",
                "Do not set the message back: wait for the final status.",
                lives.regression,
            ),
            Scenario(
                "stalled",
                "Stalled",
                "no more callbacks before a final status",
                "Give up waiting after some time and ask the message log.",
                lives.stalled,
            ),
            Scenario(
                "invalid",
                "Invalid",
                "callbacks that break the contract, each in another way",
                "Log what came and answer; nothing that is missing or misspelt may bring the receiver down.",
                lives.invalid,
            ),
            Scenario(
                "burst",
                "Burst",
                "the callbacks of 50 messages as fast as they can be sent",
                "Put the callbacks into a queue and answer within 5 seconds, however many come.",
                lives.burst,
                in_a_row=50,
            ),
            Scenario(
                "mixed",
                "Mixed",
                "mostly delivered, with most of the other kinds in between, some callbacks in form encoding",
                "Cope with whatever comes, as on any day, in both dialects.",
                _mixed,
            ),
        )
    }
)
