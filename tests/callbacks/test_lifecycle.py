"""The life of a message: the fold against a plain reading of the contract, and each finding with its opposite."""

from collections.abc import Iterable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.callbacks.findings import FindingCode
from inspector.callbacks.lifecycle import Arrival, Lifecycle, transition
from inspector.callbacks.problems import Severity
from inspector.callbacks.status import Status
from inspector.callbacks.timestamps import parse_timestamp
from tests.effort import lines_run
from tests.factories import MISSING, RECEIVED, STARTED, as_arrival, make_arrival, make_form_callback, stamp

Found = dict[str, set[int]]
SECOND = 1_000_000


def fold(arrivals: Iterable[Arrival]) -> tuple[Lifecycle, Found]:
    """The lifecycle, and the callbacks that each finding names."""
    life = Lifecycle()
    found: Found = {}
    for arrival in arrivals:
        for one in life.add(arrival)[1]:
            found.setdefault(one.code.value, set()).add(one.seq)
    return life, found


def told(*steps: tuple[str, float] | dict[str, Any]) -> list[Arrival]:
    """Callbacks in the order of arrival, each in time for its timestamp: (status, seconds), or a payload's changes."""
    arrivals = []
    for seq, step in enumerate(steps, 1):
        changes: dict[str, Any] = {"error_code": None}
        if isinstance(step, dict):
            changes |= step
        else:
            changes |= {"status": step[0], "timestamp": stamp(step[1]), "received": RECEIVED + int(step[1] * SECOND)}
        if changes.get("status") in ("undelivered", "failed") and not (isinstance(step, dict) and "error_code" in step):
            changes["error_code"] = "30003"
        arrivals.append(make_arrival(seq, **changes))
    return arrivals


def forms(*steps: tuple[str, float] | dict[str, Any]) -> list[Arrival]:
    """Callbacks of the form dialect: (status, seconds of arrival), or the parameters' changes."""
    arrivals = []
    for seq, step in enumerate(steps, 1):
        changes = step if isinstance(step, dict) else {"MessageStatus": step[0]}
        seconds = seq if isinstance(step, dict) else step[1]
        arrivals.append(as_arrival(seq, make_form_callback(received=RECEIVED + int(seconds * SECOND), **changes)))
    return arrivals


def states(life: Lifecycle) -> list[str]:
    return [one.status.value for one in life.transitions]


# The status


@pytest.mark.parametrize(
    ("steps", "status"),
    [
        ([("queued", 0)], "queued"),
        ([("queued", 0), ("initiated", 1), ("sent", 2), ("delivered", 3)], "delivered"),
        ([("delivered", 3), ("sent", 2), ("initiated", 1), ("queued", 0)], "delivered"),
        ([("sent", 0), ("queued", 0), ("initiated", 0)], "sent"),  # equal timestamps: by rank
        ([("delivered", 1), ("sent", 5)], "delivered"),  # a terminal one never gives way
        ([("sent", 5), ("failed", 1)], "failed"),
        ([("delivered", 2), ("read", 2)], "read"),
        ([("read", 9), ("delivered", 3)], "read"),
        ([("read", 2), ("delivered", 3)], "delivered"),  # latest by timestamp first
        ([("delivered", 2), ("failed", 3)], "failed"),
        ([("failed", 3), ("delivered", 2)], "failed"),
        ([("initiated", 5), ("sent", 3)], "initiated"),  # the later timestamp, though of a lower rank
        ([("queued", 0.25), ("initiated", 0.125)], "queued"),
    ],
)
def test_the_badge_is_the_latest_in_the_order_of_life(steps: list[tuple[str, float]], status: str) -> None:
    life, _ = fold(told(*steps))

    assert life.status == status


def test_the_outcome_of_two_with_one_timestamp_does_not_depend_on_the_arrival() -> None:
    one, _ = fold(told(("delivered", 2), ("undelivered", 2)))
    other, _ = fold(told(("undelivered", 2), ("delivered", 2)))

    assert one.status == other.status == "undelivered"


def test_offsets_are_instants_not_texts() -> None:
    life, found = fold(
        told(
            {"status": "initiated", "timestamp": "2026-03-17T22:26:58Z"},
            {"status": "queued", "timestamp": "2026-03-17T23:26:57+01:00"},
            {"status": "initiated", "timestamp": "2026-03-17T22:26:58.000+00:00"},
        )
    )

    assert states(life) == ["queued", "initiated"]
    assert found["duplicate"] == {3}
    assert life.transitions[0].timestamp == "2026-03-17T23:26:57+01:00"


