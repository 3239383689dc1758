"""Checkpoints beside the capture: the log goes into the file, and its length is bounded."""

import logging
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from inspector.session import checkpoint
from inspector.session.errors import UnreadableSession
from inspector.session.files import check_file
from inspector.session.reader import SessionReader
from inspector.session.session import Session
from tests.factories import STARTED, make_callback


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.inspector"


def in_the_file_itself(path: Path) -> int:
    """How many callbacks are in the session file without its log."""
    copy = path.with_name("copy.inspector")
    shutil.copyfile(path, copy)
    with closing(sqlite3.connect(f"{copy.as_uri()}?immutable=1", uri=True)) as connection:
        (count,) = connection.execute("SELECT count(*) FROM callbacks").fetchone()
    return int(count)


def log_of(path: Path) -> int:
    """Bytes of the write-ahead log."""
    return Path(f"{path}-wal").stat().st_size


def wait(session: Session) -> None:
    """Wait for the checkpoint that runs, if one does."""
    if session._checkpointer._running is not None:
        session._checkpointer._running.exception()


def test_the_log_goes_into_the_file_every_so_many_commits(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoint, "_COMMITS", 10)
    with Session.create(path, started=STARTED) as session:
        for number in range(9):
            session.append([make_callback(id=str(number))])
        wait(session)
        assert in_the_file_itself(path) == 0
        session.append([make_callback(id="10")])
        wait(session)
        assert in_the_file_itself(path) == 10


def test_many_changes_count_like_many_commits(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoint, "_CHANGES", 100)
    with Session.create(path, started=STARTED) as session:
        session.append([make_callback(id=str(number)) for number in range(60)])
        wait(session)
        assert in_the_file_itself(path) == 60


def test_no_commit_of_the_writer_waits_for_the_disk(path: Path) -> None:
    with Session.create(path, started=STARTED) as session:
        (automatic,) = session._connection.execute("PRAGMA wal_autocheckpoint").fetchone()
    assert automatic == 0


def test_the_log_begins_anew_although_writing_goes_on(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoint, "_COMMITS", 5)
    monkeypatch.setattr(checkpoint, "_LONGEST_LOG", 100)
    with Session.create(path, started=STARTED) as session:
        for number in range(600):
            session.append([make_callback(id=str(number))])
            if number % 5 == 4:
                wait(session)
        assert log_of(path) < 200 * 4200
    assert in_the_file_itself(path) == 600


def test_a_checkpoint_that_fails_is_logged_and_loses_nothing(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(checkpoint, "_COMMITS", 1)
    with Session.create(path, started=STARTED) as session, monkeypatch.context() as patched:
        patched.setattr(session._checkpointer, "_path", path / "nowhere")
        session.append([make_callback()])
        wait(session)
        with caplog.at_level(logging.WARNING):
            session.append([make_callback(status="sent")])
        assert "No checkpoint: unable to open database file" in caplog.text
        patched.undo()
        wait(session)
        session.append([make_callback(status="delivered")])
        wait(session)
    assert in_the_file_itself(path) == 3


@pytest.fixture
def half_way(path: Path, tmp_path: Path) -> Path:
    """A session whose process was killed in the midst of a checkpoint: after the first page, before the others."""
    folder, whole = tmp_path / "killed", tmp_path / "whole.inspector"
    folder.mkdir()
    killed = folder / path.name
    with Session.create(path, started=STARTED) as session:
        session.append([make_callback(id=str(number), body="x" * 1500) for number in range(200)])
        wait(session)
        for target in (killed, whole):
            shutil.copyfile(path, target)
            shutil.copyfile(f"{path}-wal", f"{target}-wal")
    with closing(sqlite3.connect(whole)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with killed.open("r+b") as file:
        file.write(whole.read_bytes()[:4096])
    return killed


def test_a_checkpoint_that_was_killed_is_no_damage(half_way: Path) -> None:
    with (
        closing(sqlite3.connect(f"{half_way.as_uri()}?immutable=1", uri=True)) as connection,
        pytest.raises(sqlite3.DatabaseError, match="malformed"),  # or this test would show nothing
    ):
        connection.execute("PRAGMA application_id")
    check_file(half_way)
    with SessionReader(half_way) as reader:
        assert reader.summary().callbacks == 200
    with Session.open(half_way) as session:
        session.append([make_callback(id="afterwards")])
    with closing(sqlite3.connect(half_way)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_a_header_that_counts_too_many_pages_is_damage_without_a_log(half_way: Path) -> None:
    Path(f"{half_way}-wal").unlink()
    with pytest.raises(UnreadableSession, match="malformed"):
        check_file(half_way)
