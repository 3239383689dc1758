"""What `inspector listen` says of those it does not let in, and that it goes on."""

import re
import socket
import ssl
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from inspector.callbacks.signature import sign_json
from inspector.cli.main import main
from inspector.session.reader import SessionReader
from tests.capture.wire import make_body
from tests.cli.post import post
from tests.cli.program import BOUND, Program, complaint

SECRET = "k7Jd93mQx0LpWz5e"
KEY = "PSKtest1234567890abcdef"


def send(port: int, data: bytes) -> bytes:
    """Everything that is answered until the server hangs up."""
    with socket.create_connection(("127.0.0.1", port), timeout=BOUND) as connection:
        connection.sendall(data)
        answer = b""
        while part := connection.recv(65536):
            answer += part
        return answer


def ended(program: Program) -> str:
    """Standard error of a run that is asked to end, and does so normally."""
    program.interrupt()
    assert program.end() == 0
    return program.errors


def test_what_is_no_http_is_told_and_not_too_often(tmp_path: Path) -> None:
    with Program(tmp_path, "listen", "--json", "--port", "0") as program:
        port = program.port()
        for _ in range(200):
            assert send(port, b"BREW / HTTP/1.1\r\n\r\n").startswith(b"HTTP/1.0 400")
        with pytest.raises((ssl.SSLError, OSError)), socket.create_connection(("127.0.0.1", port), BOUND) as plain:
            ssl.create_default_context().wrap_socket(plain, server_hostname="localhost")
        assert post(port, make_body()) == [200]
        lines = ended(program).splitlines()
    assert 1 <= len(lines) <= 3
    assert lines[-1] == (
        "inspector: 201 requests were no HTTP that could be read (last: a TLS handshake, from 127.0.0.1); "
        "Something speaks HTTPS to this plain HTTP port; use http:// or a tunnel."
    )


def test_without_anybody_turned_away_nothing_is_told(tmp_path: Path) -> None:
    with Program(tmp_path, "listen", "--json", "--port", "0") as program:
        assert post(program.port(), make_body()) == [200]
        assert ended(program) == ""


def test_an_address_that_others_reach_is_warned_of(tmp_path: Path) -> None:
    with Program(tmp_path, "listen", "--json", "--host", "0.0.0.0", "--port", "0") as program:  # noqa: S104
        program.event("listening")
        assert ended(program) == (
            "inspector: 0.0.0.0 is open to your network: other machines can send callbacks; nothing can be read\n"
        )


def test_a_secret_path_comes_from_the_environment(tmp_path: Path) -> None:
    session = tmp_path / "a.inspector"
    arguments = ["--json", "--port", "0", "--session", str(session), "--secret-path-env", "HOOK_PATH"]
    with Program(tmp_path, "listen", *arguments, env={"HOOK_PATH": SECRET}) as program:
        port = program.port()
        assert post(port, make_body(), path="/rest") == [404]
        assert post(port, make_body(), path=f"/{SECRET}/rest") == [200]
        errors = ended(program)
    assert errors == (
        "inspector: 1 request was sent to another path than the secret one, and answered 404 (last, from 127.0.0.1)\n"
    )
    with SessionReader(session) as reader:
        assert [callback.target for callback in reader.callbacks()] == [f"/{SECRET}/rest"]


def test_without_a_valid_signature_the_answer_is_403(tmp_path: Path) -> None:
    session = tmp_path / "a.inspector"
    body = make_body()
    arguments = ["--port", "0", "--json", "--session", str(session), "--require-signature", "--signing-key-env", "KEY"]
    with Program(tmp_path, "listen", *arguments, env={"KEY": KEY}) as program:
        port = program.port()
        url = f"http://127.0.0.1:{port}/rest"
        good = {"X-SignalWire-Signature": sign_json(KEY, url, body)}
        bad = {"X-SignalWire-Signature": sign_json("another", url, body)}
        assert post(port, body, path="/rest", headers=good) == [200]
        assert post(port, body, path="/rest", headers=bad) == [403]
        assert post(port, body, path="/rest") == [403]
        assert ended(program) == ""
    with SessionReader(session) as reader:
        kept = [(callback.signature, callback.reply["status"]) for callback in reader.callbacks()]
    assert kept == [("valid", 200), ("invalid", 403), ("absent", 403)]


