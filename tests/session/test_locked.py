"""A session that another program has locked."""

import asyncio
from pathlib import Path

import pytest

from inspector.session.errors import SessionLocked
from inspector.session.patience import once_unlocked, once_unlocked_in_thread
from inspector.session.reader import SessionReader
from inspector.session.session import Session
from tests.factories import STARTED, make_callback, make_session
from tests.session.locks import EVERYTHING, locked


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return make_session(tmp_path / "a.inspector", [make_callback(id="m1")])


def test_opening_it_for_capture_says_so_and_leaves_it_as_it_was(path: Path) -> None:
    with locked(path), pytest.raises(SessionLocked, match="cannot be opened: another program has it locked"):
        Session.open(path, patience=0.0)
    with Session.open(path) as session:  # the lock of the writer was given back
        assert session.append([make_callback(id="m2")])[0].seq == 2


def test_reading_goes_on_beside_a_writer(path: Path) -> None:
    with locked(path), SessionReader(path, patience=0.0) as reader:
        assert reader.summary().callbacks == 1


def test_opening_one_that_nobody_may_read_says_so(path: Path) -> None:
    with locked(path, EVERYTHING):
        with pytest.raises(SessionLocked, match="cannot be opened"):
            SessionReader(path, patience=0.0)
        with pytest.raises(SessionLocked, match="cannot be opened"):
            Session.open(path, patience=0.0)
    with SessionReader(path) as reader:
        assert reader.summary().callbacks == 1


async def test_what_waits_for_the_lock_is_written_when_it_ends(path: Path) -> None:
    waits: list[str] = []
    with Session.open(path) as session, locked(path) as lock:

        def on_wait() -> None:
            waits.append("waits")
            lock.release()

        await once_unlocked(lambda: session.annotate([1], "typed"), on_wait=on_wait)
        assert waits == ["waits"]
    with SessionReader(path) as reader:
        message = reader.message(1)
        assert message is not None
        assert message.mark is not None
        assert message.mark.note == "typed"


async def test_waiting_has_an_end(path: Path) -> None:
    with Session.open(path) as session, locked(path):
        with pytest.raises(SessionLocked):
            await once_unlocked(lambda: session.mark([1], "red"), seconds=0.1)
        with pytest.raises(SessionLocked):
            await asyncio.to_thread(once_unlocked_in_thread, lambda: session.mark([1], "red"), seconds=0.1)


async def test_a_session_that_was_opened_in_a_thread_is_used_and_closed_in_another(tmp_path: Path) -> None:
    path = tmp_path / "b.inspector"
    Session.create(path, started=STARTED).close()
    with await asyncio.to_thread(Session.open, path) as session:
        session.append([make_callback(id="m1")])
    with Session.open(path) as session:
        assert session.append([make_callback(id="m1", status="sent")])[0].seq == 2
    assert not path.with_name("b.inspector.lock").exists()
