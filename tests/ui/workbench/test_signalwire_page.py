"""The page “SignalWire” by itself."""

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtGui import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPlainTextEdit, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from inspector.session.deaf import DeafWindow
from inspector.session.reconciliation import Circumstances
from inspector.ui.detail.remarks import finding_entries
from inspector.ui.log_wording import likely_reason, log_remark, window_line
from inspector.ui.theme import Appearance
from inspector.ui.workbench.account_section import AccountEntered
from inspector.ui.workbench.checklist import Checklist, Step, StepState
from inspector.ui.workbench.log_table import LogColumn, LogLine, LogTableModel, cell_text
from inspector.ui.workbench.section import Section
from inspector.ui.workbench.send_section import MessageEntered
from inspector.ui.workbench.signalwire_page import SignalWirePage
from tests.factories import RECEIVED
from tests.session.test_reconciliation import make_logged
from tests.ui.conftest import texts_in

UTC = ZoneInfo("UTC")
NOON = 1_773_748_800_000_000
"""2026-03-17T12:00:00Z."""


@pytest.fixture
def window(qapp: QApplication) -> Iterator[QWidget]:
    window = QWidget()
    window.resize(420, 700)
    yield window
    delete(window)


@pytest.fixture
def page(qapp: QApplication, window: QWidget) -> Iterator[SignalWirePage]:
    appearance = Appearance(qapp)
    page = SignalWirePage(appearance, window)
    page.resize(420, 700)
    window.show()
    yield page
    delete(page)
    delete(appearance)


def line(number: int, *, ours: str | None = "sent") -> LogLine:
    return LogLine(f"id-{number}", "+15551230001", "delivered", ours, ours is not None, "12:00:00", "Because " * 30)


def test_it_fits_a_narrow_pane_and_scrolls(page: SignalWirePage) -> None:
    page.send.show_steps([Step(StepState.FAILED, "word " * 40, "x" * 300)] * 8, busy=False)
    page.log.show_result([Step(StepState.DONE, "all")], [line(number) for number in range(20)], exportable=True)
    page.deaf.show_windows([DeafWindow(NOON, None, "x" * 200)])
    QApplication.sendPostedEvents()
    inside = page.widget()
    assert inside is not None
    assert inside.width() <= page.viewport().width()
    assert inside.minimumSizeHint().width() <= page.viewport().width()
    assert page.verticalScrollBar().maximum() > 0


def test_every_control_has_a_name_and_nothing_reads_html(page: SignalWirePage) -> None:
    for kind in (QLineEdit, QPlainTextEdit):
        assert all(one.accessibleName() for one in page.findChildren(kind))
    assert all(one.text() for kind in (QPushButton, QToolButton) for one in page.findChildren(kind))
    page.send.show_steps([Step(StepState.FAILED, "<b>x</b>", "a\u202eb")], busy=False)
    shown = texts_in(page)
    assert "<b>x</b>" in shown
    assert "\u202e" not in shown
    labels = [one for one in page.findChildren(QLabel) if "<b>" in one.text()]
    assert all(one.textFormat() is Qt.TextFormat.PlainText for one in labels)


def test_what_is_entered_is_asked_for(page: SignalWirePage, qtbot: QtBot) -> None:
    edits = {one.accessibleName(): one for one in page.findChildren(QLineEdit)}
    for name, text in (("Space", "s"), ("Project id", "p"), ("API token", "t"), ("From", "+1"), ("To", "+2")):
        edits[name].setText(text)
    with qtbot.waitSignal(page.account.check_wished) as checked:
        QTest.keyClick(edits["API token"], Qt.Key.Key_Return)
    assert checked.args == [AccountEntered("s", "p", "t")]
    assert "'t'" not in repr(checked.args)
    assert edits["API token"].echoMode() is QLineEdit.EchoMode.Password
    with qtbot.waitSignal(page.send.send_wished) as sent:
        next(one for one in page.findChildren(QPushButton) if one.text() == "&Send the message").click()
    assert sent.args == [MessageEntered("+1", "+2", "Callback Inspector: a test message.")]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("a" * 160, "160 of 1,600 characters · GSM-7 · 1 segment"),
        ("a" * 161, "GSM-7 · 2 segments"),
        ("a\N{SNOWMAN}", "2 of 1,600 characters · UCS-2 · 1 segment · because of “\N{SNOWMAN}”"),
        ("a" * 1601, "11 segments · too long"),
    ],
)
def test_segments_are_counted_while_typing(page: SignalWirePage, body: str, words: str) -> None:
    page.findChildren(QPlainTextEdit)[0].setPlainText(body)
    assert words in texts_in(page.send)


