"""Which tunnel programs are found, what they are started for, and how one gets them."""

import os
from pathlib import Path

import pytest

from inspector.capture.tunnel.provider import Address, Connected, Lost, System, cleaned
from inspector.capture.tunnel.providers import PROVIDERS, by_name, find, start_at
from tests.capture.tunnel.stand_ins import StandIn


def test_only_what_is_on_the_path_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert [find(provider) for provider in PROVIDERS] == [None] * 4
    assert by_name("auto") is None
    program = StandIn(tmp_path / "bin", "tailscale", ())
    StandIn(tmp_path / "bin", "ssh", ())
    found = by_name("auto")
    assert found is not None
    assert (found.name, find(found)) == ("tailscale", str(program.path))


def test_a_provider_has_its_name_installed_or_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.devnull)
    assert [provider.name for provider in PROVIDERS] == ["cloudflared", "ngrok", "tailscale", "ssh"]
    for provider in PROVIDERS:
        assert by_name(provider.name) is provider
    assert by_name("wormhole") is None


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("http://127.0.0.1:9797", "http://127.0.0.1:9797"),
        ("http://0.0.0.0:9797", "http://127.0.0.1:9797"),
        ("http://[::]:9797", "http://[::1]:9797"),
        ("http://192.0.2.7:80", "http://192.0.2.7:80"),
    ],
)
def test_the_target_is_an_address_that_can_be_connected_to(tmp_path: Path, url: str, target: str) -> None:
    start = start_at("/usr/bin/ssh", url, tmp_path / "sessions")
    assert (start.program, start.target) == ("/usr/bin/ssh", target)
    assert start.known_hosts == tmp_path / "tunnel_known_hosts"


@pytest.mark.parametrize("system", System)
@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.name)
def test_every_program_can_be_had_on_every_system(provider: object, system: System) -> None:
    steps = next(one for one in PROVIDERS if one is provider).steps(system, "arm64")
    assert steps
    for step in steps:
        assert step.text
        assert step.command.isprintable()
        assert "amd64" not in step.command


@pytest.mark.parametrize(
    ("name", "line", "heard"),
    [
        ("cloudflared", "ERR failed https://api.trycloudflare.com/tunnel", None),
        ("cloudflared", "INF see https://www.cloudflare.com/website-terms/", None),
        ("cloudflared", "INF Connection 8a1f registered connIndex=0", Connected()),
        ("cloudflared", "INF Lost connection with the edge connIndex=0", Lost()),
        ("ngrok", '{"msg":"started tunnel","url":"http://a.ngrok.io"}', None),
        ("ngrok", '{"msg":"started tunnel","url":"https://a.ngrok.io"}', Address("https://a.ngrok.io", connected=True)),
        ("ngrok", "[" * 100_000, None),
        ("ngrok", '["started tunnel"]', None),
        ("tailscale", "https://a.b.ts.net:8443/", Address("https://a.b.ts.net:8443", connected=True)),
        ("tailscale", "|-- proxy https://a.ts.net/", None),
        ("tailscale", "https://a.ts.net.example.com/", None),
        ("ssh", "To set up custom domains go to https://admin.localhost.run/", None),
        ("ssh", "a.lhr.life tunneled with tls termination, http://a.lhr.life", None),
    ],
)
def test_what_a_line_means(name: str, line: str, heard: object) -> None:
    provider = by_name(name)
    assert provider is not None
    assert provider.hear(line) == heard


def test_a_line_cannot_steer_what_shows_it() -> None:
    assert cleaned("\x1b[1;31mred\x1b[0m\x1b]0;title\x07 \u202eback\r\ttab\0") == "red back tab"
    assert cleaned("x" * 5000) == "x" * 600 + "…"
    assert cleaned('"authtoken":"2abcDEFghiJKLmnoPQRst"') == '"authtoken":"…"'
    assert cleaned("requires a verified account and authtoken.") == "requires a verified account and authtoken."
