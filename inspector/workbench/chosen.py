"""The callbacks that the user has chosen in the tables, as numbers, however many."""

import asyncio
from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from inspector.session.conditions import Condition
from inspector.session.errors import SessionError
from inspector.session.reader import SessionReader
from inspector.ui.session_panel import CALLBACKS
from inspector.workbench.bench import Bench

NOTHING: Final = "Nothing is selected. Select messages or callbacks first."


async def chosen_callbacks(bench: Bench) -> Sequence[int]:
    """The numbers of the callbacks that are selected, or of those of the messages that are, in order.

    None when another session is shown by the time they are found, or when they cannot be read, which is told.
    """
    panel, path = bench.window.panel, bench.path
    ids = panel.table.selected_ids()
    if not ids or path is None:
        return ()
    if panel.view == CALLBACKS:
        return array("q", sorted(ids))
    try:
        found = await asyncio.to_thread(_callbacks_of, path, ids)
    except SessionError as error:
        bench.window.tell("That did not work", str(error))
        return ()
    return found if bench.path == path else ()


def _callbacks_of(path: Path, messages: Sequence[int]) -> "array[int]":
    with SessionReader(path) as reader:
        # However many they are, SQLite keeps them, and the loop goes on meanwhile.
        reader.choose(messages, ())
        reader.choose_callbacks_of_chosen()
        return reader.callback_ids(Condition("c.seq IN (SELECT seq FROM temp.chosen_callbacks)"))
