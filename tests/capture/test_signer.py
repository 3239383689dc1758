"""Signatures of simulated callbacks: every scheme, as the receiver and as another implementation check it."""

from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator
from yarl import URL

from inspector.callbacks.signature import SignatureState, check_signature
from inspector.capture.plan import PlannedCallback, plan
from inspector.capture.renders import FORM_TYPE, JSON_TYPE
from inspector.capture.signer import Signer
from inspector.capture.simulator import simulate
from tests.capture.receiver import receiving

KEY = "PSKtest1234567890abcdef"
STARTED_AT = datetime(2026, 11, 23, 10, 0, 0, tzinfo=UTC)
PATHS = ["", "/", "/rest", "/hooks/status?a=b&c=d%20e", "/ä?x=1"]


def callbacks(scenario: str, *, form: bool) -> list[PlannedCallback]:
    planned = plan([scenario], messages=8, rate=5, seed=3, started_at=STARTED_AT, form=form)
    return [replace(callback, at=0.0) for callback in planned]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("form", "digest", "schemes"),
    [(False, False, {"A"}), (False, True, {"C"}), (True, False, {"B"}), (True, True, {"B"})],
)
@pytest.mark.parametrize("scenario", ["delivered", "undelivered", "partial"])
async def test_every_scheme_verifies(scenario: str, path: str, form: bool, digest: bool, schemes: set[str]) -> None:
    found = set()
    async with receiving() as receiver:
        await simulate(receiver.url + path, callbacks(scenario, form=form), signing_key=KEY, digest_in_url=digest)
        assert receiver.received
        for request, body in receiver.received:
            headers = [(name.decode(), value.decode()) for name, value in request.raw_headers]
            outcome = check_signature(
                key=KEY, headers=headers, target=request.raw_path, body=body, public_url=None, own_origin="http://other"
            )
            assert outcome.state is SignatureState.VALID, outcome.reason
            found.add(outcome.scheme)
            if outcome.scheme in ("B", "C"):
                validator, url = RequestValidator(KEY), receiver.url + request.raw_path
                signature = dict(headers)["X-SignalWire-Signature"]
                signed = (
                    dict(parse_qsl(body.decode(), keep_blank_values=True)) if outcome.scheme == "B" else body.decode()
                )
                assert validator.validate(url, signed, signature)
                assert not validator.validate(f"{url}x", signed, signature)
    assert found == schemes


@pytest.mark.parametrize("form", [False, True])
async def test_broken_callbacks_are_signed_too(form: bool) -> None:
    async with receiving() as receiver:
        await simulate(receiver.url, callbacks("invalid", form=form), signing_key=KEY)
        for request, body in receiver.received:
            headers = [(name.decode(), value.decode()) for name, value in request.raw_headers]
            outcome = check_signature(
                key=KEY, headers=headers, target=request.raw_path, body=body, public_url=None, own_origin=""
            )
            assert outcome.state is SignatureState.VALID, (body, outcome.reason)


@given(st.binary(max_size=80), st.text(min_size=1, max_size=20), st.sampled_from([JSON_TYPE, FORM_TYPE]))
def test_any_body_can_be_signed(body: bytes, key: str, content_type: str) -> None:
    for digest in (False, True):
        address, headers = Signer(key, digest_in_url=digest).sign(URL("http://h/p?q=1"), content_type, body)
        outcome = check_signature(
            key=key,
            headers=[("Host", "h"), ("Content-Type", content_type), *headers.items()],
            target=address.raw_path_qs,
            body=body,
            public_url=None,
            own_origin="",
        )
        assert outcome.state is SignatureState.VALID, outcome.reason


@pytest.mark.parametrize("key", [None, ""])
def test_without_a_key_nothing_is_signed(key: str | None) -> None:
    address = URL("http://h/p?q=1")
    assert Signer(key, digest_in_url=True).sign(address, JSON_TYPE, b"{}") == (address, {})
