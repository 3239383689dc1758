"""A received callback as a row of its table."""

from typing import Any, Final

from inspector.callbacks.lifecycle import Transition
from inspector.session.records import Received
from inspector.session.values import dump, dump_headers, storable

INSERT_CALLBACK: Final = "INSERT INTO callbacks VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"


def callback_row(
    seq: int, received: Received, message: int | None, new: Transition | None, reply: str
) -> tuple[Any, ...]:
    """The values of INSERT_CALLBACK. `message` is the row of its message, `new` the transition that it made."""
    judgement = received.judgement
    facts = judgement.facts
    # sqlite3 takes integers and bytearrays as they are; booleans and bytes are first offered to adapters.
    return (
        seq,
        received.received,
        storable(received.method),
        storable(received.target),
        received.remote,
        dump_headers(received.headers),
        bytearray(received.body),
        int(received.truncated),
        judgement.dialect.value,
        int(judgement.valid),
        message,
        None if facts.status is None else facts.status.value,
        storable(facts.timestamp),
        storable(facts.error_code),
        storable(facts.error_message),
        int(new is not None),
        received.signature.value,
        dump([problem.as_json() for problem in judgement.problems]) if judgement.problems else None,
        reply,
    )
