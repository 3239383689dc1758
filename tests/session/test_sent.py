"""What was sent on or again is kept with its callback, and goes with it."""

import sqlite3
from contextlib import closing
from pathlib import Path

from inspector.session.reader import SessionReader
from inspector.session.records import ForwardRow, ReplayRow
from inspector.session.session import Session
from tests.factories import RECEIVED, STARTED, make_callback, make_session

OK = ReplayRow(1, "http://a/", RECEIVED, 12, 200, (("X", "1"), ("X", "2")), b"\xff", None)
EDITED = ReplayRow(2, "http://a/\u2603", RECEIVED + 1, 0, None, (), b"", "Nothing listens there.", b"{}")


def test_results_are_kept_in_order(tmp_path: Path) -> None:
    with Session.create(tmp_path / "a.inspector", started=STARTED) as session, SessionReader(session.path) as reader:
        session.append([make_callback(), make_callback()])
        session.record_replays([OK, EDITED])
        session.record_replays([OK])
        assert reader.replays() == [OK, EDITED, OK]
        assert reader.replays(1) == [OK, OK]
        assert reader.replays(2) == [EDITED]
        assert reader.replays(most=2) == [EDITED, OK]
        session.clear()
        assert reader.replays() == []


def test_an_answer_that_comes_after_its_callback_was_cleared_away_is_not_kept(tmp_path: Path) -> None:
    with Session.create(tmp_path / "a.inspector", started=STARTED) as session, SessionReader(session.path) as reader:
        session.append([make_callback()])
        session.clear()
        session.append([make_callback()])
        session.record_replays([OK])
        assert reader.replays() == []


def test_a_file_of_version_0_1_0_has_none(tmp_path: Path) -> None:
    path = make_session(tmp_path / "old.inspector", [make_callback()])
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TABLE replays")
    with SessionReader(path) as reader:
        assert reader.replays() == reader.replays(1) == []


def test_a_forwarding_keeps_text_that_is_no_utf_8(tmp_path: Path) -> None:
    path = make_session(tmp_path / "a.inspector", [make_callback()])
    row = ForwardRow(1, "http://a/\ud800", RECEIVED, 12, None, (), b"", "refused \udcff")
    with Session.open(path) as session:
        session.record_forwards([row])
    with SessionReader(path) as reader:
        (found,) = reader.forwards(1)
    assert (found.url, found.error) == ("http://a/\ufffd", "refused \ufffd")
