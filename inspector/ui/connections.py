"""The connections to the session that is shown."""

import asyncio
from concurrent.futures import Future

from inspector.session.reader import SessionReader
from inspector.ui.query_runner import QueryRunner
from inspector.ui.reading_thread import ReadingThread


class Connections:
    """The window's own, one for filters and sorts, and one for what takes longer, each of these in its thread."""

    def __init__(self) -> None:
        self.reader: SessionReader | None = None
        self.runner: QueryRunner | None = None
        self._beside: ReadingThread | None = None
        self._closing: list[Future[None]] = []

    def take(self, reader: SessionReader) -> None:
        """Belong to the session of this reader. The one before must have been let go."""
        self.reader = reader
        self.runner = QueryRunner(reader.path)

    @property
    def beside(self) -> ReadingThread | None:
        """For what takes longer; None without a session."""
        if self._beside is None and self.reader is not None:
            self._beside = ReadingThread(self.reader.path, "beside")
        return self._beside

    def let_go(self) -> None:
        """Stop what runs; `released` waits for its end."""
        self._closing = [one for one in self._closing if not one.done()]
        self._closing += [one.close() for one in (self.runner, self._beside) if one is not None]
        reader, self.reader, self.runner, self._beside = self.reader, None, None, None
        if reader is not None:
            reader.close()

    async def released(self) -> None:
        """Wait until the files of the sessions that were shown are given back.

        Whoever closes a session file last folds its write-ahead log into it. A reader cannot do that: were it
        the last one, the log would stay beside the file, with the newest callbacks in it.
        """
        await asyncio.gather(*(asyncio.wrap_future(one) for one in self._closing))
