"""Reading JSON in pieces: the same values as Python's own reader gives, whatever is cut where."""

import io
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.session.exchange import json_stream
from inspector.session.exchange.json_stream import NotJson, pieces
from tests.strategies import json_values, texts

documents = st.dictionaries(texts, st.one_of(json_values, st.lists(json_values, max_size=6)), max_size=6)


@pytest.fixture(scope="module", autouse=True)
def small_chunks() -> Any:
    """One byte at a time, so that every value is cut everywhere."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_stream, "_CHUNK", 1)
        yield


def assembled(raw: bytes) -> dict[str, Any]:
    document: dict[str, Any] = {}
    for name, index, value in pieces(io.BytesIO(raw)):
        if index is None:
            document[name] = value
        else:
            assert index == len(document[name])
            document[name].append(value)
    return document


@given(documents, st.sampled_from([None, 0, 3]), st.booleans())
@settings(deadline=None)
def test_the_pieces_are_those_of_the_document(document: dict[str, Any], indent: int | None, ascii_only: bool) -> None:
    text = json.dumps(document, indent=indent, ensure_ascii=ascii_only)
    raw = text.encode("utf-8", "replace")

    assert repr(assembled(raw)) == repr(json.loads(raw))


def test_white_space_may_stand_everywhere_and_a_mark_at_the_beginning() -> None:
    raw = b'\xef\xbb\xbf \r\n{ "a" : [ ] ,\t"b" :[ 1 , [2] ] , "c":  -1.5e+3 } \n'

    assert assembled(raw) == {"a": [], "b": [1, [2]], "c": -1500.0}


def test_arrays_are_announced_before_their_items() -> None:
    parts = list(pieces(io.BytesIO(b'{"a": [5, 6], "b": 7, "a": []}')))

    assert parts == [("a", None, []), ("a", 0, 5), ("a", 1, 6), ("b", None, 7), ("a", None, [])]


@given(documents, st.data())
@settings(deadline=None)
def test_a_document_that_is_cut_off_is_refused(document: dict[str, Any], data: st.DataObject) -> None:
    raw = json.dumps(document).encode()
    length = data.draw(st.integers(0, len(raw) - 1))

    with pytest.raises(NotJson):
        assembled(raw[:length])


@given(st.one_of(st.binary(max_size=20), st.text('{}[]",:\\u0019eE+-.ntfrab \n', max_size=30).map(str.encode)))
@settings(max_examples=300, deadline=None)
def test_what_python_refuses_is_refused(raw: bytes) -> None:
    raw = b'{"a":' + raw
    try:
        expected = json.loads(raw.decode(), parse_constant=lambda _: 1 / 0)
    except (ValueError, ArithmeticError):
        expected = None
    if isinstance(expected, dict):
        assert list(assembled(raw)) == list(expected) or len(json.loads(raw, object_pairs_hook=list)) > len(expected)
    else:
        with pytest.raises(NotJson):
            assembled(raw)


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "“{” was expected (at character 1)"),
        (b'["a"]', "“{” was expected (at character 1)"),
        (b'{"a": 1 "b"', "“}” was expected (at character 9)"),
        (b'{"a": [1 2]}', "“]” was expected (at character 10)"),
        (b'{"a": 1} x', "more behind the end of the document (at character 10)"),
        (b'{"a": "\xff"}', "it is not UTF-8: invalid start byte"),
        (b'{"a": "\xc3', "it is not UTF-8"),
        (b'{"a": NaN}', "NaN is no JSON"),
        (b'{"a": [-Infinity]}', "-Infinity is no JSON"),
        (b'{"a": ' + b"[" * 100_000, "nested too deeply"),
        (b'{"a": [' + b"1" * 4400 + b"]}", "a number is too long"),
    ],
    ids=lambda value: repr(value)[:16],
)
def test_a_refusal_says_where_and_why(monkeypatch: pytest.MonkeyPatch, raw: bytes, says: str) -> None:
    monkeypatch.setattr(json_stream, "_CHUNK", 1 << 18)
    with pytest.raises(NotJson) as refused:
        assembled(raw)

    assert says in str(refused.value)


def test_a_place_is_counted_over_all_that_was_read() -> None:
    raw = b'{"a": [' + b"1, " * 1000 + b"x]}"

    with pytest.raises(NotJson, match=r"at character 3,008\)"):
        assembled(raw)


def test_little_is_held_and_damage_is_met_early(monkeypatch: pytest.MonkeyPatch) -> None:
    class Counted(io.BytesIO):
        most = 0

        def read(self, size: int | None = -1) -> bytes:
            assert size is not None
            self.most = max(self.most, size)
            return super().read(size)

    monkeypatch.setattr(json_stream, "_CHUNK", 100)
    item = json.dumps({"text": "x" * 50}).encode()
    good = Counted(b'{"a": [' + b",".join([item] * 2000) + b"]}")
    broken = Counted(b'{"a": [' + item + b', {"b" "c"}, ' + b",".join([item] * 2000) + b"]}")

    assert len(list(pieces(good))) == 2001
    with pytest.raises(NotJson, match="delimiter"):
        list(pieces(broken))

    assert good.most <= 200
    assert broken.tell() <= 300


def test_an_entry_of_absurd_length_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_stream, "_LONGEST", 1000)

    assert assembled(b'{"a": "' + b"x" * 500 + b'"}')
    with pytest.raises(NotJson, match="longer than this program reads"):
        assembled(b'{"a": "' + b"x" * 5000 + b'"}')