def test_without_timestamps_the_arrival_stands_in() -> None:
    life, found = fold(forms(("queued", 0), ("sending", 60), ("sent", 120), ("delivered", 7200)))

    assert states(life) == ["queued", "initiated", "sent", "delivered"]
    assert [one.timestamp for one in life.transitions] == [None] * 4
    assert life.transitions[1].instant == (RECEIVED + 60 * SECOND) * 1000
    assert found == {}


def test_in_the_form_dialect_a_status_that_arrives_later_is_later() -> None:
    life, found = fold(forms(("sent", 0), ("queued", 1)))

    assert life.status == "queued"
    assert found == {"regression": {2}}


def test_a_status_that_comes_again_in_the_form_dialect_is_a_retry() -> None:
    life, found = fold(forms(("sent", 0), ("delivered", 1), ("sent", 9)))

    assert (life.status, states(life)) == ("delivered", ["sent", "delivered"])
    assert found == {"duplicate": {3}}


def test_nothing_valid_makes_no_status() -> None:
    life, found = fold(told({"status": "gone"}))

    assert (life.status, life.current, life.transitions, life.latest_arrival) == (None, None, [], None)
    assert (life.delivered_after(), life.strip(9)) == (None, "")
    assert found == {}


# The rest of the fold


def test_the_newest_error_stays() -> None:
    late = {"status": "failed", "timestamp": stamp(5), "error_code": "30008", "error_message": "later"}
    early = {"status": "sent", "timestamp": stamp(1), "error_code": "30001", "error_message": "earlier"}
    calm = {"status": "delivered", "timestamp": stamp(9)}

    for order in ([late, early, calm], [calm, early, late], [early, calm, late]):
        life, _ = fold(told(*order))
        assert life.error == ("30008", "later")


def test_an_error_with_a_message_only_counts() -> None:
    life, _ = fold(told({"status": "failed", "error_code": None, "error_message": "no reason"}))

    assert life.error == (None, "no reason")


def test_the_error_of_an_invalid_callback_does_not_count() -> None:
    life, _ = fold(told(("sent", 1), {"status": "gone", "error_code": "30003", "timestamp": stamp(9)}))

    assert life.error is None


def test_time_to_delivered_is_by_the_senders_clock() -> None:
    life, _ = fold(told(("delivered", 4.5), ("queued", 1)))

    assert life.delivered_after() == 3500
    assert fold(told(("delivered", 4)))[0].delivered_after() is None
    assert fold(told(("queued", 1), ("sent", 4)))[0].delivered_after() is None


def test_the_latest_arrival_is_that_of_a_transition() -> None:
    arrivals = [make_arrival(1, received=RECEIVED), make_arrival(2, received=RECEIVED + 9 * SECOND)]

    life, _ = fold(arrivals)

    assert life.latest_arrival == RECEIVED  # the second is a duplicate


def test_the_strip_has_the_last_letters_of_the_life() -> None:
    life, _ = fold(told(("read", 6), ("queued", 1), ("delivered", 5), ("initiated", 2), ("sent", 3)))

    assert (life.strip(9), life.strip(2)) == ("qisdr", "dr")


def test_custom_variables_are_kept() -> None:
    life, _ = fold(
        told(
            {"custom_variables": {"a": "1"}},
            {"status": "sent", "timestamp": stamp(1)},
            {"status": "read", "timestamp": stamp(2), "custom_variables": "not an object"},
        )
    )

    assert life.custom_variables == {"a": "1"}


def test_an_invalid_callback_is_no_transition_but_fills_what_is_not_known_yet() -> None:
    life, found = fold(told({"timestamp": "soon", "to": "+1"}, {"timestamp": "soon", "to": "+2", "body": "text"}))

    assert states(life) == []
    assert (life.identity.to, life.identity.number_of_segments) == ("+1", 1)
    assert found == {}


def test_the_first_valid_callback_says_who_it_is() -> None:
    arrivals = told(
        {"timestamp": "soon", "to": "+1", "body": "wrong"},
        {"to": "+2", "body": "right"},
        {"status": "gone", "to": "+3"},
    )

    life, found = fold(arrivals)

    assert (life.identity.to, life.identity.body) == ("+2", "right")
    assert found == {}


