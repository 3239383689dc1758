"""Messages read in step with what belongs to them: the same as asked for one by one."""

import sqlite3
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.session.conditions import Condition
from inspector.session.exchange.lives import Life, lives
from inspector.session.reader import SessionReader
from inspector.session.records import Received, TransitionRow
from tests.factories import RECEIVED, make_callback, make_form_callback, make_session, stamp
from tests.strategies import callbacks


def assert_alike(reader: SessionReader, found: Sequence[Life]) -> None:
    for life in found:
        row = life.row()
        assert reader.message(row.row) == row
        assert [TransitionRow(*values[1:]) for values in life.transitions] == reader.transitions(row.row)
        assert life.findings == reader.findings(row.row)


@given(st.lists(st.lists(callbacks(), max_size=6), max_size=3))
@settings(max_examples=80, deadline=None)
def test_lives_are_what_the_messages_tell_one_by_one(batches: Sequence[Sequence[Received]]) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        SessionReader(make_session(Path(folder) / "a.inspector", *batches)) as reader,
    ):
        found = list(lives(reader))
        assert [life.row() for life in found] == list(reader.messages())
        assert_alike(reader, found)


def test_lives_of_a_part_have_what_is_theirs(tmp_path: Path) -> None:
    """The odd messages have a transition and a finding more; message 3 has neither transitions nor findings."""
    ids = [str(number) for number in range(1, 7)]
    path = make_session(
        tmp_path / "a.inspector",
        [make_callback(id=one, status="gone" if one == "3" else "queued") for one in ids],
        [make_callback(id=one, status="sent", timestamp=stamp(1), received=RECEIVED + 10**9) for one in ids[::2]],
        [make_callback(id="3", status=5), make_form_callback()],
    )
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE callbacks SET transition = 0 WHERE message = 3")
        connection.execute("DELETE FROM findings WHERE message = 3")
    odd = [Condition(f"{column} % 2 = 1") for column in ("m.row", "message")]

    with SessionReader(path) as reader:
        everything, part = list(lives(reader)), list(lives(reader, *odd))
        assert_alike(reader, everything)
        assert part == everything[::2]
    assert [len(life.transitions) for life in everything] == [2, 1, 0, 1, 2, 1, 1]
    assert [len(life.findings) for life in everything] == [1, 0, 0, 0, 1, 0, 0]


def test_what_belongs_to_no_message_is_passed_over(tmp_path: Path) -> None:
    path = make_session(tmp_path / "a.inspector", [make_callback(id=one) for one in "abc"])
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executemany(
            "INSERT INTO findings VALUES (?, 1, 'late', 'A text', 'info')", [(row,) for row in (-5, 0, 2, 3, 99)]
        )
        connection.execute("DELETE FROM messages WHERE row = 2")

    with SessionReader(path) as reader:
        found = list(lives(reader))
    assert [(life.row().id, len(life.transitions), len(life.findings)) for life in found] == [("a", 1, 0), ("c", 1, 1)]


def test_a_file_without_indexes_tells_the_same(tmp_path: Path) -> None:
    path = make_session(
        tmp_path / "a.inspector",
        [make_callback(id=one, status="sent", timestamp=stamp(2)) for one in "cab"],
        [make_callback(id=one) for one in "bca"],
    )
    with SessionReader(path) as reader:
        expected = list(lives(reader))
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DROP INDEX callbacks_by_message")

    with SessionReader(path) as reader:
        assert list(lives(reader)) == expected
    assert [[values[1] for values in life.transitions] for life in expected] == [["queued", "sent"]] * 3
