"""The JSON dialect: our verdict is that of a JSON Schema validator, and every breach is named."""

import json
import re
import time
from collections import Counter
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import example, given, settings

from inspector.callbacks.payload import (
    FIELDS,
    MessageStatusCallback,
    UnreadableJson,
    read_json,
    readable_integer,
    unknown_fields,
    validate,
)
from inspector.callbacks.problems import ProblemCode
from inspector.callbacks.status import Status
from inspector.runtime.resources import read_text
from tests.factories import MISSING, make_judgement, make_payload
from tests.strategies import payloads, texts_of_objects

# The structure of the specification's OpenAPI text, keyword by keyword, descriptions left out.
SPECIFICATION: dict[str, Any] = {
    "type": "object",
    "properties": {
        "id": {"type": "string"},
        "project_id": {"type": "string"},
        "status": {
            "$ref": "#/components/schemas/WebhooksMessageStatusCallbackPayloadContentApplicationJsonSchemaStatus"
        },
        "to": {"type": "string"},
        "from": {"type": "string"},
        "body": {"type": "string"},
        "number_of_segments": {"type": "integer"},
        "timestamp": {"type": "string", "format": "date-time"},
        "error_code": {"type": ["string", "null"]},
        "error_message": {"type": ["string", "null"]},
    },
    "required": [
        "id",
        "project_id",
        "status",
        "to",
        "from",
        "body",
        "number_of_segments",
        "timestamp",
        "error_code",
        "error_message",
    ],
    "components": {
        "schemas": {
            "WebhooksMessageStatusCallbackPayloadContentApplicationJsonSchemaStatus": {
                "type": "string",
                "enum": ["queued", "initiated", "sent", "delivered", "undelivered", "failed", "read"],
                "title": "WebhooksMessageStatusCallbackPayloadContentApplicationJsonSchemaStatus",
            }
        }
    },
}
OURS: dict[str, Any] = json.loads(read_text("message-status-callback.schema.json"))
VALIDATORS = [
    # OpenAPI 3.1 schemas are JSON Schema 2020-12.
    jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
    for schema in (OURS, SPECIFICATION)
]


def printable(value: Any) -> Any:
    """`value` without lone surrogates, which the validator cannot hold; no rule of the contract looks at them."""
    return json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))


def broken_fields(validator: jsonschema_rs.Draft202012Validator, payload: Any) -> set[str]:
    fields = set()
    for error in validator.iter_errors(payload):
        missing = re.fullmatch(r'"(\w+)" is a required property', error.message)
        fields.add(str(error.instance_path[0]) if missing is None else missing[1])
    return fields


@given(payloads())
@settings(max_examples=600, deadline=None)
@example(make_payload(number_of_segments=True))
@example(make_payload(number_of_segments=1.0))
@example(make_payload(number_of_segments=1.5))
@example(make_payload(number_of_segments="1"))
@example(make_payload(number_of_segments=10**400))
@example(make_payload(timestamp="1998-12-31T23:59:60Z"))
@example(make_payload(timestamp="2026-02-30T00:00:00Z"))
@example(make_payload(status="Delivered"))
@example(make_payload(status=None))
@example(make_payload(error_code=30003))
@example(make_payload(body="\ud800", **{"\udfff": {"\ud800": 1}}))
@example(make_payload(custom_variables=[1]))
def test_the_verdict_is_that_of_a_json_schema_validator(payload: dict[str, Any]) -> None:
    judgement = make_judgement(json.dumps(payload).encode())

    ours = {problem.path.removeprefix("$.") for problem in judgement.problems}
    for validator in VALIDATORS:
        assert judgement.valid == validator.is_valid(printable(payload))
        assert ours == broken_fields(validator, printable(payload))


@pytest.mark.parametrize("payload", [[], "text", 1, None, True, [make_payload()]])
def test_what_is_no_object_is_valid_to_nobody(payload: object) -> None:
    judgement = make_judgement(json.dumps(payload).encode())

    assert not judgement.valid
    assert [(problem.path, problem.code) for problem in judgement.problems] == [("$", ProblemCode.JSON)]
    assert not any(validator.is_valid(payload) for validator in VALIDATORS)


def test_the_published_schema_names_the_fields_of_the_contract() -> None:
    assert tuple(OURS["properties"]) == FIELDS
    assert OURS["required"] == list(FIELDS[:10])
    assert OURS["properties"]["status"]["enum"] == [status.value for status in Status]
    assert "type" not in OURS["properties"]["custom_variables"]


def test_a_valid_payload_is_read_unchanged() -> None:
    callback, problems = validate(make_payload(status="sent", number_of_segments=2.0, error_code="", from_=""))

    assert problems == []
    assert isinstance(callback, MessageStatusCallback)
    assert callback.status is Status.SENT
    assert callback.number_of_segments == 2
    assert type(callback.number_of_segments) is int
    assert (callback.error_code, callback.from_) == ("", "")


