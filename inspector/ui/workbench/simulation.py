"""What the page of simulations and the tool behind it tell each other."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any, Final, Self

PATHS: Final = ("/rest", "/relay", "/swml", "/sample")
MOST_MESSAGES: Final = 1_000_000
LOWEST_RATE, HIGHEST_RATE = 0.1, 1000.0


@dataclass(frozen=True, slots=True)
class Choice:
    """A scenario to tick: what happens, and what a good receiver does about it."""

    name: str
    title: str
    happens: str
    advice: str


class Wire(StrEnum):
    """How callbacks are written and signed."""

    JSON = "json"
    JSON_DIGEST = "json_digest"
    FORM = "form"


@dataclass(frozen=True, slots=True)
class Order:
    """One simulation as it was asked for. `seed` None: a new one is drawn. Empty texts are left to the scenarios."""

    scenarios: tuple[str, ...] = ("mixed",)
    to: str = ""
    from_: str = ""
    body: str = ""
    variables: tuple[tuple[str, str], ...] = ()
    messages: int = 20
    rate: float = 5.0
    seed: int | None = None
    wire: Wire = Wire.JSON
    sign: bool = True
    retry: bool = True
    elsewhere: bool = False
    url: str = ""
    path: str = PATHS[0]

    def remembered(self) -> dict[str, Any]:
        """The order for the settings, apart from the address, which has a setting of its own."""
        values = asdict(self)
        del values["url"]
        return {**values, "scenarios": list(self.scenarios), "variables": [list(pair) for pair in self.variables]}

    @classmethod
    def from_remembered(cls, values: Mapping[str, Any], url: str) -> Self:
        """The order that settings hold; what is no part of one, or is none any more, is as at the beginning."""
        known: dict[str, Any] = {"url": url}
        for one in fields(cls):
            value = values.get(one.name)
            if (fitting := _fitting(one.name, value)) is not None:
                known[one.name] = fitting
        return cls(**known)


def _fitting(name: str, value: Any) -> Any:
    match name, value:
        case "scenarios", list() if all(isinstance(one, str) for one in value):
            return tuple(value)
        case "variables", list():
            pairs = [tuple(pair) for pair in value if isinstance(pair, list) and len(pair) == 2]
            return tuple(pair for pair in pairs if all(isinstance(text, str) for text in pair))
        case "messages", int() if not isinstance(value, bool) and 1 <= value <= MOST_MESSAGES:
            return value
        case "rate", int() | float() if not isinstance(value, bool) and LOWEST_RATE <= value <= HIGHEST_RATE:
            return float(value)
        case "seed", int() if not isinstance(value, bool):
            return value
        case "wire", str() if value in list(Wire):
            return Wire(value)
        case "sign" | "retry" | "elsewhere", bool():
            return value
        case "to" | "from_" | "body" | "path", str():
            return value
        case _:
            return None


@dataclass(frozen=True, slots=True)
class Figures:
    """How far a run has come. Times are in milliseconds, None before the first answer.

    Callbacks count once, by their last attempt; `retries` are the attempts after the first, `given_up` those
    callbacks that no attempt brought below 500. `failures`: each in words, and how often.
    """

    state: str
    seed: int
    messages: int
    finished: int = 0
    sent: int = 0
    answered: int = 0
    retries: int = 0
    given_up: int = 0
    median: int | None = None
    slowest: int | None = None
    failures: Sequence[tuple[str, int]] = ()
    running: bool = False
