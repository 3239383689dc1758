"""The plan of a simulation: which callback is sent when. Pure and seeded."""

import heapq
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count, cycle, islice
from typing import Final

from inspector.capture.cast import Cast, Life, Step
from inspector.capture.own_data import NOTHING_OWN, OwnData
from inspector.capture.renders import as_form, as_json
from inspector.capture.scenarios import SCENARIOS


@dataclass(frozen=True, slots=True)
class PlannedCallback:
    """One request to send, `at` seconds after the start.

    `message_id` is empty where the body tells of no message. `scenario` is the one that the message
    plays: in `mixed`, the one that its turn fell to. `ends`: it is the last of its message. `retried`: whether
    a sender tries again when it fails; not where the scenario itself plays the other attempts.
    """

    at: float
    body: bytes
    content_type: str
    message_id: str
    scenario: str
    ends: bool = False
    retried: bool = True


# A plan holds the callbacks of the messages under way; no rate may make that all messages.
_MOST_WAITING: Final = 20_000
_LOWEST_RATE, _HIGHEST_RATE = 0.001, 1_000_000
# Seconds that a sender may be behind its plan before the plan waits for it.
_SLACK: Final = 1.0


def plan(
    scenarios: Sequence[str],
    *,
    messages: int,
    rate: float,
    seed: int,
    started_at: datetime,
    elapsed: Callable[[], float] | None = None,
    own: OwnData = NOTHING_OWN,
    form: bool = False,
    salt: int = 0,
) -> Iterator[PlannedCallback]:
    """The callbacks of `messages` messages, which play the named scenarios in turn, in the order of sending.

    Pure and seeded: the same arguments give the same callbacks, byte for byte. They are made one by one,
    so that a plan for a million messages needs the memory of those under way.

    `rate` is the number of callbacks a second over all messages; lives are stretched or pressed with
    it, so that some eight messages are always under way. Timestamps count from `started_at`, which must
    have a time zone. `elapsed` gives the real seconds since then: with it, the plan waits for a sender
    that falls behind, so that a slow receiver sees a lower rate instead of ever older timestamps.

    `own` takes the place of drawn numbers, texts and variables. `form`: every callback is form-encoded, as the
    Compatibility API sends it; without a timestamp and without custom variables, which that API has not. Another `salt`
    (128 bits) plays the same with other ids, as a receiver knows those of before.

    Raises ValueError, in words for the user, for an unknown scenario or a number that makes no sense.
    """
    if not scenarios:
        raise ValueError("Name at least one scenario.")
    for name in scenarios:
        if name not in SCENARIOS:
            raise ValueError(f"There is no scenario “{name}”; there are {', '.join(SCENARIOS)}.")
    if messages < 0:
        raise ValueError("The number of messages must not be negative.")
    if not _LOWEST_RATE <= rate <= _HIGHEST_RATE:
        raise ValueError(f"The rate must be between {_LOWEST_RATE} and {_HIGHEST_RATE:,} callbacks a second.")
    if started_at.tzinfo is None:
        raise ValueError("The start must have a time zone.")
    chance = random.Random(seed)  # noqa: S311 - reproducible sample data, nothing secret
    cast = Cast(chance, pace=min(6.0, max(0.2, 5 / rate)), own=own, form=form, salt=salt)
    return _interleaved(islice(_lives(scenarios, cast), messages), rate, started_at, elapsed, form=form)


def _lives(scenarios: Sequence[str], cast: Cast) -> Iterator[Life]:
    for name in cycle(scenarios):
        scenario = SCENARIOS[name]
        for _ in range(scenario.in_a_row):
            life = scenario.compose(cast)
            yield life if life.scenario else replace(life, scenario=name)


def _interleaved(
    lives: Iterator[Life], rate: float, started_at: datetime, elapsed: Callable[[], float] | None, *, form: bool
) -> Iterator[PlannedCallback]:
    waiting: list[tuple[float, int, float, Step, Life, bool]] = []
    order = count()
    begins = 0.0
    life = next(lives, None)
    while life is not None or waiting:
        while life is not None and len(waiting) < _MOST_WAITING and (not waiting or begins <= waiting[0][0]):
            if elapsed is not None:
                begins = max(begins, elapsed() - _SLACK)
            last = max((step.at, place) for place, step in enumerate(life.steps))[1]
            for place, step in enumerate(life.steps):
                entry = (begins + step.at, next(order), begins + step.happened, step, life, place == last)
                heapq.heappush(waiting, entry)
            begins += len(life.steps) / rate if life.pause is None else life.pause
            life = next(lives, None)
        at, _, happened, step, told, ends = heapq.heappop(waiting)
        # Only a full house lets the next message fall behind what was sent already.
        begins = max(begins, at)
        moment = started_at + timedelta(seconds=happened)
        yield _callback(at, step, told, moment, ends=ends, form=form)


def _callback(at: float, step: Step, life: Life, moment: datetime, *, ends: bool, form: bool) -> PlannedCallback:
    code, text = step.error or (None, None)
    timestamp = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    payload = {**life.fields, "status": step.status, "timestamp": timestamp, "error_code": code, "error_message": text}
    if step.segment is not None:
        payload["id"] = step.segment
    body, content_type = (as_form if form and step.render is as_json else step.render)(payload)
    return PlannedCallback(at, body, content_type, payload.get("id", ""), life.scenario, ends, step.retried)
