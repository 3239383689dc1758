"""The insight into a session as plain data: how far messages came, how long it took, what went wrong, what drifts."""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Final, NamedTuple

REACHED: Final = ("queued", "initiated", "sent", "delivered", "read")
ENDED: Final = ("undelivered", "failed")

EDGES: Final = (0, 1000, 2000, 5000, 10_000, 30_000, 60_000, 120_000, 300_000, 900_000, 3_600_000)
"""Milliseconds at which the buckets of the time to `delivered` begin."""

PARTS: Final = (50, 90, 95, 99)
WINDOW: Final = 180
"""Seconds that the rate of callbacks is shown for."""

_MOST_RANKED: Final = 50


class Counted(NamedTuple):
    """A name, and how many have it."""

    name: str
    number: int


class Bucket(NamedTuple):
    """The messages delivered after `low` milliseconds or more and less than `high`; None: without an end."""

    low: int
    high: int | None
    number: int


class Percentile(NamedTuple):
    """`part` percent of the delivered messages took `milliseconds` or less; `slowest` took that or more."""

    part: int
    milliseconds: int
    slowest: int


class FieldDrift(NamedTuple):
    """A field that callbacks have not as the contract says. The kinds are words such as “missing”, “a string”."""

    name: str
    callbacks: int
    kinds: tuple[Counted, ...]


@dataclass(frozen=True, slots=True)
class Drift:
    """Where callbacks are not what the contract says. `bodies`: problems that are about no single field, by code."""

    fields: tuple[FieldDrift, ...] = ()
    unknown: tuple[Counted, ...] = ()
    bodies: tuple[Counted, ...] = ()


@dataclass(frozen=True, slots=True)
class Insight:
    """A session as a whole. Messages are counted, in `drift` and `seconds` callbacks.

    `seconds` are counted from 1970; the newest of them may still go on.
    """

    callbacks: int = 0
    messages: int = 0
    reached: Mapping[str, int] = field(default_factory=dict)
    ended: Mapping[str, int] = field(default_factory=dict)
    delivered: int = 0
    percentiles: tuple[Percentile, ...] = ()
    buckets: tuple[Bucket, ...] = ()
    errors: tuple[Counted, ...] = ()
    findings: tuple[Counted, ...] = ()
    drift: Drift = field(default_factory=Drift)
    seconds: Mapping[int, int] = field(default_factory=dict)


def ranked(counts: Mapping[str, int]) -> tuple[Counted, ...]:
    """The most frequent first; of those that are as frequent, in the order of the alphabet."""
    present = [Counted(name, number) for name, number in counts.items() if number > 0]
    present.sort(key=lambda one: (-one.number, one.name))
    return tuple(present[:_MOST_RANKED])


def buckets(took: Mapping[int, int]) -> tuple[Bucket, ...]:
    numbers = [0] * len(EDGES)
    for milliseconds, number in took.items():
        numbers[bisect_left(EDGES, milliseconds + 1) - 1] += number
    return tuple(Bucket(low, high, n) for low, high, n in zip(EDGES, (*EDGES[1:], None), numbers, strict=True))


def percentiles(took: Mapping[int, int]) -> tuple[Percentile, ...]:
    """By the nearest rank: the least length that so many percent of the messages did not exceed."""
    if not took:
        return ()
    lengths = sorted(took)
    ranks = list(accumulate(took[length] for length in lengths))
    found = []
    for part in PARTS:
        place = bisect_left(ranks, -(-ranks[-1] * part // 100))
        before = ranks[place - 1] if place else 0
        found.append(Percentile(part, lengths[place], ranks[-1] - before))
    return tuple(found)
