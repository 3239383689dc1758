"""Problems as data: their severities, the values they show, and their JSONPaths."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.callbacks.problems import Problem, ProblemCode, Severity, json_type, member_path, shown_value
from tests.strategies import json_values


def test_only_the_envelope_is_a_warning() -> None:
    warnings = {code.value for code in ProblemCode if code.severity is Severity.WARNING}

    assert warnings == {"content_type", "method"}
    assert {code.severity for code in ProblemCode} == {Severity.WARNING, Severity.ERROR}


def test_a_problem_has_the_form_of_the_session_json() -> None:
    problem = Problem("$.status", ProblemCode.ENUM, "“status” must be one of …", "sennt")

    assert problem.as_json() == {
        "path": "$.status",
        "code": "enum",
        "severity": "error",
        "text": "“status” must be one of …",
        "value": "sennt",
    }
    assert list(problem.as_json()) == ["path", "code", "severity", "text", "value"]


@pytest.mark.parametrize("value", [None, True, False, 0, 1, -5, 2**63 - 1, -(2**63), 1.5, "", "text", "Grüße"])
def test_scalars_are_shown_as_they_are(value: object) -> None:
    shown = shown_value(value)

    assert shown == value
    assert type(shown) is type(value)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (float("nan"), "nan"),
        (float("-inf"), "-inf"),
        ({"a": 1, "b": 2}, "an object with 2 members"),
        ([1, 2, 3], "an array of 3"),
        ("x" * 201, "x" * 200 + "…"),
        ("\ud800", "?"),
        (Decimal("1E+400"), "1E+400"),
    ],
    ids=str,
)
def test_what_is_long_or_odd_is_shown_as_a_short_text(value: object, shown: str) -> None:
    assert shown_value(value) == shown


@given(json_values)
def test_whatever_is_shown_is_short_json(value: Any) -> None:
    encoded = json.dumps(shown_value(value), allow_nan=False, ensure_ascii=False).encode()

    assert len(encoded) < 1000


@pytest.mark.parametrize("value", [2**63, -(2**63) - 1, 10**5000], ids=["above", "below", "long"])
def test_a_huge_integer_is_shown_by_its_beginning(value: int) -> None:
    shown = shown_value(value)

    assert len(shown) < 80
    assert "over 64 bits" in shown


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (None, "null"),
        (True, "a boolean"),
        (1, "a number"),
        (1.5, "a number"),
        (Decimal(10) ** 400, "a number"),
        ("", "a string"),
        ([], "an array"),
        ({}, "an object"),
    ],
)
def test_types_are_named_as_json_names_them(value: object, name: str) -> None:
    assert json_type(value) == name


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("status", "$.status"),
        ("_private", "$._private"),
        ("a1", "$.a1"),
        ("1a", "$['1a']"),
        ("", "$['']"),
        ("with space", "$['with space']"),
        ("a.b", "$['a.b']"),
        ("it's", r"$['it\'s']"),
        ('"quoted"', "$['\"quoted\"']"),
        ("back\\slash", r"$['back\\slash']"),
        ("line\nend\x00", r"$['line\nend\u0000']"),
        ("Grüße", "$['Grüße']"),
    ],
)
def test_paths_are_those_of_rfc_9535(name: str, path: str) -> None:
    assert member_path("$", name) == path


@given(st.text(st.characters()))
def test_every_path_is_one_line_that_a_file_can_hold(name: str) -> None:
    path = member_path("$", name)

    path.encode()
    assert path.isprintable() or not any(ord(character) < 0x20 for character in path)
