from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from inspector.callbacks.findings import FindingCode, gather, remark
from inspector.ui.detail.labels import LinkButton
from inspector.ui.detail.remarks import RemarksPanel, finding_entries, problem_entries
from inspector.ui.theme import Appearance
from tests.ui.detail.detail_factory import Story, make_callback, make_payload


def test_findings_come_the_worst_first_with_their_callbacks(story: Story) -> None:
    story.tell(make_payload("queued", 0), after=0.4)
    story.tell(make_payload("queued", 0), after=1)
    story.tell(make_payload("queued", 0, to="+1999"), after=2)
    entries = finding_entries(story.message().findings)
    assert [(entry.severity, entry.term) for entry in entries] == [
        ("error", "finding:identity_changed"),
        ("info", "finding:duplicate"),
    ]
    assert entries[1].where == "callbacks 2, 3"


def test_problems_have_their_place_and_value() -> None:
    problems = (
        {"path": "$.status", "code": "enum", "severity": "error", "text": "wrong", "value": "sennt"},
        {"path": "$.to", "code": "missing", "severity": "error", "text": "missing", "value": None},
        {"path": "$.body", "code": "type", "severity": "error", "text": "null", "value": None},
        {"path": "$", "code": "method", "severity": "warning", "text": "PUT", "value": "PUT"},
        {"path": "$\u202e", "code": "new", "severity": "odd", "text": "<b>", "value": 1},
    )
    entries = problem_entries(make_callback(problems=problems))
    assert [entry.where for entry in entries] == ['$.status = "sennt"', "$.to", "$.body = null", '"PUT"', "$� = 1"]
    assert entries[-1].severity == "error"


def make_panel(appearance: Appearance, window: QWidget) -> RemarksPanel:
    return RemarksPanel(appearance, "Findings", code_like=False, parent=window)


def test_a_link_asks_for_the_filter(appearance: Appearance, window: QWidget, qtbot: QtBot) -> None:
    panel = make_panel(appearance, window)
    panel.show_entries(finding_entries(gather([remark(FindingCode.LATE, 3)])))
    (link,) = panel.findChildren(LinkButton)
    with qtbot.waitSignal(panel.filter_wished) as wished:
        QTest.mouseClick(link, Qt.MouseButton.LeftButton)
    assert wished.args == ["finding:late"]
    assert "late" in link.accessibleName()


def test_without_any_the_panel_is_hidden(appearance: Appearance, window: QWidget) -> None:
    panel = make_panel(appearance, window)
    assert panel.isHidden()
    panel.show_entries(finding_entries(gather([remark(FindingCode.LATE, 3)])))
    assert not panel.isHidden()
    panel.show_entries([])
    assert panel.isHidden()


def test_a_thousand_findings_are_no_thousand_widgets(appearance: Appearance, window: QWidget) -> None:
    panel = make_panel(appearance, window)
    remarks = [remark(FindingCode.UNKNOWN_FIELD, 1, f"field_{number}") for number in range(1000)]
    panel.show_entries(finding_entries(gather(remarks)))
    assert len(panel.findChildren(LinkButton)) == 30
    assert panel._more.text() == "and 970 more"
