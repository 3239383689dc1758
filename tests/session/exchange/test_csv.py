"""CSV: one row a message, and no cell that a spreadsheet would run."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.session.exchange.csv_export import COLUMNS, safe
from inspector.session.exchange.export import export
from inspector.session.reader import SessionReader
from tests.factories import RECEIVED, make_callback, make_payload, make_session, stamp


def rows(session: Path) -> list[dict[str, str]]:
    out = session.with_suffix(".csv")
    with SessionReader(session) as reader:
        export(reader, out)
    raw = out.read_bytes()
    assert raw.endswith(b"\r\n")
    return list(csv.DictReader(io.StringIO(raw.decode(), newline=""), strict=True))


def test_a_message_is_a_row(tmp_path: Path) -> None:
    session = make_session(
        tmp_path / "a.inspector",
        [make_callback(), make_callback(status="gone")],
        [make_callback(status="delivered", timestamp=stamp(4), received=RECEIVED + 60_000_000, media=1)],
        [make_callback(raw=b"[]")],
    )
    payload = make_payload()

    (row,) = rows(session)

    assert tuple(row) == COLUMNS
    assert row == {
        "id": payload["id"],
        "project_id": payload["project_id"],
        "to": payload["to"],
        "from": payload["from"],
        "body": payload["body"],
        "number_of_segments": "1",
        "status": "delivered",
        "terminal": "true",
        "error_code": "",
        "error_message": "",
        "first_received_at": "2026-03-17T22:26:57.400000Z",
        "last_received_at": "2026-03-17T22:27:57.400000Z",
        "delivered_after_ms": "4000",
        "callbacks": "3",
        "invalid_callbacks": "1",
        "findings": row["findings"],
    }
    assert set(row["findings"].split()) == {"late", "unknown_field"}


def test_texts_of_every_kind_come_back(tmp_path: Path) -> None:
    bodies = [
        'say "hi"',
        "a,b",
        "two\r\nlines",
        "one\nline",
        "Grüße \N{GRINNING FACE}",
        "",
        "nul\x00",
        "a;b\tc",
        " lead",
    ]
    session = make_session(
        tmp_path / "a.inspector", [make_callback(id=f"m{n}", body=body) for n, body in enumerate(bodies)]
    )

    assert [row["body"] for row in rows(session)] == bodies


@pytest.mark.parametrize(
    "body",
    [
        "=1+1", '=HYPERLINK("http://a","b")', "+1+1", "-1+cmd|' /C calc'!A0", "@SUM(A1)", "\t=1", "\r=1", "\n=1",
        "＝1+1", "＋1", "－1", "＠a", "+1555 call me", "+", "=", "-5",
    ],
)  # fmt: skip
def test_no_cell_begins_as_a_formula_does(tmp_path: Path, body: str) -> None:
    fields: dict[str, Any] = {"id": body, "project_id": body, "to": body, "from_": body, "body": body}
    failed = make_callback(status="failed", error_code=body, error_message=body, **fields)

    (row,) = rows(make_session(tmp_path / "a.inspector", [failed]))

    for name in ("id", "project_id", "to", "from", "body", "error_code", "error_message"):
        assert row[name] == f"'{body}"


@pytest.mark.parametrize("text", ["+15551230001", "12345", "whatsapp:+15551230001", "a=b", "", "'quoted", "(=1)"])
def test_what_is_harmless_stays_as_it_is(text: str) -> None:
    assert safe(text) == text


@pytest.mark.parametrize("text", ["+１２", "+1\n", "+" + "1" * 21, "+1a"])
def test_only_a_plain_number_keeps_its_plus(text: str) -> None:
    assert safe(text) == f"'{text}"


def test_nothing_is_an_empty_cell() -> None:
    assert (safe(None), safe(0), safe(10**30)) == ("", "0", "1" + "0" * 30)


@given(st.text())
def test_a_cell_is_the_text_with_at_most_an_apostrophe(text: str) -> None:
    cell = safe(text)

    assert cell.removeprefix("'") == text.removeprefix("'")
    assert cell[:1] not in {*"=-@＝＋－＠\t\r\n"}
