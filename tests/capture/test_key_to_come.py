"""What is signed and comes before the signing key is known."""

from dataclasses import replace

import pytest

from inspector.callbacks.signature import sign_json
from inspector.capture.key_to_come import KeyToCome
from tests.capture.conftest import Capture
from tests.capture.wire import Wire, ask, make_body, make_request
from tests.factories import JSON_TYPE

KEY = "PSKtest1234567890abcdef"
URL = "https://abc.example/sms"


def signed() -> bytes:
    signature = f"X-SignalWire-Signature: {sign_json(KEY, URL, make_body())}"
    return make_request(make_body(), f"Content-Type: {JSON_TYPE}", signature, target="/sms")


def unsigned() -> bytes:
    return make_request(make_body(), f"Content-Type: {JSON_TYPE}", target="/sms")


@pytest.mark.parametrize("required", [True, False])
async def test_it_is_judged_when_the_key_has_come_and_others_wait_for_nothing(capture: Capture, required: bool) -> None:
    to_come = KeyToCome(seconds=60)
    port = await capture.start(public_url="https://abc.example", key_to_come=to_come, require_signature=required)
    async with await Wire.open(port) as wire:
        await wire.send(signed())
        assert (await ask(port, unsigned())).status == (403 if required else 200)
        assert [one.signature for one in capture.callbacks()] == ["absent"]
        capture.server.settings = replace(capture.server.settings, signing_key=KEY, key_to_come=None)
        to_come.end()
        assert (await wire.reply()).status == 200
    first, second = capture.callbacks()
    assert (second.signature, second.reply) == ("valid", {"status": 200})
    assert second.received <= first.received


async def test_without_a_key_after_all_it_is_as_without_one(capture: Capture) -> None:
    to_come = KeyToCome(seconds=60)
    port = await capture.start(public_url="https://abc.example", key_to_come=to_come, require_signature=True)
    async with await Wire.open(port) as wire:
        await wire.send(signed())
        capture.server.settings = replace(capture.server.settings, key_to_come=None)
        to_come.end()
        assert (await wire.reply()).status == 403


@pytest.mark.parametrize(("required", "status"), [(True, 503), (False, 200)])
async def test_nobody_waits_longer_than_a_sender_does(capture: Capture, required: bool, status: int) -> None:
    port = await capture.start(key_to_come=KeyToCome(seconds=0), require_signature=required)
    reply = await ask(port, signed())
    assert reply.status == status
    assert reply.headers.get("retry-after") == ("5" if required else None)
    assert (capture.only().signature, capture.only().reply["status"]) == ("unchecked", status)


async def test_the_end_of_listening_waits_for_no_key(capture: Capture) -> None:
    port = await capture.start(key_to_come=KeyToCome(seconds=60), require_signature=True)
    async with await Wire.open(port) as wire:
        await wire.send(signed())
        await ask(port, unsigned())
        await capture.server.stop()
        assert (await wire.reply()).status == 503
