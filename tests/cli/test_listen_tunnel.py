"""`inspector listen --tunnel`: the address is told, feeds the signature check, and the program is ended."""

import json
import signal
import sys
from pathlib import Path

import pytest

from inspector.callbacks.signature import sign_json
from inspector.cli.main import main
from tests.capture.tunnel import stand_ins
from tests.capture.tunnel.stand_ins import StandIn, runs
from tests.capture.wire import make_body
from tests.cli.post import post
from tests.cli.program import Program, complaint

KEY = "PSKtest1234567890abcdef"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are scripts")


def listen(home: Path, *arguments: str) -> Program:
    """`inspector listen --json` at a free port, with the stand-ins of `home` and nothing else on its PATH."""
    more = {"PATH": str(home / "bin"), "SIGNING_KEY": KEY}
    return Program(home, "listen", "--json", "--port", "0", *arguments, env=more)


@pytest.mark.parametrize("name", ["tailscale", "auto"])
def test_the_address_is_told_and_feeds_the_signature_check(tmp_path: Path, name: str) -> None:
    tool = StandIn(tmp_path / "bin", "tailscale", stand_ins.TAILSCALE)
    export = tmp_path / "out.json"
    arguments = ["--tunnel", name, "--signing-key-env", "SIGNING_KEY", "--count", "2", "--export", str(export)]
    with listen(tmp_path, *arguments) as program:
        port = program.port()
        assert program.event("tunnel") == {
            "event": "tunnel",
            "name": "tailscale",
            "url": stand_ins.TAILSCALE_ADDRESS,
        }
        assert tool.arguments == ["funnel", f"http://127.0.0.1:{port}"]
        body = make_body(status="sent")
        signature = sign_json(KEY, f"{stand_ins.TAILSCALE_ADDRESS}/rest", body)
        for target in ("/rest", "/elsewhere"):
            assert post(port, body, path=target, headers={"X-SignalWire-Signature": signature}) == [200]
            program.event("callback")
        assert program.event("closed")["reason"] == "count"
        assert (program.end(), program.errors) == (0, "")
    assert not runs(tool.pid)
    callbacks = json.loads(export.read_bytes())["callbacks"]
    assert [callback["signature"] for callback in callbacks] == ["valid", "invalid"]


def test_an_address_that_the_user_gave_is_what_was_signed(tmp_path: Path) -> None:
    StandIn(tmp_path / "bin", "tailscale", stand_ins.TAILSCALE)
    export = tmp_path / "out.json"
    arguments = ["--tunnel", "tailscale", "--signing-key-env", "SIGNING_KEY", "--public-url", "https://own.example"]
    with listen(tmp_path, *arguments, "--count", "1", "--export", str(export)) as program:
        port = program.port()
        program.event("tunnel")
        body = make_body(status="sent")
        signature = sign_json(KEY, "https://own.example/rest", body)
        assert post(port, body, path="/rest", headers={"X-SignalWire-Signature": signature}) == [200]
        assert program.end() == 0
    (callback,) = json.loads(export.read_bytes())["callbacks"]
    assert callback["signature"] == "valid"


def test_a_new_address_is_told_again(tmp_path: Path) -> None:
    tool = StandIn(tmp_path / "bin", "ssh", stand_ins.SSH)
    with listen(tmp_path, "--tunnel", "ssh") as program:
        program.port()
        assert program.event("tunnel")["url"] == stand_ins.SSH_ADDRESS
        tool.say("a.lhr.life tunneled with tls termination, https://a.lhr.life")
        assert program.event("tunnel")["url"] == "https://a.lhr.life"
        program.interrupt(signal.SIGTERM)
        assert program.end() == 0
    assert not runs(tool.pid)


def test_in_words(tmp_path: Path) -> None:
    StandIn(tmp_path / "bin", "cloudflared", (*stand_ins.CLOUDFLARED, stand_ins.CLOUDFLARED_CONNECTED))
    env = {"PATH": str(tmp_path / "bin")}
    with Program(tmp_path, "listen", "--port", "0", "--tunnel", "auto", env=env) as program:
        assert program.line().startswith("Listening at ")
        program.line()
        expected = (
            f"Public address {stand_ins.CLOUDFLARED_ADDRESS} — by cloudflared; anyone who knows it can post to it"
        )
        assert program.line().rstrip() == expected
        program.interrupt()
        assert program.end() == 0


def test_a_tunnel_that_fails_at_the_start(tmp_path: Path) -> None:
    tool = StandIn(tmp_path / "bin", "ngrok", stand_ins.NGROK_NO_TOKEN)
    session = tmp_path / "a.inspector"
    with listen(tmp_path, "--tunnel", "ngrok", "--session", str(session)) as program:
        program.port()
        assert program.end() == 2
        assert program.lines() == []
        error = program.errors
    assert error.startswith("inspector: the tunnel failed: ngrok needs the authtoken of an account.")
    assert error.count("\n") == 1
    assert not session.exists()
    assert not runs(tool.pid)


def test_a_tunnel_that_fails_later_ends_the_run_in_order(tmp_path: Path) -> None:
    tool = StandIn(tmp_path / "bin", "tailscale", stand_ins.TAILSCALE)
    export = tmp_path / "out.json"
    with listen(tmp_path, "--tunnel", "tailscale", "--export", str(export)) as program:
        port = program.port()
        program.event("tunnel")
        assert post(port, make_body(status="sent")) == [200]
        program.event("callback")
        tool.exit(1)
        assert program.event("closed") == {"event": "closed", "reason": "tunnel", "callbacks": 1, "messages": 1}
        assert program.end() == 2
        assert program.errors == (
            "inspector: the tunnel failed: tailscale ended with exit code 1: Press Ctrl+C to exit.\n"
        )
    assert len(json.loads(export.read_bytes())["callbacks"]) == 1


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("auto", "no tunnel program is installed; install one of cloudflared, ngrok, tailscale, ssh"),
        ("ngrok", "ngrok is not installed, or not on the PATH"),
        ("wormhole", "invalid choice: 'wormhole'"),
    ],
)
def test_a_tunnel_that_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, told: str
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["listen", "--port", "0", "--tunnel", name]) == 2
    assert told in complaint(capsys)
