"""Notes and colour marks in the session file: written, filtered by, exported and imported."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import jsonschema_rs
import pytest

from inspector.runtime.resources import read_text
from inspector.session.exchange.export import Format, export
from inspector.session.exchange.json_import import ImportRefused, import_json
from inspector.session.marks import COLOURS, Mark
from inspector.session.query import parse
from inspector.session.reader import SessionReader
from inspector.session.retention import Keep
from inspector.session.session import Session
from inspector.ui.filter_bar import completions
from tests.factories import RECEIVED, make_callback, make_moment, make_session

SCHEMA = jsonschema_rs.Draft202012Validator(json.loads(read_text("session.schema.json")), validate_formats=True)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Messages a to e; a is red, b blue with a note, c has only a note."""
    path = make_session(tmp_path / "s.inspector", [make_callback(id=name) for name in "abcde"], [make_callback(b"{")])
    with Session.open(path) as session:
        session.mark([1], "red")
        session.mark([2], "blue")
        session.annotate([2, 3], "100% a customer's, see ticket")
    return path


def marks(path: Path) -> list[Mark | None]:
    with SessionReader(path) as reader:
        return [message.mark for message in reader.messages()]


def test_marks_come_with_their_messages(path: Path) -> None:
    note = "100% a customer's, see ticket"
    assert marks(path) == [Mark("red", ""), Mark("blue", note), Mark(None, note), None, None]


def test_colour_and_note_go_one_by_one(path: Path) -> None:
    with Session.open(path) as session:
        session.mark([1, 2], None)
        session.annotate([3], "")
        session.annotate([4], "one: two")
        session.mark([99], "red")
    assert marks(path) == [None, Mark(None, "100% a customer's, see ticket"), None, Mark(None, "one: two"), None]
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT message FROM marks").fetchall() == [(2,), (4,)]


def test_what_the_file_cannot_hold_is_made_storable(path: Path) -> None:
    with Session.open(path) as session:
        session.annotate([1], "half \ud800" + "x" * 3000)
    mark = marks(path)[0]
    assert mark is not None
    assert mark.note.startswith("half \ufffdxxx")
    assert len(mark.note) == 2000


def test_a_colour_of_a_newer_version_is_none(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE marks SET colour = 'mauve'")
    assert marks(path)[:2] == [None, Mark(None, "100% a customer's, see ticket")]


@pytest.mark.parametrize(
    ("text", "messages", "callbacks"),
    [
        ("mark:red", [1], [1]),
        ("mark:red,BLUE", [1, 2], [1, 2]),
        ("mark:any", [1, 2], [1, 2]),
        ("mark:none", [3, 4, 5], [3, 4, 5]),
        ("-mark:any", [3, 4, 5], [3, 4, 5, 6]),
        ("note:customer", [2, 3], [2, 3]),
        ("note:100%", [2, 3], [2, 3]),
        ("note:100_", [], []),
        ("has:note -has:mark", [3], [3]),
        ("has:mark", [1, 2], [1, 2]),
        ("has:variables", [], []),
        ("-has:error,finding", [1, 2, 3, 4, 5], [1, 2, 3, 4, 5, 6]),
    ],
)
def test_filters(path: Path, text: str, messages: list[int], callbacks: list[int]) -> None:
    query = parse(text, make_moment())
    with SessionReader(path) as reader:
        assert list(reader.message_ids(query.messages)) == messages
        assert list(reader.callback_ids(query.callbacks)) == callbacks
        assert reader.matching_messages(range(1, 6), query.messages) == set(messages)
        assert reader.matching_callbacks(0, query.callbacks) == callbacks


def test_completion() -> None:
    assert completions("mark:r") == ["mark:red"]
    assert completions("has:no") == ["has:note"]
    assert completions("not") == ["note:"]
    assert {f"mark:{colour}" for colour in COLOURS} <= set(completions("mark:"))


def old(path: Path) -> Path:
    """As version 0.1.0 would have made it."""
    with closing(sqlite3.connect(path)) as connection, connection:
        for table in ("marks", "replays", "deaf", "logged"):
            connection.execute(f"DROP TABLE {table}")
    return path


def test_a_file_without_the_table_has_no_marks_and_stays_as_it_is(path: Path, tmp_path: Path) -> None:
    old(path)
    with SessionReader(path) as reader:
        assert [row.mark for row in reader.messages()] == [None] * 5
        assert list(reader.message_ids(parse("mark:red", make_moment()).messages)) == []
        assert list(reader.callback_ids(parse("-note:x", make_moment()).callbacks)) == [1, 2, 3, 4, 5, 6]
        for form in Format:
            export(reader, tmp_path / f"out.{form}")
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'marks'").fetchone() is None


def test_a_file_without_the_table_gets_it_with_the_first_mark(path: Path) -> None:
    with Session.open(old(path)) as session:
        session.mark([1], "green")
    assert marks(path)[0] == Mark("green", "")


def test_marks_survive_export_and_import(path: Path, tmp_path: Path) -> None:
    with SessionReader(path) as reader:
        export(reader, tmp_path / "out.json")
    document = json.loads((tmp_path / "out.json").read_bytes())
    SCHEMA.validate(document)
    assert ["mark" in message for message in document["messages"]] == [True, True, True, False, False]
    import_json(tmp_path / "out.json", tmp_path / "back.inspector")
    assert marks(tmp_path / "back.inspector") == marks(path)


@pytest.mark.parametrize(
    "mark",
    [
        {"colour": "mauve", "note": ""},
        {"colour": "red"},
        {"colour": 1, "note": ""},
        {"colour": "red", "note": "x" * 2001},
    ],
)
def test_an_import_refuses_what_is_no_mark(path: Path, tmp_path: Path, mark: object) -> None:
    with SessionReader(path) as reader:
        export(reader, tmp_path / "out.json")
    document = json.loads((tmp_path / "out.json").read_bytes())
    document["messages"][0]["mark"] = mark
    (tmp_path / "out.json").write_text(json.dumps(document))
    assert not SCHEMA.is_valid(document)
    with pytest.raises(ImportRefused, match="mark"):
        import_json(tmp_path / "out.json", tmp_path / "back.inspector")


def test_marks_go_with_their_messages(path: Path) -> None:
    with Session.open(path) as session:
        session.trim(Keep(callbacks=5), RECEIVED)
    assert marks(path)[0] is not None
    with Session.open(path) as session:
        assert session.trim(Keep(callbacks=1), RECEIVED).messages
    assert marks(path) == []
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM marks").fetchone() == (0,)