@pytest.mark.parametrize("name", FIELDS[:10])
def test_each_field_is_required(name: str) -> None:
    callback, problems = validate(make_payload(**{name: MISSING}))

    assert callback is None
    assert [(problem.path, problem.code) for problem in problems] == [(f"$.{name}", ProblemCode.MISSING)]
    assert name in problems[0].text


@pytest.mark.parametrize(
    ("name", "value", "code", "text"),
    [
        ("id", 7, ProblemCode.TYPE, "must be a string, not a number"),
        ("to", None, ProblemCode.TYPE, "must be a string, not null"),
        ("from", ["+1"], ProblemCode.TYPE, "must be a string, not an array"),
        ("body", {"text": "Hi"}, ProblemCode.TYPE, "must be a string, not an object"),
        ("project_id", True, ProblemCode.TYPE, "must be a string, not a boolean"),
        ("status", "sennt", ProblemCode.ENUM, "queued, initiated, sent, delivered, undelivered, failed, read"),
        ("status", "SENT", ProblemCode.ENUM, "must be one of"),
        ("status", 3, ProblemCode.TYPE, "must be a string, not a number"),
        ("number_of_segments", "1", ProblemCode.TYPE, "must be an integer, not a string"),
        ("number_of_segments", 1.5, ProblemCode.TYPE, "must be an integer, not a number with a fraction"),
        ("number_of_segments", False, ProblemCode.TYPE, "must be an integer, not a boolean"),
        ("timestamp", "2026-03-17 22:26:57", ProblemCode.FORMAT, "RFC 3339"),
        ("timestamp", 1_773_786_417, ProblemCode.TYPE, "must be a string, not a number"),
        ("error_code", 30003, ProblemCode.TYPE, "must be a string or null, not a number"),
        ("error_message", False, ProblemCode.TYPE, "must be a string or null, not a boolean"),
    ],
)
def test_a_breach_says_where_what_and_why(name: str, value: object, code: ProblemCode, text: str) -> None:
    _, problems = validate(make_payload(**{name: value}))

    (problem,) = problems
    assert (problem.path, problem.code) == (f"$.{name}", code)
    assert text in problem.text
    assert name in problem.text


def test_every_breach_is_told_in_the_order_of_the_fields() -> None:
    payload = make_payload(
        id=1, project_id=MISSING, status="gone", to=None, body=[], number_of_segments="1", timestamp="now", error_code=5
    )

    _, problems = validate(payload)

    assert [(problem.path, problem.code.value) for problem in problems] == [
        ("$.id", "type"),
        ("$.project_id", "missing"),
        ("$.status", "enum"),
        ("$.to", "type"),
        ("$.body", "type"),
        ("$.number_of_segments", "type"),
        ("$.timestamp", "format"),
        ("$.error_code", "type"),
    ]


def test_an_empty_object_misses_all_ten_fields() -> None:
    _, problems = validate({})

    assert [problem.path for problem in problems] == [f"$.{name}" for name in FIELDS[:10]]
    assert {problem.code for problem in problems} == {ProblemCode.MISSING}


@pytest.mark.parametrize("value", [None, "text", 1, ["a"], {"a": {"b": 1}}])
def test_custom_variables_are_not_constrained(value: object) -> None:
    callback, problems = validate(make_payload(custom_variables=value))

    assert problems == []
    assert callback is not None
    assert callback.custom_variables == value
    assert unknown_fields(make_payload(custom_variables=value)) == ()


@pytest.mark.parametrize("name", ["", "media", "from_", "__class__", "model_fields_set", "\ud800", "$ref", "Ünï"])
def test_other_fields_are_allowed_whatever_their_names(name: str) -> None:
    payload = make_payload(zz=1) | {name: 2}

    callback, problems = validate(payload)

    assert callback is not None
    assert callback.from_ == payload["from"]
    assert problems == []
    assert unknown_fields(payload) == ("zz", name)


def test_no_more_than_a_hundred_unknown_fields_are_named() -> None:
    names = unknown_fields(make_payload(**{f"x{number}": 1 for number in range(150)}))

    assert names == tuple(f"x{number}" for number in range(100))


def test_names_that_come_twice_are_told_at_every_depth() -> None:
    text = '{"a": 1, "b": [{"c": 1, "d": {"e": 1, "e": 2}, "c": 3}], "a": {"f": 1, "f": 1}}'

    value, problems = read_json(text)

    assert value == {"a": {"f": 1}, "b": [{"c": 3, "d": {"e": 2}}]}
    assert {(problem.path, problem.value) for problem in problems} == {
        ("$.a", "an object with 1 members"),
        ("$.a.f", 1),
        ("$.b[0].c", 3),
        ("$.b[0].d.e", 2),
    }
    assert {problem.code for problem in problems} == {ProblemCode.JSON}


