"""The tables of what was sent on, at once or again by hand: written by the session, read by its readers."""

import sqlite3
from collections.abc import Iterable
from typing import Any, Final

from inspector.session.records import ForwardRow, ReplayRow, SentRow
from inspector.session.stored_rows import headers_of
from inspector.session.values import dump_headers, storable

# A callback may have been cleared away, or not be kept any more, while its answer was on the way.
_THERE: Final = "WHERE EXISTS (SELECT 1 FROM callbacks WHERE seq = ?1)"
_INSERT_FORWARD: Final = f"INSERT INTO forwards SELECT NULL,?1,?2,?3,?4,?5,?6,?7,?8 {_THERE}"
_INSERT_REPLAY: Final = f"INSERT INTO replays SELECT NULL,?1,?2,?3,?4,?5,?6,?7,?8,?9 {_THERE}"
_COLUMNS: Final = "callback, url, sent, milliseconds, status, headers, body, error"


def insert_forwards(connection: sqlite3.Connection, forwards: Iterable[ForwardRow]) -> None:
    """Write answers of the developer's own application, but for callbacks that are not there any more."""
    connection.executemany(_INSERT_FORWARD, map(_values, forwards))


def insert_replays(connection: sqlite3.Connection, replays: Iterable[ReplayRow]) -> None:
    """Write results of sending again, but for callbacks that are not there any more."""
    connection.executemany(_INSERT_REPLAY, ((*_values(one), one.edited) for one in replays))


def select_forwards(connection: sqlite3.Connection, seq: int) -> list[ForwardRow]:
    """The forwardings of one callback."""
    cursor = connection.execute(f"SELECT {_COLUMNS} FROM forwards WHERE callback = ? ORDER BY row", (seq,))
    return [ForwardRow(*_fields(values)) for values in cursor]


def select_replays(connection: sqlite3.Connection, seq: int | None, most: int) -> list[ReplayRow]:
    """The last results, of one callback or of all, the oldest of them first. None in a file without the table."""
    if connection.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'replays'").fetchone() is None:
        return []
    where, values = ("", ()) if seq is None else ("WHERE callback = ?", (seq,))
    cursor = connection.execute(
        f"SELECT {_COLUMNS}, edited FROM replays {where} ORDER BY row DESC LIMIT ?", (*values, most)
    )
    return [ReplayRow(*_fields(values[:-1]), values[-1]) for values in cursor][::-1]


def _values(row: SentRow) -> tuple[Any, ...]:
    return (
        row.callback, storable(row.url), row.sent, row.milliseconds, row.status, dump_headers(row.headers),
        row.body, storable(row.error),
    )  # fmt: skip


def _fields(values: Iterable[Any]) -> tuple[Any, Any, Any, Any, Any, Any, Any, Any]:
    callback, url, sent, milliseconds, status, headers, body, error = values
    return callback, url, sent, milliseconds, status, headers_of(headers or "[]"), body or b"", error