# Findings: each where it is due, and where it is not


def test_a_duplicate_is_the_same_status_and_timestamp_again() -> None:
    life, found = fold(told(("sent", 1), ("sent", 1), ("sent", 1)))

    assert states(life) == ["sent"]
    assert found == {"duplicate": {2, 3}}


def test_another_timestamp_or_status_is_no_duplicate() -> None:
    life, found = fold(told(("sent", 1), ("sent", 2), ("delivered", 2)))

    assert states(life) == ["sent", "sent", "delivered"]
    assert found == {}


def test_a_duplicate_counts_whatever_else_it_says() -> None:
    _, found = fold(told({"status": "sent"}, {"status": "sent", "body": "another"}))

    assert found == {"duplicate": {2}, "identity_changed": {2}}


@pytest.mark.parametrize(
    ("steps", "late_ones"),
    [
        ([("initiated", 2), ("queued", 1)], {2}),
        ([("initiated", 1), ("queued", 1)], {2}),  # equal timestamps: by rank
        ([("delivered", 3), ("sent", 2), ("queued", 1)], {2, 3}),
        ([("queued", 1), ("initiated", 1), ("sent", 1)], set()),
        ([("delivered", 1), ("undelivered", 1)], set()),  # neither is later
        ([("queued", 1), ("delivered", 2)], set()),  # skipping states is normal
    ],
)
def test_out_of_order(steps: list[tuple[str, float]], late_ones: set[int]) -> None:
    assert fold(told(*steps))[1].get("out_of_order", set()) == late_ones


@pytest.mark.parametrize(
    ("steps", "named"),
    [
        ([("sent", 1), ("queued", 2)], {2}),
        ([("queued", 2), ("sent", 1)], {1}),  # in whichever order they arrive
        ([("sent", 1), ("initiated", 2), ("queued", 3)], {2, 3}),
        ([("sent", 1), ("queued", 1)], set()),  # not later
        ([("delivered", 1), ("sent", 2)], set()),  # one of them is terminal
        ([("queued", 1), ("sent", 2)], set()),
        ([("sent", 1), ("sent", 2)], set()),  # the same rank
    ],
)
def test_regression(steps: list[tuple[str, float]], named: set[int]) -> None:
    assert fold(told(*steps))[1].get("regression", set()) == named


@pytest.mark.parametrize(
    ("steps", "named"),
    [
        ([("delivered", 1), ("sent", 2)], {2}),
        ([("sent", 2), ("delivered", 1)], {1}),
        ([("queued", 3), ("sent", 2), ("failed", 1)], {1, 2}),
        ([("delivered", 1), ("sent", 1)], set()),  # not later
        ([("sent", 1), ("delivered", 2)], set()),
        ([("delivered", 1), ("read", 2)], set()),  # read is terminal too
    ],
)
def test_after_terminal(steps: list[tuple[str, float]], named: set[int]) -> None:
    assert fold(told(*steps))[1].get("after_terminal", set()) == named


@pytest.mark.parametrize(
    ("steps", "named"),
    [
        ([("delivered", 1), ("failed", 2)], {1, 2}),
        ([("undelivered", 1), ("failed", 1)], {1, 2}),
        ([("delivered", 1), ("undelivered", 2), ("failed", 3)], {1, 2, 3}),
        ([("failed", 1), ("read", 2)], {1, 2}),
        ([("read", 2), ("undelivered", 1)], {1, 2}),
        ([("undelivered", 1), ("read", 1)], {1, 2}),  # equal timestamps: read comes after
        ([("read", 1), ("failed", 2)], set()),  # read before the failure
        ([("delivered", 1), ("read", 2)], set()),
        ([("delivered", 1), ("delivered", 2)], set()),  # the same outcome
        ([("sent", 1), ("failed", 2)], set()),
    ],
)
def test_conflicting_terminal(steps: list[tuple[str, float]], named: set[int]) -> None:
    assert fold(told(*steps))[1].get("conflicting_terminal", set()) == named


