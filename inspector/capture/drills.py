"""Fault drills: ready rules that break the provider's delivery contract in one way each.

The contract, documented for the Compatibility API: an answer within 5 seconds, 15 seconds for all attempts together,
at most two retries, at most 3 redirects, a body of 64 kB at most.
"""

from dataclasses import dataclass
from typing import Final

from inspector.capture.rules import Action, Rule


@dataclass(frozen=True, slots=True)
class Drill:
    """A rule with the words that offer it. `expected` is what the provider should do."""

    key: str
    title: str
    expected: str
    rule: Rule


DRILLS: Final = (
    Drill(
        "slow",
        "Answer slower than 5 s",
        "The sender gives up after 5 seconds and tries again.",
        Rule("Slower than 5 s", delay=5.5),
    ),
    Drill(
        "budget",
        "Answer slower than all attempts together, 15 s",
        "The sender gives up before an answer comes.",
        Rule("Slower than 15 s", delay=15.5),
    ),
    Drill("500", "Answer 500", "The sender logs error 11217; it may try again.", Rule("Answer 500", code=500)),
    Drill(
        "500-once",
        "Answer 500 to the first attempt only",
        "A retry is answered as usual.",
        Rule("500 once", attempt=1, code=500),
    ),
    Drill("503", "Answer 503", "The sender logs error 11217; it may try again.", Rule("Answer 503", code=503)),
    Drill("404", "Answer 404", "The sender logs error 11217; it may try again.", Rule("Answer 404", code=404)),
    Drill("drop", "Hang up without an answer", "The sender may try again.", Rule("Hang up", action=Action.DROP)),
    Drill("reset", "Reset the connection", "The sender may try again.", Rule("Reset", action=Action.RESET)),
    Drill(
        "redirects",
        "Redirect four times",
        "The sender follows three and gives up.",
        Rule("Four redirects", action=Action.REDIRECT, code=307, redirects=4),
    ),
    Drill(
        "large",
        "Answer with more than 64 kB",
        "The sender logs error 11750.",
        Rule("More than 64 kB", filler=65_537),
    ),
)
