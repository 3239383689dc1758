"""`inspector` with a witness: prints when the window was painted first and when it listened, then quits.

The parent hands over its time.monotonic_ns() from just before it started this process in the variable
BENCHMARK_STARTED; what is printed, `{"painted", "listening"}`, are milliseconds since then. The arguments are those
of `inspector`.
"""

import os
import sys
import time
from typing import Final

from inspector.cli.main import main
from inspector.runtime import display

_STARTED: Final = int(os.environ["BENCHMARK_STARTED"])


def _since() -> float:
    return (time.monotonic_ns() - _STARTED) / 1e6


def _witness() -> None:
    """Put a program that tells in the place of the program, which itself knows nothing of being measured."""
    from inspector import app
    from tests.benchmarks.orders import say
    from tests.benchmarks.witnesses import Painted

    class Witnessed(app.Program):
        """The program, which tells and quits once it listens."""

        async def run(self) -> int:
            self._paints: list[float] = []
            painted = Painted(self.window)
            with painted.calling(lambda: self._paints.append(_since())):
                return await super().run()

        async def _listen(self) -> None:
            await super()._listen()
            say({"painted": self._paints[0], "listening": _since()})
            self.quit()

    app.Program = Witnessed  # type: ignore[misc]


def _display_problem() -> str | None:
    """The last that is asked before the program is imported. Any sooner, and other things were measured."""
    problem = _asked()
    _witness()
    return problem


if __name__ == "__main__":
    _asked: Final = display.display_problem
    display.display_problem = _display_problem
    sys.exit(main())
