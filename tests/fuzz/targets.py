"""What is fuzzed. A target takes bytes; what it raises is a bug."""

import json
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, date
from pathlib import Path
from typing import Final

from inspector.callbacks.judgement import judge
from inspector.callbacks.lifecycle import Arrival, Lifecycle
from inspector.callbacks.payload import flawless, read_json, validate
from inspector.callbacks.signature import check_signature
from inspector.session.conditions import Moment
from inspector.session.errors import SessionError
from inspector.session.exchange.export import export
from inspector.session.exchange.json_import import import_json
from inspector.session.query import FilterError, parse
from inspector.session.reader import SessionReader
from inspector.session.schema import initialise
from inspector.session.session import Session
from tests.factories import RECEIVED, STARTED, make_callback, make_form_callback, make_payload

_MOMENT: Final = Moment(date(2026, 11, 23), UTC, RECEIVED)
_KEY: Final = "PSKtest1234567890abcdef"


def payload(data: bytes) -> None:
    """A JSON body: judged, folded and told; the quick way through agrees with the thorough one."""
    judgement = judge(method="POST", target="/rest", content_type="application/json", body=data)
    json.dumps([problem.as_json() for problem in judgement.problems]).encode()
    lifecycle = Lifecycle()
    for seq in (1, 2):
        arrival = Arrival(seq, RECEIVED, judgement.valid, judgement.facts, judgement.unknown_fields)
        lifecycle.add(arrival)
    if flawless(data) is not None:
        value, oddities = read_json(data.decode())
        _, problems = validate(value)
        assert not oddities
        assert not problems


def form(data: bytes) -> None:
    """A form, as a body and as the query of a GET."""
    kind = "application/x-www-form-urlencoded"
    judge(method="POST", target="/rest", content_type=kind, body=data)
    judge(method="GET", target=f"/rest?{data.decode('latin-1')}", content_type="", body=b"")


def headers(data: bytes) -> None:
    """Header lines, a target and a body: checked for every scheme, and kept in a session."""
    lines = data.decode("latin-1").split("\n")
    pairs = tuple((name.strip(), value.strip()) for name, _, value in (line.partition(":") for line in lines[2:]))
    kind = next((value for name, value in pairs if name.lower() == "content-type"), "")
    judge(method=lines[0], target=lines[-1], content_type=kind, body=data)
    check_signature(
        key=_KEY,
        headers=pairs,
        target=lines[0],
        body=data,
        public_url=lines[1] if len(lines) > 1 else None,
        own_origin="http://127.0.0.1:9797",
    )


def filter_text(data: bytes) -> None:
    """A filter: understood or refused with its place, and what is understood is SQL that SQLite takes."""
    text = data.decode("utf-8", "replace")
    query = None
    with suppress(FilterError):
        query = parse(text, _MOMENT)
    if query is None:
        return
    with closing(sqlite3.connect(":memory:")) as connection:
        initialise(connection)
        connection.execute(f"SELECT 1 FROM messages AS m WHERE {query.messages.sql}", query.messages.values)
        connection.execute(f"SELECT 1 FROM callbacks AS c WHERE {query.callbacks.sql}", query.callbacks.values)


def session_json(data: bytes) -> None:
    """An export to be imported: a session comes out of it, or one line that says why not, and no file."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "a.json"), Path(folder, "a.inspector")
        source.write_bytes(data)
        try:
            import_json(source, target)
        except SessionError:
            assert [path.name for path in Path(folder).iterdir()] == ["a.json"]
        else:
            _read_all(target)
        assert source.read_bytes() == data


def session_file(data: bytes) -> None:
    """A damaged session: bytes of a good one overwritten. Read or refused; never changed by being read."""
    damaged = bytearray(_good_session())
    for place in range(0, len(data) - 4, 5):
        where = int.from_bytes(data[place : place + 4]) % len(damaged)
        damaged[where] = data[place + 4]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.inspector")
        path.write_bytes(damaged)
        with suppress(SessionError):
            _read_all(path)


TARGETS: Final[dict[str, Callable[[bytes], None]]] = {
    "payload": payload,
    "form": form,
    "headers": headers,
    "filter": filter_text,
    "session-json": session_json,
    "session-file": session_file,
}

SEEDS: Final[dict[str, tuple[bytes, ...]]] = {
    "payload": (
        json.dumps(make_payload()).encode(),
        b'{"id":"\\ud800","timestamp":"2026-11-23T10:00:00.5+01:00","number_of_segments":1e2,"id":"b"}',
    ),
    "form": (b"MessageSid=SM1&MessageStatus=delivered&From=%2B1555&To=whatsapp%3A%2B1555&NumSegments=2&Body=a+b%00",),
    "headers": (
        (
            b"POST\nhttps://a.example:443/x?bodySHA256=00\nX-SignalWire-Signature: c3c0\nX-Forwarded-Proto: https\n"
            b"Content-Type: application/json; charset=x\n/x?y=%zz#f"
        ),
    ),
    "filter": (
        b'status:failed,sent to:+1555 -is:invalid after:10:30 before:2026-11-23T10:30 "free \\" text"',
        b"error:30003 finding:late problem:missing segments:>1 seq:17 path:/x method:post dialect:json",
    ),
    "session-json": (b'{"format":"callback-inspector/session","version":1,"messages":[],"callbacks":[]}',),
    "session-file": (bytes(range(64)),),
}
"""Where the search begins."""


def _read_all(path: Path) -> None:
    with SessionReader(path) as reader, tempfile.TemporaryDirectory() as folder:
        for suffix in ("json", "csv", "har"):
            export(reader, Path(folder, f"out.{suffix}"))


_kept: list[bytes] = []


def _good_session() -> bytes:
    if not _kept:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "good.inspector")
            with Session.create(path, started=STARTED) as session:
                session.append([make_callback(id="a"), make_callback(id="a", status="failed", error_code="30003")])
                session.append([make_form_callback(), make_callback(raw=b"\xff")])
            _kept.append(path.read_bytes())
    return _kept[0]
