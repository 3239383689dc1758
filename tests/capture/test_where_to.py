"""Where requests of ours go is the user's choice alone: nothing in a callback leads them elsewhere."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from hypothesis import example, given
from hypothesis import strategies as st
from yarl import URL

from inspector.callbacks.signing import signed_again
from inspector.capture.forward import Forwarder
from inspector.capture.outgoing import Sender, with_query, with_target
from inspector.capture.redirects import Hop
from inspector.session.records import ForwardRow, Received
from tests.capture.test_forward import App, Rows, app, rows
from tests.factories import make_callback

__all__ = ["app", "rows"]

HOSTS = ["http://app:1", "http://app:1/", "https://app:1/b?x=1", "http://user:secret@app:1/c", "http://[::1]:1"]
LEADING = [
    "//evil.example/x",
    "http://evil.example/x",
    "http:evil.example",
    "http://user@evil.example//evil.example",
    "@evil.example/x",
    ":80@evil.example/",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    ".evil.example",
    "evil.example:443",
    "?@evil.example",
    "/x?y#@evil.example",
    "/../../x",
    "///x",
    "/\u2100\uff0fevil",
    "*",
    "",
]
SPLITTING = [
    "/x HTTP/1.1\r\nHost: evil.example\r\n\r\nGET /smuggled",
    "/x?y HTTP/1.1\nX-Evil: 1",
    "/x\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n",
    "/x\0y",
    "/x\u0085\u2028y",
]


@pytest.mark.parametrize("url", HOSTS)
@given(st.one_of(st.text(), st.sampled_from(LEADING), st.text("/\\@:?#.[]%ea\r\n\t ")))
@example("//evil.example/x")
@example("http://evil.example:9@x/..//y")
def test_a_target_changes_neither_scheme_nor_host_nor_port(url: str, target: str) -> None:
    wanted = URL(url)
    for made in (with_query(url, target), with_target(url, target)):
        signed, _ = signed_again(
            "key", made, (("X-Twilio-Signature", "x"), ("Content-Type", "application/json")), b"{}"
        )
        for one in (URL(made, encoded=True), URL(signed, encoded=True)):
            assert (one.scheme, one.raw_user, one.raw_host, one.port) == (
                wanted.scheme, wanted.raw_user, wanted.raw_host, wanted.port,
            )  # fmt: skip


@given(st.one_of(st.text(), st.sampled_from(LEADING), st.text("/\\@:?#.[]%ea\t ")))
def test_a_chain_of_redirects_never_leads_to_another_host(target: str) -> None:
    """Browsers and libraries take a backslash for a slash, and two of them for the beginning of a host."""
    location = Hop(302, 2, 1).location(target)
    assert location.startswith("/")
    assert location[1] > " "
    assert location[1] not in "/\\"


@pytest.fixture
async def elsewhere() -> AsyncIterator[App]:
    """A server that must hear nothing."""
    other = App()
    other.held.set()
    runner = web.ServerRunner(web.Server(other.handle, access_log=None), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    other.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield other
    assert other.arrived == []
    await runner.cleanup()


def leading_to(url: str) -> Received:
    """A callback in which everything names another address."""
    host = url.removeprefix("http://")
    names = (
        "Host",
        "X-Forwarded-Host",
        "Forwarded",
        "Location",
        "Referer",
        "Origin",
        "X-Original-Url",
        "Refresh",
        "Alt-Svc",
    )
    headers = (*((name, host) for name in names), ("Proxy", url), ("X-Forwarded-Proto", "http"))
    body = f'{{"url": "{url}", "status_callback": "{url}"}}'.encode()
    return make_callback(body, target=f"{url}/x?url={url}")._replace(headers=headers)


async def test_a_callback_cannot_say_where_it_is_sent_on_to(
    app: App, elsewhere: App, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, elsewhere.url)
    forwarder = Forwarder(app.url, rows.add)
    forwarder.forward(1, leading_to(elsewhere.url))
    row: ForwardRow = await rows.next()
    await forwarder.close()
    assert row.status == 200
    (arrived,) = app.arrived
    assert arrived.target.startswith("/app?url=")
    assert dict(arrived.headers)["Host"] == app.url.split("/")[2]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_no_answer_leads_elsewhere(app: App, elsewhere: App, rows: Rows, status: int) -> None:
    app.status, app.headers = status, {"Location": f"{elsewhere.url}/x", "Refresh": f"0; url={elsewhere.url}"}
    forwarder = Forwarder(app.url, rows.add)
    forwarder.forward(1, make_callback())
    assert (await rows.next()).status == status
    await forwarder.close()
    assert len(app.arrived) == 1


@pytest.mark.parametrize("target", SPLITTING)
async def test_a_target_of_an_imported_session_is_one_request_or_none(app: App, target: str) -> None:
    """Over HTTP no such target comes; a session JSON may hold anything."""
    base = app.url.removesuffix("/app")
    async with Sender(at_once=1) as sender:
        answer = await sender.send("POST", with_target(base, target), (), b"{}")
        assert answer.status in (200, 400, None)
        assert len(app.arrived) == (answer.status == 200)
        for method, headers in (
            ("POST /smuggled HTTP/1.1\r\n\r\n", ()),
            ("GET\r\nX: 1", ()),
            ("POST", (("X-Evil", "1\r\nX-More: 2"),)),
            ("POST", (("X-Evil\r\nX-More", "1"),)),
        ):
            before = len(app.arrived)
            answer = await sender.send(method, app.url, headers, b"{}")
            assert answer.error is not None
            assert len(app.arrived) == before
        assert (await sender.send("POST", app.url, (), b"{}")).status == 200
