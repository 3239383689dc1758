"""The delivery states of a message. Apart from the payload that tells of them, and so without pydantic."""

from enum import StrEnum
from typing import Self


class Status(StrEnum):
    """The delivery states that a status callback can tell of (specification field `status`).

    `rank` is the place in the order of life: queued 0 to read 4; the three outcomes share 3. `terminal`
    says that no other status is to be expected, except `read` after `delivered`.
    """

    _value_: str
    rank: int
    terminal: bool

    QUEUED = "queued", 0
    INITIATED = "initiated", 1
    SENT = "sent", 2
    DELIVERED = "delivered", 3
    UNDELIVERED = "undelivered", 3
    FAILED = "failed", 3
    READ = "read", 4

    def __new__(cls, word: str, rank: int = 0) -> Self:
        status = str.__new__(cls, word)
        status._value_ = word
        status.rank = rank
        status.terminal = rank >= 3
        return status

    # Enum's own is written in Python; statuses are looked up with every callback.
    __hash__ = str.__hash__
