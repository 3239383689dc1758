"""A session file among other processes."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from inspector.session.files import captured_elsewhere, check_file, interrupted
from inspector.session.reader import SessionReader
from inspector.session.session import Session
from tests.factories import STARTED, make_callback

_OPEN_AND_CLOSE = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
print(connection.execute("SELECT count(*) FROM callbacks").fetchone()[0])
connection.close()
"""


def _count_from_another_process(path: Path) -> int:
    command = [sys.executable, "-c", _OPEN_AND_CLOSE, str(path)]
    return int(subprocess.run(command, capture_output=True, check=True, timeout=30).stdout)


def test_nobody_who_closes_the_file_takes_the_log_away(tmp_path: Path) -> None:
    path = tmp_path / "s.inspector"
    with Session.create(path, started=STARTED) as session:
        session.append([make_callback(id="a")])
        # All that this process does beside capturing: look, read, look again.
        with SessionReader(path):
            check_file(path)
        captured_elsewhere(path)
        assert _count_from_another_process(path) == 1
        assert Path(f"{path}-wal").exists()
        session.append([make_callback(id="b")])
        assert _count_from_another_process(path) == 2
        with SessionReader(path) as reader:
            assert [message.id for message in reader.messages()] == ["a", "b"]
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM callbacks").fetchone() == (2,)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["s.inspector"]


def test_a_capture_that_was_not_closed_is_told_once(tmp_path: Path) -> None:
    with Session.create(tmp_path / "closed.inspector", started=STARTED):
        pass
    died = tmp_path / "died.inspector"
    with Session.create(died, started=STARTED):
        pass
    (tmp_path / "died.inspector.lock").touch()  # as it is left when the process is killed
    (tmp_path / "gone.inspector.lock").touch()
    with Session.create(tmp_path / "open.inspector", started=STARTED):
        assert interrupted(tmp_path) == [died]
        assert interrupted(tmp_path) == []
        assert captured_elsewhere(tmp_path / "open.inspector")
    assert interrupted(tmp_path / "nowhere") == []


def test_one_that_died_in_another_folder_is_told_and_one_without_content_goes_away(tmp_path: Path) -> None:
    elsewhere, folder = tmp_path / "elsewhere", tmp_path / "sessions"
    elsewhere.mkdir()
    folder.mkdir()
    died = elsewhere / "died.inspector"
    with Session.create(died, started=STARTED):
        pass
    died.with_name("died.inspector.lock").touch()
    for name in ("empty", "strange"):
        (folder / f"{name}.inspector.lock").touch()
    (folder / "empty.inspector").touch()
    (folder / "strange.inspector").write_text("not a session")
    known = [died, elsewhere / "never.inspector", died]
    assert interrupted(folder, known) == [died]
    assert interrupted(folder, known) == []
    assert [one.name for one in folder.iterdir()] == ["strange.inspector"]
