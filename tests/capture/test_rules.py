"""Rules: which callbacks they are about, what they cannot be, and how they are put in words."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from inspector.capture.drills import DRILLS
from inspector.capture.redirects import Hop
from inspector.capture.rule_words import answer_words, condition_words
from inspector.capture.rules import Action, Attempts, Rule, RuleError, Rules
from tests.factories import make_callback, make_form_callback, stamp


@pytest.mark.parametrize(
    ("rule", "fits"),
    [
        ({}, True),
        ({"path": "/rest"}, True),
        ({"path": "/re"}, True),
        ({"path": "/swml"}, False),
        ({"path": "*/hook"}, True),
        ({"path": "/rest/?ook"}, True),
        ({"path": "/rest/*/hook"}, False),
        ({"status": "sent"}, True),
        ({"status": "failed"}, False),
        ({"number": "+1555123"}, True),
        ({"number": "(987) 0002"}, True),
        ({"number": "+4930"}, False),
        ({"path": "/rest", "status": "sent", "number": "0001"}, True),
        ({"path": "/rest", "status": "failed", "number": "0001"}, False),
        ({"attempt": 1}, True),
        ({"attempt": 2}, False),
        ({"enabled": False}, False),
    ],
)
def test_conditions(rule: dict[str, Any], fits: bool) -> None:
    callback = make_callback(target="/rest/hook?path=/swml#x", status="sent")
    assert (Rules([Rule(**rule)]).first(callback) is not None) is fits


def test_first_match_wins() -> None:
    rules = Rules([Rule(status="failed", code=500), Rule(path="/rest", code=503), Rule(code=404)])
    found = [rules.first(make_callback(target=target, status=status)) for target, status in
             (("/rest", "failed"), ("/rest", "sent"), ("/", "sent"))]  # fmt: skip
    assert [rule and rule.code for rule in found] == [500, 503, 404]


def test_form_dialect_is_known_by_its_fields() -> None:
    rules = Rules([Rule(status="delivered", number="+1555")])
    assert rules.first(make_form_callback(MessageStatus="delivered")) is not None
    assert rules.first(make_form_callback(MessageStatus="sent")) is None


def test_attempts_are_those_at_one_state_of_one_message() -> None:
    rules = Rules([Rule(attempt=2)])
    queued, sent = make_callback(), make_callback(status="sent", timestamp=stamp(1))
    assert [rules.first(one) is not None for one in (queued, sent, queued, queued, sent)] == [
        False, False, True, False, True,
    ]  # fmt: skip


def test_without_an_id_attempts_are_those_with_one_body() -> None:
    rules = Rules([Rule(attempt=2)])
    found = [rules.first(make_callback(body)) is not None for body in (b"[1]", b"[2]", b"[1]", b"[2]")]
    assert found == [False, False, True, True]


def test_attempts_are_forgotten_oldest_first() -> None:
    attempts = Attempts(most=2)
    assert [attempts.count((key,)) for key in "abacab"] == [1, 1, 2, 1, 3, 1]
    assert len(attempts) == 2


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"code": 99}, "HTTP status"),
        ({"code": 600}, "HTTP status"),
        ({"code": True}, "code"),
        ({"code": "500"}, "code"),
        ({"delay": -1}, "delay"),
        ({"delay": float("nan")}, "delay"),
        ({"delay": 1e9}, "delay"),
        ({"attempt": 10}, "attempt"),
        ({"filler": 1 << 30}, "size of the body"),
        ({"status": "sennt"}, "status"),
        ({"action": "explode"}, "nothing that a rule can do"),
        ({"action": "redirect", "code": 200}, "no redirect"),
        ({"action": "redirect", "code": 302, "redirects": 11}, "redirects"),
        ({"action": "redirect", "code": 302, "location": "http://x/\r\nSet-Cookie: a"}, "address"),
        ({"headers": [["X", "a\r\nY: b"]]}, "header"),
        ({"headers": [["X Y", "a"]]}, "header"),
        ({"headers": [["Content-Length", "3"]]}, "set by the program"),
        ({"headers": [["X"]]}, "header"),
        ({"headers": {"X": "a"}}, "headers"),
        ({"code": 204, "body": "x"}, "no body"),
        ({"body": "x" * (1 << 21)}, "too large"),
        ({"path": "/" * 3000}, "too long"),
        ({"body": "\ud800"}, "half a character"),
        ([], "no rule"),
        (None, "no rule"),
    ],
)
def test_what_a_rule_cannot_be(wrong: Any, words: str) -> None:
    with pytest.raises(RuleError, match=words):
        Rule.from_json(wrong)


@pytest.mark.parametrize("drill", DRILLS, ids=lambda drill: drill.key)
def test_a_rule_survives_the_settings(drill: Any) -> None:
    kept: Mapping[str, Any] = json.loads(json.dumps(drill.rule.as_json()))
    assert Rule.from_json(kept) == drill.rule
    assert Rule.from_json({**kept, "of a newer version": 1}) == drill.rule


@pytest.mark.parametrize(
    ("rule", "answer", "condition"),
    [
        (Rule(), "200 OK", "Every callback"),
        (
            Rule(code=500, delay=5.5, path="/rest", status="sent"),
            "500 Internal Server Error, after 5.5 s",
            "Path begins /rest · Status sent",
        ),
        (Rule(code=599, headers=(("A", "b"),), body="ü"), "599 with 1 header and a body of 2 bytes", "Every callback"),
        (Rule(filler=65_537, attempt=1), "200 OK with a body of 65,537 bytes", "The 1st attempt at each callback"),
        (Rule(action=Action.DROP, path="*x", attempt=2), "Hang up without an answer", "Path *x · 2nd attempt"),
        (Rule(action=Action.RESET, number="+1"), "Reset the connection", "To or From has +1"),
        (Rule(action=Action.REDIRECT, code=307, redirects=4), "4 redirects in a row (307)", "Every callback"),
        (Rule(action=Action.REDIRECT, code=301, location="http://x/"), "301 redirect to http://x/", "Every callback"),
    ],
)
def test_words(rule: Rule, answer: str, condition: str) -> None:
    assert (answer_words(rule), condition_words(rule)) == (answer, condition)


@pytest.mark.parametrize(
    ("target", "location"),
    [
        ("/rest", "/rest?inspector-redirect=302-2-1"),
        ("/rest?a=%20b&c#f", "/rest?a=%20b&c&inspector-redirect=302-2-1"),
        ("/rest?inspector-redirect=302-3-1&a=1", "/rest?a=1&inspector-redirect=302-2-1"),
        ("//other.example/x", "/other.example/x?inspector-redirect=302-2-1"),
        ("http://other.example/x?y", "/x?y&inspector-redirect=302-2-1"),
        ("*", "/*?inspector-redirect=302-2-1"),
    ],
)
def test_a_chain_leads_to_its_own_address(target: str, location: str) -> None:
    hop = Hop(302, 2, 1)
    assert hop.location(target) == location
    assert Hop.of(location) == hop


@pytest.mark.parametrize("mark", ["200-1-1", "302-99-1", "302-1-0", "302-1", "302-10-10", "x"])
def test_a_made_up_hop_is_none(mark: str) -> None:
    assert Hop.of(f"/rest?inspector-redirect={mark}") is None
