"""`inspector check`: a verdict on each file, and an exit code on all."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import pytest

from inspector.cli.main import main
from tests.cli.program import complaint
from tests.factories import MISSING, make_form, make_payload

Write = Callable[..., str]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(content: bytes, name: str = "payload.json") -> str:
        (tmp_path / name).write_bytes(content)
        return str(tmp_path / name)

    return write


def payload(**changes: object) -> bytes:
    return json.dumps(make_payload(**changes)).encode()


@pytest.mark.parametrize(
    ("content", "dialect"),
    [
        (payload(), "json"),
        (b" \r\n" + payload(body="a=b&c=d") + b"\n", "json"),
        (urlencode(make_form()).encode(), "form"),
    ],
)
def test_valid(capsys: pytest.CaptureFixture[str], write: Write, content: bytes, dialect: str) -> None:
    name = write(content)
    assert main(["check", name]) == 0
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == (f"{name}: valid ({dialect})\n", "")


def test_every_breach_is_told(capsys: pytest.CaptureFixture[str], write: Write) -> None:
    name = write(payload(status="sennt", number_of_segments="1", to=MISSING))
    assert main(["check", name]) == 1
    first, *problems = capsys.readouterr().out.splitlines()
    assert first == f"{name}: not valid (json)"
    assert [line.split()[:3] for line in problems] == [
        ["error", "$.status", "enum"],
        ["error", "$.to", "missing"],
        ["error", "$.number_of_segments", "type"],
    ]


def test_unknown_field_is_no_breach(capsys: pytest.CaptureFixture[str], write: Write) -> None:
    assert main(["check", write(payload(extra=1))]) == 0
    assert "unknown field “extra”" in capsys.readouterr().out


def test_one_bad_file_among_good_ones(capsys: pytest.CaptureFixture[str], write: Write) -> None:
    names = [write(payload(), "a"), write(b"{", "b"), write(payload(), "c")]
    assert main(["check", *names]) == 1
    assert [line.partition(": ")[2] for line in capsys.readouterr().out.splitlines() if line[0] == "/"] == [
        "valid (json)",
        "not valid (json)",
        "valid (json)",
    ]


@pytest.mark.parametrize(("content", "code"), [(payload(), 0), (b"", 1), (b"\xff\xfe", 1)])
def test_standard_input(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, content: bytes, code: int
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))
    assert main(["check", "-"]) == code
    assert capsys.readouterr().out.startswith("standard input: ")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0" * 1000,
        bytes(range(256)) * 100,
        b"\x7fELF=\x02\x01",
        b"\x89PNG\r\n\x1a\n=&=",
        payload().decode().encode("utf-16"),
        b"\xef\xbb\xbf" + payload(body="a=b"),
        b"[" * 100_000,
        b"<xml a='b'/>",
        b"1 = 2",
    ],
    ids=["empty", "zeros", "all bytes", "ELF", "PNG", "UTF-16", "BOM", "deep", "XML", "equation"],
)
def test_file_that_is_no_payload(capsys: pytest.CaptureFixture[str], write: Write, content: bytes) -> None:
    """The content type is never to blame: a file has none."""
    assert main(["check", write(content)]) == 1
    captured = capsys.readouterr()
    assert captured.err == ""
    assert "content_type" not in captured.out
    assert all(line.isprintable() for line in captured.out.splitlines())


def test_names_and_texts_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str], write: Write) -> None:
    name = write(payload(**{"\x1b]0;owned\x07": 1, "status": "\x1b[2J"}), "\x1b[31m\nname")
    assert main(["check", name]) == 1
    assert all(line.isprintable() for line in capsys.readouterr().out.splitlines())


def test_another_callback_is_named(capsys: pytest.CaptureFixture[str], write: Write) -> None:
    assert main(["check", write(b'{"event_type": "campaign_activated", "brand_id": "x"}')]) == 1
    assert "looks like a 10DLC status callback" in capsys.readouterr().out


def test_file_that_cannot_be_read(capsys: pytest.CaptureFixture[str], write: Write, tmp_path: Path) -> None:
    """Then no file is judged."""
    for name in (str(tmp_path / "none.json"), str(tmp_path), str(tmp_path / "\x1b[2J\n")):
        assert main(["check", write(payload()), name]) == 2
        complaint(capsys)
