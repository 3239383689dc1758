"""The contract as an OpenAPI document, and what schemathesis makes of it, posted to a running `inspector listen`.

What it makes by the contract is to be judged valid, what it breaks to be told what is wrong; both are answered 200 and
kept byte for byte. With no parameters in the document, schemathesis breaks nothing but bodies: a method or a header
that is not the contract's has no verdict of its own here, and is tried by `tests/capture`.
"""

import json
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any, Final

from hypothesis import HealthCheck, given, seed, settings

from inspector.runtime.resources import read_text
from inspector.session.reader import SessionReader
from tests.cli.program import Program
from tests.factories import FORM_TYPE, JSON_TYPE

_PATH: Final = "/rest"
_FORM: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["MessageSid", "MessageStatus"],
    "properties": {
        "MessageSid": {"type": "string", "minLength": 1},
        "MessageStatus": {"enum": ["queued", "sending", "sent", "delivered", "undelivered", "failed", "read"]},
        "From": {"type": "string"},
        "To": {"type": "string"},
        "Body": {"type": "string"},
        "NumSegments": {"type": "integer", "minimum": 0, "maximum": 999_999_999},
        "ErrorCode": {"type": "string"},
    },
    "additionalProperties": False,
}


def document(kind: str) -> dict[str, Any]:
    """The request of a callback, in one of the dialects, with the one answer that there is."""
    schema = _FORM
    if kind == JSON_TYPE:
        ours = json.loads(read_text("message-status-callback.schema.json"))
        schema = {name: value for name, value in ours.items() if not name.startswith("$")}
    body = {"required": True, "content": {kind: {"schema": schema}}}
    answer = {"200": {"description": "It is kept."}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Message status callbacks", "version": "1"},
        "paths": {_PATH: {"post": {"requestBody": body, "responses": answer}}},
    }


def try_contract(examples: int, *, seconds: float = 0.0) -> Counter[str]:
    """Post so many payloads of each kind, and go on until the time is over; how many there were of each.

    Raises AssertionError for the first, made as small as it gets, that is not answered, judged or kept as it should be.
    """
    until = time.monotonic() + seconds
    tried: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "contract.inspector")
        with Program(Path(folder), "listen", "--json", "--port", "0", "--session", str(path)) as program:
            port = program.port()
            with SessionReader(path) as reader:
                rounds = 0
                while not rounds or time.monotonic() < until:
                    for kind in (JSON_TYPE, FORM_TYPE):
                        for valid in (True, False):
                            post = _poster(program, reader, port, tried)
                            _all_of(kind, post, examples, rounds, valid=valid)
                    rounds += 1
            program.interrupt()
            assert program.end() == 0
            assert program.errors == ""
    return tried


def _all_of(kind: str, post: Any, examples: int, rounds: int, *, valid: bool) -> None:
    import schemathesis

    mode = schemathesis.GenerationMode.POSITIVE if valid else schemathesis.GenerationMode.NEGATIVE
    operation = schemathesis.openapi.from_dict(document(kind))[_PATH]["POST"]

    @seed(rounds)
    @settings(max_examples=examples, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(operation.as_strategy(generation_mode=mode))
    def run(case: Any) -> None:
        assert case.method == "POST"
        assert [str(part.mode) for part in case.meta.components.values()] == [str(mode)]
        post(case, kind, valid=valid)

    run()


def _poster(program: Program, reader: SessionReader, port: int, tried: Counter[str]) -> Any:
    def post(case: Any, kind: str, *, valid: bool) -> None:
        answer = case.call(base_url=f"http://127.0.0.1:{port}")
        assert (answer.status_code, answer.content) == (200, b"")
        event = program.event("callback")
        sent = answer.request.body or b""
        kept = reader.callback(event["seq"])
        assert kept is not None
        assert kept.body == (sent.encode() if isinstance(sent, str) else sent)
        assert (kept.method, kept.target, kept.reply) == ("POST", _PATH, {"status": 200})
        assert kept.valid is event["valid"]
        # What schemathesis breaks in a form may be none: there an integer and its text are the same.
        if kind == JSON_TYPE or valid:
            assert event["valid"] is valid, (case.meta.phase.data, event["problems"])
            errors = [problem for problem in event["problems"] if problem["severity"] == "error"]
            assert bool(errors) is not valid
        tried[f"{'JSON' if kind == JSON_TYPE else 'form'}, {'by the contract' if valid else 'broken'}"] += 1

    return post
