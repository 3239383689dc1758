"""Senders that come in the very moment in which listening ends."""

import asyncio

import pytest

from tests.capture.conftest import Capture
from tests.capture.wire import Wire, make_post

BOTH_LOOPS = True


@pytest.mark.parametrize("turns", range(12))
async def test_nobody_is_left_waiting(capture: Capture, turns: int) -> None:
    for _ in range(4):
        port = await capture.start()

        async def send() -> str:
            try:
                async with await Wire.open(port) as wire:  # noqa: B023 - awaited before it changes
                    return str((await wire.ask(make_post())).status)
            except (OSError, EOFError) as error:
                return type(error).__name__

        sending = asyncio.get_running_loop().create_task(send())
        for _ in range(turns):
            await asyncio.sleep(0)
        await capture.server.stop()
        async with asyncio.timeout(5):
            await sending
