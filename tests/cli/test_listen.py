"""`inspector listen`: what it prints, when it ends, and what it leaves behind."""

import hashlib
import json
import re
import signal
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from inspector.callbacks.signature import sign_json
from inspector.cli.main import main
from inspector.session.reader import SessionReader
from inspector.session.session import Session
from tests.capture.wire import make_body
from tests.cli.post import post
from tests.cli.program import BOUND, ROOT, Program, complaint, environment
from tests.factories import MESSAGE, make_payload, make_session


def exported(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_bytes())
    return document


def now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"


def files_in(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


# What it prints


def test_events_are_those_of_the_contract(tmp_path: Path) -> None:
    session, export = tmp_path / "a.inspector", tmp_path / "a.json"
    arguments = ["--json", "--port", "0", "--session", str(session), "--export", str(export), "--count", "3"]
    with Program(tmp_path, "listen", *arguments) as program:
        listening = program.event("listening")
        port = int(listening["url"].removeprefix("http://127.0.0.1:"))
        assert listening == {"event": "listening", "url": f"http://127.0.0.1:{port}", "session": str(session)}

        timestamp = now()
        assert post(port, make_body(status="sent", timestamp=timestamp)) == [200]
        assert program.event("callback") == {
            "event": "callback",
            "seq": 1,
            "valid": True,
            "message_id": MESSAGE,
            "status": "sent",
            "problems": [],
            "findings": [],
        }
        assert post(port, make_body(status="sent", timestamp=timestamp)) == [200]
        again = program.event("callback")
        (finding,) = again["findings"]
        assert finding.keys() == {"code", "severity", "text", "callbacks"}
        assert (finding["code"], finding["severity"], finding["callbacks"]) == ("duplicate", "info", [2])

        assert post(port, make_body(id=1, status="sennt")) == [200]
        invalid = program.event("callback")
        assert (invalid["seq"], invalid["valid"]) == (3, False)
        assert (invalid["message_id"], invalid["status"]) == (None, None)
        assert [(one["path"], one["code"], one["severity"], one["value"]) for one in invalid["problems"]] == [
            ("$.id", "type", "error", 1),
            ("$.status", "enum", "error", "sennt"),
        ]
        assert all(one.keys() == {"path", "code", "severity", "text", "value"} for one in invalid["problems"])

        assert program.event("closed") == {"event": "closed", "reason": "count", "callbacks": 3, "messages": 1}
        assert program.lines() == []
        assert program.end() == 0
        assert program.errors == ""
    document = exported(export)
    assert [callback["seq"] for callback in document["callbacks"]] == [1, 2, 3]
    assert document["session"]["ended_at"] is not None


def test_readable_lines(tmp_path: Path) -> None:
    with Program(tmp_path, "listen", "--port", "0", "--count", "3") as program:
        match = re.match(r"Listening at http://127\.0\.0\.1:(\d+) — session .*\.inspector$", program.line().rstrip())
        assert match is not None
        assert program.line() == "Press Ctrl+C to end.\n"
        error = {"error_code": "30003", "error_message": "Unreachable destination handset"}
        assert post(int(match[1]), make_body(status="undelivered", timestamp=now(), **error)) == [200]
        line = program.line()
        assert re.match(r"\d\d:\d\d:\d\d\.\d{3}  #1  undelivered  ", line)
        assert f"{make_payload()['from']} → {make_payload()['to']}" in line
        assert MESSAGE in line
        assert "error 30003 Unreachable destination handset" in line
        assert post(int(match[1]), b"{", make_body(status="sennt")) == [200, 200]
        assert "#2  invalid      no message id  [$ json]" in program.line()
        assert f"#3  invalid      {MESSAGE}" in program.line()
        assert program.line() == "Ended (count): 3 callbacks, 1 messages.\n"
        assert (program.end(), program.errors) == (0, "")


def test_senders_cannot_steer_the_terminal(tmp_path: Path) -> None:
    nasty = "\x1b]0;owned\x07\x1b[2J\r\n\u202e\u2028\x9b31m\0\ud800"
    with Program(tmp_path, "listen", "--port", "0", "--count", "3") as program:
        match = re.search(r":(\d+) ", program.line())
        assert match is not None
        program.line()
        fields = dict.fromkeys(("to", "body", "error_code", "error_message"), nasty) | {"from_": nasty}
        post(int(match[1]), make_body(id=nasty, status="failed", **fields))
        post(int(match[1]), make_body(id=nasty, **{nasty: 1}, status=nasty))
        post(int(match[1]), nasty.encode("utf-8", "replace"), headers={"Content-Type": "\x9b31m"})
        lines = [program.line() for _ in range(4)]
        assert (program.end(), program.errors) == (0, "")
    assert [line[-1] for line in lines] == ["\n"] * 4
    assert all(line[:-1].isprintable() for line in lines)
    assert r"\x1b" in lines[0]


def test_output_that_cannot_show_every_character(tmp_path: Path) -> None:
    arguments = ["listen", "--port", "0", "--count", "1"]
    with Program(tmp_path, *arguments, env={"PYTHONIOENCODING": "ascii"}) as program:
        match = re.search(r":(\d+) ", program.line())
        assert match is not None
        assert post(int(match[1]), make_body()) == [200]
        assert program.end() == 0
        assert r"\u2192" in program.lines()[1]
        assert program.errors == ""


def test_output_that_nobody_reads_any_more(tmp_path: Path) -> None:
    export = tmp_path / "a.json"
    process = subprocess.Popen(
        [sys.executable, "-m", "inspector", "listen", "--json", "--port", "0", "--export", str(export)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(tmp_path),
        cwd=ROOT,
    )
    try:
        assert process.stdout is not None
        port = int(json.loads(process.stdout.readline())["url"].rpartition(":")[2])
        process.stdout.close()
        assert post(port, make_body()) == [200]
        assert process.wait(timeout=BOUND) == 0
        assert process.stderr is not None
        assert process.stderr.read() == b""
    finally:
        process.kill()
        process.wait()
        if process.stderr is not None:
            process.stderr.close()
    assert len(exported(export)["callbacks"]) == 1


# When it ends


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("callbacks", [0, 2])
def test_signal_is_a_normal_end(tmp_path: Path, number: signal.Signals, callbacks: int) -> None:
    """Also right after the first line, and also when it comes twice."""
    session, export = tmp_path / "a.inspector", tmp_path / "a.csv"
    arguments = ["--json", "--port", "0", "--session", str(session), "--export", str(export)]
    with Program(tmp_path, "listen", *arguments) as program:
        port = program.port()
        for _ in range(callbacks):
            post(port, make_body())
            program.event("callback")
        program.interrupt(number)
        program.interrupt(number)
        closed = program.event("closed")
        assert closed == {"event": "closed", "reason": "signal", "callbacks": callbacks, "messages": min(callbacks, 1)}
        assert (program.end(), program.errors) == (0, "")
    assert [name for name in files_in(tmp_path) if name.startswith("a.")] == ["a.csv", "a.inspector"]
    assert len(export.read_text("utf-8").splitlines()) == 1 + min(callbacks, 1)
    with SessionReader(session) as reader:
        assert reader.info().ended_at is not None
        assert reader.summary().callbacks == callbacks


@pytest.mark.parametrize(
    "until", ["status:delivered", "status:delivered -is:invalid", "seq:3", "path:/third", "is:final"]
)
def test_until(tmp_path: Path, until: str) -> None:
    with Program(tmp_path, "listen", "--json", "--port", "0", "--until", until) as program:
        port = program.port()
        post(port, make_body(status="queued"), make_body(status="sent"))
        assert [program.event("callback")["seq"] for _ in range(2)] == [1, 2]
        post(port, make_body(status="delivered"), path="/third")
        assert program.event("callback")["status"] == "delivered"
        assert program.event("closed") == {"event": "closed", "reason": "until", "callbacks": 3, "messages": 1}
        assert program.end() == 0


def test_until_an_unassigned_callback_fits(tmp_path: Path) -> None:
    with Program(tmp_path, "listen", "--json", "--port", "0", "--until", "is:unassigned") as program:
        port = program.port()
        post(port, make_body(), b"{")
        assert [program.event(name)["event"] for name in ("callback", "callback", "closed")]
        assert program.end() == 0


@pytest.mark.parametrize(
    ("arguments", "code"),
    [([], 0), (["--count", "1"], 1), (["--until", "status:delivered"], 1), (["--count", "1", "--until", "seq:1"], 1)],
)
def test_timeout(capsys: pytest.CaptureFixture[str], arguments: list[str], code: int) -> None:
    assert main(["listen", "--json", "--port", "0", "--timeout", "0.05", *arguments]) == code
    captured = capsys.readouterr()
    events = [json.loads(line) for line in captured.out.splitlines()]
    assert [event["event"] for event in events] == ["listening", "closed"]
    assert events[1] == {"event": "closed", "reason": "timeout", "callbacks": 0, "messages": 0}
    assert captured.err == ""


def test_timeout_writes_the_export_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    export = tmp_path / "a.json"
    assert main(["listen", "--port", "0", "--timeout", "0.05", "--count", "1", "--export", str(export)]) == 1
    assert exported(export)["callbacks"] == []


# Sessions


def test_session_of_the_user_is_new_each_time(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(3):
        assert main(["listen", "--json", "--port", "0", "--timeout", "0.01"]) == 0
    names = {json.loads(line)["session"] for line in capsys.readouterr().out.splitlines() if "listening" in line}
    assert len(names) == 3
    for name in names:
        assert Path(name).parent == home / "callback-inspector" / "sessions"
        assert Path(name).stat().st_mode & 0o077 == 0


def test_session_is_gone_on_with(tmp_path: Path) -> None:
    session = tmp_path / "folder" / "a.inspector"
    for seq in (1, 2):
        arguments = ["--json", "--port", "0", "--session", str(session), "--count", "1"]
        with Program(tmp_path, "listen", *arguments) as program:
            post(program.port(), make_body())
            assert program.event("callback")["seq"] == seq
            assert program.event("closed")["callbacks"] == 1
            assert program.end() == 0
    with SessionReader(session) as reader:
        assert reader.summary().callbacks == 2


def newer(path: Path) -> None:
    make_session(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
        connection.commit()


def other_database(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE precious (data)")
        connection.commit()


@pytest.mark.parametrize(
    "make",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_text("my diary"),
        lambda path: path.write_bytes(b"SQLite format 3\0" + bytes(500)),
        lambda path: path.write_bytes(bytes(100_000)),
        other_database,
        newer,
    ],
    ids=["empty", "text", "cut off", "zeros", "another database", "a newer version"],
)
def test_file_that_is_no_session_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str], make: Any) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    path = folder / "mine.inspector"
    make(path)
    before = hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns, files_in(folder)
    assert main(["listen", "--port", "0", "--timeout", "1", "--session", str(path)]) == 2
    assert (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns, files_in(folder)) == before
    complaint(capsys)


def test_session_that_another_process_captures_into(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.inspector"
    with Session.create(path, started=0):
        assert main(["listen", "--port", "0", "--timeout", "1", "--session", str(path)]) == 2
        assert "capturing into a.inspector" in complaint(capsys)


def test_port_in_use(tmp_path: Path, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is left behind either: no session was begun."""
    session = tmp_path / "a.inspector"
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        port = other.getsockname()[1]
        for more in ([], ["--session", str(session)]):
            assert main(["listen", "--json", "--port", str(port), *more]) == 2
            assert str(port) in complaint(capsys)
    assert not session.exists()
    assert [name for name in files_in(home) if ".inspector" in name] == []


def test_port_in_use_leaves_an_old_session_as_it_was(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    session = make_session(tmp_path / "a.inspector")
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        port = str(other.getsockname()[1])
        assert main(["listen", "--port", port, "--session", str(session)]) == 2
    with SessionReader(session) as reader:
        assert reader.summary().callbacks == 0


# Replies, signatures, forwarding


def test_reply_status(tmp_path: Path) -> None:
    arguments = ["--json", "--port", "0", "--reply-status", "503", "--count", "1", "--export", str(tmp_path / "a.json")]
    with Program(tmp_path, "listen", *arguments) as program:
        assert post(program.port(), make_body()) == [503]
        assert program.end() == 0
    (callback,) = exported(tmp_path / "a.json")["callbacks"]
    assert callback["reply"] == {"status": 503}


def test_signing_key_by_the_name_of_its_variable(tmp_path: Path) -> None:
    key, public_url, export = "PSKtest1234567890abcdef", "https://tunnel.example/hook", tmp_path / "a.json"
    arguments = ["--json", "--port", "0", "--count", "2", "--export", str(export)]
    arguments += ["--signing-key-env", "MY_KEY", "--public-url", public_url]
    with Program(tmp_path, "listen", *arguments, env={"MY_KEY": key}) as program:
        port = program.port()
        good = sign_json(key, public_url, make_body())
        for signature in (good, good.replace(good[0], "0" if good[0] != "0" else "1")):
            post(port, make_body(), path="/hook", headers={"X-SignalWire-Signature": signature})
        assert program.end() == 0
        assert key not in "".join(program.lines())
    assert [callback["signature"] for callback in exported(export)["callbacks"]] == ["valid", "invalid"]


def test_a_line_says_why_a_signature_is_invalid(tmp_path: Path) -> None:
    key = "PSKtest1234567890abcdef"
    arguments = ["--port", "0", "--count", "3", "--signing-key-env", "MY_KEY", "--public-url", "https://a.example"]
    with Program(tmp_path, "listen", *arguments, env={"MY_KEY": key}) as program:
        match = re.match(r"Listening at http://127\.0\.0\.1:(\d+) ", program.line())
        assert match is not None
        program.line()
        for url, note in (
            ("https://a.example/sms/", "signature invalid: fits for https://a.example/sms/]"),
            ("https://b.example/sms", "signature invalid: wrong key or address]"),
            ("https://a.example/sms", MESSAGE),
        ):
            body = make_body(timestamp=now())
            headers = {"X-SignalWire-Signature": sign_json(key, url, body)}
            post(int(match[1]), body, path="/sms", headers=headers)
            line = program.line()
            assert note in line
            assert ("signature invalid" in line) == ("signature invalid" in note)
            assert key not in line
        assert program.line().startswith("Ended (count)")
        assert program.end() == 0


@pytest.mark.parametrize("value", [None, ""])
def test_signing_key_that_is_not_set(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], value: str | None
) -> None:
    monkeypatch.delenv("MY_KEY", raising=False)
    if value is not None:
        monkeypatch.setenv("MY_KEY", value)
    assert main(["listen", "--port", "0", "--signing-key-env", "MY_KEY"]) == 2
    assert "MY_KEY" in complaint(capsys)


def test_forward_to_another_inspector(tmp_path: Path) -> None:
    received = tmp_path / "received.json"
    with Program(tmp_path, "listen", "--json", "--port", "0", "--count", "1", "--export", str(received)) as app:
        to = f"http://127.0.0.1:{app.port()}/app"
        with Program(tmp_path, "listen", "--json", "--port", "0", "--forward", to) as program:
            post(program.port(), make_body(), path="/captured?x=1")
            assert program.event("callback")["seq"] == 1
            forwarded = program.event("forwarded")
            assert (forwarded["seq"], forwarded["status"], forwarded["error"]) == (1, 200, None)
            assert forwarded["url"] == f"{to}?x=1"
            program.interrupt()
            assert (program.end(), program.errors) == (0, "")
        assert app.end() == 0
    (callback,) = exported(received)["callbacks"]
    assert (callback["target"], callback["body"]) == ("/app?x=1", make_body().decode())


def test_forward_in_circles_is_refused(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        port = other.getsockname()[1]
    assert main(["listen", "--port", str(port), "--timeout", "1", "--forward", f"http://localhost:{port}/x"]) == 2
    assert "circles" in complaint(capsys)
    assert [name for name in files_in(home) if ".inspector" in name] == []


# Wrong use


@pytest.mark.parametrize(
    "arguments",
    [
        ["--port", "65536"],
        ["--port", "-1"],
        ["--port", "http"],
        ["--port", "٣"],
        ["--port"],
        ["--host", "203.0.113.7"],
        ["--host", ""],
        ["--count", "0"],
        ["--count", "1.5"],
        ["--count", "9" * 5000],
        ["--timeout", "0"],
        ["--timeout", "nan"],
        ["--timeout", "inf"],
        ["--timeout", "soon"],
        ["--until", "status:sennt"],
        ["--until", 'body:"open'],
        ["--reply-status", "99"],
        ["--reply-status", "600"],
        ["--reply-status", "ok"],
        ["--forward", "example.com"],
        ["--forward", "ftp://example.com"],
        ["--forward", "http://"],
        ["--forward", "http://[::1"],
        ["--forward", "http://x:99999/"],
        ["--forward", "http://x/a b"],
        ["--public-url", "tunnel"],
        ["--export", "a.txt"],
        ["--export", "a"],
        ["--export", "no/such/folder/a.json"],
        ["--export", "."],
        ["--export", "/dev/null"],
        ["--session", "."],
        ["--session", "file/a.inspector"],
        ["--session", "a.json", "--export", "a.json"],
        ["--nonsense"],
        ["--js"],
        ["surplus"],
        ["--signing-key", "PSKsecret"],
    ],
    ids=lambda arguments: " ".join(arguments)[:40],
)
def test_wrong_use_is_told_in_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, arguments: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    free = [] if "--port" in arguments else ["--port", "0"]
    assert main(["listen", "--timeout", "1", *free, *arguments]) == 2
    complaint(capsys)
    assert [name for name in files_in(tmp_path) if ".inspector" in name] == []


@pytest.mark.parametrize(("arguments", "synchronous"), [([], "NORMAL"), (["--durable"], "FULL")])
def test_durable_waits_for_the_disk_in_a_new_session_and_an_old_one(
    tmp_path: Path,
    home: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    synchronous: str,
) -> None:
    found: list[str] = []
    hear = Session.hear

    def look_first(session: Session, moment: int) -> None:
        (number,) = session._connection.execute("PRAGMA synchronous").fetchone()
        found.append(("OFF", "NORMAL", "FULL", "EXTRA")[number])
        hear(session, moment)

    monkeypatch.setattr(Session, "hear", look_first)
    command = ["listen", "--port", "0", "--session", str(tmp_path / "a.inspector"), "--timeout", "0.05", *arguments]
    assert [main(command), main(command)] == [0, 0]
    assert found == [synchronous, synchronous]
    assert capsys.readouterr().err == ""
