"""`inspector listen` notes when it did not listen."""

import signal
from pathlib import Path

from inspector.session.reader import SessionReader
from tests.cli.program import Program


def test_the_time_between_two_runs_is_noted(tmp_path: Path) -> None:
    path = tmp_path / "a.inspector"
    for _ in range(2):
        with Program(tmp_path, "listen", "--json", "--port", "0", "--session", str(path)) as program:
            program.event("listening")
            program.interrupt(signal.SIGINT)
            assert program.end() == 0
    with SessionReader(path) as reader:
        between, after = reader.deaf_windows()
        ended = reader.info().ended_at
    assert between.reason == after.reason == "ended"
    assert between.until is not None
    assert between.since < between.until < after.since
    assert (after.since, after.until) == (ended, None)