@given(texts_of_objects())
@settings(max_examples=500)
def test_every_repeated_name_is_told_and_nothing_else(text: str) -> None:
    repeated = 0

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal repeated
        repeated += sum(1 for count in Counter(name for name, _ in pairs).values() if count > 1)
        return dict(pairs)

    expected = json.loads(text, object_pairs_hook=members)
    value, problems = read_json(text)

    assert (value, bool(problems)) == (expected, repeated > 0)


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity"])
def test_constants_that_json_lacks_are_told_with_their_place(word: str) -> None:
    _, problems = read_json(f'{{"a": [0, {word}], "b": 1e400}}')

    (problem,) = problems
    assert (problem.path, problem.code) == ("$.a[1]", ProblemCode.JSON)
    assert "RFC 8259" in problem.text
    json.dumps(problem.as_json(), allow_nan=False)


def test_oddities_are_found_however_deep_they_lie() -> None:
    _, shallow = read_json("[" * 150 + "NaN" + "]" * 150)
    _, deep = read_json('{"a":' + "[" * 400 + "NaN" + "]" * 400 + "}")

    assert shallow[0].path == "$" + "[0]" * 150
    assert [(problem.path, problem.code) for problem in deep] == [("$", ProblemCode.JSON)]
    assert "Nested deeper" in deep[0].text


@pytest.mark.parametrize(
    "text",
    [
        '{"a": [' + "NaN," * 200_000 + "0]}",
        "{" + ",".join(f'"k{number % 75_000}": 1' for number in range(100_000)) + "}",
    ],
    ids=["constants", "repeated names"],
)
def test_a_hostile_body_is_judged_quickly_and_its_problems_are_bounded(text: str) -> None:
    before = time.process_time()
    _, problems = read_json(text)
    spent = time.process_time() - before

    assert len(problems) == 101
    assert "the first 100" in problems[-1].text
    assert spent < 5  # a count that is quadratic takes a minute


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        (" \n ", "empty"),
        ("{", "line 1, column 2"),
        ('{"a": 1,}', "not JSON"),
        ("{'a': 1}", "not JSON"),
        ('{"a": 01}', "not JSON"),
        ('{"a": "\n"}', "not JSON"),
        ("{} {}", "not JSON"),
        ("\ufeff{}", "not JSON"),
        ("[" * 100_000, "nested too deeply"),
        ('{"a":' * 100_000, "nested too deeply"),
    ],
)
def test_what_is_no_json_is_refused_with_its_place(text: str, says: str) -> None:
    with pytest.raises(UnreadableJson) as refused:
        read_json(text)

    assert refused.value.problem.code is ProblemCode.JSON
    assert says in refused.value.problem.text


LONG = "1" + "0" * 5000


@pytest.mark.parametrize(
    ("literal", "number"),
    [
        ("1.0", 1),
        ("-0.0", 0),
        ("1e2", 100),
        ("1E400", 10**400),
        ("1" * 4000, int("1" * 4000)),
        (LONG, 2**63),  # an integer to the specification; its exact value is of no use to anyone
        (f"-{LONG}", -(2**63)),
        ("1e999999", 2**63),
    ],
    ids=lambda value: str(value)[:12] if isinstance(value, str) else "",
)
def test_integers_of_every_length_are_integers(literal: str, number: int) -> None:
    text = json.dumps(make_payload(number_of_segments=0)).replace(
        '"number_of_segments": 0', f'"number_of_segments": {literal}'
    )

    payload, oddities = read_json(text)
    callback, problems = validate(payload)

    assert oddities == []
    assert problems == []
    assert callback is not None
    assert callback.number_of_segments == number
    assert type(callback.number_of_segments) is int


@pytest.mark.parametrize("literal", ["1.5", "1e-1", "1" * 400 + ".5"], ids=["short", "exponent", "long"])
def test_numbers_with_a_fraction_are_no_integers(literal: str) -> None:
    text = json.dumps(make_payload(number_of_segments=0)).replace(
        '"number_of_segments": 0', f'"number_of_segments": {literal}'
    )

    _, problems = validate(read_json(text)[0])

    (problem,) = problems
    assert "not a number with a fraction" in problem.text


def test_a_long_number_elsewhere_changes_nothing_else() -> None:
    text = json.dumps(make_payload(id=5, custom_variables={"a": 7}))[:-1] + f', "x": {LONG}}}'

    payload, _ = read_json(text)
    _, problems = validate(payload)

    (problem,) = problems
    assert (problem.path, problem.value) == ("$.id", 5)
    assert "not a number" in problem.text
    assert payload["custom_variables"] == {"a": 7}


@pytest.mark.parametrize(
    ("value", "number"), [(3, 3), (3.0, 3), (-1, -1), (3.5, None), (True, None), ("3", None), (None, None), ([], None)]
)
def test_an_integer_of_a_broken_payload_is_still_readable(value: object, number: int | None) -> None:
    assert readable_integer(value) == number


def test_ranks_and_terminal_statuses() -> None:
    assert [status.rank for status in Status] == [0, 1, 2, 3, 3, 3, 4]
    assert [status.value for status in Status if status.terminal] == ["delivered", "undelivered", "failed", "read"]
