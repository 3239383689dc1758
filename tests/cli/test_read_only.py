"""The command line where nothing can be written: one line and exit code 2, before anything is received."""

import os
from pathlib import Path

import pytest

from inspector.cli.main import main
from tests.cli.program import Program, complaint
from tests.factories import make_callback, make_session
from tests.read_only import Place


@pytest.mark.parametrize("name", ["old.inspector", "new.inspector"])
def test_listen_into_a_session_there(disk: Place, home: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    old = make_session(disk.folder / "old.inspector", [make_callback(id="m1")])
    disk.freeze()
    before = old.read_bytes()
    assert main(["listen", "--port", "0", "--session", str(disk.folder / name)]) == 2
    line = complaint(capsys)
    assert f"{name} cannot be captured into" in line
    assert "choose another place" in line
    assert old.read_bytes() == before


def test_listen_with_the_data_folder_there(disk: Place, tmp_path: Path) -> None:
    disk.freeze()
    with Program(tmp_path, "listen", "--port", "0", env={"XDG_DATA_HOME": str(disk.folder)}) as program:
        assert program.end() == 2
        assert program.lines() == []
        assert program.errors.count("\n") == 1
        assert f"{disk.folder}" in program.errors
        assert "is read-only" in program.errors


def test_listen_with_the_logs_and_settings_there_goes_on(disk: Place, tmp_path: Path) -> None:
    disk.freeze()
    env = {"XDG_STATE_HOME": str(disk.folder), "XDG_CONFIG_HOME": str(disk.folder)}
    with Program(tmp_path, "listen", "--json", "--port", "0", "--timeout", "0.1", env=env) as program:
        program.event("listening")
        assert program.event("closed")["reason"] == "timeout"
        assert (program.end(), program.errors) == (0, "")


def test_an_export_to_there_is_refused_before_listening(
    disk: Place, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    disk.freeze()
    assert main(["listen", "--port", "0", "--export", str(disk.folder / "out.json"), "--timeout", "0.1"]) == 2
    assert "out.json cannot be written: the folder" in complaint(capsys)


def test_an_export_from_there_works_and_one_to_there_is_refused(
    disk: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = make_session(disk.folder / "a.inspector", [make_callback(id="m1")])
    disk.freeze()
    assert main(["export", str(path), str(tmp_path / "out.json")]) == 0
    capsys.readouterr()
    assert main(["export", str(path), str(disk.folder / "out.json")]) == 2
    assert "out.json cannot be written" in complaint(capsys)
    assert [one.name for one in disk.folder.iterdir()] == ["a.inspector"]
    assert os.listdir(disk.folder) == ["a.inspector"]  # noqa: PTH208 - also what is hidden