@pytest.mark.parametrize("status", ["undelivered", "failed"])
def test_a_failure_needs_an_error_code(status: str) -> None:
    without = told({"status": status, "error_code": None, "error_message": "Unreachable"})
    with_one = told({"status": status, "error_code": ""})  # an empty string is a string

    assert fold(without)[1] == {"failure_without_error": {1}}
    assert fold(with_one)[1] == {}


@pytest.mark.parametrize("status", ["queued", "initiated", "sent", "delivered", "read"])
def test_an_error_code_needs_a_failure(status: str) -> None:
    assert fold(told({"status": status, "error_code": "30003"}))[1] == {"error_without_failure": {1}}
    assert fold(told({"status": status, "error_message": "only words"}))[1] == {}


@pytest.mark.parametrize(
    "change", [{"to": "+1"}, {"from_": "+1"}, {"project_id": "p"}, {"body": "Another text"}, {"number_of_segments": 2}]
)
def test_what_names_a_message_must_not_change(change: dict[str, Any]) -> None:
    _, found = fold(told({}, {"status": "sent", **change}, {"status": "delivered"}))

    assert found.pop("identity_changed") == {2}
    assert found.keys() <= {"segment_mismatch"}


def test_a_changed_identity_is_an_error_for_each_field() -> None:
    life = Lifecycle()
    first, second = told({}, {"status": "sent", "to": "+1", "body": "Another"})
    life.add(first)

    remarks = life.add(second)[1]

    assert [(one.code, one.severity) for one in remarks] == [(FindingCode.IDENTITY_CHANGED, Severity.ERROR)] * 2
    assert ["“to”" in one.text or "“body”" in one.text for one in remarks] == [True, True]
    assert life.identity.to == "+15551230001"


def test_what_may_differ_is_no_change_of_identity() -> None:
    one = {"custom_variables": {"a": 1}}
    other = {"status": "failed", "error_code": "1", "error_message": "x", "custom_variables": {"b": 1}}

    assert fold(told(one, other))[1] == {}


@pytest.mark.parametrize(("bodies", "named"), [(["text", ""], 2), (["", "text"], 1), (["", "", "text"], 1)])
def test_an_emptied_body_is_a_redaction_whichever_comes_first(bodies: list[str], named: int) -> None:
    statuses = ("queued", "sent", "delivered")
    life = Lifecycle()
    remarks = []
    for arrival in told(*({"status": status, "body": body} for status, body in zip(statuses, bodies, strict=False))):
        remarks += life.add(arrival)[1]

    assert [(one.code.value, one.severity, one.seq) for one in remarks] == [("identity_changed", Severity.INFO, named)]
    assert life.identity.body == "text"


def test_bodies_that_are_all_empty_are_no_redaction() -> None:
    assert fold(told({"body": ""}, {"body": "", "status": "sent"}))[1] == {}


def test_an_invalid_callback_changes_no_identity() -> None:
    assert fold(told({}, {"status": "gone", "to": "+1", "body": "Another"}))[1] == {}


@pytest.mark.parametrize(
    ("body", "segments", "mismatch"),
    [
        ("short", 1, False),
        ("short", 2, True),
        ("short", 0, True),
        ("x" * 160, 1, False),
        ("x" * 161, 2, False),
        ("x" * 161, 1, True),
        ("ж" * 71, 2, False),
        ("ж" * 71, 1, True),
        ("", 7, False),  # an empty body says nothing
        ("x", 10**400, True),
    ],
    ids=lambda value: str(value)[:8],
)
def test_segments_are_what_the_body_needs(body: str, segments: int, mismatch: bool) -> None:
    _, found = fold(told({"body": body, "number_of_segments": segments}))

    assert found == ({"segment_mismatch": {1}} if mismatch else {})


def test_a_mismatch_says_what_the_body_needs() -> None:
    ((_, (one,)),) = [Lifecycle().add(arrival) for arrival in told({"body": "€" * 81, "number_of_segments": 1})]

    assert "2 in GSM-7 (162 of 153 units each), not 1" in one.text


@pytest.mark.parametrize("change", [{"to": "whatsapp:+15551230001"}, {"from_": "whatsapp:+15551230001"}])
def test_whatsapp_has_no_segments(change: dict[str, str]) -> None:
    assert fold(told({"number_of_segments": 9, **change}))[1] == {}


