"""The session file: appending, opening, refusing, sharing, and staying right when writing fails."""

import json
import signal
import sqlite3
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.session.errors import NewerSession, NotASession, SessionError, SessionInUse, UnreadableSession
from inspector.session.exchange.export import Format, export
from inspector.session.reader import SessionReader
from inspector.session.records import ForwardRow, Received
from inspector.session.schema import APPLICATION_ID, VERSION
from inspector.session.session import Session
from tests.factories import (
    RECEIVED,
    STARTED,
    make_callback,
    make_form_callback,
    make_payload,
    make_session,
    stamp,
)
from tests.strategies import callbacks, lives

ROOT = Path(__file__).parents[2]
SECOND = 1_000_000


def document(path: Path) -> dict[str, Any]:
    """What a session holds, without what differs between any two."""
    with tempfile.TemporaryDirectory() as folder, SessionReader(path) as reader:
        out = Path(folder) / "out.json"
        export(reader, out, Format.JSON)
        result: dict[str, Any] = json.loads(out.read_bytes())
    del result["exported_at"], result["session"]
    return result


def tables(path: Path) -> dict[str, list[Any]]:
    """The rows of every table but `session`; a tally of nothing is none."""
    names = {"messages": "", "callbacks": "", "findings": "", "forwards": "", "tallies": "WHERE count"}
    with closing(sqlite3.connect(path)) as connection:
        return {
            name: sorted(connection.execute(f"SELECT * FROM {name} {condition}"), key=repr)
            for name, condition in names.items()
        }


