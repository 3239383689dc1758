"""The table of what was sent again: written by the session, read by its readers."""

import sqlite3
from collections.abc import Iterable
from typing import Final

from inspector.session.records import ReplayRow
from inspector.session.stored_rows import headers_of
from inspector.session.values import dump_headers, storable

# A callback may have been cleared away while its answer was on the way.
_INSERT: Final = (
    "INSERT INTO replays SELECT NULL,?1,?2,?3,?4,?5,?6,?7,?8,?9 WHERE EXISTS (SELECT 1 FROM callbacks WHERE seq = ?1)"
)
_COLUMNS: Final = "callback, url, sent, milliseconds, status, headers, body, error, edited"


def insert_replays(connection: sqlite3.Connection, replays: Iterable[ReplayRow]) -> None:
    """Write results, but for callbacks that are not there any more."""
    rows = [
        (
            one.callback, storable(one.url), one.sent, one.milliseconds, one.status, dump_headers(one.headers),
            one.body, storable(one.error), one.edited,
        )
        for one in replays
    ]  # fmt: skip
    connection.executemany(_INSERT, rows)


def select_replays(connection: sqlite3.Connection, seq: int | None, most: int) -> list[ReplayRow]:
    """The last results, of one callback or of all, the oldest of them first. None in a file without the table."""
    if connection.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'replays'").fetchone() is None:
        return []
    where, values = ("", ()) if seq is None else ("WHERE callback = ?", (seq,))
    cursor = connection.execute(f"SELECT {_COLUMNS} FROM replays {where} ORDER BY row DESC LIMIT ?", (*values, most))
    found = [
        ReplayRow(callback, url, sent, took, status, headers_of(headers or "[]"), body or b"", error, edited)
        for callback, url, sent, took, status, headers, body, error, edited in cursor
    ]
    return found[::-1]
