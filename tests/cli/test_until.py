"""`inspector listen --until` as a script uses it: when it is met, when it is not, and the recipe of the README."""

import json
import os
import re
import socket
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from inspector.cli.main import main
from inspector.cli.until import Until
from inspector.session.reader import SessionReader
from tests.capture.wire import make_body
from tests.cli.post import post
from tests.cli.program import BOUND, ROOT, Program, environment
from tests.factories import RECEIVED, make_callback, make_session, stamp

STARTED = datetime(2026, 3, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    ("until", "bodies"),
    [
        ("id:b status:read", [{"id": "a", "status": "read"}, {"id": "b"}, {"id": "b", "status": "read"}]),
        ("id:b is:final", [{"id": "a", "status": "failed"}, {"id": "b"}, {"id": "b", "status": "delivered"}]),
        ("is:failed", [{"id": "a"}, {"id": "a", "status": "sent"}, {"id": "a", "status": "undelivered"}]),
        ("error:30003", [{"id": "a", "error_code": "30007"}, {"id": "a"}, {"id": "b", "error_code": "30003"}]),
        ("is:final -is:failed", [{"id": "a", "status": "failed"}, {"id": "b"}, {"id": "b", "status": "delivered"}]),
        ("id:a -status:queued", [{"id": "a"}, {"id": "b", "status": "sent"}, {"id": "a", "status": "sent"}]),
        ("reached:sent status:read", [{"id": "a"}, {"id": "a", "status": "read"}, {"id": "a", "status": "sent"}]),
        ("field:carrier", [{"id": "a"}, {"id": "b"}, {"id": "a", "carrier": "X"}]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_met_by_the_last_callback_and_by_none_before(tmp_path: Path, until: str, bodies: list[dict[str, str]]) -> None:
    export = tmp_path / "out.json"
    with Program(tmp_path, "listen", "--json", "--port", "0", "--until", until, "--export", str(export)) as program:
        port = program.port()
        for number, body in enumerate(bodies, 1):
            post(port, make_body(**body, timestamp=stamp(number)))
            assert program.event("callback")["seq"] == number
        assert program.event("closed")["reason"] == "until"
        assert (program.end(), program.errors) == (0, "")
    assert len(json.loads(export.read_bytes())["callbacks"]) == len(bodies)


@pytest.mark.parametrize(
    "until",
    ["id:a is:final -is:invalid", "id:a -finding:duplicate is:final", "is:final -method:POST", "status:read -id:a"],
)
def test_a_negation_is_about_the_message_as_a_whole(tmp_path: Path, until: str) -> None:
    """One of its callbacks may well fit; then --count ends the run instead."""
    export = tmp_path / "out.json"
    arguments = ["--json", "--port", "0", "--until", until, "--count", "4", "--export", str(export)]
    with Program(tmp_path, "listen", *arguments) as program:
        port = program.port()
        post(port, make_body(id="a", status="sennt"), *[make_body(id="a", status="sent", timestamp=stamp())] * 2)
        post(port, make_body(id="a", status="delivered", timestamp=stamp(1)))
        for _ in range(4):
            program.event("callback")
        assert program.event("closed")["reason"] == "count"
        assert program.end() == 0


def test_a_negation_may_be_met_by_a_callback_without_a_message(tmp_path: Path) -> None:
    with Program(tmp_path, "listen", "--json", "--port", "0", "--until", "-is:valid problem:json") as program:
        port = program.port()
        post(port, make_body(id="a"), b"{")
        assert [program.event(name)["event"] for name in ("callback", "callback", "closed")]
        assert program.end() == 0


def test_what_the_session_holds_already_counts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    session, export = tmp_path / "a.inspector", tmp_path / "out.json"
    make_session(session, [make_callback(id="a", status="delivered"), make_callback(id="b", status="sent")])
    arguments = ["listen", "--json", "--port", "0", "--session", str(session), "--export", str(export)]
    assert main([*arguments, "--timeout", "30", "--until", "id:a status:delivered"]) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [event["event"] for event in events] == ["listening", "closed"]
    assert events[1] == {"event": "closed", "reason": "until", "callbacks": 0, "messages": 0}
    assert len(json.loads(export.read_bytes())["callbacks"]) == 2
    assert main([*arguments, "--timeout", "0.05", "--until", "id:b status:delivered"]) == 1


def test_a_message_goes_on_in_an_existing_session(tmp_path: Path) -> None:
    session = make_session(tmp_path / "a.inspector", [make_callback(id="a", status="sent")])
    arguments = ["--json", "--port", "0", "--session", str(session), "--until", "id:a reached:sent is:final"]
    with Program(tmp_path, "listen", *arguments) as program:
        post(program.port(), make_body(id="a", status="delivered", timestamp=stamp(2)))
        assert program.event("callback")["seq"] == 2
        assert program.event("closed")["callbacks"] == 1
        assert program.end() == 0


def test_a_message_stalls_without_a_callback(tmp_path: Path) -> None:
    path = make_session(tmp_path / "a.inspector", [make_callback(id="a", status="sent")])
    now = [RECEIVED]
    until = Until("id:a is:stalled", STARTED, lambda: now[0])
    assert until.uses_clock
    with SessionReader(path) as reader:
        assert not until.met_already(reader)
        assert not until.met_by(reader, [1], 0)
        now[0] += 300_000_000
        assert until.met_already(reader)
        assert until.met_by(reader, [1], 0)
    # The program looks at the clock too: this message has waited for ages.
    assert main(["listen", "--port", "0", "--session", str(path), "--until", "is:stalled", "--timeout", "30"]) == 0


@pytest.mark.skipif(sys.platform == "win32", reason="a recipe for a POSIX shell")
@pytest.mark.parametrize("status", ["delivered", "failed"])
def test_the_recipe_of_the_readme(tmp_path: Path, status: str) -> None:
    """Run as it stands, but for the port, which may be in use, and the time limit of the case that fails."""
    text = (ROOT / "README.md").read_text("utf-8")
    match = re.search(r"<!-- waiting in CI -->\n```sh\n(.*?)```", text, re.DOTALL)
    assert match is not None
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = str(free.getsockname()[1])
    recipe = match[1].replace("9797", port)
    if status == "failed":
        recipe = recipe.replace("--timeout 60", "--timeout 5")
    folder = tmp_path / "bin"
    folder.mkdir()
    for path, command in (
        (folder / "inspector", f'exec "{sys.executable}" -m inspector "$@"'),
        (tmp_path / "send-test-message", f'exec "{sys.executable}" "{tmp_path / "send.py"}"'),
    ):
        path.write_text(f"#!/bin/sh\n{command}\n")
        path.chmod(0o755)
    bodies = [make_body(id="x", status=one, timestamp=stamp(number)) for number, one in enumerate(("sent", status))]
    (tmp_path / "send.py").write_text(
        f"from http.client import HTTPConnection\nfor body in {bodies!r}:\n"
        f"    connection = HTTPConnection('127.0.0.1', {port})\n"
        "    connection.request('POST', '/ci', body, {'Content-Type': 'application/json'})\n"
        "    assert connection.getresponse().status == 200\n    connection.close()\n"
    )
    search = {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    run = subprocess.run(
        ["sh", "-e", "-c", recipe], cwd=tmp_path, env=environment(tmp_path, **search), timeout=BOUND,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (run.returncode, run.stderr) == (0 if status == "delivered" else 1, "")
    events = [json.loads(line) for line in (tmp_path / "events.jsonl").read_text("utf-8").splitlines()]
    assert [event["event"] for event in events] == ["listening", "callback", "callback", "closed"]
    assert events[-1]["reason"] == ("until" if status == "delivered" else "timeout")
    assert len(json.loads((tmp_path / "callbacks.json").read_bytes())["callbacks"]) == 2
