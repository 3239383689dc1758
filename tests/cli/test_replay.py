"""`inspector replay`: a captured session sent again from the command line."""

import json
from pathlib import Path

import pytest

from inspector.cli.main import main
from tests.cli.program import Program
from tests.factories import RECEIVED, make_callback, make_form_callback, make_session

LIFE = ("queued", "initiated", "sent", "delivered")


@pytest.fixture
def session(tmp_path: Path) -> Path:
    """A life of four callbacks, an hour from one to the next, and one in the form dialect at its end."""
    hours = [RECEIVED + hour * 3_600_000_000 for hour in range(5)]
    life = [
        make_callback(status=status, received=received, target="/rest?x=1")
        for status, received in zip(LIFE, hours, strict=False)
    ]
    return make_session(tmp_path / "a.inspector", life, [make_form_callback(received=hours[-1])])


@pytest.mark.parametrize("kind", ["session", "export"])
def test_session_is_sent_again(session: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str) -> None:
    export, again, source = tmp_path / "a.json", tmp_path / "again.json", session
    main(["export", str(session), str(export)])
    if kind == "export":
        source = export
    capsys.readouterr()
    with Program(tmp_path, "listen", "--json", "--port", "0", "--count", "5", "--export", str(again)) as program:
        url = f"http://127.0.0.1:{program.port()}"
        assert main(["replay", str(source), "--to", url, "--speed", "max"]) == 0
        assert program.end() == 0
    captured = capsys.readouterr()
    *lines, summary = captured.out.splitlines()
    assert (summary, captured.err) == ("5 callbacks sent, 5 answered.", "")
    assert lines[0].startswith(f"#1     POST {url}/rest?x=1  200  ")
    before, after = json.loads(export.read_bytes()), json.loads(again.read_bytes())
    for old, new in zip(before["callbacks"], after["callbacks"], strict=True):
        for name in ("seq", "method", "target", "body", "dialect", "valid", "message_id"):
            assert new[name] == old[name]
    assert after["summary"] == before["summary"]


def test_part_of_a_session(session: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--filter", "status:sent,delivered", "--speed", "1000000"]
    assert main(["replay", str(session), "--to", "http://127.0.0.1:1/", *arguments]) == 1
    *lines, summary = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["#3", "#4"]
    assert all("The request failed" in line for line in lines)
    assert summary == "2 callbacks sent, 0 answered."


def test_interrupt_is_a_normal_end(session: Path, tmp_path: Path) -> None:
    """In the rhythm of the capture the second callback is an hour away."""
    with Program(tmp_path, "replay", str(session), "--to", "http://127.0.0.1:1/") as program:
        assert program.line().startswith("#1 ")
        program.interrupt()
        assert program.end() == 0
        assert program.lines() == ["Interrupted: 1 callbacks sent, 0 answered.\n"]
        assert program.errors == ""


def test_signed_again(
    session: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPLAY_KEY", "PSKkey")
    again = tmp_path / "again.json"
    listen = ("listen", "--json", "--port", "0", "--count", "5", "--signing-key-env", "REPLAY_KEY")
    with Program(tmp_path, *listen, "--export", str(again)) as program:
        url = f"http://127.0.0.1:{program.port()}"
        arguments = ["--speed", "max", "--signing-key-env", "REPLAY_KEY"]
        assert main(["replay", str(session), "--to", url, *arguments]) == 0
        assert program.end() == 0
    assert "PSKkey" not in capsys.readouterr().out
    assert [one["signature"] for one in json.loads(again.read_bytes())["callbacks"]] == ["valid"] * 5


def test_a_key_that_is_not_there_is_wrong_use(session: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--to", "http://127.0.0.1:1/", "--signing-key-env", "NO_SUCH_VARIABLE"]
    assert main(["replay", str(session), *arguments]) == 2
    assert "NO_SUCH_VARIABLE is not set" in capsys.readouterr().err
