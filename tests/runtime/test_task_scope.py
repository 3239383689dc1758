import asyncio
import gc
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from inspector.runtime.tasks import TaskScope

Run = Callable[[Coroutine[Any, Any, Any]], Any]


async def _forever() -> None:
    await asyncio.get_running_loop().create_future()


def test_a_task_has_its_name_and_result(run: Run) -> None:
    async def answer() -> int:
        return 42

    async def main() -> tuple[str, int]:
        async with TaskScope() as tasks:
            task = tasks.spawn(answer(), name="answer")
            return task.get_name(), await task

    assert run(main()) == ("answer", 42)


def test_a_task_lives_without_anybody_holding_it(run: Run) -> None:
    async def main() -> bool:
        reached = asyncio.Event()

        async def work(start: asyncio.Event) -> None:
            await start.wait()
            reached.set()

        async with TaskScope() as tasks:
            start = asyncio.Event()
            tasks.spawn(work(start), name="work")
            await asyncio.sleep(0)
            gc.collect()
            start.set()
            await reached.wait()
            return reached.is_set()

    assert run(main())


def test_a_failed_task_is_reported_with_its_name_and_leaves_the_others_alone(run: Run) -> None:
    reported: list[tuple[BaseException, str]] = []
    told = asyncio.Event()

    def on_error(error: BaseException, name: str) -> None:
        reported.append((error, name))
        told.set()

    async def fail() -> None:
        raise ValueError("no good")

    async def main() -> int:
        async with TaskScope(on_error) as tasks:
            tasks.spawn(_forever(), name="other")
            tasks.spawn(fail(), name="replay 7")
            await told.wait()
            return len(tasks)

    assert run(main()) == 1
    [(error, name)] = reported
    assert isinstance(error, ValueError)
    assert name == "replay 7"


def test_without_a_listener_a_failure_reaches_the_loops_handler(run: Run) -> None:
    contexts: list[dict[str, Any]] = []

    async def fail() -> None:
        raise ValueError("no good")

    async def main() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _loop, context: contexts.append(context))
        async with TaskScope() as tasks:
            await asyncio.wait({tasks.spawn(fail(), name="replay 7")})

    run(main())
    [context] = contexts
    assert "replay 7" in context["message"]
    assert isinstance(context["exception"], ValueError)


def test_leaving_cancels_what_is_left_and_awaits_its_last_words(run: Run) -> None:
    said: list[str] = []

    async def stubborn() -> None:
        try:
            await _forever()
        finally:
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            said.append("put away")

    async def main() -> int:
        async with TaskScope() as tasks:
            tasks.spawn(stubborn(), name="one")
            tasks.spawn(stubborn(), name="two")
            await asyncio.sleep(0)
        return len(tasks)

    assert run(main()) == 0
    assert said == ["put away", "put away"]


def test_a_task_cancelled_before_its_first_step_ends_quietly(run: Run) -> None:
    async def main() -> asyncio.Task[None]:
        async with TaskScope() as tasks:
            return tasks.spawn(_forever(), name="never begun")

    assert run(main()).cancelled()


def test_a_failure_while_being_cancelled_is_reported(run: Run) -> None:
    reported: list[str] = []

    async def breaks_on_the_way_out() -> None:
        try:
            await _forever()
        finally:
            raise ValueError("too late")

    async def main() -> None:
        async with TaskScope(lambda error, name: reported.append(f"{name}: {error}")) as tasks:
            tasks.spawn(breaks_on_the_way_out(), name="capture")
            await asyncio.sleep(0)

    run(main())
    assert reported == ["capture: too late"]


def test_the_error_that_ended_the_block_passes_through(run: Run) -> None:
    async def main() -> None:
        async with TaskScope() as tasks:
            tasks.spawn(_forever(), name="other")
            raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        run(main())


def test_nothing_starts_in_a_closed_scope(run: Run, recwarn: pytest.WarningsRecorder) -> None:
    async def main() -> None:
        tasks = TaskScope()
        await tasks.aclose()
        await tasks.aclose()
        with pytest.raises(RuntimeError, match="late"):
            tasks.spawn(_forever(), name="late")
        gc.collect()

    run(main())
    assert not recwarn.list


def test_nothing_starts_without_a_loop(recwarn: pytest.WarningsRecorder) -> None:
    with pytest.raises(RuntimeError):
        TaskScope().spawn(_forever(), name="early")
    gc.collect()
    assert not recwarn.list


def test_a_task_may_close_its_own_scope(run: Run) -> None:
    async def main() -> bool:
        tasks = TaskScope()
        other = tasks.spawn(_forever(), name="other")
        await tasks.spawn(tasks.aclose(), name="closer")
        return other.cancelled()

    assert run(main())


def test_a_cancelled_close_still_waits_for_the_tasks(run: Run) -> None:
    said: list[str] = []

    async def main() -> None:
        release = asyncio.Event()

        async def slow_to_end() -> None:
            try:
                await _forever()
            finally:
                await release.wait()
                said.append("put away")

        tasks = TaskScope()
        tasks.spawn(slow_to_end(), name="slow")
        await asyncio.sleep(0)
        owner = TaskScope()
        closing = owner.spawn(tasks.aclose(), name="close")
        await asyncio.sleep(0)
        closing.cancel()
        for _ in range(3):
            await asyncio.sleep(0)
        assert not closing.done()
        release.set()
        await asyncio.wait({closing})
        assert closing.cancelled()

    run(main())
    assert said == ["put away"]
