"""`inspector` with a witness: prints when the window was painted first and when it listened, then quits.

The parent hands over its time.monotonic_ns() from just before it started this process in the variable
BENCHMARK_STARTED; what is printed, `{"painted", "listening"}`, are milliseconds since then. The arguments are those
of `inspector`.
"""

import os
import sys
import time
from typing import Final

from inspector import app
from inspector.cli.main import main
from tests.benchmarks.orders import say
from tests.benchmarks.witnesses import Painted

_STARTED: Final = int(os.environ["BENCHMARK_STARTED"])


def _since() -> float:
    return (time.monotonic_ns() - _STARTED) / 1e6


class _Witnessed(app.Program):
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


if __name__ == "__main__":
    app.Program = _Witnessed  # type: ignore[misc] # the program itself knows nothing of being measured
    sys.exit(main())
