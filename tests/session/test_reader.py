"""Reading a session: rows, counts, what changed, and a view that stands still."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from inspector.callbacks.findings import FindingCode
from inspector.session.conditions import EVERYTHING, Condition
from inspector.session.errors import SessionLocked
from inspector.session.reader import SessionReader
from inspector.session.records import Changes, TransitionRow
from inspector.session.session import Session
from tests.factories import (
    JSON_TYPE,
    RECEIVED,
    STARTED,
    make_callback,
    make_form_callback,
    make_payload,
    make_session,
    stamp,
)

SECOND = 1_000_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.inspector"


@pytest.fixture
def life(path: Path) -> Path:
    """A message that was sent and failed, another with one status, one unassigned callback."""
    return make_session(
        path,
        [make_callback(id="a", status="sent", timestamp=stamp(2), received=RECEIVED + 2 * SECOND)],
        [make_callback(id="a", status="queued", received=RECEIVED + 3 * SECOND, target="/relay?y=2")],
        [make_callback(id="b", from_="whatsapp:+1")],
        [make_callback(raw=b"\xff", headers=[("X", "\xe4"), ("x", "2")], reply={"status": 503, "body": "no"})],
        [make_callback(id="a", status="failed", timestamp=stamp(5), error_code="30003", error_message="Unreachable")],
        [make_callback(id="a", status="failed", timestamp=stamp(5), error_code="30003", error_message="Unreachable")],
        [make_callback(id="a", status=1)],
    )


def test_a_session_tells_of_itself(life: Path) -> None:
    from inspector import __version__

    with SessionReader(life) as reader:
        info = reader.info()
    assert (info.started_at, info.ended_at, info.application_version) == (STARTED, None, __version__)
    assert len(info.id) == 36


def test_a_message_has_all_its_columns(life: Path) -> None:
    with SessionReader(life) as reader:
        message = reader.message_by_id("a")
        assert message is not None
        assert reader.message(message.row) == message
        assert reader.message_rows([message.row, 99]) == {message.row: message}
        assert reader.message_by_id("none") is None
        assert reader.message(99) is None
    payload = make_payload()
    assert (message.project_id, message.to, message.from_) == (payload["project_id"], payload["to"], payload["from"])
    assert (message.body, message.number_of_segments) == (payload["body"], 1)
    assert (message.status, message.terminal, message.strip) == ("failed", True, "qsf")
    assert (message.error_code, message.error_message) == ("30003", "Unreachable")
    assert (message.callbacks, message.invalid, message.severity) == (5, 1, 2)
    assert message.last_transition == RECEIVED + 3 * SECOND
    assert set(message.codes) == {"out_of_order", "duplicate"}


def test_transitions_are_in_the_order_of_life(life: Path) -> None:
    with SessionReader(life) as reader:
        row = reader.message_by_id("a")
        assert row is not None
        transitions = reader.transitions(row.row)
    assert transitions == [
        TransitionRow("queued", stamp(0), RECEIVED + 3 * SECOND, 2),
        TransitionRow("sent", stamp(2), RECEIVED + 2 * SECOND, 1),
        TransitionRow("failed", stamp(5), RECEIVED, 5),
    ]


def test_transitions_of_a_form_have_no_timestamp(path: Path) -> None:
    make_session(path, [make_form_callback(), make_form_callback(MessageStatus="sent", received=RECEIVED + 1)])
    with SessionReader(path) as reader:
        assert [(one.status, one.timestamp) for one in reader.transitions(1)] == [("queued", None), ("sent", None)]


def test_findings_are_gathered(life: Path) -> None:
    with SessionReader(life) as reader:
        found = {one.code: one.callbacks for one in reader.findings(1)}
    assert found == {FindingCode.OUT_OF_ORDER: (2,), FindingCode.DUPLICATE: (6,)}


def test_a_callback_is_kept_raw(life: Path) -> None:
    with SessionReader(life) as reader:
        callback = reader.callback(4)
        assert callback is not None
        assert (callback.body, callback.valid, callback.message_id) == (b"\xff", False, None)
        assert callback.headers == (("X", "\xe4"), ("x", "2"), ("Content-Type", JSON_TYPE))
        assert callback.reply == {"status": 503, "body": "no"}
        assert [one["code"] for one in callback.problems] == ["encoding", "json"]
        relay = reader.callback(2)
        assert relay is not None
        assert (relay.target, relay.message_id, relay.status, relay.timestamp) == (
            "/relay?y=2",
            "a",
            "queued",
            stamp(0),
        )
        assert reader.callback(99) is None


def test_summaries_leave_headers_and_bodies_out(life: Path) -> None:
    with SessionReader(life) as reader:
        summaries = reader.callback_summaries([4, 1, 99])
        of_message = reader.callbacks_of(1)
    assert summaries.keys() == {1, 4}
    assert (summaries[4].problem_codes, summaries[4].reply_status, summaries[4].size) == (("encoding", "json"), 503, 1)
    assert (summaries[1].message, summaries[1].message_id, summaries[1].transition) == (1, "a", True)
    assert [one.seq for one in of_message] == [1, 2, 5, 6, 7]
    assert [one.transition for one in of_message] == [True, True, True, False, False]


def test_callbacks_of_a_message_can_be_limited(life: Path) -> None:
    with SessionReader(life) as reader:
        assert [one.seq for one in reader.callbacks_of(1, limit=2)] == [1, 2]


def test_the_tallies_are_what_counting_gives(life: Path) -> None:
    with SessionReader(life) as reader:
        kept = reader.summary()
        assert kept == reader.count(EVERYTHING, EVERYTHING)
        assert (kept.callbacks, kept.valid, kept.invalid, kept.messages) == (7, 5, 2, 2)
        assert kept.by_status == {"failed": 1, "queued": 1}
        assert reader.unassigned() == 1
        part = reader.count(Condition("m.id = ?", ("b",)), Condition("c.seq > ?", (3,)))
    assert (part.callbacks, part.valid, part.messages, part.by_status) == (4, 2, 1, {"queued": 1})


def test_counting_knows_messages_without_a_status(path: Path) -> None:
    make_session(path, [make_callback(status="gone")])
    with SessionReader(path) as reader:
        assert reader.summary() == reader.count(EVERYTHING, EVERYTHING)
        assert (reader.summary().messages, reader.summary().by_status) == (1, {})


def test_ids_come_in_the_order_asked_for(life: Path) -> None:
    with SessionReader(life) as reader:
        assert list(reader.message_ids(EVERYTHING)) == [1, 2]
        assert list(reader.message_ids(EVERYTHING, "m.id DESC")) == [2, 1]
        assert list(reader.callback_ids(Condition("c.message = ?", (1,)), "c.seq DESC")) == [7, 6, 5, 2, 1]
        assert reader.matching_messages([1, 2, 3], Condition("m.terminal")) == {1}
        assert reader.matching_callbacks(2, Condition("c.valid")) == [3, 5, 6]


def test_many_ids_are_read_in_one_go(path: Path) -> None:
    make_session(path, [make_callback(id=str(number)) for number in range(5000)])
    with SessionReader(path) as reader:
        assert list(reader.message_ids(EVERYTHING)) == list(range(1, 5001))
        assert len(reader.message_rows(range(1, 5001))) == 5000


def test_changes_name_what_came_since(path: Path) -> None:
    with Session.create(path, started=STARTED) as session, SessionReader(path) as reader:
        start = reader.position()
        assert start == Changes(0, 0, ())
        assert reader.changes(0, 0) == start

        session.append([make_callback(id="a"), make_callback(id="b"), make_callback(raw=b"")])
        first = reader.changes(start.generation, start.last_seq)
        session.append([make_callback(id="b", status="sent")])
        second = reader.changes(first.generation, first.last_seq)
        third = reader.changes(second.generation, second.last_seq)

        assert (first.last_seq, set(first.messages)) == (3, {1, 2})
        assert second == Changes(0, 4, (2,))
        assert third == Changes(0, 4, ())
        assert reader.position() == third


def test_after_clearing_everything_counts_as_new(path: Path) -> None:
    with Session.create(path, started=STARTED) as session, SessionReader(path) as reader:
        session.append([make_callback(id="a"), make_callback(id="b")])
        before = reader.position()
        session.clear()
        cleared = reader.changes(before.generation, before.last_seq)
        session.append([make_callback(id="c")])
        later = reader.changes(cleared.generation, cleared.last_seq)
        from_before = reader.changes(before.generation, before.last_seq)

    assert cleared == Changes(1, 0, ())
    assert later == from_before == Changes(1, 3, (3,))


def test_a_view_that_was_begun_stands_still(path: Path) -> None:
    with Session.create(path, started=STARTED) as session, SessionReader(path) as reader:
        session.append([make_callback(id="a")])
        reader.begin()
        session.append([make_callback(id="b")])
        assert (reader.summary().messages, [one.id for one in reader.messages()]) == (1, ["a"])
        reader.end()
        assert reader.summary().messages == 2


def test_chosen_rows_can_be_named_in_conditions(life: Path) -> None:
    chosen = Condition("m.row IN (SELECT row FROM temp.chosen_messages)")
    with SessionReader(life) as reader:
        reader.choose([2, 2], [4])
        assert [one.id for one in reader.messages(chosen)] == ["b"]
        reader.choose([1], [])
        assert [one.id for one in reader.messages(chosen)] == ["a"]
        assert list(reader.callback_ids(Condition("c.seq IN (SELECT seq FROM temp.chosen_callbacks)"))) == []


def test_a_reader_never_writes(life: Path) -> None:
    with SessionReader(life) as reader, pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader._connection.execute("DELETE FROM callbacks")


def test_a_query_that_nobody_waits_for_any_more_ends(life: Path) -> None:
    asked = 0

    def outdated() -> bool:
        nonlocal asked
        asked += 1
        return asked > 3

    endless = Condition("m.row IN (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n)")
    with SessionReader(life) as reader:
        reader.stop_when(outdated)
        with pytest.raises(sqlite3.OperationalError, match="interrupted"):
            reader.message_ids(endless)
        reader.stop_when(lambda: False)
        assert list(reader.message_ids(EVERYTHING)) == [1, 2]


def test_a_session_on_a_read_only_medium_can_be_read(life: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    connect = sqlite3.connect

    def without_side_files(address: str, **options: Any) -> sqlite3.Connection:
        # Root may write into every folder, so what SQLite does where it may not (an OperationalError) is played.
        connection: sqlite3.Connection = connect(address if "immutable" in address else "file::memory:", **options)
        return connection

    monkeypatch.setattr(sqlite3, "connect", without_side_files)
    with SessionReader(life) as reader:
        assert reader.summary().callbacks == 7


def test_a_session_that_is_locked_is_not_read_past_the_lock(life: Path) -> None:
    with closing(sqlite3.connect(life, isolation_level=None)) as owner:
        owner.execute("PRAGMA locking_mode = EXCLUSIVE")
        owner.execute("PRAGMA journal_mode = DELETE")
        owner.execute("BEGIN EXCLUSIVE")
        owner.execute("DELETE FROM callbacks")
        with pytest.raises(SessionLocked, match="cannot be opened: another program has it locked"):
            SessionReader(life, patience=0.0)
        owner.execute("ROLLBACK")


def test_a_copy_of_the_file_alone_can_be_read(life: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.inspector"
    shutil.copy(life, copy)
    with SessionReader(copy) as reader:
        assert reader.summary().callbacks == 7


def test_sqlite_sorts_all_rows_in_its_sorter(life: Path) -> None:
    # With any limit, even -1, it would keep a B-tree in order instead: up to four times slower for a million rows.
    told: list[str] = []
    with SessionReader(life) as reader:
        reader._connection.set_trace_callback(told.append)
        assert list(reader.message_ids(EVERYTHING, "m.status NULLS LAST, m.row")) == [1, 2]
        assert list(reader.message_ids(EVERYTHING, "m.status NULLS LAST, m.row", limit=1)) == [1]
        whole, first = told
        reader._connection.set_trace_callback(None)
        opcodes = [{step[1] for step in reader._connection.execute(f"EXPLAIN {sql}")} for sql in (whole, first)]
    assert ["SorterOpen" in steps for steps in opcodes] == [True, False]
