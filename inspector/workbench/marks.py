"""Notes and colour marks: puts them on the selected messages."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt

from inspector.runtime.dialogs import ask, tell
from inspector.session.errors import SessionError, SessionInUse, SessionLocked
from inspector.session.marks import COLOURS
from inspector.session.patience import once_unlocked, once_unlocked_in_thread
from inspector.session.reader import SessionReader
from inspector.ui.mark_flag import flag_icon
from inspector.ui.menus import Entry
from inspector.ui.session_panel import CALLBACKS
from inspector.ui.texts import count_text
from inspector.workbench.bench import Tool

if TYPE_CHECKING:
    from inspector.session.session import Session

Write = Callable[["Session", Sequence[int]], None]

_AT_ONCE: Final = 1000
"""Messages in one transaction: a few milliseconds, between which the loop turns."""


class Marks(Tool):
    """The menu Mark, and Note."""

    def set_up(self) -> None:
        window = self.bench.window
        entries: list[tuple[Entry, Callable[[], object]]] = [
            (Entry(f"mark_{colour}", f"&{colour.capitalize()}", f"Ctrl+Alt+{number}"), partial(self._mark, colour))
            for number, colour in enumerate(COLOURS, 1)
        ]
        entries.append((Entry("mark_none", "&None", "Ctrl+Alt+0"), partial(self._mark, None)))
        menu = window.menus.add_tool_menu("&Mark", entries)
        for colour in COLOURS:
            window.menus.actions[f"mark_{colour}"].setIcon(flag_icon(colour))
        note = window.add_tool(Entry("note", "&Note…", "Ctrl+Alt+N"), self._note)
        window.add_row_actions([menu.menuAction(), note], apart=False)  # with the comparison

    def _mark(self, colour: str | None) -> None:
        said = f"marked {colour}" if colour else "without a colour now"
        self.bench.spawn(self._write_selected(lambda session, rows: session.mark(rows, colour), said), "mark")

    def _note(self) -> None:
        self.bench.spawn(self._ask_for_note(), "note")

    async def _ask_for_note(self) -> None:
        from inspector.ui.workbench.note_dialog import NoteDialog

        rows = await self._selected()
        reader = self.bench.reader
        if not rows or reader is None:
            self._nothing_selected()
            return
        notes = {one.mark.note if one.mark else "" for one in reader.message_rows(rows[:_AT_ONCE]).values()}
        note = next(iter(notes)) if len(notes) == 1 else ""
        different = len(notes) > 1
        while True:
            dialog = NoteDialog(len(rows), note, different=different, parent=self.bench.dialog_parent)
            if not await ask(dialog):
                return
            text = note = dialog.note
            said = "noted" if text else "without a note now"
            if await self._write(reader.path, rows, partial(_annotate, text), said):
                return
            different = False  # nothing that was typed is lost: it is asked for again, as it stands

    async def _write_selected(self, write: Write, said: str) -> None:
        path, rows = self.bench.path, await self._selected()
        if rows and path is not None:
            await self._write(path, rows, write, said)
        else:
            self._nothing_selected()

    def _nothing_selected(self) -> None:
        self.bench.note("No message is selected. Select rows first.")

    async def _selected(self) -> list[int]:
        """The rows of the selected messages, or of those that the selected callbacks name."""
        panel = self.bench.window.panel
        ids, reader = panel.table.selected_ids(), self.bench.reader
        if panel.view != CALLBACKS or reader is None:
            return ids
        rows: dict[int, None] = {}
        for some in _chunks(ids):
            if self.bench.reader is not reader:  # it was let go meanwhile
                return []
            found = reader.callback_summaries(some).values()
            rows |= dict.fromkeys(one.message for one in found if one.message is not None)
            await asyncio.sleep(0)
        return list(rows)

    async def _write(self, path: Path, rows: list[int], write: Write, said: str) -> bool:
        """Whether that is over. While another program has the file locked, that is waited for."""
        session = self.bench.session
        if path != self.bench.path:  # since the rows were chosen; they are others in another session
            self.bench.note("Nothing was marked: another session is shown by now.")
            return True
        try:
            if session is not None:
                for some in _chunks(rows):
                    if self.bench.session is not session:
                        self.bench.note("Not every message was marked: another session is shown by now.")
                        return True
                    await once_unlocked(partial(write, session, some), on_wait=self._say_waiting)
                    await asyncio.sleep(0)
            else:
                await asyncio.to_thread(_write_saved, path, rows, write)
                self._see_first_marks(path)
        except SessionInUse:
            text = "Another process captures into this session. Mark its messages there, or when it has ended."
            await tell(self.bench.dialog_parent, "Nothing was marked", text)
            return False
        except SessionLocked as error:
            await tell(self.bench.dialog_parent, "Nothing was marked", f"{error} Then try again.")
            return False
        except SessionError as error:
            text = f"{error} Copy the file to a folder that can be written, and open it there."
            await tell(self.bench.dialog_parent, "Nothing was marked", text)
            return False
        if path == self.bench.path:
            self.bench.window.panel.rows.marked(rows)
        self.bench.note(f"{count_text(len(rows), 'message', 'messages')} {said}.")
        return True

    def _say_waiting(self) -> None:
        self.bench.note("Waiting: another program has the session locked.")

    def _see_first_marks(self, path: Path) -> None:
        """A file of version 0.1.0 has just got a table for marks: connections from before know of none."""
        reader, panel = self.bench.reader, self.bench.window.panel
        if reader is None or reader.path != path or reader.knows_marks:
            return
        table, current = panel.table, panel.table.current_id()
        panel.rows.attach(path, clock=panel.messages_model.clock, polled=False)
        if current is not None:
            once = Qt.ConnectionType.SingleShotConnection
            panel.rows.settled.connect(partial(table.select_id, current), once)


def _write_saved(path: Path, rows: Sequence[int], write: Write) -> None:
    """Write into a session that nobody captures into. In a thread: the first time, it may get tables and indexes."""
    from inspector.session.session import Session

    with SessionReader(path) as reader:
        ended = reader.info().ended_at
    with Session.open(path) as session:
        try:
            for some in _chunks(rows):
                once_unlocked_in_thread(partial(write, session, some))
        finally:
            if ended is not None:  # it was opened for capture, which it did not come to
                session.end(ended)


def _annotate(text: str, session: "Session", rows: Sequence[int]) -> None:
    session.annotate(rows, text)


def _chunks(rows: Sequence[int]) -> Iterator[Sequence[int]]:
    for first in range(0, len(rows), _AT_ONCE):
        yield rows[first : first + _AT_ONCE]
