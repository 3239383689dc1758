"""The power fails at any moment: with the setting “durable” nothing committed is lost; without it the file is whole."""

import os
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.session.power import Call, Disk, traced

ROOT = Path(__file__).parents[2]
APPENDS = 24
WRITE = f"""
import os, sys
from pathlib import Path
from inspector.session import checkpoint
from inspector.session.session import Session
from tests.factories import make_callback
checkpoint._COMMITS = 9  # so that the power fails in the midst of some
with Session.create(Path(sys.argv[1]), started=0, durable=sys.argv[2] == "durable") as session:
    for number in range({APPENDS}):
        status = ("queued", "initiated", "sent", "delivered")[number % 4]
        session.append([make_callback(id=f"m{{number // 4}}", status=status)])
        os.write(1, b".")
    os.write(1, b"ended")
"""


def calls(folder: Path, how: str) -> list[Call]:
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    if subprocess.run(["strace", "-o", os.devnull, "true"], check=False, capture_output=True).returncode != 0:
        pytest.skip("processes may not be traced here")
    command = [sys.executable, "-c", WRITE, str(folder / "a.inspector"), how]
    return traced(command, folder / "trace", {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"})


def losses(folder: Path, how: str) -> Iterator[tuple[int, list[int]]]:
    """For many moments: how many appends had returned, and which numbers are found after the power failed then."""
    chance = random.Random(20261123)  # noqa: S311 - the same moments again
    written, found = folder / "written", folder / "found"
    written.mkdir()
    found.mkdir()
    disk = Disk(written / "a.inspector")
    for _ in disk.play(calls(written, how)):
        if b"." not in disk.said or b"ended" in disk.said:
            continue  # the file is being made, or closed
        for share in (0.0, 0.5):
            path = disk.after_power_loss(found, chance, share)
            with closing(sqlite3.connect(path)) as connection:
                assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
                yield (
                    disk.said.count(b"."),
                    [seq for (seq,) in connection.execute("SELECT seq FROM callbacks ORDER BY seq")],
                )


def test_what_was_committed_durably_survives(tmp_path: Path) -> None:
    moments = 0
    for committed, seqs in losses(tmp_path, "durable"):
        assert seqs == list(range(1, len(seqs) + 1))
        assert committed <= len(seqs) <= committed + 1
        moments += 1
    assert moments > 3 * APPENDS


def test_without_it_the_file_is_whole_and_only_the_last_are_missing(tmp_path: Path) -> None:
    missing = 0
    for committed, seqs in losses(tmp_path, "fast"):
        assert seqs == list(range(1, len(seqs) + 1))
        missing = max(missing, committed - len(seqs))
    assert missing > 0  # else the other test could not fail