def test_an_mms_has_no_segments() -> None:
    mms = {"MessageStatus": "sent", "NumSegments": "9", "NumMedia": "1"}

    assert fold(forms(mms))[1] == {}
    assert fold(forms(mms | {"NumMedia": "0"}))[1] == {"segment_mismatch": {1}}


@pytest.mark.parametrize(
    ("gap", "found"),
    [
        (30 * SECOND, {}),
        (30 * SECOND + 1, {"late": {1}}),
        (0, {}),
        (-5 * SECOND, {}),
        (-5 * SECOND - 1, {"clock_skew": {1}}),
        (365 * 86_400 * SECOND, {"late": {1}}),
    ],
)
def test_late_and_clock_skew_have_sharp_bounds(gap: int, found: Found) -> None:
    assert fold([make_arrival(1, received=STARTED + gap)])[1] == found


def test_late_is_measured_below_the_microsecond() -> None:
    exact = make_arrival(1, received=STARTED + 30 * SECOND, timestamp="2026-03-17T22:26:57Z")
    beyond = make_arrival(1, received=STARTED + 30 * SECOND, timestamp="2026-03-17T22:26:56.999999999Z")

    assert (fold([exact])[1], fold([beyond])[1]) == ({}, {"late": {1}})


def test_a_late_duplicate_is_both() -> None:
    arrivals = [make_arrival(1, status="sent"), make_arrival(2, status="sent", received=STARTED + 60 * SECOND)]

    assert fold(arrivals)[1] == {"duplicate": {2}, "late": {2}}


def test_the_form_dialect_has_no_clock_to_compare() -> None:
    assert fold(forms(("queued", 0), ("sent", 3600)))[1] == {}


def test_unknown_fields_are_named_one_by_one() -> None:
    first, second = told({"media": [], "custom_variables": {}}, {"status": "sent", "media": [], "x": 1})
    life = Lifecycle()

    texts = [one.text for arrival in (first, second) for one in life.add(arrival)[1]]

    assert [text.split("“")[1].split("”")[0] for text in texts] == ["media", "media", "x"]


def test_an_unknown_field_of_an_invalid_callback_is_named_too() -> None:
    assert fold(told({"status": "gone", "media": 1}))[1] == {"unknown_field": {1}}


def test_a_normal_life_has_no_findings() -> None:
    whole = [("queued", 0), ("initiated", 0), ("sent", 1), ("delivered", 3), ("read", 60)]

    assert fold(told(*whole))[1] == {}
    assert fold(told(("queued", 0), ("delivered", 9)))[1] == {}
    assert fold(told(("sent", 0), ("undelivered", 0)))[1] == {}


# Any life at all

RANKS = {"queued": 0, "initiated": 1, "sent": 2, "delivered": 3, "undelivered": 3, "failed": 3, "read": 4}
seconds = st.sampled_from([0, 0, 1, 1, 2, 3, 2.5])
errors = st.sampled_from([None, None, "30003", "30008", ""])
steps: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {"status": st.sampled_from(sorted(RANKS)), "timestamp": seconds.map(stamp), "error_code": errors}
)


def expected(arrivals: Sequence[Arrival]) -> tuple[str | None, set[tuple[str, int]], Found]:
    """The contract's words, read as plainly as can be: quadratic, and sharing no code with the fold."""
    life: list[tuple[int, int, str, int]] = []
    found: Found = {}
    for arrival in arrivals:
        facts, seq = arrival.facts, arrival.seq
        assert facts.status is not None
        assert facts.timestamp is not None
        instant, status = parse_timestamp(facts.timestamp), facts.status.value
        assert instant is not None
        new = (instant, RANKS[status], status)
        fails = status in ("undelivered", "failed")
        if fails and facts.error_code is None:
            found.setdefault("failure_without_error", set()).add(seq)
        if not fails and facts.error_code is not None:
            found.setdefault("error_without_failure", set()).add(seq)
        if any(one[:3] == new for one in life):
            found.setdefault("duplicate", set()).add(seq)
            continue
        if any(one[:2] > new[:2] for one in life):
            found.setdefault("out_of_order", set()).add(seq)
        life.append((*new, seq))
    outcomes = {"delivered", "undelivered", "failed"}
    for instant, rank, status, seq in life:
        for other_instant, other_rank, other_status, other_seq in life:
            if max(rank, other_rank) < 3 and instant > other_instant and rank < other_rank:
                found.setdefault("regression", set()).add(seq)
            if rank < 3 <= other_rank and instant > other_instant:
                found.setdefault("after_terminal", set()).add(seq)
            excludes = {status, other_status} <= outcomes and status != other_status
            read_after_failure = (
                status == "read" and other_status in outcomes - {"delivered"} and instant >= other_instant
            )
            if excludes or read_after_failure:
                found.setdefault("conflicting_terminal", set()).update((seq, other_seq))
    final = [one for one in life if one[1] >= 3]
    latest = max((final or life), key=lambda one: one[:2])
    ties = {one[2] for one in (final or life) if one[:2] == latest[:2]}
    return (latest[2] if len(ties) == 1 else None), {(one[2], one[0]) for one in life}, found


