"""Makes a session of any size, as a busy project would fill it: `python -m tests.benchmarks.making PATH CALLBACKS`.

Everything goes through `judge` and `Session.append`, so that the file is what the program itself would have
written. Some hundred lives are open at a time, and every filter finds something.
"""

import argparse
import heapq
import json
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from inspector.callbacks.judgement import judge
from inspector.callbacks.segments import count_segments
from inspector.session.records import Received
from inspector.session.session import Session

STARTED: Final = 1_790_000_000_000_000
"""When a made session begins, in microseconds since 1970 (UTC), unless another moment is asked for."""

RARE_WORD: Final = "lighthouse"
"""In one body of twenty: what a search for free text looks for."""

_BATCH: Final = 300
_BETWEEN_MESSAGES: Final = 4_000
_SECOND: Final = 1_000_000
_PROGRESS_EVERY: Final = 100_000
_JSON: Final = "application/json"
_FORM: Final = "application/x-www-form-urlencoded"
_PREFIXES: Final = ("+1555", "+1555", "+1212", "+1646", "+4420", "+4930", "+8136", "+5511")
_WORDS: Final = (
    "your", "order", "is", "on", "its", "way", "code", "parcel", "the", "please", "reply", "STOP", "to", "end",
    "appointment", "tomorrow", "at", "10:30", "thank", "you", "Größe", "café", "naïve",
    "配達", "完了", "🎉", "доставка",
)  # fmt: skip
_PLAIN: Final = 20
"""So many of the words are in GSM-7; most bodies have no others."""
_ERRORS: Final = {
    "undelivered": (("30003", "Unreachable destination handset"), ("30005", "Unknown destination handset")),
    "failed": (("30007", "Message content was rejected"), ("30008", "Unknown error")),
}


