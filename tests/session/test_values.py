"""Values on their way into the file and out of it."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.callbacks.facts import Facts
from inspector.session.values import (
    dump,
    dump_foreign,
    dump_headers,
    storable,
    storable_facts,
    storable_integer,
    stored_integer,
)
from tests.strategies import json_values


@given(st.text(st.characters()))
def test_every_text_can_be_stored(text: str) -> None:
    stored = storable(text)

    stored.encode()
    assert len(stored) == len(text)
    assert all(old == new or "\ud800" <= old <= "\udfff" for old, new in zip(text, stored, strict=True))


@given(st.lists(st.tuples(st.text(st.characters(max_codepoint=255)), st.text(st.characters(max_codepoint=255)))))
def test_headers_are_written_as_any_json(headers: list[tuple[str, str]]) -> None:
    assert dump_headers(headers) == dump(headers)


def test_nothing_stays_nothing() -> None:
    assert storable(None) is None
    assert storable_integer(None) is None
    assert stored_integer(None) is None


def test_facts_are_made_storable() -> None:
    odd = "\ud800"
    facts = Facts(project_id=odd, to=odd, from_=odd, body=odd, error_code=odd, error_message=odd, timestamp="t")

    fine = storable_facts(facts)

    texts = (fine.project_id, fine.to, fine.from_, fine.body, fine.error_code, fine.error_message)
    assert texts == ("\ufffd",) * 6
    assert fine.timestamp == "t"
    assert storable_facts(fine) is fine


@given(st.integers())
def test_every_integer_comes_back(number: int) -> None:
    for each in (number, number * 2**64, number * 10**500):
        stored = storable_integer(each)

        assert isinstance(stored, str) == (not -(2**63) <= each < 2**63)
        assert stored_integer(stored) == each


def test_what_is_ours_is_compact_json() -> None:
    assert dump([("Grüße", "\xff"), {"status": 200}]) == '[["Gr\\u00fc\\u00dfe","\\u00ff"],{"status":200}]'


@given(json_values)
def test_foreign_values_come_back_as_they_were(value: Any) -> None:
    assert json.loads(dump_foreign(value)) == value


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (float("inf"), '"inf"'),
        ([float("nan")], '["nan"]'),
        ({"a": Decimal("1E+400")}, '{"a":"1E+400"}'),
        ("\ud800", '"\\ud800"'),
    ],
    ids=str,
)
def test_what_json_has_no_form_for_becomes_a_text(value: Any, stored: str) -> None:
    assert dump_foreign(value) == stored


def test_nesting_ends_where_it_is_absurd() -> None:
    deep: Any = "bottom"
    for _ in range(5000):
        deep = [deep]

    stored = dump_foreign(deep)

    assert stored.count("[") == 51
    assert "…" in json.loads(stored.replace("[", "").replace("]", ""))
    assert dump_foreign(json.loads(stored)) == stored