def shape(life: Lifecycle) -> set[tuple[str, int]]:
    return {(one.status.value, one.instant) for one in life.transitions}


@given(st.lists(steps, min_size=1, max_size=8))
@settings(max_examples=400)
def test_the_fold_is_what_the_contract_says(life_steps: list[dict[str, Any]]) -> None:
    arrivals = [make_arrival(seq, **step) for seq, step in enumerate(life_steps, 1)]

    status, transitions, findings = expected(arrivals)
    life, found = fold(arrivals)

    assert found == findings
    assert shape(life) == transitions
    if status is not None:
        assert life.status == status
    assert life.transitions == sorted(life.transitions)


@given(st.data())
@settings(max_examples=400)
def test_neither_the_order_of_arrival_nor_repetition_changes_the_outcome(data: st.DataObject) -> None:
    told_once = data.draw(st.lists(steps, min_size=1, max_size=6))
    shuffled = data.draw(st.permutations([*told_once, *data.draw(st.lists(st.sampled_from(told_once), max_size=4))]))
    received = [RECEIVED + offset for offset in data.draw(st.lists(st.integers(0, 10**8), min_size=10, max_size=10))]

    one, _ = fold(make_arrival(seq, **step) for seq, step in enumerate(told_once, 1))
    other, found = fold(
        make_arrival(seq, received=moment, **step)
        for seq, (step, moment) in enumerate(zip(shuffled, received, strict=False), 1)
    )

    assert (one.status, one.error, shape(one)) == (other.status, other.error, shape(other))
    assert [one_.timestamp for one_ in one.transitions] == [other_.timestamp for other_ in other.transitions]
    assert one.delivered_after() == other.delivered_after()
    assert len(found.get("duplicate", ())) == len(shuffled) - len(one.transitions)


def test_a_callback_without_a_timestamp_counts_from_its_arrival() -> None:
    one = transition(Status.SENT, None, 1_000_001, 4)

    assert (one.instant, one.rank, one.seq, one.received) == (1_000_001_000, 2, 4, 1_000_001)


def test_missing_fields_of_the_form_are_filled_by_later_callbacks() -> None:
    life, found = fold(forms({"To": MISSING, "Body": MISSING}, {"MessageStatus": "sent"}))

    assert (life.identity.to, life.identity.body) == ("+15551230001", "Your parcel arrives today.")
    assert found == {}


@pytest.mark.parametrize(
    "words",
    [
        ("sent",),
        ("queued", "initiated", "sent"),
        ("sent", "queued"),
        ("delivered", "failed"),
        ("read", "failed", "sent"),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("backwards", [False, True])
def test_a_message_of_a_thousand_states_takes_no_more_work_than_one_of_twenty(
    words: tuple[str, ...], *, backwards: bool
) -> None:
    def work_of_the_last(count: int) -> tuple[int, int]:
        seconds = range(count, 0, -1) if backwards else range(count)
        arrivals = [
            make_arrival(number + 1, status=words[number % len(words)], timestamp=stamp(second), error_code="1")
            for number, second in enumerate(seconds)
        ]
        life, _ = fold(arrivals[: -len(words)])
        told: list[FindingCode] = []
        lines = lines_run(
            lambda: told.extend(one.code for last in arrivals[-len(words) :] for one in life.add(last)[1])
        )
        assert len(life.transitions) == count
        return lines, len(told)

    few, many = work_of_the_last(24), work_of_the_last(1200)

    assert many[0] < 2 * few[0]  # a look-up in a sorted list takes a few steps more
    assert many[1] == few[1]
