"""Entries put together from stored values: what the long way round makes, or nothing where a file is damaged."""

import json
import sqlite3
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NoReturn

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.runtime.resources import read_text
from inspector.session.errors import SessionError
from inspector.session.exchange.export import export
from inspector.session.exchange.json_export import callback_json, message_json
from inspector.session.exchange.json_text import encoded_callback, encoded_message
from inspector.session.exchange.lives import lives
from inspector.session.reader import SessionReader
from inspector.session.records import Received
from inspector.session.values import dump_headers
from tests.factories import make_callback, make_form_callback, make_session, stamp
from tests.strategies import callbacks

SCHEMA = jsonschema_rs.Draft202012Validator(json.loads(read_text("session.schema.json")), validate_formats=True)


def strict(text: bytes) -> Any:
    def refuse(word: str) -> NoReturn:
        raise AssertionError(f"{word} is no JSON")

    return json.loads(text, parse_constant=refuse)


def exactly(value: Any) -> str:
    """A text in which 1, 1.0 and true differ, and so does the order of members."""
    return json.dumps(value)


@given(st.lists(st.lists(callbacks(), max_size=4), max_size=3))
@settings(max_examples=150, deadline=None)
def test_the_entries_are_those_of_the_long_way_round(batches: Sequence[Sequence[Received]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = make_session(Path(folder) / "a.inspector", *batches)
        with SessionReader(path) as reader:
            for life in lives(reader):
                assert exactly(strict(encoded_message(life))) == exactly(message_json(life.row(), life))
            for values, row in zip(reader.stored_callbacks(), reader.callbacks(), strict=True):
                assert exactly(strict(encoded_callback(values))) == exactly(callback_json(row))


@given(st.binary(max_size=40) | st.text(st.characters(exclude_categories=["Cs"])).map(str.encode))
def test_a_body_is_quoted_as_python_does(body: bytes) -> None:
    values = [1, 0, "POST", "/", "::1", "[]", body, 0, "json", 1, None, None, None, "absent", None, '{"status":200}']
    entry = strict(encoded_callback(tuple(values)))

    try:
        assert (entry["body"], entry["body_base64"]) == (body.decode(), None)
    except UnicodeDecodeError:
        assert entry["body"] is None


@given(st.lists(st.tuples(st.text(max_size=8), st.text(max_size=8)), max_size=3))
def test_header_lines_are_taken_as_they_are_stored(headers: list[tuple[str, str]]) -> None:
    stored = dump_headers(headers)
    values = [1, 0, "POST", "/", "::1", stored, b"", 0, "json", 1, None, None, None, "absent", None, '{"status":200}']

    if "\x7f" not in stored:
        assert stored.encode() in encoded_callback(tuple(values))
    assert strict(encoded_callback(tuple(values)))["headers"] == [list(pair) for pair in headers]


# A damaged file, or a stranger's


@pytest.fixture
def session(tmp_path: Path) -> Path:
    """Two messages, one with a finding; callback 3 has problems."""
    return make_session(
        tmp_path / "a.inspector",
        [make_callback(id="a", custom_variables={"a": 1}, status="failed", timestamp=stamp(1))],
        [make_form_callback(MessageSid="b"), make_callback(raw=b"{")],
    )


def outcome(session: Path) -> Any:
    """The strictly read document of an export, or None for one that was refused and left nothing."""
    with tempfile.TemporaryDirectory() as name, SessionReader(session) as reader:
        out, lines = Path(name) / "out.json", Path(name) / "out.jsonl"
        try:
            export(reader, lines)
            export(reader, out)
        except SessionError:
            assert not out.exists()
            return None
        document = strict(out.read_bytes())
        assert [strict(line) for line in lines.read_bytes().splitlines()] == document["callbacks"]
        return document


def put(session: Path, column: str, value: object) -> None:
    """Write a value into a column, `table.column`, of every row of the table."""
    table, name = column.split(".")
    with closing(sqlite3.connect(session)) as connection, connection:
        connection.execute(f"UPDATE {table} SET {name} = ?", (value,))


REFUSED: dict[str, Sequence[object]] = {
    "callbacks.headers": [
        *("", "[", "{}x", "5", "null", '"ab"', "[[]]", '[["a"]]', '[["a","b","c"]]', '[["a",1]]', '[["a",NaN]]'),
        *('[["a","\n"]]', '[["a","\\x"]]', '[["a","b"]]\0[[', '[["a","b"],]', "[" * 9999),
    ],
    "callbacks.problems": [
        *("", "{}", "[1]", "[NaN]", "[{}]", '[]"', "[]\0", '"[]"', '[{"path":"$"}]', "[" * 9999),
    ],
    "callbacks.reply": [
        *("", "[]", "null", "{}", '{"status":"200"}', '{"status":1}', '{"status":200,"headers":[1]}', '{"status":NaN}'),
        *('{"status":200,"x":Infinity}', '{"status":200}{', '{"status": 200,\n"x": 1e999}'),
    ],
    "callbacks.dialect": ["", "xml", 'json", "evil": "'],
    "callbacks.signature": ["", "good"],
    "callbacks.received": [2**62, -(2**62)],
    "messages.custom_variables": ["", "[]", "5", '{"a":}', '{"a":-Infinity}', '{"a":1}\0'],
    "messages.number_of_segments": ["x", "0x", 1.5],
    "messages.status": ["", "gone"],
    "messages.first_received": [2**62],
    "findings.code": ["", "gone"],
    "findings.severity": ["", "fatal"],
}


@pytest.mark.parametrize(
    ("column", "value"), [(column, value) for column, values in REFUSED.items() for value in values]
)
def test_what_no_session_has_is_no_export(session: Path, column: str, value: object) -> None:
    assert outcome(session) is not None

    put(session, column, value)

    assert outcome(session) is None


@pytest.mark.parametrize(
    ("column", "value", "found"),
    [
        ("callbacks.headers", ' [ ["a" , "b"] ]\r\n', [["a", "b"]]),
        ("callbacks.headers", '[["\\u00e4","ä\u2028\x7f"]]', [["ä", "ä\u2028\x7f"]]),
        ("callbacks.headers", '[["\\ud800\\/","\\"\\\\"]]', [["\ud800/", '"\\']]),
        ("callbacks.reply", '{\n"status"\r:\t200}', {"status": 200}),
        ("callbacks.reply", '{"status":200,"body":"ä\u2028"}', {"status": 200, "body": "ä\u2028"}),
        ("callbacks.problems", "[\n]", []),
        ("callbacks.problems", None, []),
        ("callbacks.target", '"\\\n\u2028', '"\\\n\u2028'),
        ("callbacks.seq", "1", 1),
    ],
)
def test_what_is_json_in_another_way_is_written_in_one_line(
    session: Path, column: str, value: object, found: object
) -> None:
    name = column.split(".")[1]
    with closing(sqlite3.connect(session)) as connection, connection:
        connection.execute(f"UPDATE callbacks SET {name} = ? WHERE seq = 1", (value,))

    assert outcome(session)["callbacks"][0][name] == found


@pytest.fixture
def loose(session: Path) -> Path:
    """The session with tables that take any value in any column."""
    with closing(sqlite3.connect(session)) as connection, connection:
        for table in ("messages", "callbacks", "findings"):
            connection.execute(f"CREATE TABLE other AS SELECT * FROM {table}")
            connection.execute(f"DROP TABLE {table}")
            connection.execute("ALTER TABLE other RENAME TO " + table)
    return session


COLUMNS = {
    "callbacks": "seq received method target remote headers body truncated dialect valid message status timestamp "
    "transition signature problems reply",
    "messages": "row id project_id body number_of_segments status custom_variables last_received",
    "findings": "message seq code text severity",
    "session": "value",
}
VALUES = [None, 0, -1, 1.5, float("inf"), "", "[]", "{}", '1, "evil": 1', b"[]", b"", b"\xff", 2**63 - 1]


@pytest.mark.parametrize("column", [f"{table}.{name}" for table, names in COLUMNS.items() for name in names.split()])
def test_a_value_of_any_kind_in_any_column_never_makes_an_export_that_is_none(loose: Path, column: str) -> None:
    assert outcome(loose) is not None

    for value in VALUES:
        put(loose, column, value)
        document = outcome(loose)
        if document is not None:
            assert list(SCHEMA.iter_errors(document)) == []


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.text('[]{}",:\\u01aN \n', max_size=24))
@settings(max_examples=100, deadline=None)
def test_stored_text_is_json_or_no_export(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        session = make_session(Path(folder) / "a.inspector", [make_callback(custom_variables={})])
        for column in ("callbacks.headers", "callbacks.problems", "callbacks.reply", "messages.custom_variables"):
            with closing(sqlite3.connect(session)) as connection:
                (before,) = connection.execute(f"SELECT {column} FROM {column.split('.')[0]}").fetchone()
            put(session, column, text)
            outcome(session)
            put(session, column, before)
        assert list(SCHEMA.iter_errors(outcome(session))) == []


def test_text_that_is_not_utf_8_is_told(session: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(session)) as connection, connection:
        connection.execute("UPDATE callbacks SET target = CAST(x'ff' AS TEXT)")

    for suffix in ("json", "jsonl", "har"):
        out = tmp_path / f"out.{suffix}"
        with SessionReader(session) as reader, pytest.raises(SessionError, match=r"a\.inspector cannot be read: "):
            export(reader, out)
        assert not out.exists()
