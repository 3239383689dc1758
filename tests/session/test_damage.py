"""Damaged sessions: told in the user's words, and left as they are."""

import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from inspector.session.errors import DamagedSession, SessionError
from inspector.session.files import DAMAGE
from inspector.session.reader import SessionReader
from inspector.session.session import Session
from tests.factories import make_callback
from tests.session.damage import HEADER, PLACES, damage, make_large

_DIE = """
import os, sys
from pathlib import Path
from inspector.session.session import Session
from tests.factories import make_callback
session = Session.create(Path(sys.argv[1]), started=0)
for number in range(60):
    session.append([make_callback(id=f"m{number}", body="x" * 600)])
os._exit(9)
"""


_NOT_WRITTEN = "a.inspector cannot be written: it is damaged. Begin a new session."
_NOT_OPENED = (
    "a.inspector cannot be captured into: it is damaged (database disk image is malformed). It was left as it is. "
    "Export what is left of it, and begin a new session."
)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_large(tmp_path_factory.mktemp("large") / "a.inspector")


@pytest.fixture(params=PLACES)
def damaged(request: pytest.FixtureRequest, large: Path, tmp_path: Path) -> Path:
    path = tmp_path / "a.inspector"
    shutil.copy(large, path)
    damage(path, request.param)
    return path


def test_capturing_into_it_is_refused_or_fails_in_one_line_and_what_is_refused_is_untouched(damaged: Path) -> None:
    before, told, kept = damaged.read_bytes(), [], []
    try:
        session = Session.open(damaged)
    except DamagedSession as error:
        told.append(str(error))
        assert damaged.read_bytes() == before
        assert [one.name for one in damaged.parent.iterdir() if one.suffix != ".lock"] == ["a.inspector"]
    else:
        with session:
            for number in range(3):  # it goes on saying so, and never says that something is kept that is not
                try:
                    (appended,) = session.append([make_callback(id=f"new {number}", body="y" * 3000)])
                except SessionError as error:
                    told.append(str(error))
                else:
                    kept.append((appended.seq, f"new {number}"))
        with SessionReader(damaged) as reader:
            found = {one.seq: one.message_id for seq, _ in kept for one in [reader.callback(seq)] if one is not None}
        assert found == dict(kept)
    assert len(told) + len(kept) in (1, 3)
    assert set(told) <= {_NOT_WRITTEN, _NOT_OPENED}


def test_reading_it_tells_or_gives_what_is_there_and_leaves_it_untouched(damaged: Path, large: Path) -> None:
    before = damaged.read_bytes()
    with SessionReader(large) as reader:
        whole = [one.message_id for one in reader.callbacks()]
    told = ""
    try:
        with SessionReader(damaged) as reader:
            reader.summary()
            assert [one.message_id for one in reader.callbacks()] == whole
            assert len(list(reader.messages())) == 300
    except (DamagedSession, *DAMAGE) as error:
        told = str(error)
    refused = "a.inspector cannot be opened: it is damaged (database disk image is malformed). It was left as it is. "
    assert told in ("", f"{refused}Go back to a copy of it.", "database disk image is malformed")
    assert damaged.read_bytes() == before


def test_a_first_page_that_is_damaged_is_refused(large: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.inspector"
    shutil.copy(large, path)
    damage(path, HEADER)
    with pytest.raises(DamagedSession):
        SessionReader(path)
    with pytest.raises(DamagedSession):
        Session.open(path)


@pytest.fixture
def died(tmp_path: Path) -> Path:
    """A session whose capture was killed; nearly all of it is in the log."""
    path = tmp_path / "a.inspector"
    subprocess.run([sys.executable, "-c", _DIE, str(path)], check=False)
    assert path.with_name("a.inspector-wal").stat().st_size > 60 * 4096
    return path


def overwrite(path: Path, first: int, length: int) -> None:
    with path.open("r+b") as file:
        file.seek(first)
        file.write(b"\xff" * length)


def test_a_damaged_frame_of_the_log_costs_what_came_from_there_on_and_the_rest_is_whole(died: Path) -> None:
    """SQLite's checksums tell where; what came before is whole, and counting goes on behind what is there."""
    log = died.with_name("a.inspector-wal")
    overwrite(log, log.stat().st_size // 2, 64)
    with Session.open(died) as session:
        assert session._connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        (appended,) = session.append([make_callback(id="after")])
    with SessionReader(died) as reader:
        ids = [one.message_id for one in reader.callbacks()]
    assert 5 < len(ids) < 60
    assert ids == [*(f"m{number}" for number in range(len(ids) - 1)), "after"]
    assert appended.seq == len(ids)


def test_a_damaged_index_of_the_log_is_made_again(died: Path) -> None:
    index = died.with_name("a.inspector-shm")
    overwrite(index, 0, index.stat().st_size)
    with SessionReader(died) as reader:
        assert reader.summary().callbacks == 60
    with Session.open(died) as session:
        assert session.append([make_callback(id="after")])[0].seq == 61


@pytest.mark.skipif(sys.platform == "win32", reason="Windows writes into no file that is mapped")
def test_an_index_of_the_log_that_is_damaged_while_capturing_loses_nothing_that_was_answered(tmp_path: Path) -> None:
    path, kept = tmp_path / "a.inspector", []
    with Session.create(path, started=0) as session:
        for number in range(30):
            if number in (10, 20):
                overwrite(path.with_name("a.inspector-shm"), 0, 136)
            with suppress(SessionError):
                session.append([make_callback(id=f"m{number}")])
                kept.append(f"m{number}")
    assert kept
    with SessionReader(path) as reader:
        assert [one.message_id for one in reader.callbacks()] == kept