def snapshot(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.inspector"


# Appending


def test_what_is_appended_is_in_the_file(path: Path) -> None:
    with Session.create(path, started=STARTED) as session:
        first = session.append([make_callback(status="queued"), make_callback(raw=b"[]")])
        second = session.append([make_callback(status="delivered", timestamp=stamp(3), received=RECEIVED + 3 * SECOND)])

    assert [(one.seq, one.message_id, one.status) for one in first] == [
        (1, make_payload()["id"], "queued"),
        (2, None, None),
    ]
    assert [(one.seq, one.message, one.status) for one in second] == [(3, first[0].message, "delivered")]
    with SessionReader(path) as reader:
        (message,) = reader.messages()
        assert (message.status, message.terminal, message.callbacks, message.invalid) == ("delivered", True, 2, 0)
        assert (message.first_received, message.last_received) == (RECEIVED, RECEIVED + 3 * SECOND)
        assert (message.strip, message.delivered_after) == ("qd", 3000)
        assert [one.seq for one in reader.callbacks()] == [1, 2, 3]
        assert reader.summary().by_status == {"delivered": 1}
        assert reader.unassigned() == 1


def test_findings_are_told_and_stored(path: Path) -> None:
    late = make_callback(received=RECEIVED + 60 * SECOND)
    with Session.create(path, started=STARTED) as session:
        (_, second) = session.append([make_callback(), late])

    assert [(one.code.value, one.callbacks) for one in second.findings] == [("duplicate", (2,)), ("late", (2,))]
    with SessionReader(path) as reader:
        (message,) = reader.messages()
        assert (set(message.codes), message.severity) == ({"late", "duplicate"}, 1)
        assert [one.code.value for one in reader.findings(message.row)] == ["duplicate", "late"]


def test_a_finding_about_an_earlier_callback_is_told_once(path: Path) -> None:
    with Session.create(path, started=STARTED) as session:
        session.append([make_callback(status="sent", timestamp=stamp(5))])
        session.append([make_callback(status="failed", error_code="1", timestamp=stamp(1))])
        session.append([make_callback(status="undelivered", error_code="1", timestamp=stamp(2))])
        with SessionReader(path) as reader:
            found = {one.code.value: one.callbacks for one in reader.findings(1)}

    assert found == {"after_terminal": (1,), "out_of_order": (2, 3), "conflicting_terminal": (2, 3)}


def test_an_empty_batch_is_nothing(path: Path) -> None:
    with Session.create(path, started=STARTED) as session:
        assert session.append([]) == []
    assert document(path)["callbacks"] == []


def test_only_invalid_callbacks_make_a_message_without_a_status(path: Path) -> None:
    make_session(path, [make_callback(status="gone"), make_callback(status="gone", to="+1")])

    held = document(path)

    assert held["summary"] == {"callbacks": 2, "valid": 0, "invalid": 2, "messages": 1, "by_status": {}}
    (message,) = held["messages"]
    assert (message["status"], message["terminal"], message["transitions"]) == (None, False, [])
    assert (message["to"], message["number_of_segments"]) == ("+15551230001", 1)
    assert [one["message_id"] for one in held["callbacks"]] == [make_payload()["id"]] * 2


def test_texts_that_no_file_can_hold_are_made_storable(path: Path) -> None:
    odd = "a\ud800b"
    make_session(path, [make_callback(id=odd, body=odd, to=odd, error_code=odd, status="failed")])

    (message,) = document(path)["messages"]

    assert [message[name] for name in ("id", "body", "to", "error_code")] == ["a\ufffdb"] * 4


def test_a_huge_number_of_segments_is_kept_exactly(path: Path) -> None:
    numbers = [2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 10**400]
    make_session(path, [make_callback(id=str(number), number_of_segments=number, body="") for number in numbers])

    assert [message["number_of_segments"] for message in document(path)["messages"]] == numbers


@pytest.mark.parametrize("depth", [30, 300, 900])
def test_deeply_nested_variables_do_no_harm(path: Path, depth: int) -> None:
    nested = json.loads("[" * depth + "]" * depth)
    make_session(path, [make_callback(custom_variables={"a": nested})])

    kept = document(path)["messages"][0]["custom_variables"]

    assert (kept == {"a": nested}) == (depth == 30)
    assert document(path)["callbacks"][0]["valid"]


def test_more_messages_than_are_cached(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inspector.session.session._STATES_KEPT", 2)
    statuses = ("queued", "sent", "delivered")
    batches = [
        [make_callback(id=f"m{number}", status=status, timestamp=stamp(rank)) for number in range(5)]
        for rank, status in enumerate(statuses)
    ]
    make_session(path, *batches)

    assert [message["status"] for message in document(path)["messages"]] == ["delivered"] * 5


# One run or many


@given(st.lists(st.lists(callbacks(), max_size=4), min_size=1, max_size=5))
@settings(max_examples=60, deadline=None)
def test_a_session_read_back_between_appends_is_the_same_as_one_run(batches: Sequence[Sequence[Received]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        whole = make_session(Path(folder) / "whole.inspector", *batches)
        forgetful = Path(folder) / "forgetful.inspector"
        reopened = make_session(Path(folder) / "reopened.inspector")
        with Session.create(forgetful, started=STARTED) as session:
            for batch in batches:
                session.append(batch)
                session._states.clear()
        for batch in batches:
            with Session.open(reopened) as session:
                session.append(batch)

        assert tables(forgetful) == tables(whole)
        assert tables(reopened) == tables(whole)


@given(st.lists(lives(), min_size=2, max_size=8))
@settings(max_examples=60, deadline=None)
def test_one_batch_or_many_make_the_same_session(payloads: list[dict[str, Any]]) -> None:
    received = [make_callback(json.dumps(payload).encode()) for payload in payloads]
    with tempfile.TemporaryDirectory() as folder:
        together = make_session(Path(folder) / "together.inspector", received)
        apart = make_session(Path(folder) / "apart.inspector", *[[one] for one in received])

        assert tables(together) == tables(apart)


def test_numbers_go_on_after_opening_again(path: Path) -> None:
    make_session(path, [make_callback()])
    with Session.open(path) as session:
        (appended,) = session.append([make_callback(status="sent")])
    assert appended.seq == 2


def test_opening_again_goes_on_with_a_session_that_ended(path: Path) -> None:
    with Session.create(path, started=STARTED) as session:
        session.end(STARTED + SECOND)
    with SessionReader(path) as reader:
        assert reader.info().ended_at == STARTED + SECOND
    with Session.open(path), SessionReader(path) as reader:
        assert reader.info().ended_at is None


def test_an_emptied_body_is_known_after_opening_again(path: Path) -> None:
    make_session(path, [make_callback(body="")])
    with Session.open(path) as session:
        (one,) = session.append([make_callback(status="sent", body="text")])
    assert [(each.code.value, each.severity.value, each.callbacks) for each in one.findings] == [
        ("identity_changed", "info", (1,))
    ]


def test_the_newest_error_is_known_after_opening_again(path: Path) -> None:
    def failed(code: str) -> Received:
        return make_callback(status="failed", error_code=code)

    # The three are one transition; the first and second are read back, one as a transition and one as a duplicate.
    make_session(path, [failed("1"), failed("9")])
    with Session.open(path) as session:
        session.append([failed("5")])

    assert document(path)["messages"][0]["error_code"] == "9"


# Clearing


def test_clearing_leaves_nothing_and_numbers_go_on(path: Path) -> None:
    with Session.create(path, started=STARTED) as session, SessionReader(path) as reader:
        session.append([make_callback(), make_callback(raw=b"")])
        session.record_forwards([ForwardRow(1, "http://127.0.0.1:1/", RECEIVED, 5, 200, (("A", "b"),), b"ok", None)])
        generation = reader.position().generation

        session.clear()

        assert all(not rows for name, rows in tables(path).items() if name != "session")
        assert reader.position().generation == generation + 1
        assert (reader.summary().callbacks, reader.summary().messages, reader.unassigned()) == (0, 0, 0)
        (again,) = session.append([make_callback(status="sent")])
        assert (again.seq, again.status, again.findings) == (3, "sent", ())
    with Session.open(path) as session:
        session.clear()
    with Session.open(path) as session:
        assert session.append([make_callback()])[0].seq == 4


def test_answers_of_callbacks_that_are_cleared_away_are_not_kept(path: Path) -> None:
    """Nothing would ever show or delete them."""
    with Session.create(path, started=STARTED) as session:
        session.append([make_callback()])
        session.clear()
        (new,) = session.append([make_callback()])
        row = ForwardRow(1, "http://127.0.0.1:1/", RECEIVED, 5, 200, (), b"", None)
        session.record_forwards([row, replace(row, callback=new.seq)])
    assert [values[1] for values in tables(path)["forwards"]] == [new.seq]


def test_forwards_are_kept_in_order(path: Path) -> None:
    rows = [
        ForwardRow(
            1, "http://a/", RECEIVED, 12, 500, (("Content-Type", "text/plain"), ("X", "1"), ("X", "2")), b"\xff", None
        ),
        ForwardRow(1, "http://a/", RECEIVED + 1, 0, None, (), b"", "The connection was refused."),
    ]
    with Session.create(path, started=STARTED) as session, SessionReader(path) as reader:
        session.append([make_callback()])
        session.record_forwards(rows)
        assert reader.forwards(1) == rows
        assert reader.forwards(2) == []


# The file


def test_the_file_says_what_it_is_and_is_its_owners_only(path: Path) -> None:
    with Session.create(path, started=STARTED) as session:
        session.append([make_callback()])
        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
            assert connection.execute("PRAGMA user_version").fetchone() == (VERSION,)
            assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        if sys.platform != "win32":
            assert {stat.S_IMODE(one.stat().st_mode) for one in path.parent.iterdir()} == {0o600}
    assert path.read_bytes()[68:72] == APPLICATION_ID.to_bytes(4, "big")


def test_closing_leaves_one_file(path: Path) -> None:
    make_session(path, [make_callback()])

    assert list(path.parent.iterdir()) == [path]


def test_a_durable_session_waits_for_the_disk(path: Path) -> None:
    with Session.create(path, started=STARTED, durable=True) as session:
        assert session._connection.execute("PRAGMA synchronous").fetchone() == (2,)
    with Session.open(path) as session:
        assert session._connection.execute("PRAGMA synchronous").fetchone() == (1,)


def test_a_session_is_made_in_a_new_folder_but_never_over_a_file(tmp_path: Path) -> None:
    path = make_session(tmp_path / "new" / "folder" / "a.inspector", [make_callback()])
    before = path.read_bytes()

    with pytest.raises(SessionError, match=r"a\.inspector exists already"):
        Session.create(path, started=STARTED)

    assert path.read_bytes() == before


def test_a_file_that_cannot_be_made_leaves_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("inspector.session.session.initialise", full)
    with pytest.raises(UnreadableSession, match="database or disk is full"):
        Session.create(path, started=STARTED)

    assert not path.exists()


# Refusing


@pytest.fixture(params=["foreign database", "text", "empty", "short", "zeros"])
def stranger(request: pytest.FixtureRequest, path: Path) -> Path:
    match request.param:
        case "foreign database":
            with closing(sqlite3.connect(path)) as connection:
                connection.execute("CREATE TABLE session (key TEXT, value ANY)")
                connection.execute("PRAGMA application_id = 42")
        case "text":
            path.write_text("not a session\n" * 20)
        case "empty":
            path.touch()
        case "short":
            path.write_bytes(b"SQLite format 3\0")
        case _:
            path.write_bytes(bytes(4096))
    return path


def test_what_is_no_session_is_refused_and_left_alone(stranger: Path) -> None:
    before = snapshot(stranger.parent)

    for refuse in (Session.open, SessionReader):
        with pytest.raises(NotASession, match=r"a\.inspector is not a session"):
            refuse(stranger)

    assert snapshot(stranger.parent) == before


def test_a_newer_session_is_refused_and_left_alone(path: Path) -> None:
    make_session(path, [make_callback()])
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    before = snapshot(path.parent)

    for refuse in (Session.open, SessionReader):
        with pytest.raises(NewerSession, match=rf"newer version .*\(file version {VERSION + 1}\)"):
            refuse(path)

    assert snapshot(path.parent) == before


@pytest.mark.parametrize("kind", ["folder", "nothing"])
def test_a_folder_or_nothing_is_refused(path: Path, kind: str) -> None:
    if kind == "folder":
        path.mkdir()

    for refuse in (Session.open, SessionReader):
        with pytest.raises(UnreadableSession, match=r"a\.inspector cannot be opened"):
            refuse(path)

    assert path.exists() == (kind == "folder")
    assert not list(path.parent.glob("*.lock"))


def test_a_damaged_session_is_refused_in_one_line(path: Path) -> None:
    make_session(path, [make_callback()])
    path.write_bytes(path.read_bytes()[:4096] + b"\xff" * 8192)

    for refuse in (Session.open, SessionReader):
        with pytest.raises(UnreadableSession) as refused:
            refuse(path)
        assert "\n" not in str(refused.value)


# Sharing

HOLDER = """
import sys
from pathlib import Path
from inspector.session.session import Session
session = Session.open(Path(sys.argv[1]))
print("open", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def holder(path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that captures into the session."""
    make_session(path, [make_callback()])
    command = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        yield process
        process.kill()


def test_a_session_that_another_process_captures_into_is_in_use(path: Path, holder: subprocess.Popen[str]) -> None:
    with pytest.raises(SessionInUse, match=r"Another process is capturing into a\.inspector"):
        Session.open(path)
    with SessionReader(path) as reader:
        assert reader.summary().callbacks == 1


def test_a_killed_process_gives_its_session_back(path: Path, holder: subprocess.Popen[str]) -> None:
    holder.kill()
    holder.wait()
    if sys.platform != "win32":
        assert holder.returncode == -signal.SIGKILL

    with Session.open(path) as session:
        assert session.append([make_callback(status="sent")])[0].seq == 2


def test_a_session_is_in_use_in_its_own_process_too(path: Path) -> None:
    with Session.create(path, started=STARTED), pytest.raises(SessionInUse):
        Session.open(path)
    Session.open(path).close()


def test_readers_see_what_the_writer_commits(path: Path) -> None:
    with Session.create(path, started=STARTED) as session, SessionReader(path) as one, SessionReader(path) as other:
        for count in range(1, 6):
            session.append([make_callback(id=f"m{count}")])
            for reader in (one, other):
                assert reader.summary().messages == count
                assert [message.id for message in reader.messages()][-1] == f"m{count}"


# When writing fails


def test_a_full_disk_is_told_and_the_session_stays_right(path: Path, tmp_path: Path) -> None:
    calm = make_session(
        tmp_path / "calm.inspector", [make_callback()], [make_callback(status="sent", timestamp=stamp(1))]
    )
    huge = [make_callback(raw=b"x" * 200_000), make_callback(status="delivered"), make_callback(id="new")]
    with Session.create(path, started=STARTED) as session:
        session.append([make_callback()])
        pages = session._connection.execute("PRAGMA page_count").fetchone()[0]
        session._connection.execute(f"PRAGMA max_page_count = {pages + 4}")

        with pytest.raises(SessionError, match=r"a\.inspector cannot be written: .*full"):
            session.append(huge)

        session._connection.execute("PRAGMA max_page_count = 1000000")
        (appended,) = session.append([make_callback(status="sent", timestamp=stamp(1))])
        assert (appended.seq, appended.message, appended.status) == (2, 1, "sent")
    assert document(path) == document(calm)
    assert tables(path) == tables(calm)


def test_every_write_that_fails_is_told(path: Path) -> None:
    with Session.create(path, started=STARTED) as session:
        session.append([make_callback()])
        session._connection.execute("PRAGMA query_only = ON")
        forward = ForwardRow(1, "http://a/", RECEIVED, 1, 200, (), b"", None)
        for write in (
            lambda: session.append([make_callback(status="sent")]),
            lambda: session.record_forwards([forward]),
            session.clear,
            lambda: session.end(STARTED),
        ):
            with pytest.raises(SessionError, match=r"a\.inspector cannot be written"):
                write()
        session._connection.execute("PRAGMA query_only = OFF")
        assert session.append([make_callback(status="sent")])[0].seq == 2
    assert document(path)["summary"]["callbacks"] == 2


def test_an_error_of_any_kind_leaves_no_half_a_batch(path: Path) -> None:
    beyond_sqlite = make_form_callback()._replace(received=2**70)
    with Session.create(path, started=STARTED) as session:
        with pytest.raises(OverflowError):
            session.append([make_callback(), beyond_sqlite])
        session.append([make_callback()])

    assert document(path)["summary"]["callbacks"] == 1
    assert document(path)["callbacks"][0]["seq"] == 1


def test_large_messages_are_not_held_in_memory(path: Path) -> None:
    """Neither their texts nor their variables; what comes of them is the same."""
    with Session.create(path, started=STARTED) as session:
        text, variables = "x" * 100_000, {"name": "y" * 100_000}
        session.append([make_callback(id="a", body=text), make_callback(id="b", custom_variables=variables)])
        assert not session._states
        session.append([make_callback(id="a", body=text, status="sent", timestamp=stamp(1))])
        session.append([make_callback(id="b", status="sent", timestamp=stamp(1)), make_callback(id="c")])
        assert list(session._states) == ["c"]
    with SessionReader(path) as reader:
        first, second, _ = reader.messages()
        assert (first.strip, first.body, first.codes) == ("qs", text, ("segment_mismatch",))
        assert (second.strip, second.custom_variables) == ("qs", variables)
        assert reader.message_rows([1, 2], longest=10)[1].body == "x" * 10


def test_a_file_is_a_whole_session_from_its_first_moment(path: Path, tmp_path: Path) -> None:
    """Whenever the process is killed while it makes one, there is nothing in the file or all that belongs there."""
    moments: list[bytes] = []
    connect = sqlite3.connect

    def watched(*arguments: Any, **options: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*arguments, **options)
        connection.set_trace_callback(lambda _: moments.append(path.read_bytes()))
        return connection

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite3, "connect", watched)
        Session.create(path, started=STARTED).close()
    left = tmp_path / "left.inspector"
    whole = [one for one in moments if one]
    assert len(whole) > 3
    for content in set(whole):
        left.write_bytes(content)
        with SessionReader(left) as reader:
            assert reader.info().started_at == STARTED
            assert reader.position().last_seq == 0
