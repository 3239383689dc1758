"""`inspector simulate`: real callbacks from the command line."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from inspector.callbacks.signature import check_signature
from inspector.capture.scenarios import SCENARIOS
from inspector.cli.main import main
from inspector.session.reader import SessionReader
from tests.cli.program import BOUND, ROOT, Program, complaint, environment


def listening(tmp_path: Path, *more: str) -> Program:
    session = tmp_path / "a.inspector"
    return Program(tmp_path, "listen", "--json", "--port", "0", "--session", str(session), *more)


def test_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(SCENARIOS)


def test_callbacks_arrive_and_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with listening(tmp_path) as program:
        url = f"http://127.0.0.1:{program.port()}/rest"
        arguments = ["--scenario", "delivered", "--scenario", "undelivered", "--messages", "2", "--rate", "500"]
        assert main(["simulate", url, *arguments, "--seed", "7"]) == 0
        program.interrupt()
        assert program.end() == 0
    captured = capsys.readouterr()
    *lines, summary = captured.out.splitlines()
    assert captured.err == ""
    assert summary == "8 callbacks sent, 8 answered. The same again: --seed 7"
    assert [line.split()[0] for line in lines] == [f"#{number}" for number in range(1, 9)]
    assert {line.split()[1] for line in lines} == {"delivered", "undelivered"}
    assert all(line.split()[3] == "200" for line in lines)
    with SessionReader(tmp_path / "a.inspector") as reader:
        assert reader.summary().by_status == {"delivered": 1, "undelivered": 1}
        assert {callback.target for callback in reader.callbacks()} == {"/rest"}


@pytest.mark.parametrize("seed", ["0", "-1", "123456789"])
def test_same_seed_plays_the_same(tmp_path: Path, seed: str) -> None:
    bodies = []
    for run in range(2):
        folder = tmp_path / str(run)
        folder.mkdir()
        with listening(folder) as program:
            url = f"http://127.0.0.1:{program.port()}/"
            arguments = ["--scenario", "burst", "--messages", "3", "--rate", "1000", "--seed", seed]
            assert main(["simulate", url, *arguments]) == 0
        with SessionReader(folder / "a.inspector") as reader:
            bodies.append({message.body for message in reader.messages()})
    assert bodies[0] == bodies[1]


def test_nobody_answers(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "http://127.0.0.1:1/", "--messages", "1", "--rate", "1000", "--scenario", "stalled"]) == 1
    captured = capsys.readouterr()
    assert "Nothing listens at 127.0.0.1, port 1." in captured.out
    assert ", 0 answered." in captured.out
    assert captured.err == ""


def test_a_refusal_is_an_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with listening(tmp_path, "--reply-status", "500") as program:
        url = f"http://127.0.0.1:{program.port()}/"
        assert main(["simulate", url, "--messages", "1", "--rate", "1000", "--scenario", "failed"]) == 0
    assert "  500  " in capsys.readouterr().out


def test_signed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    key = "PSKtest1234567890abcdef"
    monkeypatch.setenv("MY_KEY", key)
    with listening(tmp_path) as program:
        origin = f"http://127.0.0.1:{program.port()}"
        arguments = ["--messages", "2", "--rate", "1000", "--scenario", "stalled", "--signing-key-env", "MY_KEY"]
        assert main(["simulate", f"{origin}/hook?a=1", *arguments]) == 0
    assert key not in capsys.readouterr().out
    with SessionReader(tmp_path / "a.inspector") as reader:
        for callback in reader.callbacks():
            assert callback.signature == "unchecked"
            check = check_signature(
                key=key,
                headers=callback.headers,
                target=callback.target,
                body=callback.body,
                public_url=None,
                own_origin=origin,
            )
            assert check.state == "valid"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupt_is_a_normal_end(tmp_path: Path, number: signal.Signals) -> None:
    with listening(tmp_path) as program:
        url = f"http://127.0.0.1:{program.port()}/"
        with Program(tmp_path, "simulate", url, "--rate", "1", "--messages", "1000") as simulation:
            assert simulation.line().startswith("#1 ")
            simulation.interrupt(number)
            assert simulation.end() == 0
            assert simulation.lines()[-1].startswith("Interrupted: ")
            assert simulation.errors == ""


def test_output_that_nobody_reads_any_more(tmp_path: Path) -> None:
    with listening(tmp_path) as program:
        url = f"http://127.0.0.1:{program.port()}/"
        process = subprocess.Popen(
            [sys.executable, "-m", "inspector", "simulate", url, "--rate", "1000", "--messages", "100000"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(tmp_path),
            cwd=ROOT,
        )
        try:
            assert process.stdout is not None
            assert process.stderr is not None
            assert process.stdout.readline().startswith(b"#1 ")
            process.stdout.close()
            assert process.wait(timeout=BOUND) == 0
            assert process.stderr.read() == b""
        finally:
            process.kill()
            process.wait()
            if process.stderr is not None:
                process.stderr.close()


def test_own_data(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    body = "Grüße, {name} & %s"
    own = ["--from", "10555", "--to", "whatsapp:+12065550123", "--body", body]
    arguments = ["--messages", "1", "--rate", "1000", "--scenario", "delivered", *own]
    with listening(tmp_path) as program:
        url = f"http://127.0.0.1:{program.port()}/"
        assert main(["simulate", url, *arguments, "--custom-variables", '{"order": "1 & 2"}']) == 0
        assert main(["simulate", url, *arguments, "--dialect", "form"]) == 0
    with SessionReader(tmp_path / "a.inspector") as reader:
        messages = list(reader.messages())
        assert [(one.from_, one.to, one.body) for one in messages] == [("10555", "whatsapp:+12065550123", body)] * 2
        assert {callback.dialect for callback in reader.callbacks()} == {"json", "form"}
        assert json.loads(next(iter(reader.callbacks())).body)["custom_variables"] == {"order": "1 & 2"}
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (["--to", "Alice"], "To: Write a plus sign"),
        (["--from", "12345678"], "From: A short code"),
        (["--custom-variables", "order=1"], "--custom-variables takes a JSON object of texts"),
        (["--custom-variables", '{"a": 1}'], "--custom-variables takes a JSON object of texts"),
        (["--custom-variables", '{"": "x"}'], "Custom variables: A value has no name"),
        (["--dialect", "xml"], "--dialect"),
    ],
)
def test_own_data_that_cannot_be_sent(wrong: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "http://127.0.0.1:1/", *wrong]) == 2
    assert words in complaint(capsys)


def test_retries(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--messages", "1", "--rate", "1000", "--scenario", "stalled", "--seed", "1"]
    with listening(tmp_path, "--reply-status", "500") as program:
        url = f"http://127.0.0.1:{program.port()}/"
        assert main(["simulate", url, *arguments, "--retry"]) == 0
        *lines, summary = capsys.readouterr().out.splitlines()
    assert summary.startswith("3 callbacks sent, 3 answered.")
    assert sorted(line.split()[0] for line in lines) == ["#1", "#2", "#3", *["again"] * 6]
    with SessionReader(tmp_path / "a.inspector") as reader:
        assert reader.summary().callbacks == 9
