"""What the garbage collector need not look at, and how long a thread keeps the interpreter."""

import gc
import sys
from typing import Final

_ALLOCATIONS: Final = 10_000
"""New objects between two collections. Every callback makes some fifty, none of them in cycles; with Python's own
figure of 700, a collection ran every few callbacks."""

_TURN: Final = 0.001
"""Seconds for which a thread keeps the interpreter while another wants it. With Python's own 5 milliseconds, the window
was blocked for up to 19 ms while a query in another thread fetched its rows; so it is 10."""


def hasten() -> None:
    """Call before the heavy imports: what they make stays, so that looking for garbage in it only takes time."""
    gc.disable()


def settle() -> None:
    """Call when things that live as long as the program are made: what is there is never looked through again.

    A full collection that looks through every module, class and widget takes 30 milliseconds, in which
    nobody is answered and nothing is painted.
    """
    sys.setswitchinterval(_TURN)
    gc.freeze()
    gc.set_threshold(_ALLOCATIONS, 20, 20)
    gc.enable()
