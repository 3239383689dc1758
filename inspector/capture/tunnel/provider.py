"""What is known of one tunnel program: how it is started, what its lines mean, how one gets it."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final


@dataclass(frozen=True, slots=True)
class Address:
    """The program told its public address; `connected`: it can be reached from now on."""

    url: str
    connected: bool


@dataclass(frozen=True, slots=True)
class Connected:
    """The program has a connection to its service, for the first time or again."""


@dataclass(frozen=True, slots=True)
class Lost:
    """The program has no connection to its service and tries to get one."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The program may go on, but nothing will come of it until the user does something."""


Heard = Address | Connected | Lost | Refused


class System(StrEnum):
    """An operating system, in the words of its users."""

    LINUX = "Linux"
    MACOS = "macOS"
    WINDOWS = "Windows"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do on the way to a program: what it is for, and the command for a terminal."""

    text: str
    command: str


@dataclass(frozen=True, slots=True)
class Start:
    """What a program is started with.

    `program` is its path, `target` the address listened at (`http://127.0.0.1:9797`), `known_hosts` a file
    for the keys of SSH servers.
    """

    program: str
    target: str
    known_hosts: Path


@dataclass(frozen=True, slots=True)
class Provider:
    """One tunnel program. `hear` says what a line of its output means; `readable` puts a line as a user may read it.

    `remedies` are tried in their order on all of the last lines: the first that is found explains a failure.
    """

    name: str
    title: str
    program: str
    note: str
    command: Callable[[Start], tuple[str, ...]]
    hear: Callable[[str], Heard | None]
    remedies: Sequence[tuple[re.Pattern[str], str]]
    steps: Callable[[System, str], tuple[Step, ...]]
    readable: Callable[[str], str] = str

    def explain(self, lines: Sequence[str]) -> str:
        """Why it failed and what to do, as far as the last lines tell; "" when they do not."""
        said = "\n".join(lines)
        return next((remedy for pattern, remedy in self.remedies if pattern.search(said)), "")


_STEERING: Final = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b.")
_TOKEN: Final = re.compile(r"""(?i)(auth[ _-]?token["']?\s*(?:[:=]|is)\s*["']?)[\w-]{12,}""")
_LONGEST: Final = 600


def cleaned(line: str) -> str:
    """A line of a program's output without what steers a terminal (ECMA-48), and without an authtoken."""
    plain = _STEERING.sub("", line).replace("\t", " ")
    plain = "".join(character for character in plain if character.isprintable()).rstrip()
    plain = _TOKEN.sub(r"\1…", plain)
    return plain if len(plain) <= _LONGEST else f"{plain[:_LONGEST]}…"


def remedy(pattern: str, text: str) -> tuple[re.Pattern[str], str]:
    """A remedy for what `pattern` (upper and lower case alike) finds."""
    return re.compile(pattern, re.IGNORECASE), text
