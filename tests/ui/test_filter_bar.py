"""The filter line."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from inspector.ui.filter_bar import FilterBar, completions, toggled
from inspector.ui.theme import Appearance


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("st", ["status:"]),
        ("-st", ["-status:"]),
        ("status:de", ["status:delivered"]),
        ("status:failed,un", ["status:failed,undelivered"]),
        ("to:+1 dia", ["dialect:"]),
        ("is:un", ["is:unassigned"]),
        ("to:+1", []),
        ("", []),
        ("nonsense", []),
    ],
)
def test_completions(text: str, words: list[str]) -> None:
    assert completions(text) == words


@pytest.mark.parametrize(
    ("text", "term", "result"),
    [
        ("", "status:failed", "status:failed"),
        ("status:failed", "status:sent", "status:failed,sent"),
        ("status:failed,sent", "status:failed", "status:sent"),
        ("status:failed", "status:failed", ""),
        ("to:+1 status:failed hello", "status:failed", "to:+1  hello"),
        ('"two words"', "is:invalid", '"two words" is:invalid'),
        ("-status:failed", "status:failed", "-status:failed status:failed"),
        ('open "quote', "status:failed", 'open "quote'),
    ],
)
def test_toggled(text: str, term: str, result: str) -> None:
    assert toggled(text, term) == result


def test_tab_takes_the_first_completion(qtbot: QtBot, qapp: QApplication) -> None:
    bar = FilterBar(Appearance(qapp))
    qtbot.addWidget(bar)
    bar.show()
    bar.edit.setFocus()
    QTest.keyClicks(bar.edit, "sta")
    assert bar.edit.completer_popup.isVisible()
    QTest.keyClick(bar.edit.completer_popup, Qt.Key.Key_Tab)
    assert bar.edit.text() == "status:"
    QTest.keyClicks(bar.edit, "fai")
    QTest.keyClick(bar.edit.completer_popup, Qt.Key.Key_Tab)
    assert bar.edit.text() == "status:failed "


def test_typing_is_waited_for(qtbot: QtBot, qapp: QApplication) -> None:
    bar = FilterBar(Appearance(qapp))
    qtbot.addWidget(bar)
    asked: list[str] = []
    bar.filter_changed.connect(asked.append)
    with qtbot.waitSignal(bar.filter_changed):
        QTest.keyClicks(bar.edit, "hello")
    assert asked == ["hello"]
    bar.edit.clear()
    qtbot.waitUntil(lambda: asked == ["hello", ""])


def test_a_value_that_is_still_offered_is_not_judged(qtbot: QtBot, qapp: QApplication) -> None:
    bar = FilterBar(Appearance(qapp))
    qtbot.addWidget(bar)
    bar.show()
    bar.edit.setFocus()
    asked: list[str] = []
    bar.filter_changed.connect(asked.append)
    with qtbot.waitSignal(bar._pause.timeout):
        QTest.keyClicks(bar.edit, "status:fai")
    assert asked == []
    bar.edit.completer_popup.hide()
    qtbot.waitUntil(lambda: asked == ["status:fai"])
    QTest.keyClicks(bar.edit, " sta")
    assert bar.edit.completer_popup.isVisible()
    assert not bar.edit.offers_values
    qtbot.waitUntil(lambda: asked == ["status:fai", "status:fai sta"])


def test_the_counter(qtbot: QtBot, qapp: QApplication) -> None:
    bar = FilterBar(Appearance(qapp))
    qtbot.addWidget(bar)
    bar.show_counts(5, 2000, 0, "message")
    assert bar.counter_text == "5 of 2,000 messages"
    bar.show_counts(2000, 2000, 3, "callback")
    assert bar.counter_text == "2,000 callbacks · 3 selected"
