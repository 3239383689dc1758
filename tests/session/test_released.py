"""Sessions and exports of every version that was released: they open, show what they hold, and can be captured into."""

import gzip
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from inspector.session.conditions import EVERYTHING
from inspector.session.exchange.export import export
from inspector.session.exchange.json_import import import_json
from inspector.session.reader import SessionReader
from inspector.session.session import Session
from tests.factories import make_callback

RELEASED = sorted(Path(__file__).with_name("released").glob("*.inspector.gz"))


@pytest.fixture(params=RELEASED, ids=lambda path: path.name.removesuffix(".inspector.gz"))
def released(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "released.inspector"
    path.write_bytes(gzip.decompress(request.param.read_bytes()))
    return path


@pytest.fixture
def exported(released: Path, request: pytest.FixtureRequest) -> dict[str, Any]:
    """What that version itself exported of the session."""
    source: Path = request.node.callspec.params["released"]
    text = gzip.decompress(source.with_name(source.name.replace(".inspector.gz", ".json.gz")).read_bytes())
    document: dict[str, Any] = json.loads(text)
    return document


def content(document: dict[str, Any]) -> dict[str, Any]:
    """An export without what says when and by which version it was made."""
    return {key: value for key, value in document.items() if key not in ("application", "exported_at")}


def test_there_is_a_session_of_each_version() -> None:
    assert [path.name for path in RELEASED] == ["0.1.0.inspector.gz"]


def test_it_is_read_as_that_version_read_it(released: Path, exported: dict[str, Any], tmp_path: Path) -> None:
    before = released.read_bytes()
    with SessionReader(released) as reader:
        assert reader.summary().messages == len(exported["messages"])
        export(reader, tmp_path / "again.json")
    again = json.loads((tmp_path / "again.json").read_text())
    assert content(again) == content(exported)
    assert released.read_bytes() == before


def test_it_is_captured_into(released: Path, exported: dict[str, Any]) -> None:
    with Session.open(released) as session:
        (appended,) = session.append([make_callback(id=exported["messages"][0]["id"], status="failed")])
    with SessionReader(released) as reader:
        assert appended.seq == len(exported["callbacks"]) + 1
        assert reader.summary().messages == len(exported["messages"])
        assert len(reader.message_ids(EVERYTHING, "m.status")) == len(exported["messages"])
    with closing(sqlite3.connect(released)) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        assert {"marks", "replays", "deaf", "logged"} <= tables
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_its_export_is_imported(released: Path, exported: dict[str, Any], tmp_path: Path) -> None:
    source = tmp_path / "old.json"
    source.write_text(json.dumps(exported))
    import_json(source, tmp_path / "new.inspector")
    with SessionReader(tmp_path / "new.inspector") as reader:
        export(reader, tmp_path / "again.json")
    assert content(json.loads((tmp_path / "again.json").read_text())) == content(exported)
