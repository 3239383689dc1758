"""Nothing that was answered is ever lost: the program is killed while callbacks pour in, again and again."""

import asyncio
import os
import random
import sqlite3
from contextlib import closing
from pathlib import Path

from inspector.session.reader import SessionReader
from inspector.session.session import Session
from tests.capture.wire import BOUND, Wire, make_post
from tests.cli.program import Program

ROUNDS = int(os.environ.get("INSPECTOR_KILL_ROUNDS", "10"))
SENDERS = 8


class Flood:
    """Senders that send until the server is gone; `answered` are the ids of the callbacks answered with 200."""

    def __init__(self, prefix: str, path: Path) -> None:
        self._prefix = prefix
        self._path = path
        self._sent = 0
        self.answered: list[str] = []

    async def pour(self, program: Program, port: int, enough: int, delay: float) -> None:
        """Send; kill the program `delay` seconds after so many answers."""
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(BOUND):
            await asyncio.gather(*(self._send(port, program, enough, delay, loop) for _ in range(SENDERS)))

    async def _send(
        self, port: int, program: Program, enough: int, delay: float, loop: asyncio.AbstractEventLoop
    ) -> None:
        try:
            async with await Wire.open(port) as wire:
                while True:
                    self._sent += 1
                    # Several callbacks a message, so that folding into known messages is under way too.
                    message, name = f"{self._prefix}-{self._sent % 50}", f"{self._prefix}/{self._sent}"
                    reply = await wire.ask(make_post(id=message, body=name, target=f"/{name}"))
                    assert reply.status == 200
                    self.answered.append(name)
                    if len(self.answered) % 25 == 0:
                        look_into(self._path)
                    if len(self.answered) == enough:
                        loop.call_later(delay, program.kill)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the server is gone


async def test_killed_while_callbacks_pour_in(tmp_path: Path) -> None:
    """All rounds go into one file, each on top of what the one before left."""
    chance = random.Random(20261123)  # noqa: S311 - the same moments again
    path = tmp_path / "killed.inspector"
    answered: list[str] = []
    for number in range(ROUNDS):
        flood = Flood(f"r{number}", path)
        with Program(tmp_path, "listen", "--json", "--port", "0", "--session", str(path)) as program:
            await flood.pour(program, program.port(), chance.randrange(1, 300), chance.uniform(0, 0.005))
            assert program.errors == ""
        assert flood.answered
        answered += flood.answered
        check(path, answered)


def look_into(path: Path) -> None:
    """What others do with the file meanwhile: open it, read, and close it, which tidies up if nobody else has it."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("SELECT max(seq) FROM callbacks").fetchone()


def check(path: Path, answered: list[str]) -> None:
    with Session.open(path), SessionReader(path) as reader:
        kept = [callback.target.removeprefix("/") for callback in reader.callbacks()]
        assert not set(answered) - set(kept)
        assert len(set(kept)) == len(kept)
        summary = reader.summary()
        assert summary.callbacks == summary.valid == len(kept)
        assert summary.messages == len({message.id for message in reader.messages()})
        assert sum(message.callbacks for message in reader.messages()) == len(kept)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
