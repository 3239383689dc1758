"""The session JSON: its published schema, out and in without loss, and what is refused."""

import copy
import json
import math
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.callbacks.signature import SignatureState
from inspector.runtime.resources import read_text
from inspector.session.errors import SessionError
from inspector.session.exchange import json_import
from inspector.session.exchange.export import Format, export
from inspector.session.exchange.json_import import ImportRefused, import_json, looks_like_export
from inspector.session.exchange.selection import STEPS_BETWEEN, Cancelled
from inspector.session.reader import SessionReader
from inspector.session.records import Received
from inspector.session.session import Session
from tests.factories import (
    FORM_TYPE,
    RECEIVED,
    STARTED,
    make_callback,
    make_form_callback,
    make_payload,
    make_session,
    stamp,
)
from tests.strategies import callbacks, json_values

SCHEMA = jsonschema_rs.Draft202012Validator(json.loads(read_text("session.schema.json")), validate_formats=True)


def exported(session: Path) -> bytes:
    with tempfile.TemporaryDirectory() as folder, SessionReader(session) as reader:
        out = Path(folder) / "out.json"
        export(reader, out, Format.JSON)
        return out.read_bytes()


def imported(document: bytes, target: Path) -> Path:
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "document.json"
        source.write_bytes(document)
        import_json(source, target)
    return target


def without_moment(document: bytes) -> dict[str, Any]:
    """A document without `exported_at`, and with the order of every object's members."""
    result: dict[str, Any] = json.loads(document)
    del result["exported_at"]
    return result


def breaches(document: Any) -> list[str]:
    # The validator cannot hold lone surrogates; no rule of the schema looks at them.
    text = json.dumps(document, ensure_ascii=False).encode("utf-8", "replace")
    return [f"{error.instance_path}: {error.message[:200]}" for error in SCHEMA.iter_errors(json.loads(text))]


def rich_batch() -> list[Received]:
    """One of everything that a session can hold."""
    odd = {"Grüße": "\N{GRINNING FACE}", "\ud800": ["\udfff", 1.5, -0.0, 1e22, 10**30, 10**400, None, {"a": [[]]}]}
    return [
        make_callback(custom_variables=odd),
        make_callback(status="delivered", timestamp=stamp(9), received=RECEIVED + 60_000_000, media=["a"]),
        make_callback(status="sent", timestamp="2026-03-17T22:26:59.5+00:00", number_of_segments=10**30, body="€" * 90),
        make_callback(status="sent", timestamp="2026-03-17T22:26:59.5+00:00"),
        make_callback(status="failed", timestamp=stamp(10), error_code="30003", error_message="Unreachable", to="+4"),
        make_callback(id="invalid only", status="gone", number_of_segments=-(2**80), error_message=5, body="\ud800"),
        make_callback(id="", body="", project_id="", error_code="", from_="whatsapp:+1\x00\u2028"),
        make_form_callback(ErrorCode="30003", MessageStatus="undelivered", Extra="1"),
        make_form_callback(MessageStatus="received"),
        make_callback(raw=b"MessageSid=SM1&MessageStatus=sent&Body=%FF", content_type=FORM_TYPE),
        make_callback(
            raw=bytes(range(256)), content_type="", headers=[("X-\xe4", "\xff"), ("x-\xe4", ""), ("A", "a\tb")]
        ),
        make_callback(raw=b"\xef\xbb\xbf{}", method="PUT", target="/\xe9?%FF", signature=SignatureState.INVALID),
        make_callback(
            raw=b'{"id": "cut off"', too_large=16, reply={"status": 413, "headers": [["Connection", "close"]]}
        ),
        make_callback(raw="{é".encode()[:-1], incomplete="the sender broke off."),
        make_callback(raw=b"", reply={"status": 200, "body": "Grüße\n"}),
        make_callback(raw=b'{"id": "e", "x": [1, NaN], "x": 1e999, "number_of_segments": ' + b"7" * 5000 + b"}"),
        make_callback(raw=b"", method="GET", target="/?MessageSid=SM2&MessageStatus=read", content_type=""),
    ]


