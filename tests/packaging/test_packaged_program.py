"""The program as it is handed out: started from its folder, with no Python and no checkout around it.

INSPECTOR_PACKAGED names the built program; without it, `python -m inspector` of this checkout stands in.
Any line of output that is not expected fails: it is a warning that a user would see.
"""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import inspector

ROOT = Path(__file__).parents[2]
PACKAGED = os.environ.get("INSPECTOR_PACKAGED", "source")
PROGRAM = [sys.executable, "-m", "inspector"] if PACKAGED == "source" else [str(Path(PACKAGED).absolute())]
PATIENCE = 60  # seconds: a cold start on a busy machine; nothing waits that long when all is well

pytestmark = pytest.mark.packaging


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """The environment of a user who has nothing of this project, and whose folders are all new."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "QT_", "XDG_"))}
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "VIRTUAL_ENV", "LANG", "LC_ALL"):
        kept.pop(name, None)
    home = tmp_path / "home"
    home.mkdir()
    if PACKAGED == "source":
        kept["PYTHONPATH"] = str(ROOT)
    return kept | {
        "HOME": str(home),
        "USERPROFILE": str(home),
        "APPDATA": str(home / "roaming"),
        "LOCALAPPDATA": str(home / "local"),
        "LC_ALL": "C.UTF-8",
    }


def payload(**changes: Any) -> dict[str, Any]:
    """A callback as the specification has it."""
    return {
        "id": "7f1b0a62-5c6e-4a4e-9a53-1f6b1c1d9e01",
        "project_id": "d3f1a2b4-0c5d-4e6f-8a7b-9c0d1e2f3a4b",
        "status": "sent",
        "to": "+15551230001",
        "from": "+15559870002",
        "body": "Your code is 4711 – thank you",
        "number_of_segments": 1,
        "timestamp": "2026-03-17T22:26:57Z",
        "error_code": None,
        "error_message": None,
    } | changes


def post(port: int, value: object, path: str = "/status") -> tuple[int, bytes]:
    """Send a callback as SignalWire does, and give the answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("POST", path, json.dumps(value), {"Content-Type": "application/json"})
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def run(env: dict[str, str], *arguments: object) -> tuple[int, str, str]:
    """Run the program to its end: exit code, standard output, standard error."""
    command = [*PROGRAM, *map(str, arguments)]
    done = subprocess.run(
        command, env=env, cwd=env["HOME"], stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE, check=False
    )
    return done.returncode, _text(done.stdout), _text(done.stderr)


