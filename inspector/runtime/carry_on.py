"""Going on when one part fails: its error goes where all of them go, and the others have their turn. Free of Qt."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def carrying_on(where: str, *, but: type[Exception] | tuple[type[Exception], ...] = ()) -> Iterator[None]:
    """Hand what nobody expected to the loop's exception handler, with `where` in words, and go on behind the block.

    For the seams between capture and views: what is stored and answered must not depend on what looks at it.
    Errors of the kinds `but` are raised as ever.
    """
    try:
        yield
    except but:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, it belongs to the view that raised it
        tell_unexpected(where, error)


def each(where: str, functions: Iterable[Callable[..., object]], *args: Any) -> None:
    """Call every one of `functions`; none keeps the next from being called."""
    for function in tuple(functions):
        with carrying_on(where):
            function(*args)


def tell_unexpected(where: str, error: Exception) -> None:
    """Hand an error that nobody expected to where all of them go."""
    asyncio.get_running_loop().call_exception_handler({"message": where, "exception": error})
