"""A session file that cannot be written: what came is told of, answered 503, kept, and written when it can be."""

import asyncio
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from inspector.capture import recorder as recorder_module
from inspector.capture.kept import Kept, Recovered
from inspector.capture.recorder import Recorder
from inspector.session.errors import SessionError
from inspector.session.reader import SessionReader
from inspector.session.records import Appended
from inspector.session.session import Session
from tests.capture.conftest import Capture
from tests.capture.wire import BOUND, Wire, ask, make_post
from tests.factories import make_callback, make_session

BOTH_LOOPS = True
movable = pytest.mark.skipif(sys.platform == "win32", reason="Windows moves and deletes no file that is open")


class Trouble:
    """A recorder, and what it told."""

    def __init__(
        self, capture: Capture, session: Session | None = None, *, kept: Kept | None = None, patience: float = 0.0
    ) -> None:
        self.told: list[str] = []
        self.recovered: list[Recovered] = []
        self.over = asyncio.Event()
        self.heard: list[Appended] = []
        self.recorder = Recorder(
            session or capture.session,
            on_appended=lambda _, appended: self.heard.extend(appended),
            on_failure=lambda error: self.told.append(str(error)),
            on_recovered=self._recovered,
            kept=kept,
            patience=patience,
        )

    def _recovered(self, recovered: Recovered) -> None:
        self.recovered.append(recovered)
        self.over.set()

    async def ended(self) -> Recovered:
        async with asyncio.timeout(BOUND):
            await self.over.wait()
        return self.recovered[-1]

    async def submit(self, *names: str) -> list[bool]:
        """Whether each of these callbacks (bodies) was accepted."""
        # Large ones, that need pages of their own.
        futures = [self.recorder.submit(make_callback(id=name, body=(name * 9000)[:9000])) for name in names]
        results = await asyncio.gather(*futures, return_exceptions=True)
        assert all(isinstance(one, Appended | SessionError) for one in results)
        return [isinstance(one, Appended) for one in results]


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next attempt comes at once."""
    monkeypatch.setattr(recorder_module, "_TRY_AGAIN", 0.01)


@pytest.fixture
def other_writer(capture: Capture) -> Iterator[sqlite3.Connection]:
    """Another program that can keep the session from writing."""
    with closing(sqlite3.connect(capture.session.path, isolation_level=None)) as connection:
        yield connection


def kept_names(capture: Capture) -> list[str]:
    return [callback.message_id or "" for callback in capture.callbacks()]


def fill_up(session: Session) -> None:
    """Leave no room: SQLite reports a full disk."""
    (pages,) = session._connection.execute("PRAGMA page_count").fetchone()
    session._connection.execute(f"PRAGMA max_page_count = {pages}")


def make_room(session: Session) -> None:
    session._connection.execute("PRAGMA max_page_count = 1000000")


# -- another program has the file locked -------------------------------------------------------


async def test_a_lock_that_ends_in_time_costs_nobody_an_answer(
    capture: Capture, other_writer: sqlite3.Connection
) -> None:
    """While the lock lasts, the loop turns and what comes waits; the answer is 200."""
    trouble = Trouble(capture, patience=BOUND)
    port = await capture.serve(trouble.recorder)
    other_writer.execute("BEGIN IMMEDIATE")
    attempts = 0
    append = capture.session.append

    def counted(batch: Any) -> Any:
        nonlocal attempts
        attempts += 1
        if attempts == 5:
            other_writer.execute("ROLLBACK")
        return append(batch)

    capture.session.append = counted  # type: ignore[method-assign]
    replies = await asyncio.gather(*(ask(port, make_post(id=f"m{number}")) for number in range(4)))
    assert {reply.status for reply in replies} == {200}
    assert attempts >= 5
    assert (trouble.told, trouble.recovered) == ([], [])
    assert len(capture.callbacks()) == 4


async def test_the_loop_never_waits_for_a_lock(capture: Capture, other_writer: sqlite3.Connection) -> None:
    (timeout,) = capture.session._connection.execute("PRAGMA busy_timeout").fetchone()
    assert timeout == 0
    trouble = Trouble(capture, patience=BOUND)
    other_writer.execute("BEGIN IMMEDIATE")
    future = trouble.recorder.submit(make_callback())
    for _ in range(20):
        await asyncio.sleep(0)
    assert not future.done()
    other_writer.execute("ROLLBACK")
    async with asyncio.timeout(BOUND):
        assert (await future).seq == 1


async def test_a_lock_that_lasts(capture: Capture, other_writer: sqlite3.Connection) -> None:
    trouble = Trouble(capture)
    port = await capture.serve(trouble.recorder)
    async with await Wire.open(port) as wire:
        await wire.ask(make_post(id="m1", status="queued"))
        other_writer.execute("BEGIN IMMEDIATE")
        reply = await wire.ask(make_post(id="m1", status="sent"))
        assert (reply.status, reply.headers["retry-after"]) == (503, "5")
        assert "m1" not in reply.body.decode()
        assert capture.reader.summary().callbacks == 1
        assert len(trouble.told) == 1
        assert "another program has it locked" in trouble.told[0]
        other_writer.execute("ROLLBACK")
        assert (await trouble.ended()).written == 1
        assert (await wire.ask(make_post(id="m1", status="delivered"))).status == 200
    message = capture.reader.message_by_id("m1")
    assert message is not None
    assert (message.callbacks, message.status, message.strip) == (3, "delivered", "qsd")
    assert [callback.reply["status"] for callback in capture.callbacks()] == [200, 503, 200]
    assert capture.reader.summary().by_status == {"delivered": 1}


# -- the disk is full -------------------------------------------------------------------------


async def test_a_full_disk(capture: Capture) -> None:
    """Told once, answered 503, kept; written in the order of arrival, before what came later."""
    trouble = Trouble(capture)
    await trouble.submit("before")
    fill_up(capture.session)
    names = [f"m{number:03d}" for number in range(120)]
    for name in names:
        assert await trouble.submit(name) == [False]
    assert len(trouble.told) == 1
    assert "the disk is full. Free some space" in trouble.told[0]
    assert kept_names(capture) == ["before"]
    make_room(capture.session)
    assert await trouble.submit("after", "later") == [True, True]
    assert await trouble.ended() == Recovered(120, 0)
    assert kept_names(capture) == ["before", *names, "after", "later"]
    assert [one.seq for one in trouble.heard] == list(range(1, 124))
    assert {callback.reply["status"] for callback in capture.callbacks()[1:121]} == {503}
    assert len(trouble.recovered) == 1


async def test_what_a_listener_cannot_write_is_not_written_twice(capture: Capture) -> None:
    told: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: told.append(context))

    def fail(_received: object, _appended: object) -> None:
        raise SessionError("no room for what I note")

    recorder = Recorder(capture.session, on_appended=fail)
    assert (await recorder.submit(make_callback())).seq == 1
    assert not recorder.kept
    assert len(capture.callbacks()) == 1
    assert len(told) == 1


async def test_listeners_that_always_fail_keep_nothing_from_being_written(capture: Capture) -> None:
    told: list[BaseException] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: told.append(context["exception"]))

    def fail(_first: object, _second: object = None) -> None:
        raise ZeroDivisionError

    recorder = Recorder(
        capture.session, on_appended=fail, on_failure=fail, on_amended=fail, on_recovered=fail, patience=0.0
    )
    await recorder.submit(make_callback(id="before"))
    fill_up(capture.session)
    names = [f"m{number:03d}" for number in range(120)]
    futures = [recorder.submit(make_callback(id=name, body="x" * 9000)) for name in names]
    assert all(isinstance(one, SessionError) for one in await asyncio.gather(*futures, return_exceptions=True))
    make_room(capture.session)
    await recorder.submit(make_callback(id="after"))
    await recorder.amend(1, {"status": 302})
    assert not recorder.close()
    assert kept_names(capture) == ["before", *names, "after"]
    assert {type(one) for one in told} == {ZeroDivisionError}


async def test_the_retry_of_a_sender_is_a_duplicate(capture: Capture) -> None:
    trouble = Trouble(capture)
    port = await capture.serve(trouble.recorder)
    fill_up(capture.session)
    large = make_post(id="m1", body="x" * 20_000)
    assert (await ask(port, large)).status == 503
    make_room(capture.session)
    await trouble.ended()
    assert (await ask(port, large)).status == 200
    message = capture.reader.message_by_id("m1")
    assert message is not None
    assert (message.callbacks, message.strip) == (2, "q")
    assert "duplicate" in message.codes


async def test_what_is_kept_is_bounded_and_what_is_dropped_counted(capture: Capture) -> None:
    trouble = Trouble(capture, kept=Kept(most_bytes=50_000))
    fill_up(capture.session)
    for number in range(10):
        await trouble.submit(f"m{number}")
    kept = len(trouble.recorder.kept)
    assert 1 < kept < 10
    assert len(trouble.told) == 2
    assert "the oldest are dropped" in trouble.told[1]
    make_room(capture.session)
    assert await trouble.ended() == Recovered(kept, 10 - kept)
    assert kept_names(capture) == [f"m{number}" for number in range(10 - kept, 10)]


async def test_what_is_too_large_to_keep_with_others_is_kept_alone() -> None:
    kept = Kept(most_bytes=1)
    kept.add(make_callback(id="a"))
    kept.add(make_callback(id="b"))
    assert (len(kept), kept.dropped) == (1, 1)
    assert kept.take(5)[0].judgement.message_id == "b"


@movable
async def test_a_reply_that_turned_out_otherwise_is_written_later(capture: Capture) -> None:
    trouble = Trouble(capture)
    await trouble.submit("a")
    path = capture.session.path
    elsewhere = path.with_name("elsewhere")
    path.rename(elsewhere)
    with pytest.raises(SessionError):
        await trouble.recorder.amend(1, {"status": 302})
    assert len(trouble.told) == 1
    elsewhere.rename(path)
    assert (await trouble.ended()).text == "The session can be written again."
    assert capture.only().reply == {"status": 302}


# -- the file is not there any more ------------------------------------------------------------


@movable
async def test_a_file_that_was_moved_and_put_back(capture: Capture) -> None:
    trouble = Trouble(capture)
    assert await trouble.submit("a") == [True]
    path = capture.session.path
    elsewhere = path.with_name("elsewhere")
    path.rename(elsewhere)
    assert await trouble.submit("b") == [False]
    assert len(trouble.told) == 1
    assert "was moved or deleted" in trouble.told[0]
    elsewhere.rename(path)
    assert (await trouble.ended()).written == 1
    assert await trouble.submit("c") == [True]
    assert kept_names(capture) == ["a", "b", "c"]


@movable
@pytest.mark.parametrize("ending", ["", "-wal"])
async def test_a_file_that_was_deleted(capture: Capture, tmp_path: Path, ending: str) -> None:
    """It is not made again: whoever deleted it may have meant it. A new session takes what was kept."""
    trouble = Trouble(capture)
    await trouble.submit("a")
    path = capture.session.path
    path.with_name(f"{path.name}{ending}").unlink()
    assert await trouble.submit("b", "c") == [False, False]
    assert "was moved or deleted" in trouble.told[0]
    if not ending:
        assert not capture.session.path.exists()
    kept = trouble.recorder.close()
    assert len(kept) == 2
    with Session.create(tmp_path / "new.inspector", started=0) as session:
        after = Trouble(capture, session=session, kept=kept)
        assert (await after.ended()).written == 2
        assert await after.submit("d") == [True]
    with SessionReader(tmp_path / "new.inspector") as reader:
        assert [callback.message_id for callback in reader.callbacks()] == ["b", "c", "d"]


@movable
async def test_another_file_in_its_place_is_left_alone(capture: Capture, tmp_path: Path) -> None:
    trouble = Trouble(capture)
    await trouble.submit("a")
    other = make_session(tmp_path / "other.inspector", [make_callback(id="other")])
    before = other.read_bytes()
    other.replace(capture.session.path)
    assert await trouble.submit("b") == [False]
    assert capture.session.path.read_bytes() == before
    assert len(trouble.recorder.close()) == 1


# -- damage -----------------------------------------------------------------------------------


async def test_a_damaged_page(tmp_path: Path, capture: Capture) -> None:
    path = make_session(tmp_path / "damaged.inspector", [make_callback(id="a")])
    with closing(sqlite3.connect(path)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'tallies'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
    with Session.open(path) as session:
        trouble = Trouble(capture, session=session)
        assert await trouble.submit("b") == [False]
        assert "it is damaged. Begin a new session" in trouble.told[0]
        kept = trouble.recorder.close()
    after = Trouble(capture, kept=kept)
    assert (await after.ended()).written == 1
    assert kept_names(capture) == ["b"]


# -- the end ----------------------------------------------------------------------------------


async def test_what_can_be_written_at_the_end_is_written(capture: Capture) -> None:
    trouble = Trouble(capture)
    fill_up(capture.session)
    names = [f"m{number:03d}" for number in range(120)]
    await trouble.submit(*names)
    make_room(capture.session)
    kept = trouble.recorder.close()
    assert (len(kept), kept.lost_text) == (0, "")
    assert kept_names(capture) == names


async def test_what_cannot_be_written_at_the_end_is_told(capture: Capture) -> None:
    trouble = Trouble(capture)
    fill_up(capture.session)
    await trouble.submit("a", "b")
    assert trouble.recorder.close().lost_text.startswith("2 callbacks that were answered 503 could not be written")


@pytest.mark.parametrize(
    ("recovered", "text"),
    [
        (Recovered(1, 0), "1 callback that was answered 503 is in the session now."),
        (Recovered(1200, 0), "1,200 callbacks are in the session now that were answered 503."),
        (Recovered(2, 3), "2 callbacks are in the session now that were answered 503; 3 older ones were too many"),
    ],
)
def test_what_the_user_is_told(recovered: Recovered, text: str) -> None:
    assert text in recovered.text
