"""Reading deaf windows and the message log from a session. Files of version 0.1.0 have no tables for them."""

import sqlite3
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from inspector.session.deaf import DeafWindow

if TYPE_CHECKING:
    from inspector.session.reconciliation import LoggedRow

_COLUMNS: Final = "l.id, l.status, l.created_at, l.record, l.checked, m.row, m.status, m.last_received"
_PAIRS: Final = f"SELECT {_COLUMNS} FROM logged AS l LEFT JOIN messages AS m ON m.id = l.id"


class LogReading:
    """The part of a SessionReader that is about what was missed."""

    _connection: sqlite3.Connection

    def deaf_windows(self) -> list[DeafWindow]:
        """In the order in which they were noted."""
        if not self._has("deaf"):
            return []
        return [DeafWindow(*values) for values in self._connection.execute("SELECT since, until, reason FROM deaf")]

    def logged(self, message_id: str) -> "LoggedRow | None":
        """What the log said of one message when it was asked last."""
        found = self._pairs("WHERE l.id = ?", message_id)
        return next(found, None)

    def logged_rows(self) -> "Iterator[LoggedRow]":
        """All that the log said, the oldest messages first."""
        return self._pairs("ORDER BY l.created_at, l.id")

    def _pairs(self, condition: str, *values: Any) -> "Iterator[LoggedRow]":
        from inspector.session.reconciliation import logged_row  # only where somebody asks for the log

        if not self._has("logged"):
            return iter(())
        return map(logged_row, self._connection.execute(f"{_PAIRS} {condition}", values))

    def _has(self, table: str) -> bool:
        sql = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?"
        return self._connection.execute(sql, (table,)).fetchone() is not None
