import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from inspector.ui.detail.raw_text import pretty_json, raw_text

values: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text()),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)),
    max_leaves=20,
)


def test_utf8_is_shown_as_it_is() -> None:
    assert raw_text("{\r\n\t“é” 🎉}".encode()).text == "{\r\n\t“é” 🎉}"


def test_other_bytes_are_escaped_and_counted() -> None:
    raw = raw_text(b"a\xff\xfeb\xc3")
    assert raw.text == r"a\xff\xfeb\xc3"
    assert raw.escaped == 3


def test_what_would_be_invisible_is_escaped() -> None:
    assert raw_text("\x00\x1b[31m\u202etxt\x85".encode()).text == r"\x00\x1b[31m\u202etxt\x85"


@given(values)
def test_laying_out_changes_no_value(value: Any) -> None:
    for compact in (json.dumps(value), json.dumps(value, ensure_ascii=False, indent=1)):
        pretty = pretty_json(compact)
        assert pretty is not None
        assert json.loads(pretty) == value


def test_a_member_a_line_and_numbers_as_they_were() -> None:
    pretty = pretty_json('{"a":1.0,"b":[1E3,{}],"c":"x,{y}\\""}')
    assert pretty == '{\n  "a": 1.0,\n  "b": [\n    1E3,\n    {}\n  ],\n  "c": "x,{y}\\""\n}'


def test_what_would_be_too_long_is_not_laid_out() -> None:
    depth = 900
    assert pretty_json("[" * depth + "1," * 100_000 + "1" + "]" * depth) is None
