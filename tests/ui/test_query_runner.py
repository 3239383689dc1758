"""Questions asked aside: the first rows early, the newest question alone, and nothing when the session is let go."""

import asyncio
import threading
from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from inspector.session.conditions import EVERYTHING, Condition
from inspector.session.session import Session
from inspector.ui import query_runner
from inspector.ui.query_runner import Arrival, QueryRunner, Question, Subject
from inspector.ui.reading_thread import Superseded
from inspector.ui.row_ids import Ids
from tests.factories import STARTED, make_callback

COUNT = 3000
SOME = Condition("m.row > ?", (0,))
BY_ID = "m.id DESC NULLS LAST, m.row"


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("session") / "a.inspector"
    with Session.create(path, started=STARTED) as session:
        session.append([make_callback(id=f"{number:06}") for number in range(COUNT)])
    return path


@pytest.fixture
def runner(path: Path) -> Iterator[QueryRunner]:
    runner = QueryRunner(path)
    yield runner
    runner.close().result()


class Shown:
    """What was shown, in the thread of the loop."""

    def __init__(self) -> None:
        self.answers: list[list[int]] = []
        self._thread = threading.get_ident()

    def __call__(self, ids: Ids) -> None:
        assert threading.get_ident() == self._thread
        self.answers.append(list(ids))


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every answer counts as one that takes long."""
    monkeypatch.setattr(query_runner, "_SOON", -1.0)
    monkeypatch.setattr(query_runner, "_LARGE", 100)


@pytest.mark.parametrize(
    ("question", "first", "whole"),
    [
        (Question(Subject.MESSAGES, SOME, Arrival.OLDEST_FIRST), range(1, 513), range(1, COUNT + 1)),
        (
            Question(Subject.MESSAGES, SOME, Arrival.OLDEST_FIRST_FROM_THE_END),
            range(COUNT - 511, COUNT + 1),
            range(1, COUNT + 1),
        ),
        (
            Question(Subject.MESSAGES, SOME, Arrival.NEWEST_FIRST),
            range(COUNT, COUNT - 512, -1),
            range(COUNT, 0, -1),
        ),
        (
            Question(Subject.MESSAGES, EVERYTHING, Arrival.OTHER, BY_ID),
            range(COUNT, COUNT - 512, -1),
            range(COUNT, 0, -1),
        ),
    ],
    ids=["from the start", "from the end", "newest first", "by a column"],
)
@pytest.mark.usefixtures("slow")
async def test_what_is_looked_at_first_is_shown_first(
    runner: QueryRunner, question: Question, first: range, whole: range
) -> None:
    shown = Shown()
    answer = await runner.ask(question, shown)
    assert shown.answers == [list(first)]
    assert list(answer) == list(whole)


@pytest.mark.parametrize("subject", list(Subject))
async def test_a_whole_session_is_a_range(runner: QueryRunner, subject: Subject) -> None:
    shown = Shown()
    assert await runner.ask(Question(subject, EVERYTHING, Arrival.OLDEST_FIRST), shown) == range(1, COUNT + 1)
    assert await runner.ask(Question(subject, EVERYTHING, Arrival.NEWEST_FIRST), shown) == range(COUNT, 0, -1)
    assert shown.answers == []


async def test_a_quick_answer_is_shown_at_once(runner: QueryRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(query_runner, "_SOON", 60.0)
    shown = Shown()
    answer = await runner.ask(Question(Subject.MESSAGES, SOME, Arrival.OLDEST_FIRST), shown)
    assert (shown.answers, len(answer)) == ([], COUNT)


ENDLESS = Condition("m.row IN (WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n)")


async def under_way(runner: QueryRunner) -> None:
    """Wait until the other thread has taken up what it was asked."""
    while not runner._thread._executor._work_queue.empty():  # noqa: ASYNC110 - an executor tells nobody
        await asyncio.sleep(0)


async def test_only_the_newest_question_about_a_table_is_answered(runner: QueryRunner) -> None:
    shown = Shown()

    async def later() -> Sequence[Ids]:
        await asyncio.sleep(0)
        await under_way(runner)
        other = Question(Subject.CALLBACKS, EVERYTHING, Arrival.OLDEST_FIRST)
        second = Question(Subject.MESSAGES, SOME, Arrival.OLDEST_FIRST)
        return await asyncio.gather(runner.ask(other, shown), runner.ask(second, shown))

    async with asyncio.timeout(20):
        first, answers = await asyncio.gather(
            runner.ask(Question(Subject.MESSAGES, ENDLESS, Arrival.OLDEST_FIRST), shown),
            later(),
            return_exceptions=True,
        )
    assert isinstance(first, Superseded)
    assert not isinstance(answers, BaseException)
    assert list(answers) == [range(1, COUNT + 1), array("q", range(1, COUNT + 1))]


async def test_closing_ends_what_runs(path: Path) -> None:
    runner = QueryRunner(path)
    await runner.ask(Question(Subject.MESSAGES, SOME, Arrival.OLDEST_FIRST), Shown())

    async def close() -> None:
        await asyncio.sleep(0)
        await under_way(runner)
        await asyncio.wrap_future(runner.close())

    async with asyncio.timeout(20):
        running, _ = await asyncio.gather(
            runner.ask(Question(Subject.MESSAGES, ENDLESS, Arrival.OLDEST_FIRST), Shown()),
            close(),
            return_exceptions=True,
        )
        assert isinstance(running, Superseded)
        with pytest.raises(Superseded):
            await runner.ask(Question(Subject.MESSAGES, SOME, Arrival.OLDEST_FIRST), Shown())
