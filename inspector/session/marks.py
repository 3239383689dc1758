"""Notes and colour marks: what the user remarks on messages. They are kept in the session file beside them."""

import json
import sqlite3
from collections.abc import Iterable
from typing import Final, NamedTuple

COLOURS: Final = ("red", "orange", "yellow", "green", "blue", "purple")
"""The names of the colours, as the file and the session JSON have them."""

LONGEST_NOTE: Final = 2000
"""Characters."""

MARK_COLUMN: Final = "(SELECT coalesce(colour, '') || ':' || note FROM marks WHERE message = m.row)"
"""The mark of `messages AS m` in one column: NULL for nearly all of them, and found by its key."""


class Mark(NamedTuple):
    """A colour or None, and a note or the empty text; never neither."""

    colour: str | None
    note: str


def mark_of(stored: str | None) -> Mark | None:
    """What MARK_COLUMN says. A colour of a newer version is none here, and stays in the file."""
    if stored is None:
        return None
    colour, _, note = stored.partition(":")
    mark = Mark(colour if colour in COLOURS else None, note)
    return mark if any(mark) else None


def set_colour(connection: sqlite3.Connection, messages: Iterable[int], colour: str | None) -> None:
    """Give messages (by row) a colour, or take it away; their notes stay. Belongs into a transaction."""
    _put(connection, messages, "colour", colour)


def set_note(connection: sqlite3.Connection, messages: Iterable[int], note: str) -> None:
    """Give messages (by row) a note, or take it away with the empty text; colours stay. Belongs into a transaction."""
    _put(connection, messages, "note", note[:LONGEST_NOTE])


def _put(connection: sqlite3.Connection, messages: Iterable[int], column: str, value: str | None) -> None:
    rows = json.dumps(list(messages))
    connection.execute(
        "INSERT OR IGNORE INTO marks (message, colour, note) "
        "SELECT row, NULL, '' FROM messages WHERE row IN (SELECT value FROM json_each(?))",
        (rows,),
    )
    connection.execute(
        f"UPDATE marks SET {column} = ? WHERE message IN (SELECT value FROM json_each(?))", (value, rows)
    )
    connection.execute(
        "DELETE FROM marks WHERE colour IS NULL AND note = '' AND message IN (SELECT value FROM json_each(?))", (rows,)
    )
