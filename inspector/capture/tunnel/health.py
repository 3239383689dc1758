"""How a tunnel is."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """`lost`: it had a connection and tries to get it back."""

    STARTING = "starting"
    UP = "up"
    LOST = "lost"
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Health:
    """The state of a tunnel.

    `since` in seconds since 1970; `url` its public origin while it has one; `text` what the user should know
    (why it failed, what to do); `lines` what the program printed last.
    """

    state: State
    since: float
    url: str | None = None
    text: str = ""
    lines: tuple[str, ...] = ()

    @property
    def at_work(self) -> bool:
        """Whether the program runs."""
        return self.state in (State.STARTING, State.UP, State.LOST)
