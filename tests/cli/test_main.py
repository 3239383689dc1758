"""What all commands share: version, help, exit codes, and one line for whatever goes wrong."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import inspector
from inspector.cli import check
from inspector.cli.main import main
from inspector.cli.terminal import printable
from tests.cli.program import BOUND, ROOT, complaint, environment

COMMANDS = ["", "listen", "export", "check", "simulate", "replay"]


def words(command: str, *more: str) -> list[str]:
    return [*command.split(), *more]


@pytest.mark.parametrize("command", COMMANDS)
def test_version(capsys: pytest.CaptureFixture[str], command: str) -> None:
    assert main(words(command, "--version")) == 0
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == (f"inspector {inspector.__version__}\n", "")


@pytest.mark.parametrize("option", ["--help", "-h"])
@pytest.mark.parametrize("command", COMMANDS)
def test_help(capsys: pytest.CaptureFixture[str], command: str, option: str) -> None:
    assert main(words(command, option)) == 0
    captured = capsys.readouterr()
    assert captured.out.startswith(f"usage: inspector {command}".rstrip() + " ")
    assert captured.err == ""


def test_help_names_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--help"])
    text = capsys.readouterr().out
    assert all(f"inspector {command} " in text for command in COMMANDS[1:])


@pytest.mark.parametrize(
    "arguments",
    [
        ["--nonsense"],
        ["listen", "--nonsense"],
        ["export"],
        ["export", "only-one"],
        ["export", "a", "b", "c"],
        ["export", "a", "b.json", "--format", "xml"],
        ["export", "a", "b.json", "--nonsense\x1b[2J\n"],
        ["check"],
        ["check", "--nonsense"],
        ["simulate"],
        ["simulate", "not a url"],
        ["simulate", "http://127.0.0.1:1/", "--scenario", "nonsense"],
        ["simulate", "http://127.0.0.1:1/", "--messages", "0"],
        ["simulate", "http://127.0.0.1:1/", "--rate", "0"],
        ["simulate", "http://127.0.0.1:1/", "--rate", "100000000"],
        ["simulate", "http://127.0.0.1:1/", "--seed", "x"],
        ["simulate", "http://127.0.0.1:1/", "--signing-key-env", "NO_SUCH_VARIABLE"],
        ["replay"],
        ["replay", "a"],
        ["replay", "--to", "http://127.0.0.1:1/"],
        ["replay", "a", "--to", "127.0.0.1"],
        ["replay", "no-such-file", "--to", "http://127.0.0.1:1/"],
        ["replay", "a", "--to", "http://127.0.0.1:1/", "--speed", "0"],
        ["replay", "a", "--to", "http://127.0.0.1:1/", "--speed", "fast"],
    ],
    ids=lambda arguments: printable(" ".join(arguments), 60),
)
def test_wrong_use_is_told_in_one_line(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    assert main(arguments) == 2
    complaint(capsys)


def test_what_nobody_expected_is_one_line_too_and_in_the_log(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    def fail(_arguments: object) -> int:
        raise RuntimeError("boom\nbang \x1b[2J")

    monkeypatch.setattr(check, "run", fail)
    assert main(["check", "file"]) == 2
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "inspector: an unexpected error: RuntimeError: boom bang \\x1b[2J\n")
    (log,) = home.rglob("inspector.log")
    assert "Traceback" in log.read_text("utf-8")


def test_no_plugins_of_pydantic_are_looked_for_unless_somebody_wants_them(monkeypatch: pytest.MonkeyPatch) -> None:
    asked_for: list[str] = []

    def note(_arguments: object) -> int:
        asked_for.append(os.environ["PYDANTIC_DISABLE_PLUGINS"])
        return 0

    monkeypatch.setattr(check, "run", note)
    monkeypatch.delenv("PYDANTIC_DISABLE_PLUGINS", raising=False)
    main(["check"])
    monkeypatch.setenv("PYDANTIC_DISABLE_PLUGINS", "another")
    main(["check"])

    assert asked_for == ["__all__", "another"]


def test_interrupt_is_a_normal_end(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_arguments: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(check, "run", interrupt)
    assert main(["check", "file"]) == 0


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["check", "pyproject.toml"], ["simulate", "--list"]])
def test_output_that_nobody_reads(home: Path, arguments: list[str]) -> None:
    """As in `inspector --help | true`: no complaint, whatever the moment of the end."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "inspector", *arguments],
            stdout=writer,
            stderr=subprocess.PIPE,
            env=environment(home),
            cwd=ROOT,
            timeout=BOUND,
            check=False,
        )
    finally:
        os.close(writer)
    assert ended.stderr == b""
    assert ended.returncode == (1 if arguments[0] == "check" else 0)


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX shell")
@pytest.mark.parametrize("arguments", [["simulate", "--list"], ["check", "pyproject.toml"]])
def test_no_output_at_all(home: Path, arguments: list[str]) -> None:
    """A program of the desktop, or `>&-`: there is no standard output."""
    ended = subprocess.run(
        ["sh", "-c", 'exec "$@" >&-', "sh", sys.executable, "-m", "inspector", *arguments],
        stderr=subprocess.PIPE,
        env=environment(home),
        cwd=ROOT,
        timeout=BOUND,
        check=False,
    )
    assert ended.stderr == b""
    assert ended.returncode == (1 if arguments[0] == "check" else 0)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("Zoë 📦 ご予約", "Zoë 📦 ご予約"),
        ("a\nb\tc\r", r"a\nb\tc\r"),
        ("\x1b[31m\x9b", r"\x1b[31m\x9b"),
        ("\u202e\u200b\ud800", r"\u202e\u200b\ud800"),
        ("x" * 400, "x" * 300 + "…"),
    ],
)
def test_printable(text: str, shown: str) -> None:
    assert printable(text) == shown
