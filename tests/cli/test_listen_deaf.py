"""`inspector listen` notes when it did not listen."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from inspector.session.reader import SessionReader
from tests.capture.wire import make_body
from tests.cli.post import post
from tests.cli.program import ROOT, Program


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


_SHORT_BEATS = """
from inspector.capture.heartbeat import keep_beating
from inspector.session.deaf import Heartbeat
keep_beating.__kwdefaults__["pause"] = 0.02
Heartbeat.__init__.__kwdefaults__["longest"] = 0.2
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows stops no process")
def test_a_process_that_was_stopped_notes_when_it_could_not_answer(tmp_path: Path) -> None:
    path, start = tmp_path / "a.inspector", tmp_path / "start"
    start.mkdir()
    (start / "sitecustomize.py").write_text(_SHORT_BEATS)
    env = {"PYTHONPATH": f"{start}{os.pathsep}{ROOT}"}
    with Program(tmp_path, "listen", "--json", "--port", "0", "--session", str(path), env=env) as program:
        port = program.port()
        assert post(port, make_body(id="before")) == [200]
        before = time.time_ns() // 1000
        program.interrupt(signal.SIGSTOP)
        with pytest.raises(subprocess.TimeoutExpired):
            program._process.wait(timeout=0.6)
        program.interrupt(signal.SIGCONT)
        # Noted at the first beat after it.
        with SessionReader(path) as reader:
            for _ in range(1000):
                if windows := reader.deaf_windows():
                    break
                assert post(port, make_body(id="after")) == [200]
        after = time.time_ns() // 1000
    (window,) = windows
    assert window.reason == "stalled"
    assert window.until is not None
    assert before - 100_000 <= window.since < window.until <= after
    assert window.until - window.since >= 500_000
