"""What the address page shows, as plain data."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProgramView:
    """A tunnel program. `steps` by operating system: what each command is for, and the command."""

    name: str
    title: str
    note: str
    found: bool
    steps: Mapping[str, tuple[tuple[str, str], ...]]


@dataclass(frozen=True, slots=True)
class PublicView:
    """The public address and how it is made.

    `state` is one of `none`, `own`, `starting`, `up`, `lost`, `failed`, `stopped`; `title` names what makes
    the address, `program` is the name of the program that does; `since` is a clock time in words;
    `scannable`: a QR code may be shown.
    """

    state: str = "none"
    title: str = ""
    since: str = ""
    url: str = ""
    text: str = ""
    lines: tuple[str, ...] = ()
    program: str = ""
    scannable: bool = True

    @property
    def at_work(self) -> bool:
        return self.state in ("starting", "up", "lost")

    @property
    def reachable(self) -> bool:
        """Whether `url` can be given to somebody."""
        return bool(self.url) and self.state in ("own", "up", "lost")