def test_a_section_folds_away(page: SignalWirePage) -> None:
    section: Section = page.account
    section.set_open(on=False)
    assert not next(one for one in page.findChildren(QLineEdit) if one.accessibleName() == "Space").isVisible()
    page.account.show_account("example", "p")
    assert "example.signalwire.com" in texts_in(page.account)
    section.set_open(on=True)
    assert "keyring" in texts_in(page.account)


def test_steps_say_their_state_to_a_screen_reader(qapp: QApplication, window: QWidget) -> None:
    appearance = Appearance(qapp)
    steps = Checklist(appearance, "Steps", window)
    steps.show_steps([Step(StepState.WAITING, "one"), Step(StepState.LATER, "two", "why")])
    names = [one.accessibleName() for one in steps.findChildren(QWidget)]
    assert "waiting: one" in names
    assert "not yet: two why" in names
    steps.show_steps([])
    assert not steps.isVisibleTo(window)
    delete(steps)
    delete(appearance)


def test_the_table_of_differences(page: SignalWirePage, qtbot: QtBot) -> None:
    model = LogTableModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.show_lines([line(1), line(2, ours=None)])
    model.show_lines([])
    assert tester.model() is model
    assert [cell_text(line(1), column) for column in LogColumn][:3] == ["+15551230001", "Delivered", "Sent"]
    assert cell_text(line(2, ours=None), LogColumn.OURS) == "None came"
    page.log.show_result([], [line(1), line(2)], exportable=True)
    with qtbot.waitSignal(page.log.message_wished) as chosen:
        page.log.table.selectRow(1)
    assert chosen.args == ["id-2"]
    assert "id-2 · created 12:00:00" in texts_in(page.log)


@pytest.mark.parametrize(
    ("window_of_time", "words"),
    [
        (
            DeafWindow(NOON, NOON + 309_000_000, "stopped"),
            "12:00:00 to 2026-03-17 12:05:09 (5 min 09 s): listening was",
        ),
        (DeafWindow(NOON, NOON, "moved"), "at 2026-03-17 12:00:00 (0 ms): the address changed"),
        (DeafWindow(NOON, None, "ended"), "since 2026-03-17 12:00:00: the program was closed"),
        (DeafWindow(NOON, None, "a newer word"), ": a newer word"),
    ],
)
def test_windows_are_told_in_words(window_of_time: DeafWindow, words: str) -> None:
    assert words in window_line(window_of_time, UTC)


def test_what_the_log_says_stands_among_the_findings() -> None:
    remark = log_remark(make_logged(error_code="30003", status="undelivered"), [])
    assert remark is not None
    (entry,) = finding_entries([], remark)
    assert (entry.severity, entry.where) == ("warning", "Message log")
    assert "“undelivered” with error 30003" in entry.text
    assert log_remark(make_logged(ours="delivered"), []) is None


@pytest.mark.parametrize(
    ("changes", "deaf", "words"),
    [
        ({}, [DeafWindow(RECEIVED + 1, RECEIVED + 2, "asleep")], "the computer was asleep"),
        ({"status_callback": "https://b.example/rest"}, [], "of another receiver"),
        ({"status_callback": "https://b.example/rest", "sent_here": True}, [], "the tunnel has another"),
        ({"created": RECEIVED, "checked": RECEIVED + 1_000_000}, [], "still be on its way"),
        ({"row": None}, [], "without a status_callback"),
        ({}, [], "listened the whole time"),
        ({"ours": "read"}, [], "follows a little later"),
        ({"ours": "failed"}, [], "another outcome"),
        ({"ours": "delivered"}, [], ""),
    ],
)
def test_the_likely_reason_of_what_was_missed(changes: dict[str, Any], deaf: list[DeafWindow], words: str) -> None:
    reason = likely_reason(make_logged(**changes), Circumstances(deaf, "https://a.example"))
    assert words in reason
    assert bool(reason) is bool(words)
