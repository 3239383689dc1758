"""Copy as: the selected callbacks as cURL lines, programs, tests or raw requests, on the clipboard."""

import asyncio
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from inspector.session.reader import SessionReader
from inspector.ui.texts import count_text
from inspector.workbench.bench import Tool
from inspector.workbench.chosen import NOTHING, chosen_callbacks

if TYPE_CHECKING:
    from inspector.session.exchange.copy_as.kinds import Kind

_MOST: Final = 1000
_MOST_BYTES: Final = 16 * 1024 * 1024


class CopyAs(Tool):
    """A menu in the Edit menu and in those of the rows."""

    def set_up(self) -> None:
        from inspector.session.exchange.copy_as.kinds import Kind

        window = self.bench.window
        menu = QMenu("Copy a&s", window.menus.edit)
        for kind in Kind:
            menu.addAction(kind.value).triggered.connect(partial(self._on_wished, kind))
        menu.addSeparator()
        rows = menu.addAction("Table rows")
        rows.triggered.connect(window.menus.actions["copy_rows"].trigger)
        window.menus.edit.insertMenu(window.menus.actions["select_all"], menu)
        window.add_row_actions([menu.menuAction()])

    def _on_wished(self, kind: "Kind") -> None:
        self.bench.spawn(self._copy(kind), f"copy as {kind.value}")

    async def _copy(self, kind: "Kind") -> None:
        seqs, path = await chosen_callbacks(self.bench), self.bench.path
        if not seqs or path is None:
            self.bench.note(NOTHING)
            return
        if len(seqs) > _MOST:
            self.bench.note(
                f"{count_text(len(seqs), 'callback is', 'callbacks are')} too many for the clipboard. "
                f"Select at most {_MOST:,}, or export them."
            )
            return
        text = await asyncio.to_thread(_text, path, seqs, kind)
        if text is None:
            self.bench.note("These bodies are too large for the clipboard. Select fewer callbacks, or export them.")
            return
        QGuiApplication.clipboard().setText(text)
        self.bench.note(f"{count_text(len(seqs), 'callback', 'callbacks')} copied as {kind.value}.")


def _text(path: Path, seqs: Sequence[int], kind: "Kind") -> str | None:
    from inspector.session.exchange.copy_as.kinds import copied_as

    rows, size = [], 0
    with SessionReader(path) as reader:
        for seq in seqs:
            if (row := reader.callback(seq)) is not None:
                rows.append(row)
                size += len(row.body)
                if size > _MOST_BYTES:
                    return None
    return copied_as(kind, rows) if rows else None
