"""Every export: its part of the session, its file, its progress, and that it never leaves half a file."""

import json
import os
import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from inspector.session.conditions import Condition
from inspector.session.errors import SessionError
from inspector.session.exchange.export import Format, export, format_of
from inspector.session.exchange.json_export import callback_json
from inspector.session.exchange.selection import EVERYTHING, STEPS_BETWEEN, Cancelled, Selection, watched
from inspector.session.query import Query, parse
from inspector.session.reader import SessionReader
from inspector.session.session import Session
from tests.factories import RECEIVED, STARTED, make_callback, make_moment, make_session, stamp

FORMATS = list(Format)


@pytest.fixture
def session(tmp_path: Path) -> Path:
    """Messages a, b (failed) and c; callbacks 4 and 5 belong to none."""
    return make_session(
        tmp_path / "session" / "a.inspector",
        [
            make_callback(id="a"),
            make_callback(id="b", status="failed", error_code="30003"),
            make_callback(id="c", status="gone"),
            make_callback(raw=b"[]", target="/unassigned"),
            make_callback(raw=b"\xff", method="PUT"),
            make_callback(id="a", status="delivered", timestamp=stamp(1)),
        ],
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "out"
    path.mkdir()
    return path


def document(path: Path) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(path.read_bytes())
    return result


def part(session: Path, out: Path, selection: Selection) -> tuple[str, list[int], dict[str, Any]]:
    """The messages' ids, the callbacks' numbers and the summary of an export."""
    with SessionReader(session) as reader:
        summary = export(reader, out, selection=selection)
    held = document(out)
    assert held["summary"]["callbacks"] == summary.callbacks == len(held["callbacks"])
    assert held["summary"]["messages"] == summary.messages == len(held["messages"])
    assert held["summary"]["invalid"] == sum(not callback["valid"] for callback in held["callbacks"])
    return (
        "".join(message["id"] for message in held["messages"]),
        [callback["seq"] for callback in held["callbacks"]],
        held["summary"]["by_status"],
    )


def test_everything_is_exported_unless_a_part_is_chosen(session: Path, folder: Path) -> None:
    expected = ("abc", [1, 2, 3, 4, 5, 6], {"delivered": 1, "failed": 1})

    assert part(session, folder / "a.json", EVERYTHING) == expected


@pytest.mark.parametrize(
    ("text", "messages", "callbacks", "by_status"),
    [
        ("", "abc", [1, 2, 3, 4, 5, 6], {"delivered": 1, "failed": 1}),
        ("status:failed", "b", [2], {"failed": 1}),
        ("status:delivered", "a", [1, 6], {"delivered": 1}),  # a message comes with all its callbacks
        ("is:invalid", "c", [3, 4, 5], {}),
        ("is:unassigned", "", [4, 5], {}),
        ("path:/unassigned", "", [4], {}),
        ("-status:failed", "ac", [1, 3, 4, 5, 6], {"delivered": 1}),
        ("status:sent,read", "", [], {}),
    ],
)
def test_a_filter_chooses_messages_and_unassigned_callbacks(
    session: Path, folder: Path, text: str, messages: str, callbacks: list[int], by_status: dict[str, int]
) -> None:
    with SessionReader(session) as reader:
        selection = Selection.matching(reader, parse(text, make_moment()))

    assert part(session, folder / "a.json", selection) == (messages, callbacks, by_status)


@pytest.mark.parametrize("form", FORMATS)
def test_how_often_sqlite_is_asked_does_not_depend_on_the_messages(tmp_path: Path, folder: Path, form: Format) -> None:
    asked: list[int] = []
    for count in (2, 50):
        late = [make_callback(id=str(number), received=RECEIVED + 10**9) for number in range(count)]
        path = make_session(tmp_path / f"{count}.inspector", late)
        statements: list[str] = []
        with SessionReader(path) as reader:
            reader._connection.set_trace_callback(statements.append)
            export(reader, folder / "all", form)
            export(reader, folder / "part", form, Selection.matching(reader, parse("is:valid", make_moment())))
        asked.append(len(statements))

    assert asked[0] == asked[1] < 50


def test_what_a_filter_chooses_is_not_held(tmp_path: Path, folder: Path) -> None:
    count = 4000
    messages = [make_callback(id=str(number)) for number in range(count)]
    path = make_session(tmp_path / "many.inspector", messages, [make_callback(raw=b"")] * count)

    def most_held(text: str) -> int:
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        with SessionReader(path) as reader:
            export(reader, folder / "out.json", selection=Selection.matching(reader, parse(text, make_moment())))
        return tracemalloc.get_traced_memory()[1] - before

    tracemalloc.start()
    try:
        most_held("")
        assert most_held("-seq:1") - most_held("seq:1") < 16 * count  # bytes: a number that is held takes 40
    finally:
        tracemalloc.stop()
    assert len(document(folder / "out.json")["callbacks"]) == 1


class Endless(Condition):
    """A condition that SQLite never comes to an end with."""

    def __init__(self) -> None:
        super().__init__("m.row IN (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n)")


@pytest.mark.parametrize("error", [Cancelled, KeyboardInterrupt])
def test_an_export_can_be_cancelled_while_a_filter_is_looked_through(
    session: Path, folder: Path, error: type[BaseException]
) -> None:
    out = folder / "a.json"
    out.write_text("old")
    told: list[tuple[int, int]] = []

    def progress(done: int, total: int) -> None:
        told.append((done, total))
        if len(told) == 3:
            raise error

    endless = Selection(query=Query("endless", Endless(), Condition()))
    with SessionReader(session) as reader:
        with pytest.raises(error):
            export(reader, out, selection=endless, progress=progress)
        assert told == [(0, 0)] * 3
        assert out.read_text() == "old"
        assert export(reader, out, selection=Selection((2,)), progress=progress).messages == 1


def test_an_export_that_sqlite_ends_is_told(session: Path, folder: Path) -> None:
    nonsense = Selection(query=Query("nonsense", Condition("no such thing"), Condition()))
    with SessionReader(session) as reader:
        with pytest.raises(SessionError, match=r"a\.inspector cannot be read: "):
            export(reader, folder / "a.json", selection=nonsense)
        assert export(reader, folder / "a.json").callbacks == 6


def test_a_filter_chooses_what_fits_when_the_export_begins(tmp_path: Path, folder: Path) -> None:
    path = tmp_path / "live.inspector"
    with Session.create(path, started=STARTED) as live, SessionReader(path) as reader:
        live.append([make_callback(id="a")])
        selection = Selection.matching(reader, parse("status:queued", make_moment()))
        live.append([make_callback(id="b")])

        assert part(path, folder / "a.json", selection)[0] == "ab"


def test_steps_that_take_long_are_told_each(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(100))
    monkeypatch.setattr(time, "monotonic", lambda: float(next(clock)))
    told: list[int] = []

    assert list(watched("abc", lambda done, _: told.append(done), 7, 10)) == ["a", "b", "c"]

    assert told == [7, 8, 9]


def test_chosen_rows_are_exported(session: Path, folder: Path) -> None:
    assert part(session, folder / "a.json", Selection((1, 3), (5,)))[:2] == ("ac", [1, 3, 5, 6])
    assert part(session, folder / "b.json", Selection(()))[:2] == ("", [])
    assert part(session, folder / "c.json", Selection((99,), (99,)))[:2] == ("", [])


def test_other_formats_export_the_chosen_part_too(session: Path, folder: Path) -> None:
    with SessionReader(session) as reader:
        for form in FORMATS:
            export(reader, folder / f"a.{form}", selection=Selection((2,), (4,)))

    assert (folder / "a.csv").read_text().splitlines()[1].startswith("b,")
    assert len((folder / "a.csv").read_text().splitlines()) == 2
    lines = (folder / "a.jsonl").read_text().splitlines()
    assert [json.loads(line)["seq"] for line in lines] == [2, 4]
    assert [entry["comment"] for entry in document(folder / "a.har")["log"]["entries"]] == ["callback 2", "callback 4"]


def test_a_line_of_json_is_a_callback_of_the_document(session: Path, folder: Path) -> None:
    with SessionReader(session) as reader:
        export(reader, folder / "a.jsonl")
        export(reader, folder / "a.json")
        assert [callback_json(one) for one in reader.callbacks()] == document(folder / "a.json")["callbacks"]

    lines = (folder / "a.jsonl").read_bytes().split(b"\n")
    assert lines.pop() == b""
    assert [json.loads(line) for line in lines] == document(folder / "a.json")["callbacks"]


@pytest.mark.parametrize(
    ("name", "form"), [("a.json", "json"), ("a.JSONL", "jsonl"), ("a.b.csv", "csv"), (".x.har", "har")]
)
def test_the_suffix_says_the_format(name: str, form: str) -> None:
    assert format_of(Path(name)) == form


@pytest.mark.parametrize("name", ["a", "a.txt", "json", ".json", "a.json.gz"])
def test_another_suffix_is_refused_unless_the_format_is_said(session: Path, folder: Path, name: str) -> None:
    with SessionReader(session) as reader:
        with pytest.raises(SessionError, match=r"end the name with \.json, \.jsonl, \.csv, \.har"):
            export(reader, folder / name)
        assert list(folder.iterdir()) == []
        export(reader, folder / name, Format.CSV)

    assert (folder / name).read_text().startswith("id,")


@pytest.mark.parametrize("form", FORMATS)
def test_an_export_replaces_a_file_and_is_its_owners_only(session: Path, folder: Path, form: Format) -> None:
    out = folder / f"a.{form}"
    out.write_text("old")

    with SessionReader(session) as reader:
        export(reader, out)

    assert out.read_text() != "old"
    assert list(folder.iterdir()) == [out]
    if sys.platform != "win32":
        assert out.stat().st_mode & 0o077 == 0


def failing(after: int, error: BaseException) -> Callable[[int, int], None]:
    def progress(done: int, total: int) -> None:
        if done >= after:
            raise error

    return progress


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("after", [0, STEPS_BETWEEN])
def test_a_cancelled_export_leaves_what_was_there(tmp_path: Path, folder: Path, form: Format, after: int) -> None:
    many = [make_callback(id=str(number)) for number in range(STEPS_BETWEEN + 1)]
    session = make_session(tmp_path / "many.inspector", many)
    out = folder / f"a.{form}"
    out.write_text("old")

    with SessionReader(session) as reader:
        with pytest.raises(Cancelled):
            export(reader, out, progress=failing(after, Cancelled()))
        assert out.read_text() == "old"
        assert list(folder.iterdir()) == [out]
        assert export(reader, out).messages == STEPS_BETWEEN + 1


def test_a_full_disk_is_told_and_leaves_what_was_there(session: Path, folder: Path) -> None:
    out = folder / "a.json"
    out.write_text("old")

    with (
        SessionReader(session) as reader,
        pytest.raises(SessionError, match=r"a\.json cannot be written: No space left"),
    ):
        export(reader, out, progress=failing(0, OSError(28, "No space left on device")))

    assert out.read_text() == "old"
    assert list(folder.iterdir()) == [out]


@pytest.mark.parametrize("kind", ["missing folder", "folder"])
def test_a_place_that_cannot_be_written_is_told(session: Path, folder: Path, kind: str) -> None:
    out = folder / "a.json" if kind == "folder" else folder / "missing" / "a.json"
    if kind == "folder":
        out.mkdir()

    with SessionReader(session) as reader, pytest.raises(SessionError, match=r"a\.json cannot be written: "):
        export(reader, out)

    assert [path.name for path in folder.iterdir()] == (["a.json"] if kind == "folder" else [])


@pytest.mark.parametrize("form", FORMATS)
def test_progress_is_told_in_order(tmp_path: Path, folder: Path, form: Format) -> None:
    many = [make_callback(id=str(number)) for number in range(STEPS_BETWEEN * 2)]
    session = make_session(tmp_path / "many.inspector", many)
    told: list[tuple[int, int]] = []

    with SessionReader(session) as reader:
        export(reader, folder / f"a.{form}", progress=lambda done, total: told.append((done, total)))

    assert told == sorted(told)
    assert len({total for _, total in told}) == 1
    assert len(told) >= 2
    assert all(done <= total for done, total in told)


@pytest.mark.parametrize("form", FORMATS)
def test_an_export_is_of_one_moment(tmp_path: Path, folder: Path, form: Format) -> None:
    path = tmp_path / "live.inspector"
    with Session.create(path, started=STARTED) as session, SessionReader(path) as reader:
        session.append([make_callback(id="a")])
        grown = False

        def grow(done: int, total: int) -> None:
            nonlocal grown
            if not grown:
                grown = True
                session.append([make_callback(id="b"), make_callback(raw=b"")])

        summary = export(reader, folder / f"a.{form}", progress=grow)

        assert grown
        assert (summary.messages, summary.callbacks) == (1, 1)
        assert reader.summary().callbacks == 3
    if form is Format.JSON:
        held = document(folder / "a.json")
        assert (len(held["messages"]), len(held["callbacks"])) == (1, 1)


def test_a_long_name_can_be_exported_to(session: Path, folder: Path) -> None:
    out = folder / f"{'ü' * 120}.json"

    with SessionReader(session) as reader:
        export(reader, out)

    assert list(folder.iterdir()) == [out]


def test_a_link_stays_and_what_it_leads_to_is_written(tmp_path: Path) -> None:
    session = tmp_path / "s.inspector"
    Session.create(session, started=STARTED).close()
    target, link, pipe = tmp_path / "target.json", tmp_path / "link.json", tmp_path / "pipe.json"
    target.write_text("before")
    link.symlink_to(target)
    os.mkfifo(pipe)
    with SessionReader(session) as reader:
        export(reader, link)
        with pytest.raises(SessionError, match=r"pipe\.json cannot be written: it is not a regular file"):
            export(reader, pipe)
    assert link.is_symlink()
    assert target.read_text(encoding="utf-8").startswith("{")
    assert pipe.is_fifo()
