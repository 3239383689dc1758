"""Damages sessions, as a failing disk or another program does."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from tests.factories import make_callback, make_session

HEADER: Final = "the first page"
PLACES: Final = (
    HEADER, "session", "messages", "sqlite_autoindex_messages_1", "callbacks", "findings", "tallies", "forwards",
    "marks", "replays", "deaf", "logged", "callbacks_by_message", "callbacks_list", "callbacks_invalid",
)  # fmt: skip
"""The first page, and every table and index by name."""


def make_large(path: Path) -> Path:
    """A session whose tables and indexes have pages of their own."""
    return make_session(path, [make_callback(id=f"m{number}", body="x" * 600) for number in range(300)])


def damage(path: Path, place: str) -> None:
    """Overwrite the page where a table or an index begins; of the first page, what follows SQLite's header."""
    with closing(sqlite3.connect(path)) as connection:
        roots = dict(connection.execute("SELECT name, rootpage FROM sqlite_schema"))
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    first, length = (100, 400) if place == HEADER else ((roots[place] - 1) * size, size)
    with path.open("r+b") as file:
        file.seek(first)
        file.write(b"\xff" * length)