def test_what_is_wrong_is_said_without_the_secret(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["listen", "--require-signature"]) == 2
    assert "--signing-key-env" in complaint(capsys)
    assert main(["listen", "--secret-path-env", "NOT_SET_ANYWHERE"]) == 2
    assert "put the secret path into it" in complaint(capsys)
    monkeypatch.setenv("HOOK_PATH", "too/short")
    assert main(["listen", "--secret-path-env", "HOOK_PATH"]) == 2
    told = complaint(capsys)
    assert "HOOK_PATH: A secret path has 16 to 128" in told
    assert "too/short" not in told


@pytest.mark.skipif(sys.platform != "linux", reason="prlimit is Linux's")
@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
def test_without_open_files_it_waits_says_so_once_and_goes_on(tmp_path: Path, loop: str) -> None:
    import resource

    if loop == "uvloop":
        pytest.importorskip("uvloop")
    else:  # one that cannot be imported stands before it
        (tmp_path / "uvloop.py").write_text("raise ImportError\n")
    path = {"PYTHONPATH": str(tmp_path)} if loop == "asyncio" else {}
    with Program(tmp_path, "listen", "--json", "--port", "0", env=path) as program, ExitStack() as stack:
        port = program.port()
        assert post(port, make_body(id="before")) == [200]
        pid = program._process.pid
        _, hard = limits = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        files = max(int(one.name) for one in Path(f"/proc/{pid}/fd").iterdir()) + 1
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (files + 4, hard))
        for _ in range(60):
            connection = socket.create_connection(("127.0.0.1", port), timeout=BOUND)
            stack.callback(connection.close)
        # An honest sender tries again when it is hung up on, as SignalWire does.
        answered = None
        for _ in range(100):
            try:
                answered = post(port, make_body(id="meanwhile"))
                break
            except OSError:
                continue
        assert answered == [200]
        resource.prlimit(pid, resource.RLIMIT_NOFILE, limits)
        assert post(port, make_body(id="after")) == [200]
        errors = ended(program)
    assert errors.count("no more open files") == 1
    assert "Traceback" not in errors
    assert "unexpected" not in errors.lower()


ESCAPES = (
    "\x1b]8;;https://evil.example\x07click\x1b]8;;\x07"  # OSC 8: a link
    "\x1b]52;c;cm0gLXJmIC8=\x07"  # OSC 52: the clipboard
    "\x1b[2J\x1bc\x9b31m\x9d0;title\x9c\x90q\x9c"  # CSI, RIS, and the C1 forms of CSI, OSC and DCS
    "\u202e\u2066\u200f\u061c\u2028\r\n\b\x7f\0"
)


@pytest.mark.parametrize("form", ["json", "form"])
def test_no_field_steers_a_terminal(tmp_path: Path, form: str) -> None:
    """Each field in turn holds every sequence; what is printed is one printable line a callback."""
    from urllib.parse import urlencode

    fields = ["id", "project_id", "status", "to", "from", "body", "timestamp", "error_code", "error_message", "more"]
    with Program(tmp_path, "listen", "--port", "0") as program:
        port = int(re.search(r":(\d+)", program.line())[1])  # type: ignore[index]
        program.line()
        for field in fields:
            if form == "json":
                body = make_body(**{field: ESCAPES, ESCAPES: field})
                assert post(port, body) == [200]
            else:
                names = {"id": "MessageSid", "status": "MessageStatus", "error_code": "ErrorCode"}
                sent = {"MessageSid": "SM1", "MessageStatus": "failed"}
                sent |= {names.get(field, field.title()): ESCAPES, ESCAPES: field}
                headers = {"Content-Type": "application/x-www-form-urlencoded"}
                assert post(port, urlencode(sent).encode(), headers=headers) == [200]
            line = program.line()
            assert line.endswith("\n")
            assert line[:-1].isprintable(), field
        send(port, b"BREW\x1b]52;c;aGk=\x07 / HTTP/1.1\r\nHost: \x9b31m\r\n\r\n")
        errors = ended(program)
    assert all(line.isprintable() for line in errors.split("\n"))
    assert "no HTTP that could be read" in errors
