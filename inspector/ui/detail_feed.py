"""Feeds the detail pane: loads what is selected, and loads it again when it changes."""

from collections.abc import Iterable
from dataclasses import replace

from inspector.callbacks.findings import stalled
from inspector.session.files import DAMAGE
from inspector.ui.detail.content import MessageDetail, load_callback, load_message
from inspector.ui.detail.pane import DetailPane
from inspector.ui.session_panel import CALLBACKS, SessionPanel


class DetailFeed:
    """Between the tables and the pane."""

    def __init__(self, panel: SessionPanel, pane: DetailPane) -> None:
        self._panel = panel
        self._pane = pane
        self._message: int | None = None
        self._picked: int | None = None
        panel.message_chosen.connect(self._on_message_chosen)
        panel.callback_chosen.connect(self._on_callback_chosen)
        panel.messages_changed.connect(self._on_messages_changed)
        panel.rows.clock_moved.connect(self._on_clock_moved)
        pane.callback_chosen.connect(self._on_callback_picked)

    def clear(self) -> None:
        """Nothing is selected."""
        self._message = self._picked = None
        self._pane.clear()

    def refresh(self, seqs: Iterable[int]) -> None:
        """What was answered to these callbacks changed: show it where one of them is shown."""
        seq = self._pane.callback_seq
        if seq is None or seq not in seqs:
            return
        if self._panel.view == CALLBACKS:
            self._on_callback_chosen(seq)
        elif self._message is not None:
            self._show_message()

    def _on_message_chosen(self, row: int | None) -> None:
        if row is None:
            self.clear()
        elif row != self._message or self._panel.view != CALLBACKS:
            self._picked = None if row != self._message else self._picked
            self._message = row
            self._show_message()

    def _on_messages_changed(self, rows: set[int]) -> None:
        if self._panel.view != CALLBACKS and self._message in rows:
            self._show_message()

    def _on_clock_moved(self) -> None:
        if self._panel.view != CALLBACKS and self._message is not None and self._panel.messages_model.clock.live:
            self._show_message()

    def _on_callback_picked(self, seq: int) -> None:
        self._picked = seq
        if self._message is not None:
            self._show_message()

    def _on_callback_chosen(self, seq: int | None) -> None:
        try:
            self._show_callback(seq)
        except DAMAGE as error:
            self.clear()
            self._panel.rows.tell_unreadable(error)

    def _show_message(self) -> None:
        try:
            self._show_chosen_message()
        except DAMAGE as error:
            self.clear()
            self._panel.rows.tell_unreadable(error)

    def _show_callback(self, seq: int | None) -> None:
        reader = self._panel.rows.reader
        callback = None if reader is None or seq is None else load_callback(reader, seq)
        if reader is None or callback is None:
            self.clear()
            return
        message_id = callback.callback.message_id
        found = None if message_id is None else reader.message_by_id(message_id)
        self._message, self._picked = (None if found is None else found.row), seq
        self._pane.show_callback(callback, None if found is None else load_message(reader, found.row))

    def _show_chosen_message(self) -> None:
        reader = self._panel.rows.reader
        detail = None if reader is None or self._message is None else load_message(reader, self._message)
        if reader is None or detail is None:
            self.clear()
            return
        seq = self._picked if self._picked is not None else telling_callback(detail)
        clock = self._panel.messages_model.clock
        if clock.stalled(detail.message):
            finding = stalled(clock.stalled_after / 60_000_000, detail.message.status or "")
            detail = replace(detail, findings=[*detail.findings, finding])
        self._pane.show_message(detail, None if seq is None else load_callback(reader, seq))


def telling_callback(detail: MessageDetail) -> int | None:
    """The callback that says most of a message now: the one behind its status, else the newest."""
    for one in reversed(detail.transitions):
        if one.status == detail.message.status:
            return one.callback
    return detail.callbacks[-1].seq if detail.callbacks else None
