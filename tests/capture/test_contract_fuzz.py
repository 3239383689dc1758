"""Payloads near to the contract, sent to a running server: judged as its JSON Schema does, and kept as they are."""

import asyncio
import json
import tempfile
from pathlib import Path
from typing import Any

import jsonschema_rs
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inspector.runtime.resources import read_text
from tests.callbacks.test_payload import printable
from tests.capture.conftest import Capture
from tests.capture.wire import Wire, make_request
from tests.factories import JSON_TYPE
from tests.strategies import payloads

CONTRACT = jsonschema_rs.Draft202012Validator(
    json.loads(read_text("message-status-callback.schema.json")), validate_formats=True
)


async def _kept(bodies: list[bytes]) -> tuple[list[bool], list[bytes], set[int]]:
    """Send bodies over one connection: the verdicts and bodies that were kept, and the answers."""
    with tempfile.TemporaryDirectory() as folder:
        capture = Capture(Path(folder, "captured.inspector"))
        port = await capture.start()
        async with await Wire.open(port) as wire:
            requests = [make_request(body, f"Content-Type: {JSON_TYPE}") for body in bodies]
            answers = {(await wire.ask(request)).status for request in requests}
        callbacks = capture.callbacks()
        await capture.close()
    return [one.valid for one in callbacks], [one.body for one in callbacks], answers


@settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=40)
@given(st.lists(payloads(), min_size=1, max_size=8))
def test_the_verdict_over_http_is_that_of_the_schema(sent: list[dict[str, Any]]) -> None:
    bodies = [json.dumps(one).encode() for one in sent]
    valid, kept, answers = asyncio.run(_kept(bodies))
    assert valid == [CONTRACT.is_valid(printable(one)) for one in sent]
    assert kept == bodies
    assert answers == {200}
