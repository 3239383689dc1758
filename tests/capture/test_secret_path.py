"""The secret path: who knows it gets in, nobody else, and that is counted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.callbacks.signature import sign_json
from inspector.capture.refusals import Refused, words
from inspector.capture.secret_path import leads_in, new_secret_path, secret_path, with_secret_path
from tests.capture.conftest import Capture
from tests.capture.wire import Wire, ask, make_body, make_post, make_request

SECRET = "/k7Jd93mQx0LpWz5e"


@pytest.mark.parametrize(
    "target",
    [
        SECRET,
        f"{SECRET}/",
        f"{SECRET}/rest",
        f"{SECRET}?a=b",
        f"{SECRET}/rest?a=/b",
        f"http://inspector.example{SECRET}/x",
    ],
)
async def test_below_it_everything_is_kept_as_it_came(capture: Capture, target: str) -> None:
    port = await capture.start(secret_path=SECRET)
    assert (await ask(port, make_post(target=target))).status == 200
    assert capture.only().target == target
    assert capture.server.refusals.count(Refused.ELSEWHERE) == 0


@pytest.mark.parametrize(
    "target",
    ["/", "/rest", SECRET[:-1], f"{SECRET}x", f"{SECRET.lower()}/", f"/x{SECRET}", f"//{SECRET}", f"/?{SECRET}",
     f"{SECRET}%2Frest", "*", f"http://x/?{SECRET}", f"/%2e%2e{SECRET}"],
)  # fmt: skip
async def test_elsewhere_nothing_is_kept(capture: Capture, target: str) -> None:
    port = await capture.start(secret_path=SECRET)
    method = "OPTIONS" if target == "*" else "POST"
    reply = await ask(port, make_request(b"{}", method=method, target=target))
    assert (reply.status, reply.body) == (404, b"")
    assert capture.callbacks() == []
    assert words(capture.server.refusals, Refused.ELSEWHERE) == (
        "1 request was sent to another path than the secret one, and answered 404 (last, from 127.0.0.1)"
    )


async def test_a_body_that_is_not_let_in_is_not_read(capture: Capture) -> None:
    port = await capture.start(secret_path=SECRET)
    async with await Wire.open(port) as wire:
        assert (await wire.ask(make_request(b"{", target="/", length=1_000_000))).status == 404


async def test_it_can_be_changed_while_listening(capture: Capture) -> None:
    from dataclasses import replace

    port = await capture.start(secret_path=SECRET)
    other = new_secret_path()
    capture.server.settings = replace(capture.server.settings, secret_path=other)
    assert (await ask(port, make_post(target=SECRET))).status == 404
    assert (await ask(port, make_post(target=other))).status == 200


def test_a_new_one_fits_and_is_another_each_time() -> None:
    made = {new_secret_path() for _ in range(100)}
    assert len(made) == 100
    assert all(secret_path(path) == path for path in made)
    assert secret_path(" 0123456789abcdef/ ") == "/0123456789abcdef"


@pytest.mark.parametrize("text", ["", "/", "short", "a" * 129, "0123456789abcdef/x", "0123456789abcde?", "ä" * 20])
def test_what_is_no_secret_path_is_not_quoted(text: str) -> None:
    with pytest.raises(ValueError, match="16 to 128") as raised:
        secret_path(text)
    assert len(text) < 5 or text not in str(raised.value)


@given(st.text(st.characters(codec="utf-8")))
def test_nothing_of_chance_leads_in(target: str) -> None:
    assert not leads_in(target, SECRET)
    assert leads_in(f"{SECRET}/{target}", SECRET)


def test_it_is_in_no_representation() -> None:
    from inspector.capture.server import CaptureSettings
    from inspector.settings import Settings

    assert SECRET not in repr(CaptureSettings(secret_path=SECRET))
    assert SECRET not in repr(Settings(secret_path=SECRET))


@pytest.mark.parametrize(
    ("public_url", "given"),
    [
        ("https://x.example", f"https://x.example{SECRET}"),
        ("https://x.example/", f"https://x.example{SECRET}"),
        ("https://x.example/hooks", f"https://x.example/hooks{SECRET}"),
        ("https://x.example/hooks/", f"https://x.example/hooks{SECRET}"),
        ("https://x.example/hooks?a=b", f"https://x.example/hooks{SECRET}?a=b"),
        (f"https://x.example/hooks{SECRET}/sms/", f"https://x.example/hooks{SECRET}/sms/"),
    ],
)
@pytest.mark.parametrize("taken_off", [True, False])
async def test_the_address_that_senders_are_given_leads_in(
    capture: Capture, public_url: str, given: str, taken_off: bool
) -> None:
    assert with_secret_path(public_url, SECRET) == given
    assert with_secret_path(public_url, "") == public_url
    target = given.removeprefix("https://x.example")
    if taken_off:
        target = target.removeprefix("/hooks")
    port = await capture.start(secret_path=SECRET, public_url=public_url)
    assert (await ask(port, make_post(target=target))).status == 200
    assert (await ask(port, make_post(target=target.replace(SECRET, "/x")))).status == 404
    assert (await ask(port, make_post(target=f"/other{SECRET}"))).status == 404


async def test_signed_for_an_address_with_both_paths_it_is_valid(capture: Capture) -> None:
    given, body = f"https://x.example/hooks{SECRET}", make_body()
    port = await capture.start(secret_path=SECRET, public_url="https://x.example/hooks", signing_key="PSK1")
    signature = f"X-SignalWire-Signature: {sign_json('PSK1', given, body)}"
    for target in (f"/hooks{SECRET}", SECRET):
        assert (await ask(port, make_request(body, signature, method="POST", target=target))).status == 200
    assert [one.signature for one in capture.callbacks()] == ["valid", "valid"]
