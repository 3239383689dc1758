"""What exports read of a session: rows as they are stored, each kind in one query over all of it or over a choice."""

import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any

from inspector.session.conditions import EVERYTHING, Condition
from inspector.session.stored_rows import CALLBACK_COLUMNS, MESSAGE_COLUMNS


class StoredReading:
    """The part of a SessionReader that exports use."""

    _connection: sqlite3.Connection

    def stored_messages(self, condition: Condition = EVERYTHING) -> Iterator[tuple[Any, ...]]:
        """Rows of MESSAGE_COLUMNS, in the order of the messages."""
        return self._connection.execute(
            f"SELECT {MESSAGE_COLUMNS} FROM messages AS m WHERE {condition.sql} ORDER BY m.row", condition.values
        )

    def stored_callbacks(self, condition: Condition = EVERYTHING) -> Iterator[tuple[Any, ...]]:
        """Rows of CALLBACK_COLUMNS, in the order of arrival."""
        return self._connection.execute(
            f"SELECT {CALLBACK_COLUMNS} FROM callbacks AS c WHERE {condition.sql} ORDER BY c.seq", condition.values
        )

    def stored_transitions(self, condition: Condition = EVERYTHING) -> Iterator[tuple[Any, ...]]:
        """(message, status, timestamp, received, seq) in the order of the messages. The condition is on `message`."""
        return self._connection.execute(
            "SELECT message, status, timestamp, received, seq FROM callbacks "
            f"WHERE message NOTNULL AND transition AND {condition.sql} ORDER BY message, seq",
            condition.values,
        )

    def stored_findings(self, condition: Condition = EVERYTHING) -> Iterator[tuple[Any, ...]]:
        """(message, code, seq, text, severity) in the order of the messages. The condition is on `message`."""
        return self._connection.execute(
            "SELECT message, code, seq, text, severity FROM findings "
            f"WHERE {condition.sql} ORDER BY message, seq, code, text",
            condition.values,
        )

    def choose(self, messages: Iterable[int], callbacks: Iterable[int]) -> None:
        """Fill temp.chosen_messages and temp.chosen_callbacks, which conditions of this connection can name."""
        self._connection.execute("PRAGMA query_only = OFF")  # it means temporary tables too
        try:
            self._fill_chosen(messages, callbacks)
        finally:
            self._connection.execute("PRAGMA query_only = ON")

    def _fill_chosen(self, messages: Iterable[int], callbacks: Iterable[int]) -> None:
        for table, column, values in (
            ("chosen_messages", "row", messages),
            ("chosen_callbacks", "seq", callbacks),
        ):
            self._connection.execute(f"CREATE TEMP TABLE IF NOT EXISTS {table} ({column} INTEGER PRIMARY KEY)")
            self._connection.execute(f"DELETE FROM temp.{table}")
            self._connection.executemany(f"INSERT OR IGNORE INTO temp.{table} VALUES (?)", ((one,) for one in values))

    def choose_matching(self, messages: Condition, callbacks: Condition) -> None:
        """As `choose`, by conditions: SQLite finds the rows and keeps them."""
        self.choose((), ())
        self._fill("INSERT INTO temp.chosen_messages SELECT m.row FROM messages AS m WHERE", messages)
        self._fill("INSERT INTO temp.chosen_callbacks SELECT c.seq FROM callbacks AS c WHERE", callbacks)

    def choose_callbacks_of_chosen(self) -> None:
        """Add the callbacks of the chosen messages to the chosen callbacks."""
        chosen = Condition("message IN (SELECT row FROM temp.chosen_messages)")
        self._fill("INSERT OR IGNORE INTO temp.chosen_callbacks SELECT seq FROM callbacks WHERE", chosen)

    def _fill(self, insertion: str, condition: Condition) -> None:
        self._connection.execute("PRAGMA query_only = OFF")  # it means temporary tables too
        try:
            self._connection.execute(f"{insertion} {condition.sql}", condition.values)
        finally:
            self._connection.execute("PRAGMA query_only = ON")
