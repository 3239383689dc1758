"""The form dialect: the Compatibility API's callbacks on the same seven statuses."""

from urllib.parse import urlencode

import pytest

from inspector.callbacks.compatibility import (
    judge_form,
    looks_like_status_callback,
    parse_form,
    unknown_form_fields,
)
from inspector.callbacks.problems import ProblemCode
from inspector.callbacks.status import Status
from tests.factories import MISSING, make_form


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("accepted", Status.QUEUED),
        ("scheduled", Status.QUEUED),
        ("queued", Status.QUEUED),
        ("sending", Status.INITIATED),
        ("sent", Status.SENT),
        ("delivered", Status.DELIVERED),
        ("undelivered", Status.UNDELIVERED),
        ("failed", Status.FAILED),
        ("canceled", Status.FAILED),
        ("read", Status.READ),
    ],
)
def test_statuses_are_mapped_to_those_of_the_specification(word: str, status: Status) -> None:
    message_id, facts, problems = judge_form(make_form(MessageStatus=word))

    assert problems == []
    assert facts.status is status
    assert message_id == make_form()["MessageSid"]


def test_a_form_tells_the_same_facts_as_a_payload() -> None:
    _, facts, problems = judge_form(
        make_form(MessageStatus="failed", ErrorCode="30003", ErrorMessage="Unreachable", NumSegments="2", NumMedia="1")
    )

    assert problems == []
    assert (facts.project_id, facts.from_, facts.to) == (
        make_form()["AccountSid"],
        make_form()["From"],
        make_form()["To"],
    )
    assert (facts.error_code, facts.error_message, facts.number_of_segments) == ("30003", "Unreachable", 2)
    assert facts.kind == "mms"
    assert facts.timestamp is None


@pytest.mark.parametrize(("media", "kind"), [("0", "sms"), ("1", "mms"), ("10", "mms"), (MISSING, None)])
def test_media_make_an_mms(media: object, kind: str | None) -> None:
    assert judge_form(make_form(NumMedia=media))[1].kind == kind


def test_empty_error_fields_are_no_error() -> None:
    _, facts, _ = judge_form(make_form(ErrorCode="", ErrorMessage=""))

    assert (facts.error_code, facts.error_message) == (None, None)


def test_the_older_names_serve_too() -> None:
    form = make_form(MessageSid=MISSING, MessageStatus=MISSING, SmsSid="SM1", SmsStatus="sent")

    message_id, facts, problems = judge_form(form)

    assert (message_id, facts.status, problems) == ("SM1", Status.SENT, [])


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"MessageSid": MISSING}, [("$.MessageSid", "missing")]),
        ({"MessageSid": ""}, [("$.MessageSid", "missing")]),
        ({"MessageStatus": MISSING}, [("$.MessageStatus", "missing")]),
        ({"MessageStatus": "Sent"}, [("$.MessageStatus", "enum")]),
        ({"MessageStatus": ""}, [("$.MessageStatus", "enum")]),
        ({"MessageStatus": MISSING, "SmsStatus": "gone"}, [("$.SmsStatus", "enum")]),
        ({"NumSegments": "one"}, [("$.NumSegments", "type")]),
        ({"NumSegments": "-1"}, [("$.NumSegments", "type")]),
        ({"NumMedia": "１"}, [("$.NumMedia", "type")]),
        (
            {"MessageSid": MISSING, "MessageStatus": "gone", "NumSegments": "", "NumMedia": "x"},
            [
                ("$.MessageSid", "missing"),
                ("$.MessageStatus", "enum"),
                ("$.NumSegments", "type"),
                ("$.NumMedia", "type"),
            ],
        ),
    ],
    ids=str,
)
def test_every_breach_of_a_form_is_told(changes: dict[str, object], expected: list[tuple[str, str]]) -> None:
    _, _, problems = judge_form(make_form(**changes))

    assert [(problem.path, problem.code.value) for problem in problems] == expected


@pytest.mark.parametrize("word", ["receiving", "received"])
def test_a_status_of_an_inbound_message_is_told_apart(word: str) -> None:
    _, facts, (problem,) = judge_form(make_form(MessageStatus=word))

    assert facts.status is None
    assert problem.code is ProblemCode.ENUM
    assert "inbound" in problem.text


def test_a_form_is_decoded_and_its_first_values_count() -> None:
    parameters, problems = parse_form("Body=Gr%C3%BC%C3%9Fe+%26+mehr&Body=two&Empty=&To=%2B1555")

    assert parameters == {"Body": "Grüße & mehr", "Empty": "", "To": "+1555"}
    assert problems == []


def test_a_value_that_is_not_utf_8_is_told_and_shown() -> None:
    parameters, (problem,) = parse_form("Body=%FF&To=%2B1")

    assert problem.code is ProblemCode.ENCODING
    assert parameters == {"Body": "\ufffd", "To": "+1"}


def test_a_form_of_absurd_size_is_not_read() -> None:
    encoded = urlencode([(f"x{number}", "1") for number in range(1001)])

    parameters, (problem,) = parse_form(encoded)

    assert parameters == {}
    assert "1000 fields" in problem.text
    assert parse_form(encoded.rpartition("&")[0])[1] == []


@pytest.mark.parametrize("name", ["MessageSid", "SmsSid", "MessageStatus", "SmsStatus"])
def test_one_of_four_names_makes_a_status_callback(name: str) -> None:
    assert looks_like_status_callback({name: ""})
    assert not looks_like_status_callback({"CallSid": "CA1", "CallStatus": "ringing"})


def test_documented_fields_are_known_and_others_are_not() -> None:
    form = make_form(MediaUrl0="https://example.com/a.png", MediaContentType12="image/png", MediaUrlX="", Custom="1")

    assert unknown_form_fields(form) == ("MediaUrlX", "Custom")