def make_session(path: Path, callbacks: int, seed: int = 1) -> Path:
    """Make a session file of so many callbacks, a quarter as many messages; tells of long work on stderr."""
    with Session.create(path, started=STARTED) as session:
        done = 0
        coming = life(seed, STARTED)
        while done < callbacks:
            batch = list(islice(coming, min(_BATCH, callbacks - done)))
            session.append(batch)
            if done // _PROGRESS_EVERY != (done + len(batch)) // _PROGRESS_EVERY:
                print(f"making a session: {done + len(batch):,} callbacks …", file=sys.stderr, flush=True)
            done += len(batch)
        session.end(STARTED + done // 4 * _BETWEEN_MESSAGES)
    return path


def life(seed: int, started: int) -> Iterator[Received]:
    """Callbacks without end, a thousand in each second of their own time, in the order of their arrival."""
    random = Random(seed)  # noqa: S311 - sample data
    coming: list[tuple[int, int, str, str, bytes]] = []
    number = 0
    while True:
        began = started + number * _BETWEEN_MESSAGES
        # What arrives before the next message begins cannot be overtaken any more.
        while coming and coming[0][0] < began:
            yield _received(*heapq.heappop(coming))
        for position, (arrival, target, content_type, body) in enumerate(_message(random, number, began)):
            heapq.heappush(coming, (arrival, number * 16 + position, target, content_type, body))
        number += 1


def _received(arrival: int, _: int, target: str, content_type: str, body: bytes) -> Received:
    headers = (
        ("Host", "127.0.0.1:9797"),
        ("Content-Type", content_type),
        ("User-Agent", "SignalWire"),
        ("Content-Length", str(len(body))),
    )
    judgement = judge(method="POST", target=target, content_type=content_type, body=body)
    return Received(arrival, "POST", target, "127.0.0.1", headers, body, judgement)


def _message(random: Random, number: int, began: int) -> Iterator[tuple[int, str, str, bytes]]:
    """The callbacks of one message: arrival, target, content type, body. Four on average."""
    outcome = random.choices(("delivered", "undelivered", "failed", ""), (88, 6, 4, 2))[0]
    oddity = _oddity(random)
    payload = _payload(random)
    errors = {status: random.choice(known) for status, known in _ERRORS.items()}
    target = random.choice(("/rest", "/rest", "/relay", "/swml?flow=3"))
    moment = began
    for status in filter(None, ("queued", "initiated", "sent", outcome)):
        # The carrier takes seconds, everything before it fractions of one: some hundred lives are open at a time.
        moment += int((0.3 + random.expovariate(1 / (1.5 if status == outcome else 0.2))) * _SECOND)
        told = payload | {"status": status, "timestamp": _stamp(moment)}
        told["error_code"], told["error_message"] = errors.get(status, (None, None))
        arrival = moment + int(random.uniform(0.02, 0.3) * _SECOND)
        if oddity == "out of order" and status == "sent":
            arrival += 15 * _SECOND
        if oddity == "late" and status == outcome:
            arrival += 45 * _SECOND
        if oddity == "form":
            yield arrival, "/compatibility", _FORM, _as_form(told)
            continue
        _spoil(told, oddity, status)
        body = json.dumps(told, ensure_ascii=False).encode()
        yield arrival, target, _JSON, body
        if oddity == "duplicate" and status == "sent":
            yield arrival + 2 * _SECOND, target, _JSON, body
    if oddity == "unassigned":
        yield moment, "/favicon.ico" if number % 2 else target, "text/plain", b"{not JSON" * (1 + number % 5)


def _oddity(random: Random) -> str:
    kinds = ("duplicate", "unassigned", "out of order", "invalid", "late", "form", "unknown field", "no error", "body")
    weights = (1.2, 0.8, 0.6, 1.0, 0.2, 1.0, 0.5, 0.5, 0.2)
    return random.choices((*kinds, ""), (*weights, 100 - sum(weights)))[0]


def _payload(random: Random) -> dict[str, Any]:
    words = _WORDS[:_PLAIN] if random.random() < 0.85 else _WORDS
    text = " ".join(random.choices(words, k=min(90, 3 + int(random.expovariate(1 / 10)))))
    if random.random() < 0.05:
        text += f" {RARE_WORD}"
    return {
        "id": str(UUID(int=random.getrandbits(128), version=4)),
        "project_id": "1bb2c7f4-0000-4000-8000-000000000001",
        "status": None,
        "to": f"{random.choice(_PREFIXES)}{random.randrange(10**7):07d}",
        "from": f"+1555550{random.randrange(20):04d}",
        "body": text,
        "number_of_segments": count_segments(text).segments,
        "timestamp": None,
        "error_code": None,
        "error_message": None,
    }


def _stamp(moment: int) -> str:
    return f"{datetime.fromtimestamp(moment // _SECOND, UTC):%Y-%m-%dT%H:%M:%SZ}"


def _spoil(told: dict[str, Any], oddity: str, status: str) -> None:
    """What is wrong with one callback of a message that has this oddity."""
    match oddity, status:
        case "invalid", "initiated":
            told["status"] = "initated"
        case "invalid", "sent":
            told["number_of_segments"] = str(told["number_of_segments"])
        case "unknown field", _:
            told["carrier"] = "unknown to the contract"
        case "no error", ("undelivered" | "failed"):
            told["error_code"] = told["error_message"] = None
        case "no error", "sent":
            told["error_code"] = "30008"
        case "body", "sent":
            told["body"] = f"{told['body']} (changed)"
        case _:
            pass


def _as_form(told: dict[str, Any]) -> bytes:
    parameters = {
        "MessageSid": f"SM{told['id'].replace('-', '')}",
        "MessageStatus": told["status"],
        "AccountSid": told["project_id"],
        "From": told["from"],
        "To": told["to"],
        "Body": told["body"],
        "NumSegments": str(told["number_of_segments"]),
        "ErrorCode": told["error_code"] or "",
        "ErrorMessage": told["error_message"] or "",
        "ApiVersion": "2010-04-01",
    }
    return urlencode(parameters).encode()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.making", description=__doc__)
    parser.add_argument("path", type=Path, metavar="PATH", help="the session file to make")
    parser.add_argument("callbacks", type=int, metavar="CALLBACKS")
    parser.add_argument("--seed", type=int, default=1, help="the same number makes the same session again (1)")
    options = parser.parse_args()
    begun = time.perf_counter()
    make_session(options.path, options.callbacks, options.seed)
    print(f"{options.callbacks / (time.perf_counter() - begun):,.0f} callbacks a second", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
