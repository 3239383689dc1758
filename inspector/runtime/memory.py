"""What the garbage collector need not look at."""

import gc
from typing import Final

_ALLOCATIONS: Final = 10_000
"""New objects between two collections. Every callback makes some fifty, none of them in cycles; with Python's own
figure of 700, a collection ran every few callbacks."""


def settle() -> None:
    """Call once all that lives as long as the program is made: it is never looked through again.

    A full collection that looks through every module, class and widget takes 30 milliseconds, in which
    nobody is answered and nothing is painted.
    """
    gc.freeze()
    gc.set_threshold(_ALLOCATIONS, 20, 20)