@pytest.fixture(scope="module")
def rich(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("rich") / "rich.inspector"
    with Session.create(path, started=STARTED) as session:
        for one in rich_batch():
            session.append([one])
        session.end(RECEIVED + 10**9)
    return path


# Out


def test_the_export_keeps_its_published_schema(rich: Path) -> None:
    assert breaches(json.loads(exported(rich))) == []


def test_an_empty_session_keeps_the_schema_too(tmp_path: Path) -> None:
    document = json.loads(exported(make_session(tmp_path / "a.inspector")))

    assert breaches(document) == []
    assert (document["messages"], document["callbacks"]) == ([], [])
    assert document["session"]["ended_at"] is None


@pytest.mark.parametrize(
    "damage",
    [
        lambda document: document.update(extra=1),
        lambda document: document.update(version=2),
        lambda document: document["session"].update(started_at="2026-03-17T22:26:57Z"),
        lambda document: document["summary"]["by_status"].update(gone=1),
        lambda document: document["messages"][0].update(extra=1),
        lambda document: document["messages"][0].update(status="gone"),
        lambda document: document["messages"][0]["findings"][0].update(severity="fatal"),
        lambda document: document["messages"][0]["transitions"][0].update(timestamp="today"),
        lambda document: document["callbacks"][0].update(body=None),
        lambda document: document["callbacks"][0].update(body_base64=""),
        lambda document: document["callbacks"][0].pop("remote"),
        lambda document: document["callbacks"][0]["headers"].append(["one"]),
        lambda document: document["callbacks"][0]["reply"].pop("status"),
        lambda document: document["callbacks"][5]["problems"][0].update(severity="warning"),
        lambda document: document["callbacks"][5]["problems"][0].pop("value"),
    ],
)
def test_the_schema_is_strict(rich: Path, damage: Callable[[dict[str, Any]], object]) -> None:
    document = json.loads(exported(rich))

    damage(document)

    assert breaches(document) != []


def test_the_document_has_the_form_of_the_contract(tmp_path: Path) -> None:
    path = make_session(
        tmp_path / "a.inspector",
        [make_callback(target="/rest?x=1")],
        [make_callback(status="sennt")],
        [make_callback(status="delivered", timestamp=stamp(3), received=RECEIVED + 3_000_000)],
    )

    document = json.loads(exported(path))

    payload = make_payload()
    assert list(document) == [
        "format", "version", "application", "exported_at", "session", "summary", "messages", "callbacks",
    ]  # fmt: skip
    assert (document["format"], document["version"]) == ("callback-inspector/session", 1)
    assert document["application"]["name"] == "callback-inspector"
    assert document["summary"] == {
        "callbacks": 3,
        "valid": 2,
        "invalid": 1,
        "messages": 1,
        "by_status": {"delivered": 1},
    }
    (message,) = document["messages"]
    assert message == {
        "id": payload["id"],
        "project_id": payload["project_id"],
        "to": payload["to"],
        "from": payload["from"],
        "body": payload["body"],
        "number_of_segments": 1,
        "status": "delivered",
        "terminal": True,
        "error_code": None,
        "error_message": None,
        "custom_variables": None,
        "first_received_at": "2026-03-17T22:26:57.400000Z",
        "last_received_at": "2026-03-17T22:27:00.400000Z",
        "transitions": [
            {
                "status": "queued",
                "timestamp": "2026-03-17T22:26:57Z",
                "received_at": "2026-03-17T22:26:57.400000Z",
                "callback": 1,
            },
            {
                "status": "delivered",
                "timestamp": "2026-03-17T22:27:00Z",
                "received_at": "2026-03-17T22:27:00.400000Z",
                "callback": 3,
            },
        ],
        "findings": [],
    }
    callback = document["callbacks"][1]
    (problem,) = callback.pop("problems")
    assert problem.pop("text").startswith("“status” must be one of")
    assert problem == {"path": "$.status", "code": "enum", "severity": "error", "value": "sennt"}
    assert callback == {
        "seq": 2,
        "received_at": "2026-03-17T22:26:57.400000Z",
        "method": "POST",
        "target": "/rest",
        "remote": "127.0.0.1",
        "headers": [["Host", "127.0.0.1:9797"], ["Content-Type", "application/json"]],
        "body": json.dumps(make_payload(status="sennt")),
        "body_base64": None,
        "truncated": False,
        "dialect": "json",
        "valid": False,
        "message_id": payload["id"],
        "signature": "absent",
        "reply": {"status": 200},
    }


def test_findings_are_in_the_document(rich: Path) -> None:
    message = json.loads(exported(rich))["messages"][0]

    found = {(finding["code"], finding["severity"]): finding["callbacks"] for finding in message["findings"]}
    assert found[("duplicate", "info")] == [4]
    assert found[("conflicting_terminal", "error")] == [2, 5]
    assert found[("identity_changed", "error")]
    assert found[("late", "info")] == [2]
    assert found[("unknown_field", "info")] == [2]
    assert "stalled" not in {code for code, _ in found}


def test_a_body_is_text_where_it_can_be(rich: Path) -> None:
    held = json.loads(exported(rich))["callbacks"]

    for callback, sent in zip(held, rich_batch(), strict=True):
        try:
            text: str | None = sent.body.decode()
        except UnicodeDecodeError:
            text = None
        assert callback["body"] == text
        assert (callback["body_base64"] is None) == (text is not None)


# Out, in, and out again


def test_nothing_is_lost_on_the_way_out_and_in(rich: Path, tmp_path: Path) -> None:
    document = exported(rich)

    again = exported(imported(document, tmp_path / "again.inspector"))

    assert without_moment(again) == without_moment(document)
    # Equal objects can still differ in their bytes: 1 and 1.0, the order of members, -0.0.
    assert again.splitlines()[5:] == document.splitlines()[5:]


@given(st.lists(st.lists(callbacks(), max_size=4), max_size=3))
@settings(max_examples=80, deadline=None)
def test_nothing_is_lost_whatever_was_received(batches: Sequence[Sequence[Received]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        document = exported(make_session(Path(folder) / "a.inspector", *batches))
        again = exported(imported(document, Path(folder) / "again.inspector"))

    assert breaches(json.loads(document)) == []
    assert again.splitlines()[5:] == document.splitlines()[5:]


@given(st.lists(callbacks(), min_size=1, max_size=4), st.lists(callbacks(), min_size=1, max_size=4))
@settings(max_examples=40, deadline=None)
def test_an_imported_session_goes_on_as_the_original_would(first: list[Received], then: list[Received]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        original = make_session(Path(folder) / "a.inspector", first)
        copied = imported(exported(original), Path(folder) / "copy.inspector")
        for path in (original, copied):
            with Session.open(path) as session:
                session.append(then)

        assert exported(original).splitlines()[6:] == exported(copied).splitlines()[6:]


def test_the_order_of_members_and_white_space_do_not_matter(rich: Path, tmp_path: Path) -> None:
    document = exported(rich)
    reordered = json.dumps(json.loads(document), sort_keys=True, indent=3).encode()
    callbacks_first = dict(sorted(json.loads(document).items(), key=lambda item: item[0] != "callbacks"))

    for number, other in enumerate((reordered, json.dumps(callbacks_first).encode(), b"\xef\xbb\xbf" + document)):
        again = exported(imported(other, tmp_path / f"{number}.inspector"))
        assert without_moment(again) == without_moment(document)


def test_an_imported_session_can_be_opened_and_cleared(rich: Path, tmp_path: Path) -> None:
    path = imported(exported(rich), tmp_path / "new" / "a.inspector")

    with Session.open(path) as session, SessionReader(path) as reader:
        summary = reader.summary()
        assert summary.callbacks == len(rich_batch())
        assert session.append([make_callback()])[0].seq == len(rich_batch()) + 1
        session.clear()
        assert reader.summary().callbacks == 0
    assert list(path.parent.iterdir()) == [path]


# What is refused


def refused(document: bytes, folder: Path) -> str:
    """The one line with which a document is refused, leaving nothing behind."""
    target = folder / "target.inspector"
    with pytest.raises(ImportRefused) as error:
        imported(document, target)
    assert list(folder.iterdir()) == []
    text = str(error.value)
    assert "\n" not in text
    assert len(text) < 400
    assert text.startswith("document.json ")
    return text


@pytest.fixture
def document(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A small good document: three callbacks of two messages, one unassigned, one finding."""
    path = make_session(
        tmp_path_factory.mktemp("good") / "a.inspector",
        [make_callback(id="a"), make_callback(id="a"), make_callback(id="b"), make_callback(raw=b"\xff")],
    )
    result: dict[str, Any] = json.loads(exported(path))
    return result


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "is not JSON"),
        (b"[]", "“{” was expected"),
        (b"{", "is not JSON"),
        (b"{}", "is not an exported session"),
        (b'{"format": "callback-inspector/session"}', "has version null"),
        (b'{"log": {"version": "1.2"}}', "is not an exported session"),
        (b'{"format": "har", "version": 1}', "is not an exported session"),
        (b"\xff\xfe{\x00}\x00", "is not UTF-8"),
        (b'{"a": NaN}', "NaN is no JSON"),
        (b'{"a": ' + b"[" * 100_000 + b"}", "nested too deeply"),
        (b'{"a": ' + b"9" * 5000 + b"}", "a number is too long"),
        (b"{} {}", "more behind the end"),
        (b'{"a": 1, }', "is not JSON"),
        (b"{1: 2}", "a name was expected"),
        (b'{"a" 1}', "“:” was expected"),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_what_is_no_session_json_is_refused(tmp_path: Path, raw: bytes, says: str) -> None:
    assert says in refused(raw, tmp_path)


Damage = Callable[[dict[str, Any]], Any]
DAMAGES: list[tuple[Damage, str]] = [
    (lambda d: d.update(version=2), "has version 2; this program reads version 1"),
    (lambda d: d.update(version="1"), 'has version "1";'),
    (lambda d: d.update(version=True), "has version true;"),
    (lambda d: d.pop("version"), "has version null;"),
    (lambda d: d.update(version="\n\ud800"), 'has version "\\n\\ud800";'),
    (lambda d: d.update(format="other"), "is not an exported session"),
    (lambda d: d.pop("session"), "session: must be an object"),
    (lambda d: d["session"].update(started_at="today"), "session.started_at: “today” is no RFC 3339"),
    (lambda d: d["session"].update(started_at="a\nb"), "session.started_at: “a\ufffdb” is no RFC 3339"),
    (lambda d: d["session"].update(ended_at=5), "session.ended_at"),
    (lambda d: d["session"].update(id=None), "session.id"),
    (lambda d: d.pop("messages"), "“messages” is missing"),
    (lambda d: d.pop("callbacks"), "“callbacks” is missing"),
    (lambda d: d.update(messages={}), "“messages” must be one array"),
    (lambda d: d.update(callbacks=None), "“callbacks” must be one array"),
    (lambda d: d["messages"].append(5), "messages[2]: must be an object"),
    (lambda d: d["messages"].append(d["messages"][0]), "comes twice"),
    (lambda d: d["messages"][1].update(id="a"), "comes twice"),
    (lambda d: d["messages"][0].pop("to"), "messages[0].to"),
    (lambda d: d["messages"][0].update(to=5), "messages[0].to"),
    (lambda d: d["messages"][0].update(terminal="true"), "messages[0].terminal"),
    (lambda d: d["messages"][0].update(number_of_segments="1"), "messages[0].number_of_segments"),
    (lambda d: d["messages"][0].update(number_of_segments=True), "messages[0].number_of_segments"),
    (lambda d: d["messages"][0].update(status="gone"), "messages[0].status"),
    (lambda d: d["messages"][0].update(custom_variables=[]), "messages[0].custom_variables"),
    (lambda d: d["messages"][0].update(first_received_at="2026-03-17"), "messages[0].first_received_at"),
    (lambda d: d["messages"][0].update(first_received_at="0000-01-01T00:00:00Z"), "messages[0].first_received_at"),
    (lambda d: d["messages"][0]["transitions"][0].update(status="gone"), "messages[0].transitions[0].status"),
    (lambda d: d["messages"][0]["transitions"][0].update(timestamp="x"), "messages[0].transitions[0].timestamp"),
    (lambda d: d["messages"][0]["transitions"][0].update(callback=3), "comes twice"),
    (lambda d: d["messages"][0]["transitions"][0].update(callback=4), "names callback 4, which is not one of its"),
    (lambda d: d["messages"][0]["transitions"][0].update(callback=99), "names callback 99"),
    (lambda d: d["messages"][0]["transitions"][0].update(callback=0), "messages[0].transitions[0].callback"),
    (lambda d: d["messages"][0]["transitions"][0].update(callback=2**70), "messages[0].transitions[0].callback"),
    (lambda d: d["messages"][0]["transitions"].append(d["messages"][0]["transitions"][0]), "comes twice"),
    (lambda d: d["messages"][0]["findings"][0].update(code="gone"), "messages[0].findings[0].code"),
    (lambda d: d["messages"][0]["findings"][0].update(severity="fatal"), "messages[0].findings[0].severity"),
    (lambda d: d["messages"][0]["findings"][0].update(callbacks=[]), "messages[0].findings[0].callbacks"),
    (lambda d: d["messages"][0]["findings"][0].update(callbacks=[4]), "names callback 4"),
    (lambda d: d["callbacks"].append(d["callbacks"][0]), "comes twice"),
    (lambda d: d["callbacks"][0].update(seq=0), "callbacks[0].seq"),
    (lambda d: d["callbacks"][0].update(seq=1.5), "callbacks[0].seq"),
    (lambda d: d["callbacks"][0].update(seq=2**70), "callbacks[0].seq"),
    (lambda d: d["callbacks"][0].update(message_id="nobody"), "callbacks[0].message_id names no message"),
    (lambda d: d["callbacks"][2].update(message_id=None), "names callback 3"),
    (lambda d: (d["callbacks"].pop(2), d["messages"][1].update(transitions=[])), "messages[1] has no callback"),
    (lambda d: d["callbacks"][0].update(body=None), "callbacks[0] needs either a body or a body_base64"),
    (lambda d: d["callbacks"][0].update(body_base64=""), "callbacks[0] needs either"),
    (lambda d: d["callbacks"][3].update(body_base64="%%%%"), "callbacks[3].body_base64 is no base64"),
    (lambda d: d["callbacks"][3].update(body_base64="ä"), "callbacks[3].body_base64 is no base64"),
    (lambda d: d["callbacks"][3].update(body_base64="a"), "callbacks[3].body_base64 is no base64"),
    (lambda d: d["callbacks"][0].update(body="\ud800"), "callbacks[0].body: has half a surrogate pair"),
    (lambda d: d["callbacks"][0].update(target="\udfff"), "callbacks[0].target"),
    (lambda d: d["messages"][0].update(id="\ud800"), "messages[0].id"),
    (lambda d: d["session"].update(id="\ud800"), "session.id"),
    (lambda d: d["callbacks"][0].update(headers=[["one"]]), "callbacks[0].headers[0]"),
    (lambda d: d["callbacks"][0].update(headers=[["a", 1]]), "callbacks[0].headers[0][1]"),
    (lambda d: d["callbacks"][0].update(headers={"a": "b"}), "callbacks[0].headers"),
    (lambda d: d["callbacks"][0].update(valid=1), "callbacks[0].valid"),
    (lambda d: d["callbacks"][0].update(dialect="xml"), "callbacks[0].dialect"),
    (lambda d: d["callbacks"][0].update(signature=None), "callbacks[0].signature"),
    (lambda d: d["callbacks"][0].update(received_at="9999-12-31T23:59:59-23:00"), "callbacks[0].received_at"),
    (lambda d: d["callbacks"][0].update(problems=[{}]), "callbacks[0].problems[0].path"),
    (lambda d: d["callbacks"][3]["problems"][0].update(code="gone"), "callbacks[3].problems[0].code"),
    (lambda d: d["callbacks"][0].update(reply={}), "callbacks[0].reply.status"),
    (lambda d: d["callbacks"][0].update(reply={"status": "200"}), "callbacks[0].reply.status"),
    (lambda d: d["callbacks"][0].update(reply={"status": 200, "headers": [1]}), "callbacks[0].reply.headers[0]"),
]


@pytest.mark.parametrize(("damage", "says"), DAMAGES, ids=[says[:40] for _, says in DAMAGES])
def test_a_damaged_document_is_refused_with_its_place(
    document: dict[str, Any], tmp_path: Path, damage: Damage, says: str
) -> None:
    damage(document)

    assert says in refused(json.dumps(document).encode(), tmp_path)


def test_the_good_document_of_these_tests_is_good(document: dict[str, Any], tmp_path: Path) -> None:
    imported(json.dumps(document).encode(), tmp_path / "a.inspector")


def test_a_member_that_comes_twice_is_refused(document: dict[str, Any], tmp_path: Path) -> None:
    text = json.dumps(document)
    assert "“callbacks” must be one array" in refused(f'{text[:-1]}, "callbacks": []}}'.encode(), tmp_path)


def test_a_cut_off_document_is_refused_wherever_it_is_cut(document: dict[str, Any], tmp_path: Path) -> None:
    whole = json.dumps(document, ensure_ascii=False).encode()

    for length in range(0, len(whole), 7):
        refused(whole[:length], tmp_path)


@given(st.data(), json_values)
@settings(max_examples=150, deadline=None)
def test_a_document_changed_anywhere_is_taken_whole_or_refused(data: st.DataObject, value: Any) -> None:
    session_batch = [
        make_callback(id="a", media=1),
        make_callback(id="a", status="sent", to="+1"),
        make_callback(raw=b"\xff"),
    ]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        whole = json.loads(exported(make_session(folder / "original" / "a.inspector", session_batch)))
        shutil.rmtree(folder / "original")
        changed = copy.deepcopy(whole)
        place: Any = changed
        while isinstance(place, dict | list) and place:
            key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
            if data.draw(st.booleans()) or not isinstance(place[key], dict | list):
                place[key] = value
                break
            place = place[key]
        target = folder / "target.inspector"
        try:
            imported(json.dumps(changed).encode(), target)
        except SessionError as error:
            assert list(folder.iterdir()) == []
            assert "\n" not in str(error)  # noqa: PT017
            return
        assert breaches(json.loads(exported(target))) == []
        with Session.open(target) as session, SessionReader(target) as reader:
            session.append([make_callback(id="a", status="delivered")])
            reader.callback_summaries(range(10))


def test_an_import_never_takes_the_place_of_a_file(document: dict[str, Any], tmp_path: Path) -> None:
    target = tmp_path / "a.inspector"
    target.write_text("mine")

    with pytest.raises(SessionError, match=r"a\.inspector exists already"):
        imported(json.dumps(document).encode(), target)

    assert target.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("kind", ["nothing", "folder"])
def test_a_source_that_cannot_be_read_is_told(tmp_path: Path, kind: str) -> None:
    source, target = tmp_path / "source.json", tmp_path / "new" / "a.inspector"
    if kind == "folder":
        source.mkdir()

    with pytest.raises(SessionError, match=r"source\.json cannot be imported: "):
        import_json(source, target)

    assert list(target.parent.iterdir()) == []


def test_an_import_tells_its_progress_and_can_be_cancelled(tmp_path: Path) -> None:
    source, target = tmp_path / "source.json", tmp_path / "out" / "a.inspector"
    batch = [make_callback(id=str(number)) for number in range(STEPS_BETWEEN * 2 + 1)]
    source.write_bytes(exported(make_session(tmp_path / "a.inspector", batch)))
    told: list[tuple[int, int]] = []

    import_json(source, target, lambda done, total: told.append((done, total)))

    assert len(told) > 4
    assert told == sorted(told)
    assert {total for _, total in told} == {0, source.stat().st_size}  # first it looks what there is
    assert all(done <= total for done, total in told)
    target.unlink()

    def cancel(done: int, total: int) -> None:
        if total and done > total / 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        import_json(source, target, cancel)
    assert list(target.parent.iterdir()) == []


def test_where_the_callbacks_come_first_the_document_is_read_twice(tmp_path: Path) -> None:
    batch = [make_callback(id=str(number)) for number in range(STEPS_BETWEEN)]
    document = json.loads(exported(make_session(tmp_path / "a.inspector", batch)))
    source, target = tmp_path / "source.json", tmp_path / "out" / "a.inspector"
    source.write_text(json.dumps(document, sort_keys=True))
    told: list[tuple[int, int]] = []

    import_json(source, target, lambda done, total: told.append((done, total)))

    assert told == sorted(told)
    assert {total for _, total in told} == {0, 2 * source.stat().st_size}
    assert without_moment(exported(target)) == without_moment(json.dumps(document).encode())


@pytest.mark.parametrize(
    "names",
    [
        ("messages", "callbacks", "messages"),
        ("messages", "messages", "callbacks"),
        ("callbacks", "messages", "callbacks"),
    ],
)
def test_an_array_that_comes_again_is_refused_wherever_it_comes(
    document: dict[str, Any], tmp_path: Path, names: Sequence[str]
) -> None:
    members = [f"{json.dumps(name)}: {json.dumps(document.pop(name, []))}" for name in names]
    text = f"{json.dumps(document)[:-1]}, {', '.join(members)}}}"

    assert "must be one array" in refused(text.encode(), tmp_path)


@pytest.mark.parametrize("bound", ["_BATCH", "_BATCH_BYTES", "_ROWS_KNOWN"])
def test_how_much_is_written_at_a_time_makes_no_difference(
    rich: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bound: str
) -> None:
    document = exported(rich)
    monkeypatch.setattr(json_import, bound, 1)

    again = exported(imported(document, tmp_path / "again.inspector"))

    assert again.splitlines()[5:] == document.splitlines()[5:]


def test_an_import_can_be_cancelled_while_sqlite_works_long(
    rich: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "source.json"
    source.write_bytes(exported(rich))
    monkeypatch.setattr(json_import, "STEPS_OF_SQL", 1)

    def cancel(done: int, total: int) -> None:
        if total and done == total:
            raise Cancelled

    with pytest.raises(Cancelled):
        import_json(source, tmp_path / "out" / "a.inspector", cancel)
    assert list((tmp_path / "out").iterdir()) == []


def test_an_import_asks_sqlite_no_more_for_more_messages(tmp_path: Path) -> None:
    """What is asked once a message, in a session of any size, is the row of its id."""
    few, many = (statements_of_import(tmp_path / str(count), count) for count in (10, 200))

    assert many - few == 190


def statements_of_import(folder: Path, count: int) -> int:
    """How many statements run, the repetitions of one with other values not counted."""
    batch = [make_callback(id=str(number), received=RECEIVED + 60_000_000) for number in range(count)]
    document = exported(make_session(folder / "a.inspector", batch))
    ran: list[str] = []

    class Traced(sqlite3.Connection):
        def execute(self, *arguments: Any) -> sqlite3.Cursor:
            ran.append("execute")
            return super().execute(*arguments)

        def executemany(self, *arguments: Any) -> sqlite3.Cursor:
            ran.append("executemany")
            return super().executemany(*arguments)

    connect = sqlite3.connect
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite3, "connect", lambda *a, **k: connect(*a, **k, factory=Traced))
        imported(document, folder / "again.inspector")
    return len(ran)


def test_an_imported_session_is_its_owners_only(document: dict[str, Any], tmp_path: Path) -> None:
    path = imported(json.dumps(document).encode(), tmp_path / "a.inspector")

    assert path.stat().st_mode & 0o077 == 0
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


@pytest.mark.parametrize(
    ("raw", "looks"),
    [
        (b'{"a": 1}', True),
        (b"\xef\xbb\xbf \r\n\t{", True),
        (b"SQLite format 3\0", False),
        (b"", False),
        (b"[{}]", False),
    ],
)
def test_an_export_is_told_from_a_session_by_its_beginning(tmp_path: Path, raw: bytes, looks: bool) -> None:
    path = tmp_path / "file"
    path.write_bytes(raw)

    assert looks_like_export(path) == looks
    assert not looks_like_export(tmp_path / "nothing")
    assert not looks_like_export(tmp_path)


def test_numbers_keep_their_kind(tmp_path: Path) -> None:
    variables = {"int": 1, "float": 1.0, "zero": -0.0, "tiny": 5e-324, "huge": 10**4000}
    first = exported(make_session(tmp_path / "a.inspector", [make_callback(custom_variables=variables)]))
    again = exported(imported(first, tmp_path / "b.inspector"))

    kept = json.loads(again)["messages"][0]["custom_variables"]
    assert kept == variables
    assert [type(value) for value in kept.values()] == [int, float, float, float, int]
    assert math.copysign(1, kept["zero"]) == -1
