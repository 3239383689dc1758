"""What the insight page reads of a session: few rows that SQLite has counted, or what changed since."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any, Final

from inspector.session.conditions import FIELD_BREACHES

_LONGEST_CODE: Final = 100
_LIFE: Final = (
    f"row, strip, codes, CASE WHEN length(error_code) <= {_LONGEST_CODE} THEN error_code "
    f"ELSE substr(error_code, 1, {_LONGEST_CODE}) || '…' END, "
    "delivered_after, CASE WHEN terminal THEN NULL ELSE last_transition END"
)


class InsightReading:
    """The part of a SessionReader that the insight page uses."""

    _connection: sqlite3.Connection

    def lives(self) -> Iterator[tuple[Any, ...]]:
        """What every message adds to the counts, by row: row, the letters of its last states, the codes of its
        findings, its error's code, milliseconds to `delivered`, and since when it has been without an outcome."""
        return self._connection.execute(f"SELECT {_LIFE} FROM messages ORDER BY row")

    def lives_of(self, rows: Iterable[int]) -> Iterator[tuple[Any, ...]]:
        """The same of some messages, by row."""
        return self._connection.execute(
            f"SELECT {_LIFE} FROM messages WHERE row IN (SELECT value FROM json_each(?)) ORDER BY row",
            (json.dumps(list(rows)),),
        )

    def statuses_of(self, row: int) -> list[str]:
        """Every status that a message went through, however long its life is."""
        found = self._connection.execute(
            "SELECT DISTINCT status FROM callbacks WHERE message = ? AND transition", (row,)
        )
        return [status for (status,) in found]

    def breaches(self, after: int) -> Iterator[tuple[str, str, str | None, int]]:
        """How many callbacks behind number `after` break the contract how: field, code, text of a wrong type, count.

        What is not about one field has the field "$". Warnings, which leave a callback valid, are not among them.
        """
        return self._connection.execute(
            "SELECT field, code, what, count(DISTINCT seq) FROM ("
            "SELECT c.seq AS seq, value ->> '$.code' AS code, "
            f"CASE WHEN value ->> '$.code' IN ({FIELD_BREACHES}) THEN value ->> '$.path' ELSE '$' END AS field, "
            "CASE WHEN value ->> '$.code' = 'type' THEN value ->> '$.text' END AS what "
            "FROM callbacks AS c, json_each(c.problems) "
            "WHERE NOT c.valid AND c.seq > ? AND value ->> '$.severity' = 'error') GROUP BY 1, 2, 3",
            (after,),
        )

    def unknown_fields(self, after: int) -> Iterator[tuple[str, int]]:
        """How many callbacks behind number `after` have a field outside the contract: finding's text, count."""
        if not after:
            sql = "SELECT text, count(*) FROM findings WHERE code = 'unknown_field' AND seq > ? GROUP BY text"
        else:
            # Findings are kept by message: a few callbacks find theirs sooner than all findings are read.
            sql = (
                "SELECT f.text, count(*) FROM callbacks AS c NOT INDEXED CROSS JOIN findings AS f "
                "ON f.message = c.message AND f.seq = c.seq "
                "WHERE c.seq > ? AND f.code = 'unknown_field' GROUP BY f.text"
            )
        return self._connection.execute(sql, (after,))

    def arrivals(self, after: int, until: int) -> Iterator[tuple[int, int]]:
        """Callbacks by the second of arrival (since 1970), of those with numbers in (after, until]."""
        return self._connection.execute(
            "SELECT received / 1000000, count(*) FROM callbacks NOT INDEXED WHERE seq > ? AND seq <= ? GROUP BY 1",
            (after, until),
        )

    def newly_stalled(self, after: int, until: int, limit: int) -> tuple[int, list[int]]:
        """Messages without an outcome whose last transition arrived in (after, until], in microseconds since 1970:
        how many, and the rows of the last `limit` of them."""
        condition = "FROM messages WHERE NOT terminal AND last_transition > ? AND last_transition <= ?"
        (count,) = self._connection.execute(f"SELECT count(*) {condition}", (after, until)).fetchone()
        if not count:
            return 0, []
        rows = self._connection.execute(f"SELECT row {condition} ORDER BY row DESC LIMIT ?", (after, until, limit))
        return count, [row for (row,) in rows]
