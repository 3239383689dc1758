"""`inspector export`: every format, parts of a session, and what cannot be."""

import csv
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from inspector.cli.main import main
from inspector.session.session import Session
from tests.cli.program import complaint
from tests.factories import RECEIVED, make_callback, make_session


@pytest.fixture
def session(tmp_path: Path) -> Path:
    """Two messages, one of them failed, and a callback that names none."""
    return make_session(
        tmp_path / "a.inspector",
        [make_callback(id="m1", status="queued"), make_callback(id="m1", status="delivered")],
        [make_callback(id="m2", status="failed", error_code="30003"), make_callback(b"{", received=RECEIVED)],
    )


def test_json(capsys: pytest.CaptureFixture[str], session: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    assert main(["export", str(session), str(out)]) == 0
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == (f"{out}: 2 messages, 4 callbacks\n", "")
    document = json.loads(out.read_bytes())
    assert (document["format"], document["version"]) == ("callback-inspector/session", 1)
    assert [message["id"] for message in document["messages"]] == ["m1", "m2"]
    assert [callback["seq"] for callback in document["callbacks"]] == [1, 2, 3, 4]


def test_lines(session: Path, tmp_path: Path) -> None:
    assert main(["export", str(session), str(tmp_path / "out.jsonl")]) == 0
    lines = (tmp_path / "out.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["seq"] for line in lines] == [1, 2, 3, 4]


def test_csv(session: Path, tmp_path: Path) -> None:
    assert main(["export", str(session), str(tmp_path / "out.CSV")]) == 0
    with (tmp_path / "out.CSV").open(encoding="utf-8", newline="") as file:
        assert [row["id"] for row in csv.DictReader(file)] == ["m1", "m2"]


def test_har(session: Path, tmp_path: Path) -> None:
    assert main(["export", str(session), str(tmp_path / "out.har")]) == 0
    document = json.loads((tmp_path / "out.har").read_bytes())
    assert len(document["log"]["entries"]) == 4


def test_format_whatever_the_suffix(session: Path, tmp_path: Path) -> None:
    assert main(["export", str(session), str(tmp_path / "out.txt"), "--format", "csv"]) == 0
    assert (tmp_path / "out.txt").read_text("utf-8").startswith("id,")


@pytest.mark.parametrize(
    ("text", "messages", "callbacks"),
    [("", ["m1", "m2"], 4), ("status:failed", ["m2"], 1), ("is:unassigned", [], 1), ("to:nobody", [], 0)],
)
def test_filter(session: Path, tmp_path: Path, text: str, messages: list[str], callbacks: int) -> None:
    out = tmp_path / "out.json"
    assert main(["export", str(session), str(out), "--filter", text]) == 0
    document = json.loads(out.read_bytes())
    assert [message["id"] for message in document["messages"]] == messages
    assert len(document["callbacks"]) == document["summary"]["callbacks"] == callbacks


def test_exported_json_can_be_exported_again(session: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    assert main(["export", str(session), str(first)]) == 0
    assert main(["export", str(first), str(second)]) == 0
    before, after = json.loads(first.read_bytes()), json.loads(second.read_bytes())
    assert before.pop("exported_at") <= after.pop("exported_at")
    assert before == after


def test_exported_json_cannot_replace_itself(session: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It would lose what a filter leaves out, so it must not."""
    first = tmp_path / "first.json"
    main(["export", str(session), str(first)])
    capsys.readouterr()
    before = first.read_bytes()
    assert main(["export", str(first), str(first), "--filter", "status:failed"]) == 2
    complaint(capsys)
    assert first.read_bytes() == before


def test_session_that_is_captured_into(tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    with Session.create(tmp_path / "live.inspector", started=0) as live:
        live.append([make_callback()])
        assert main(["export", str(live.path), str(out)]) == 0
    assert len(json.loads(out.read_bytes())["callbacks"]) == 1


def test_existing_file_is_replaced(session: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    out.write_text("old")
    assert main(["export", str(session), str(out)]) == 0
    assert out.read_bytes().startswith(b"{")
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.parametrize(
    "out", ["out.txt", "out", "out.json.gz", "no/folder/out.json", ".", "folder.json", "/dev/null"]
)
def test_place_that_an_export_cannot_go_to(
    session: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], out: str
) -> None:
    (tmp_path / "folder.json").mkdir()
    before = sorted(path.name for path in tmp_path.iterdir())
    assert main(["export", str(session), str(tmp_path / out)]) == 2
    complaint(capsys)
    assert sorted(path.name for path in tmp_path.iterdir()) == before


@pytest.mark.parametrize("name", ["a.inspector", "./a.inspector", "link.json"])
def test_session_is_never_written_over(
    session: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    (tmp_path / "link.json").symlink_to(session)
    before = session.read_bytes()
    assert main(["export", str(session), str(tmp_path / name), "--format", "json"]) == 2
    complaint(capsys)
    assert session.read_bytes() == before


@pytest.mark.parametrize(
    "content", [b"", b"diary", b"{}", b'{"format": "other"}', b"{", b"SQLite format 3\0", b"\0" * 200]
)
def test_file_that_is_no_session(tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes) -> None:
    path = tmp_path / "mine.json"
    path.write_bytes(content)
    assert main(["export", str(path), str(tmp_path / "out.json")]) == 2
    complaint(capsys)
    assert path.read_bytes() == content
    assert not (tmp_path / "out.json").exists()


def test_session_of_a_newer_version(session: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(sqlite3.connect(session)) as connection:
        connection.execute("PRAGMA user_version = 99")
        connection.commit()
    assert main(["export", str(session), str(tmp_path / "out.json")]) == 2
    assert "newer version" in complaint(capsys)


def test_session_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("none.inspector", "."):
        assert main(["export", str(tmp_path / name), str(tmp_path / "out.json")]) == 2
        complaint(capsys)


def test_filter_that_is_not_understood(session: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", str(session), str(tmp_path / "out.json"), "--filter", "status:sennt"]) == 2
    assert "sennt" in complaint(capsys)


@pytest.mark.parametrize(("options", "note"), [([], ""), (["--with-notes"], "see ticket")])
def test_redacted(session: Path, tmp_path: Path, options: list[str], note: str) -> None:
    with Session.open(session) as opened:
        opened.mark([1], "blue")
        opened.annotate([1], "see ticket")
    assert main(["export", str(session), str(tmp_path / "out.json"), "--redact", *options]) == 0
    text = (tmp_path / "out.json").read_text("utf-8")
    assert "15551230001" not in text
    assert json.loads(text)["messages"][0]["mark"] == {"colour": "blue", "note": note}
