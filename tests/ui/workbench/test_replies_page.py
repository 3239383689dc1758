"""The page of replies by itself: what it shows, for eyes, keyboards and screen readers."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from inspector.ui.theme import Appearance, Scheme
from inspector.ui.workbench.forward_panel import ForwardChoice
from inspector.ui.workbench.replies_page import RepliesPage
from inspector.ui.workbench.rule_editor import RuleEditor
from inspector.ui.workbench.rule_list import RuleLine
from tests.ui.conftest import texts_in

LINES = [
    RuleLine("500 Internal Server Error", "Path begins /<b>rest</b>", "Answer 500", enabled=True),
    RuleLine("Reset the connection", "Every callback", "", enabled=False),
]


@pytest.fixture
def shown(qtbot: QtBot, qapp: QApplication) -> RepliesPage:
    page = RepliesPage(Appearance(qapp, Scheme.LIGHT), [("a", "Answer & more", "It is told.")])
    qtbot.addWidget(page)
    page.resize(420, 700)
    page.show()
    page.show_rules(LINES)
    return page


def nameless(widget: QWidget) -> list[QWidget]:
    """The controls below a widget that a screen reader could not name."""
    return [
        one
        for one in widget.findChildren(QWidget)
        if one.focusPolicy() & Qt.FocusPolicy.TabFocus
        and one.isVisibleTo(widget)
        and not one.accessibleName()
        and not (isinstance(one, QAbstractButton) and one.text())
        and one.focusProxy() is None
        and one.objectName() != "qt_spinbox_lineedit"
    ]


def test_everything_has_a_name(shown: RepliesPage) -> None:
    assert nameless(shown) == []
    assert shown.rules.rows[0].switch.accessibleName() == (
        "Rule 1 active: 500 Internal Server Error. Path begins /<b>rest</b>"
    )


def test_rules_are_told_as_plain_text(shown: RepliesPage) -> None:
    assert "Path begins /<b>rest</b> · “Answer 500”" in texts_in(shown)
    assert "Every callback that no active rule fits" in texts_in(shown)
    assert shown.warning.text.startswith("1 rule is active")
    shown.show_rules([])
    assert not shown.warning.isVisible()
    assert "Every callback\n" in f"{texts_in(shown.rules)}\n"


def test_rows_stay_when_the_rules_change(shown: RepliesPage) -> None:
    first = shown.rules.rows[0]
    shown.show_rules(LINES[::-1])
    assert shown.rules.rows[0] is first
    assert (first.switch.isChecked(), first.up.isEnabled(), first.down.isEnabled()) == (False, False, True)


def test_nothing_is_wider_than_the_page(shown: RepliesPage) -> None:
    inside = shown.widget()
    assert inside is not None
    assert inside.minimumSizeHint().width() <= shown.viewport().width()


def test_the_tab_key_goes_from_top_to_bottom(shown: RepliesPage) -> None:
    first, second = (row.controls for row in shown.rules.rows)
    forward = shown.forward
    wanted = [shown.warning.off, shown.drill, shown.add, *first, *second, forward.on, forward.url, forward.answers]
    chain: list[QWidget] = [shown.warning.off]
    while chain[-1] is not forward.answers:
        chain.append(chain[-1].nextInFocusChain() or shown)
        assert len(chain) < 200
    assert [one for one in chain if one in wanted] == wanted


def test_wishes_go_out(shown: RepliesPage, qtbot: QtBot) -> None:
    told: list[object] = []
    shown.drill_chosen.connect(told.append)
    shown.rules.switched.connect(lambda number, on: told.append((number, on)))
    shown.rules.moved.connect(lambda number, place: told.append((number, place)))
    shown.rules.deleted.connect(told.append)
    shown.drill.menu().actions()[0].trigger()
    shown.rules.rows[1].switch.click()
    shown.rules.rows[1].up.click()
    shown.rules.rows[0].delete.click()
    assert told == ["a", (1, True), (1, 0), 0]


def test_showing_a_choice_tells_nobody(shown: RepliesPage, qtbot: QtBot) -> None:
    told: list[object] = []
    shown.forward.changed.connect(told.append)
    choice = ForwardChoice(on=True, url="http://app.example/", answers=True, seconds=2.5)
    shown.forward.show_choice(choice)
    assert (told, shown.forward.choice) == ([], choice)
    shown.forward.on.setChecked(False)
    assert told == [ForwardChoice(on=False, url="http://app.example/", answers=True, seconds=2.5)]
    assert not shown.forward.seconds.isEnabled()


def test_the_editor_names_its_fields_and_hides_what_is_no_use(qtbot: QtBot, qapp: QApplication) -> None:
    texts: dict[str, Any] = dict.fromkeys(("name", "path", "status", "number", "body", "location"), "")
    values = texts | {"enabled": True, "attempt": 0, "action": "answer", "code": 500, "headers": []}
    values |= {"filler": 0, "delay": 0.0, "redirects": 1}
    editor = RuleEditor(Appearance(qapp, Scheme.LIGHT), values, lambda _: ("words", ""))
    qtbot.addWidget(editor)
    editor.show()
    assert nameless(editor) == []
    assert (editor.code.isVisible(), editor.location.isVisible()) == (True, False)
    editor.action.setCurrentIndex(editor.action.findData("redirect"))
    assert (editor.code.isVisible(), editor.location.isVisible(), editor.redirects.isVisible()) == (False, True, True)
    editor.location.setText("http://x/")
    assert not editor.redirects.isVisible()
    editor.action.setCurrentIndex(editor.action.findData("drop"))
    assert not editor.location.isVisible()
    assert "headers" not in editor.values
