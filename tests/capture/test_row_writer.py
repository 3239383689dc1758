"""Rows of forwards on their way into the session."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from inspector.capture import row_writer
from inspector.capture.row_writer import RowWriter
from inspector.session.errors import SessionError, SessionLocked
from inspector.session.records import ForwardRow
from tests.capture.conftest import Capture
from tests.capture.wire import BOUND
from tests.factories import make_callback


def make_row(callback: int = 1) -> ForwardRow:
    return ForwardRow(callback, "http://app.example/", 0, 1, 200, (), b"", None)


class Written:
    """Groups of rows as they were written."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self._told: asyncio.Queue[None] = asyncio.Queue()

    def add(self, rows: Sequence[ForwardRow]) -> None:
        self.groups.append([row.callback for row in rows])
        self._told.put_nowait(None)

    async def next(self) -> None:
        await asyncio.wait_for(self._told.get(), BOUND)


async def test_rows_of_one_turn_are_one_transaction(capture: Capture) -> None:
    capture.session.append([make_callback() for _ in range(20)])
    statements: list[str] = []
    capture.session._connection.set_trace_callback(statements.append)
    written = Written()
    writer = RowWriter(capture.session.record_forwards, on_written=written.add)
    for number in range(1, 21):
        writer.add(make_row(number))
    await written.next()
    assert written.groups == [list(range(1, 21))]
    assert statements.count("COMMIT") == 1
    assert [len(capture.reader.forwards(number)) for number in range(1, 21)] == [1] * 20


async def test_a_row_that_comes_soon_after_waits_for_others() -> None:
    written = Written()
    writer = RowWriter(written.add)
    writer.add(make_row(1))
    await written.next()
    for number in (2, 3, 4):
        writer.add(make_row(number))
        await asyncio.sleep(0)
    await written.next()
    assert written.groups == [[1], [2, 3, 4]]


async def test_what_waits_is_bounded() -> None:
    written = Written()
    writer = RowWriter(written.add)
    for number in range(100):
        writer.add(make_row(number))
    assert [len(group) for group in written.groups] == [64]
    writer.flush()
    writer.flush()
    assert [len(group) for group in written.groups] == [64, 36]


async def test_a_session_that_cannot_be_written_is_told_of() -> None:
    failures: list[str] = []
    written = Written()

    def fail(_: Sequence[ForwardRow]) -> None:
        raise SessionError("The disk is full.")

    writer = RowWriter(fail, on_written=written.add, on_failure=lambda error: failures.append(str(error)))
    writer.add(make_row())
    writer.flush()
    assert (failures, written.groups) == (["The disk is full."], [])


class LockedFor:
    """A session that is locked for some attempts."""

    def __init__(self, attempts: int) -> None:
        self.left = attempts

    def __call__(self, _: Sequence[ForwardRow]) -> None:
        self.left -= 1
        if self.left >= 0:
            raise SessionLocked(Path("a.inspector"))


async def test_rows_wait_while_another_program_has_the_file_locked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_writer, "_TRY_AGAIN", 0.01)
    written, failures = Written(), list[str]()
    writer = RowWriter(LockedFor(3), on_written=written.add, on_failure=lambda error: failures.append(str(error)))
    for number in range(100):
        writer.add(make_row(number))
    assert writer.waits
    await written.next()
    assert (written.groups, failures, writer.waits) == ([list(range(100))], [], False)


async def test_the_end_waits_for_a_lock_but_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_writer, "_TRY_AGAIN", 0.01)
    written, failures = Written(), list[str]()
    writer = RowWriter(LockedFor(3), on_written=written.add)
    writer.add(make_row())
    await writer.close()
    assert written.groups == [[1]]
    writer = RowWriter(LockedFor(10**9), on_failure=lambda error: failures.append(str(error)))
    writer.add(make_row())
    await writer.close(seconds=0.05)
    assert len(failures) == 1
    assert "another program has it locked" in failures[0]


async def test_no_more_rows_wait_for_a_lock_than_memory_is_there_for() -> None:
    failures = list[str]()
    writer = RowWriter(LockedFor(10**9), on_failure=lambda error: failures.append(str(error)))
    for number in range(600):
        writer.add(make_row(number))
    assert len(failures) == 1
    await writer.close(seconds=0.0)
    assert len(failures) == 2
