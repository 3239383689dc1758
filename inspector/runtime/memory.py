"""What the garbage collector need not look at, what is given back, and how long a thread keeps the interpreter."""

import gc
import sys
from contextlib import suppress
from typing import Final

_ALLOCATIONS: Final = 10_000
"""New objects between two collections. Every callback makes some fifty, none of them in cycles; with Python's own
figure of 700, a collection ran every few callbacks."""

_TURN: Final = 0.001
"""Seconds for which a thread keeps the interpreter while another wants it. With Python's own 5 milliseconds, the window
was blocked for up to 19 ms while a query in another thread fetched its rows; so it is 10."""

_LARGE: Final = 128 * 1024
_LEFT_FREE: Final = 1024 * 1024
"""Bytes from which on a block has pages of its own, which are given back with it; and that may stay free at the end of
the heap. The C library begins with the first figure, but raises it to the size of the largest block that was freed.
With a body of 900 KB a second between thousands of small ones, two thirds of the heap lay free after 17 minutes, and
it grew by 3 MB a minute."""
_M_TRIM_THRESHOLD: Final = -1
_M_MMAP_THRESHOLD: Final = -3
"""Options of mallopt(3)."""


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


def give_large_blocks_back() -> None:
    """Keep large blocks out of the heap, where the C library can be told so (that of GNU).

    Call when it listens already: it reads in a module for it.
    """
    if sys.platform != "linux":
        return
    import ctypes

    with suppress(AttributeError, OSError):  # musl has no such option, and always does so
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_M_MMAP_THRESHOLD, _LARGE)
        mallopt(_M_TRIM_THRESHOLD, _LEFT_FREE)
