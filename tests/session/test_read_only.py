"""Sessions where nothing can be written."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from inspector.session.errors import ReadOnlySession
from inspector.session.files import captured_elsewhere, interrupted
from inspector.session.reader import SessionReader
from inspector.session.session import Session
from tests.factories import STARTED, make_callback, make_session
from tests.read_only import Place

_DIE = """
import os, sys
from pathlib import Path
from inspector.session.session import Session
from tests.factories import make_callback
session = Session.create(Path(sys.argv[1]), started=0)
for name in ("m1", "m2", "m3"):
    session.append([make_callback(id=name)])
os._exit(9)
"""


def names(folder: Path) -> dict[str, bytes]:
    return {one.name: one.read_bytes() for one in folder.iterdir()}


def test_capturing_there_is_refused_and_says_where_and_what_to_do(disk: Place) -> None:
    path = make_session(disk.folder / "a.inspector", [make_callback(id="m1")])
    disk.freeze()
    before = names(disk.folder)
    with pytest.raises(ReadOnlySession, match="is read-only") as refused:
        Session.open(path)
    assert str(disk.folder) in str(refused.value)
    assert "Make both writable, or choose another place" in str(refused.value)
    for place in (disk.folder / "new.inspector", disk.folder / "below" / "new.inspector"):
        with pytest.raises(ReadOnlySession, match="is read-only"):
            Session.create(place, started=STARTED)
    assert names(disk.folder) == before
    disk.thaw()
    with Session.open(path) as session:
        assert session.append([make_callback(id="m2")])[0].seq == 2


def test_it_is_read(disk: Place) -> None:
    path = make_session(disk.folder / "a.inspector", [make_callback(id="m1")])
    disk.freeze()
    before = names(disk.folder)
    assert not captured_elsewhere(path)
    with SessionReader(path) as reader, SessionReader(path) as another:
        assert reader.summary().callbacks == another.summary().callbacks == 1
    assert names(disk.folder) == before


@pytest.mark.parametrize("left", ["everything", "the log"])
def test_what_a_capture_that_died_left_in_its_log_is_read_too(disk: Place, left: str) -> None:
    """As of a medium that was copied or snapshot while a capture ran: all but the tables is in the log."""
    path = disk.folder / "a.inspector"
    subprocess.run([sys.executable, "-c", _DIE, str(path)], check=False)
    if left == "the log":
        for ending in ("-shm", ".lock"):
            path.with_name(f"{path.name}{ending}").unlink()
    disk.freeze()
    before = names(disk.folder)
    assert len(before["a.inspector-wal"]) > 0
    with SessionReader(path) as reader, SessionReader(path) as another:
        assert reader.summary().callbacks == another.summary().callbacks == 3
        assert [one.message_id for one in reader.callbacks()] == ["m1", "m2", "m3"]
    assert not captured_elsewhere(path) or os.geteuid() != 0
    assert interrupted(disk.folder) == [] or os.geteuid() != 0
    assert names(disk.folder) == before
