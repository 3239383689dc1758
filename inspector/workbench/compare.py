"""Compare: two selected messages, or two selected callbacks, side by side."""

from pathlib import Path
from typing import TYPE_CHECKING

from shiboken6 import isValid

from inspector.ui.menus import Entry
from inspector.ui.session_panel import CALLBACKS
from inspector.ui.texts import count_text
from inspector.workbench.bench import Bench, Tool

if TYPE_CHECKING:
    from inspector.session.reader import SessionReader
    from inspector.ui.workbench.compare_window import CompareWindow

_Side = tuple[str, list[str]]


class Compare(Tool):
    """The entry Compare. Of one selected message, its two newest callbacks are compared."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self._windows: list[CompareWindow] = []
        self._path: Path | None = None
        """Of the session that they compare something of."""

    def set_up(self) -> None:
        window = self.bench.window
        window.menus.add_tool_group()
        window.add_row_actions([window.add_tool(Entry("compare", "&Compare", "Ctrl+D"), self._compare)])

    def session_shown(self) -> None:
        if self.bench.path != self._path:
            self.session_cleared()

    def session_cleared(self) -> None:
        """What is compared is there no more: whoever opened it would take it for something of the present session."""
        windows, self._windows = self._windows, []
        for window in windows:
            if isValid(window):
                window.close()

    def _compare(self) -> None:
        reader, panel = self.bench.reader, self.bench.window.panel
        count = panel.table.selected_count()
        if reader is None or count not in (1, 2):
            noun = ("callback", "callbacks") if panel.view == CALLBACKS else ("message", "messages")
            self.bench.note(f"Select two rows to compare; {count_text(count, *noun)} selected now.")
            return
        ids = sorted(panel.table.selected_ids())
        if len(ids) == 2:
            side = _callback if panel.view == CALLBACKS else _message
            what = "callbacks" if panel.view == CALLBACKS else "messages"
        elif panel.view == CALLBACKS:
            self.bench.note("Select a second callback to compare this one with.")
            return
        else:
            ids, side, what = [one.seq for one in reader.callbacks_of(ids[0])[-2:]], _callback, "callbacks"
            if len(ids) < 2:
                self.bench.note("Select a second message to compare this one with; it has only one callback.")
                return
        left, right = side(reader, ids[0]), side(reader, ids[1])
        if left is None or right is None:
            self.bench.note("One of the rows is no longer in the session.")
        else:
            self._show(what, left, right)

    def _show(self, what: str, left: _Side, right: _Side) -> None:
        from inspector.ui.workbench.compare_window import CompareWindow

        window = CompareWindow(f"Compare {what}", left, right, self.bench.dialog_parent)
        self._windows = [*filter(isValid, self._windows), window]
        self._path = self.bench.path
        window.show()


def _message(reader: "SessionReader", row: int) -> _Side | None:
    from inspector.ui.workbench.record_lines import message_lines

    message = reader.message(row)
    if message is None:
        return None
    return f"Message {message.id}", message_lines(message, reader.transitions(row), reader.findings(row))


def _callback(reader: "SessionReader", seq: int) -> _Side | None:
    from inspector.ui.workbench.record_lines import callback_lines

    callback = reader.callback(seq)
    return None if callback is None else (f"Callback {seq}", callback_lines(callback))
