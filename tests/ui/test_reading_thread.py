"""The connection beside the window: it works in turn, ends when the session is closed, and gives the file back."""

import asyncio
import threading
from pathlib import Path

import pytest

from inspector.session.reader import SessionReader
from inspector.ui.reading_thread import ReadingThread, Superseded
from tests.factories import make_callback, make_session

ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return make_session(tmp_path / "a.inspector", [make_callback()])


async def test_it_answers_from_another_thread(path: Path) -> None:
    beside = ReadingThread(path, "beside")
    here = threading.get_ident()
    assert await beside.ask(lambda reader: (reader.summary().callbacks, threading.get_ident() != here)) == (1, True)
    with pytest.raises(ZeroDivisionError):
        await beside.ask(lambda _: 1 // 0)
    await asyncio.wrap_future(beside.close())


async def test_what_runs_ends_when_the_session_is_closed(path: Path) -> None:
    beside = ReadingThread(path, "beside")
    begun = asyncio.Event()
    loop = asyncio.get_running_loop()

    def work(reader: SessionReader) -> None:
        loop.call_soon_threadsafe(begun.set)
        reader._connection.execute(ENDLESS).fetchone()

    async with asyncio.TaskGroup() as group:
        endless = group.create_task(gone(beside, work))
        await begun.wait()
        await asyncio.wrap_future(beside.close())
    assert endless.result()
    with pytest.raises(Superseded):
        await beside.ask(lambda reader: reader.summary())


async def gone(beside: ReadingThread, work: object) -> bool:
    with pytest.raises(Superseded):
        await beside.ask(work)  # type: ignore[arg-type]
    return True
