"""What the garbage collector need not look at."""

import gc
from typing import Final

_ALLOCATIONS: Final = 10_000
"""New objects between two collections. Every callback makes some fifty, none of them in cycles; with Python's own
figure of 700, a collection ran every few callbacks."""


def hasten() -> None:
    """Call before the heavy imports: what they make stays, so that looking for garbage in it only takes time."""
    gc.disable()


def settle() -> None:
    """Call when things that live as long as the program are made: what is there is never looked through again.

    A full collection that looks through every module, class and widget takes 30 milliseconds, in which
    nobody is answered and nothing is painted.
    """
    gc.freeze()
    gc.set_threshold(_ALLOCATIONS, 20, 20)
    gc.enable()
