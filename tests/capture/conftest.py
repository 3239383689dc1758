"""A capture server with its session, on a free port of this machine only."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from inspector.capture.recorder import Listener, Recorder
from inspector.capture.server import CaptureServer, CaptureSettings, Listening
from inspector.session.reader import SessionReader
from inspector.session.records import Appended, CallbackRow, Received
from inspector.session.session import Session


class Capture:
    """A session, and what captures into it."""

    def __init__(self, path: Path) -> None:
        self.session = Session.create(path, started=0)
        self.reader = SessionReader(path)
        self.recorder = Recorder(self.session)
        self.server = CaptureServer(self.recorder)

    async def start(self, *, on_appended: Listener | None = None, **settings: Any) -> int:
        """Listen with these settings; returns the port."""
        self.recorder = Recorder(self.session, on_appended=on_appended)
        return await self.serve(self.recorder, **settings)

    async def serve(self, recorder: Recorder, **settings: Any) -> int:
        await self.server.stop()
        self.server = CaptureServer(recorder, CaptureSettings(**settings))
        listening = await self.server.start("127.0.0.1", 0)
        assert isinstance(listening, Listening)
        return listening.port

    def callbacks(self) -> list[CallbackRow]:
        return list(self.reader.callbacks())

    def only(self) -> CallbackRow:
        (callback,) = self.callbacks()
        return callback

    async def close(self) -> None:
        await self.server.stop()
        self.reader.close()
        self.session.close()


class HeldRecorder(Recorder):
    """A recorder that writes only once it is released."""

    def __init__(self, capture: Capture) -> None:
        super().__init__(capture.session)
        self.submitted = asyncio.Event()
        self._held = True

    def submit(self, received: Received) -> "asyncio.Future[Appended]":
        self.submitted.set()
        return super().submit(received)

    def flush(self) -> None:
        if not self._held:
            super().flush()

    def release(self) -> None:
        self._held = False
        self.flush()


@pytest.fixture
async def capture(tmp_path: Path) -> AsyncIterator[Capture]:
    capture = Capture(tmp_path / "captured.inspector")
    yield capture
    await capture.close()


@pytest.hookimpl(optionalhook=True)
def pytest_asyncio_loop_factories(item: pytest.Item) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Modules that say BOTH_LOOPS run on asyncio's own loop and on uvloop, where it is installed."""
    factories: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {"asyncio": asyncio.new_event_loop}
    module = getattr(item, "module", None)
    if getattr(module, "BOTH_LOOPS", False):
        try:
            from uvloop import new_event_loop
        except ImportError:
            return factories
        factories["uvloop"] = new_event_loop
    return factories
