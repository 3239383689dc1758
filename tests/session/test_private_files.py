"""Files of this program are for their owner, and stay where they belong whatever strangers name things."""

import csv
import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from inspector.capture.secret_path import new_secret_path
from inspector.runtime.folders import Folders
from inspector.session.exchange.csv_export import safe
from inspector.session.exchange.export import Format, export
from inspector.session.exchange.json_import import import_json
from inspector.session.reader import SessionReader
from inspector.session.session import Session
from inspector.settings import Settings, SettingsFile
from tests.factories import make_callback

NAMES = [
    "../../escaped",
    "/etc/escaped",
    "..\\escaped",
    "a\0b",
    "x" * 5000,
    "con",
    ".",
    "..",
    "~/escaped",
    "$(id)",
    "a\nb",
]


@pytest.fixture(autouse=True)
def careless() -> Iterator[None]:
    """A umask that leaves everything open."""
    before = os.umask(0)
    yield
    os.umask(before)


def modes(folder: Path) -> dict[str, int]:
    return {one.name: stat.S_IMODE(one.stat().st_mode) for one in folder.iterdir()}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_files_and_folders_are_for_their_owner(tmp_path: Path) -> None:
    folders = Folders(tmp_path / "sessions", tmp_path / "settings", tmp_path / "logs")
    path = folders.new_session(datetime.now(UTC), ".inspector")
    with Session.create(path, started=0) as session, SessionReader(path) as reader:
        session.append([make_callback()])
        for form in Format:
            export(reader, folders.sessions / f"out.{form.value}", form)
        assert set(modes(folders.sessions).values()) == {0o600}
        assert len(modes(folders.sessions)) > 5  # the log of SQLite and the lock among them
    SettingsFile(folders.settings).save(Settings(secret_path="/k7Jd93mQx0LpWz5e"))
    assert modes(folders.settings) == {"settings.json": 0o600}
    import_json(folders.sessions / "out.json", tmp_path / "imported" / "again.inspector")
    assert modes(tmp_path / "imported") == {"again.inspector": 0o600}
    made = modes(tmp_path)
    assert made == dict.fromkeys(("sessions", "settings", "imported"), 0o700)


def test_ids_name_no_files(tmp_path: Path) -> None:
    inside = tmp_path / "deep" / "inside"
    inside.mkdir(parents=True)
    path = inside / "a.inspector"
    with Session.create(path, started=0) as session, SessionReader(path) as reader:
        session.append([make_callback(id=name, body=name) for name in NAMES])
        for form in Format:
            export(reader, inside / f"out.{form.value}", form)
    assert sorted(modes(inside)) == ["a.inspector", *(f"out.{form}" for form in ("csv", "har", "json", "jsonl"))]
    assert [one.name for one in tmp_path.rglob("*") if "escaped" in one.name] == []
    import_json(inside / "out.json", inside / "b.inspector")
    with SessionReader(inside / "b.inspector") as reader:
        assert sorted(message.id for message in reader.messages()) == sorted(NAMES)


STARTS = ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"]


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("field", ["id", "project_id", "to", "from", "body", "error_code", "error_message"])
def test_no_cell_is_a_formula(tmp_path: Path, start: str, field: str) -> None:
    text = f"{start}cmd|' /C calc'!A0\"\r\n=1+1"
    path = tmp_path / "a.inspector"
    changes: dict[str, Any] = {field: text, "status": "failed"}
    with Session.create(path, started=0) as session, SessionReader(path) as reader:
        session.append([make_callback(**changes)])
        export(reader, tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        _, row = csv.reader(file)
    assert f"'{text}" in row
    assert [cell for cell in row if cell.startswith(tuple(STARTS)) and safe(cell) != cell] == []


def test_no_redacted_export_holds_a_secret_path(tmp_path: Path) -> None:
    secret = new_secret_path().removeprefix("/")
    headers = (("Host", "x.example"), ("X-Original-Uri", f"/{secret}/rest"))
    path = tmp_path / "a.inspector"
    with Session.create(path, started=0) as session, SessionReader(path) as reader:
        session.append([make_callback(target=f"/{secret}/rest?x=1", headers=headers)])
        for form in Format:
            export(reader, tmp_path / f"open.{form}", form)
            export(reader, tmp_path / f"redacted.{form}", form, redact=True)
    assert secret in (tmp_path / "open.json").read_text(encoding="utf-8")
    for form in Format:
        assert secret not in (tmp_path / f"redacted.{form}").read_text(encoding="utf-8")
