"""One sending: what is to be sent, and what becomes of the results."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from inspector.capture.row_writer import RowWriter
from inspector.session.errors import SessionError
from inspector.session.reader import SessionReader
from inspector.session.records import CallbackRow, ReplayRow
from inspector.ui.workbench.replay_results import answer_text
from inspector.ui.workbench.replay_window import Progress
from inspector.workbench.bench import Bench

if TYPE_CHECKING:
    from inspector.capture.replay import Replayed
    from inspector.ui.workbench.replay_window import ReplayWindow

_SECONDS_BETWEEN: Final = 0.05


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be sent, where to and how. `edited` stands in for the one callback of `seqs`.

    `changed_body` is its body, where that is not the captured one.
    """

    path: Path
    seqs: Sequence[int]
    url: str
    speed: float | None
    sign: bool
    edited: CallbackRow | None = None
    changed_body: bytes | None = None

    def rows(self, reader: SessionReader) -> Iterable[CallbackRow]:
        """The callbacks, each read when its turn comes."""
        if self.edited is not None:
            yield self.edited
            return
        for seq in self.seqs:
            if (row := reader.callback(seq)) is not None:
                yield row


class Run:
    """One sending: gathers results, and hands them to the window and the session some times a second."""

    def __init__(self, bench: Bench, wish: Wish, window: "Callable[[], ReplayWindow | None]") -> None:
        self._bench = bench
        self._wish = wish
        self._window = window
        self._session = bench.session
        self._progress = Progress(total=len(wish.seqs))
        self._rows: list[ReplayRow] = []
        self._timer: asyncio.TimerHandle | None = None
        self._problem = ""
        self._writer = RowWriter[ReplayRow](self._record, on_failure=self._not_kept)
        self._show(running=True)

    def told(self, one: "Replayed") -> None:
        answer = one.answer
        self._rows.append(
            ReplayRow(
                one.callback.seq, one.url, one.sent, answer.milliseconds, answer.status, answer.headers, answer.body,
                answer.error, self._wish.changed_body,
            )
        )  # fmt: skip
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_SECONDS_BETWEEN, self._flush)

    def end(self, ending: str) -> None:
        """Show and keep what is left, and tell how it went."""
        if self._timer is not None:
            self._timer.cancel()
        last = self._rows[-1] if self._rows else None
        self._flush()
        bench = self._bench
        text = f"{ending}{self._progress.text}"
        if self._progress.total == 1 and last is not None:
            text = f"Callback {last.callback} sent again to {last.url[:200]}: {answer_text(last)}"
        if not self._problem and self._session is None:
            self._problem = not_kept(bench)
        self._show(running=False, text=f"{text}. {self._problem}" if self._problem else text)
        bench.note(text)
        if bench.path == self._wish.path:
            bench.window.replies_changed(self._wish.seqs)

    def _flush(self) -> None:
        self._timer = None
        rows, self._rows = self._rows, []
        if not rows:
            return
        self._progress = self._progress.with_results(rows)
        if not self._problem:
            for row in rows:
                self._writer.add(row)
            self._writer.flush()
        window = self._window()
        if window is not None and self._bench.path == self._wish.path:
            window.results.add(rows)
        self._show(running=True)

    async def written(self) -> None:
        """Wait until what came of it is in the session. Only another program that has it locked makes this long."""
        if self._writer.waits:
            await self._writer.close()
            if self._bench.path == self._wish.path:
                self._bench.window.replies_changed(self._wish.seqs)

    def _record(self, rows: Sequence[ReplayRow]) -> None:
        # Another session may have taken its place meanwhile; these results are not that one's.
        if self._session is not None and self._bench.session is self._session:
            self._session.record_replays(rows)

    def _not_kept(self, error: SessionError) -> None:
        self._problem = f"The results are not kept: {error}"
        self._bench.note(self._problem)

    def _show(self, *, running: bool, text: str = "") -> None:
        if (window := self._window()) is not None:
            window.show_progress(self._progress, running=running, text=text)


def not_kept(bench: Bench) -> str:
    """That results do not go into the file, or nothing where they do."""
    if bench.session is not None:
        return ""
    return "This session is only shown, so what comes of it is listed here and not kept in the file."
