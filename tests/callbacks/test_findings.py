"""Findings as data: severities, texts, and remarks gathered to findings."""

import pytest

from inspector.callbacks.findings import Finding, FindingCode, Remark, gather, identity_remark, remark, stalled
from inspector.callbacks.problems import Severity

SEVERITIES = {
    "duplicate": "info",
    "out_of_order": "warning",
    "regression": "warning",
    "after_terminal": "warning",
    "conflicting_terminal": "error",
    "failure_without_error": "warning",
    "error_without_failure": "warning",
    "identity_changed": "error",
    "segment_mismatch": "warning",
    "late": "info",
    "clock_skew": "warning",
    "unknown_field": "info",
}


def test_the_codes_are_those_of_the_contract() -> None:
    assert {code.value for code in FindingCode} == {*SEVERITIES, "stalled"}


@pytest.mark.parametrize(("code", "severity"), SEVERITIES.items())
def test_each_finding_has_its_severity_and_a_finished_text(code: str, severity: str) -> None:
    if code == "identity_changed":
        one = identity_remark(3, "to", redacted=False)
    else:
        one = remark(FindingCode(code), 3, "detail")

    assert (one.code, one.seq, one.severity) == (code, 3, severity)
    assert one.text.endswith(".") or one.text.endswith("detail")
    assert "{" not in one.text


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("media", "media"),
        ("", ""),
        ("{detail}", "{detail}"),
        ("{0}", "{0}"),
        ("\ud800", "?"),
        ("x" * 500, "x" * 200 + "…"),
    ],
)
def test_an_unknown_field_is_named_whatever_its_name(name: str, shown: str) -> None:
    assert f"the field “{shown}”." in remark(FindingCode.UNKNOWN_FIELD, 1, name).text


def test_a_redaction_is_no_error() -> None:
    redaction, change = identity_remark(1, "body", redacted=True), identity_remark(1, "body", redacted=False)

    assert (redaction.severity, change.severity) == (Severity.INFO, Severity.ERROR)
    assert redaction.code is change.code is FindingCode.IDENTITY_CHANGED
    assert redaction.text != change.text


def test_a_message_stalled_at_sent_may_be_an_mms() -> None:
    at_sent, earlier = stalled(5, "sent"), stalled(2.5, "queued")

    assert "MMS" in at_sent.text
    assert "without delivery receipts" in at_sent.text
    assert "MMS" not in earlier.text
    assert "5 minutes" in at_sent.text
    assert "2.5 minutes" in earlier.text
    assert at_sent == Finding(FindingCode.STALLED, Severity.WARNING, at_sent.text, ())


def test_remarks_with_the_same_code_and_text_become_one_finding() -> None:
    late, skewed = FindingCode.LATE, FindingCode.CLOCK_SKEW

    findings = gather([remark(skewed, 9), remark(late, 7), remark(late, 2), remark(late, 7), remark(skewed, 1)])

    assert [(one.code, one.callbacks) for one in findings] == [(skewed, (1, 9)), (late, (2, 7))]


def test_remarks_with_other_texts_stay_apart() -> None:
    findings = gather([remark(FindingCode.UNKNOWN_FIELD, 1, "a"), remark(FindingCode.UNKNOWN_FIELD, 1, "b")])

    assert [one.callbacks for one in findings] == [(1,), (1,)]


def test_the_order_of_remarks_does_not_matter() -> None:
    remarks = [remark(code, seq) for code in (FindingCode.LATE, FindingCode.DUPLICATE) for seq in (3, 1, 2)]

    assert gather(remarks) == gather(remarks[::-1])
    assert gather([]) == []
    assert isinstance(remarks[0], Remark)