@contextmanager
def started(env: dict[str, str], *arguments: object) -> Iterator[subprocess.Popen[bytes]]:
    """The program while it runs; killed when a test takes too long or fails."""
    process = subprocess.Popen(
        [*PROGRAM, *map(str, arguments)],
        env=env,
        cwd=env["HOME"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # Windows can send a signal only to a whole group.
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
    )
    watchdog = threading.Timer(PATIENCE, process.kill)
    watchdog.start()
    try:
        with process:
            try:
                yield process
            finally:
                if process.poll() is None:
                    process.kill()
    finally:
        watchdog.cancel()


def test_it_tells_its_version_in_one_line(env: dict[str, str]) -> None:
    assert run(env, "--version") == (0, f"inspector {inspector.__version__}\n", "")


@pytest.mark.parametrize("command", [[], ["listen"], ["export"], ["check"], ["simulate"]])
def test_it_explains_itself(env: dict[str, str], command: Sequence[str]) -> None:
    code, out, err = run(env, *command, "--help")
    assert (code, err) == (0, "")
    assert out.startswith("usage: inspector")


def test_a_wrong_option_is_told_in_one_line(env: dict[str, str]) -> None:
    code, out, err = run(env, "listen", "--no-such-option")
    assert (code, out) == (2, "")
    assert "--no-such-option" in _only_line(err)


def test_it_captures_without_a_window_and_exports(env: dict[str, str], tmp_path: Path) -> None:
    session, export = tmp_path / "monday.inspector", tmp_path / "monday.json"
    sent = [
        payload(status="queued"),
        payload(status="delivered", timestamp="2026-03-17T22:26:59Z"),
        payload(id="b", status="sennt", number_of_segments="1"),
    ]
    arguments = ["listen", "--json", "--port", 0, "--session", session, "--export", export, "--count", 3]
    with started(env, *arguments) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        listening = json.loads(process.stdout.readline())
        assert listening.keys() == {"event", "url", "session"}
        assert listening["event"] == "listening"
        assert Path(listening["session"]) == session
        port = int(listening["url"].rpartition(":")[2].strip("/"))
        assert [post(port, value) for value in sent] == [(200, b"")] * 3
        *events, closed = [json.loads(line) for line in process.stdout]
        assert _text(process.stderr.read()) == ""
        assert process.wait() == 0

    assert [event["event"] for event in events] == ["callback"] * 3
    assert [event["seq"] for event in events] == [1, 2, 3]
    assert [event["valid"] for event in events] == [True, True, False]
    assert [event["message_id"] for event in events] == [value["id"] for value in sent]
    assert [event["status"] for event in events[:2]] == ["queued", "delivered"]
    problems = {(problem["path"], problem["code"]) for problem in events[2]["problems"]}
    assert problems == {("$.status", "enum"), ("$.number_of_segments", "type")}
    assert all("findings" in event for event in events)
    assert closed == {"event": "closed", "reason": "count", "callbacks": 3, "messages": 2}

    document = json.loads(export.read_text(encoding="utf-8"))
    assert (document["format"], document["version"]) == ("callback-inspector/session", 1)
    assert document["application"]["version"] == inspector.__version__
    assert [callback["seq"] for callback in document["callbacks"]] == [1, 2, 3]
    assert [json.loads(callback["body"]) for callback in document["callbacks"]] == sent
    assert {"callbacks": 3, "valid": 2, "invalid": 1}.items() <= document["summary"].items()

    again = tmp_path / "again.json"
    code, _, err = run(env, "export", session, again)
    assert (code, err) == (0, "")
    assert json.loads(again.read_text(encoding="utf-8"))["callbacks"] == document["callbacks"]


def test_it_judges_files(env: dict[str, str], tmp_path: Path) -> None:
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text(json.dumps(payload()), encoding="utf-8")
    bad.write_text(json.dumps(payload(status="sennt")), encoding="utf-8")
    code, out, err = run(env, "check", good)
    assert (code, err) == (0, "")
    assert "good.json" in out
    code, out, err = run(env, "check", good, bad)
    assert (code, err) == (1, "")
    assert "$.status" in out


def test_a_file_that_is_no_session_is_refused_in_one_line(env: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "notes.inspector"
    file.write_text("not a session", encoding="utf-8")
    code, out, err = run(env, "export", file, tmp_path / "out.json")
    assert (code, out) == (2, "")
    assert "notes.inspector" in _only_line(err)
    assert file.read_text(encoding="utf-8") == "not a session"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only here can the display be missing")
def test_without_a_display_it_says_what_to_do(env: dict[str, str]) -> None:
    code, out, err = run(env, "--port", 0)
    assert (code, out) == (2, "")
    assert "inspector listen" in _only_line(err)


def test_the_window_captures_and_quits(env: dict[str, str], tmp_path: Path) -> None:
    # In a locale that Qt warns of: its warnings go to the log.
    _drive_the_window(env | {"QT_QPA_PLATFORM": "offscreen", "LC_ALL": "C"}, tmp_path)


@pytest.mark.xvfb
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="there is an X server only here")
def test_the_window_on_a_screen_captures_and_quits(env: dict[str, str], tmp_path: Path, x_display: str) -> None:
    _drive_the_window(env | {"DISPLAY": x_display}, tmp_path)


@pytest.mark.skipif(PACKAGED == "source", reason="nothing was packaged")
def test_it_is_not_too_big() -> None:
    size = sum(path.lstat().st_size for path in Path(PACKAGED).parent.rglob("*") if not path.is_symlink())
    assert 20_000_000 < size < 150_000_000


def _drive_the_window(env: dict[str, str], folder: Path) -> None:
    session, port = folder / "live.inspector", _free_port()
    with started(env, "--port", port, session) as process:
        _until_it_listens(process, port)
        assert post(port, payload(status="delivered")) == (200, b"")
        if "DISPLAY" in env:
            _until_it_is_on_the_screen(process, env)
        process.send_signal(getattr(signal, "CTRL_BREAK_EVENT", signal.SIGTERM))
        out, err = process.communicate(timeout=PATIENCE)
        assert (_text(out), _text(err), process.returncode) == ("", "", 0)
    code, _, err_text = run(env, "export", session, folder / "out.json")
    assert (code, err_text) == (0, "")
    [callback] = json.loads((folder / "out.json").read_text(encoding="utf-8"))["callbacks"]
    assert json.loads(callback["body"]) == payload(status="delivered")
    assert callback["valid"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _until_it_listens(process: subprocess.Popen[bytes], port: int) -> None:
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=PATIENCE).close()
        except ConnectionRefusedError:
            _still_running(process)
        else:
            return


def _until_it_is_on_the_screen(process: subprocess.Popen[bytes], env: dict[str, str]) -> None:
    program = shutil.which("xdotool")
    if program is None:
        assert not os.environ.get("INSPECTOR_REQUIRE_XVFB"), "xdotool is not installed (Debian package xdotool)"
        return
    command = [program, "search", "--onlyvisible", "--pid", str(process.pid)]
    while subprocess.run(command, env=env, capture_output=True, check=False).returncode != 0:
        _still_running(process)


def _still_running(process: subprocess.Popen[bytes]) -> None:
    """Give the program a moment; fail with its words when it has ended."""
    try:
        process.wait(timeout=0.05)
    except subprocess.TimeoutExpired:
        return
    out, err = process.communicate()
    pytest.fail(f"it ended with {process.returncode}: {_text(out)}{_text(err)}")


def _text(output: bytes) -> str:
    return output.decode("utf-8").replace("\r\n", "\n")


def _only_line(text: str) -> str:
    assert text.endswith("\n")
    assert text.count("\n") == 1, text
    return text
