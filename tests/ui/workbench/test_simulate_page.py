"""The page of simulations by itself: what is typed is what is ordered, and what cannot be sent is said."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDoubleSpinBox,
    QLineEdit,
    QPlainTextEdit,
    QSpinBox,
    QTabBar,
)
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from inspector.ui.theme import Appearance
from inspector.ui.workbench.answer_words import answer_in_words
from inspector.ui.workbench.own_data import segments_in_words
from inspector.ui.workbench.run_card import answers_in_words, failures_in_words
from inspector.ui.workbench.sending_form import address_to_send_to
from inspector.ui.workbench.simulate_page import SimulatePage
from inspector.ui.workbench.simulation import Choice, Figures, Order, Wire

CHOICES = [
    Choice("mixed", "Mixed", "A bit of all.", "Cope."),
    Choice("partial", "Partly delivered", "Some segments.", "Count them."),
    Choice("failed", "Failed", "Never left.", "Mend it."),
]
FULL = Order(
    scenarios=("partial", "failed"),
    to="+12065550123",
    from_="10555",
    body="Grüße\nand more\u00a0here",
    variables=(("order", "1"), ("name", "Ana ")),
    messages=7,
    rate=12.5,
    seed=-3,
    wire=Wire.FORM,
    sign=False,
    retry=False,
    elsewhere=True,
    url="http://127.0.0.1:3000/hook",
    path="/swml",
)
# QTextDocument takes these for the ends of paragraphs and frames.
typed = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\r\u2028\u2029\ufdd0\ufdd1\0"), max_size=60
)
typed_in_a_line = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=20)


@pytest.fixture
def page(qapp: QApplication, qtbot: QtBot) -> Iterator[SimulatePage]:
    appearance = Appearance(qapp)
    page = SimulatePage(appearance)
    page.resize(420, 740)
    page.show()
    for _ in page.fill(CHOICES, Order()):
        assert not page.start.isEnabled()
    page.show_listening("http://127.0.0.1:9797")
    page.show_key(None)
    yield page
    delete(page)
    delete(appearance)


def test_an_order_that_is_shown_is_the_order_that_is_given(page: SimulatePage, qtbot: QtBot) -> None:
    page.show_order(FULL)
    assert page.order == FULL
    with qtbot.waitSignal(page.start_wished) as wished:
        page.start.click()
    assert list(wished.args or ()) == [FULL, "http://127.0.0.1:3000/hook"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(typed, st.dictionaries(typed_in_a_line.filter(bool), typed_in_a_line, max_size=20))
def test_texts_are_taken_to_the_letter(page: SimulatePage, body: str, variables: dict[str, str]) -> None:
    page.show_order(Order(body=body, variables=tuple(variables.items())))
    assert page.order.body == body
    assert page.order.variables == tuple(variables.items())
    assert page.problem == ""


def test_the_first_look_can_be_started_at_once(page: SimulatePage) -> None:
    assert page.start.isEnabled()
    assert page.summary.text() == "Sends 20 messages to http://127.0.0.1:9797/rest, unsigned."


def test_a_click_on_the_words_ticks(page: SimulatePage) -> None:
    row = page.scenarios.ticks["failed"].parentWidget()
    assert row is not None
    QTest.mouseClick(row, Qt.MouseButton.LeftButton, pos=row.rect().center())
    assert list(page.scenarios.ticked) == ["mixed", "failed"]
    QTest.keyClick(page.scenarios.ticks["failed"], Qt.Key.Key_Space)
    assert list(page.scenarios.ticked) == ["mixed"]


def test_what_cannot_be_sent_is_said_and_not_started(page: SimulatePage) -> None:
    def refused(**changes: Any) -> str:
        page.show_order(Order(**changes))
        assert not page.start.isEnabled()
        assert page.summary.text() == page.problem
        return page.problem

    assert "Tick at least one" in refused(scenarios=())
    assert "“To”" in refused(to="Alice")
    assert page.data.to.property("invalid") is True
    assert "“From”" in refused(from_="+1")
    assert "“Custom variables”" in refused(variables=(("a", "1"), ("a", "2")))
    assert "address of your app" in refused(elsewhere=True, url="localhost:3000")
    assert "no spaces" in refused(path="/a b")
    page.show_order(Order())
    page.sending.seed.setText("12x")
    assert "whole number" in page.problem
    page.show_order(Order())
    assert page.start.isEnabled()
    page.show_listening(None)
    assert "not listening" in page.problem
    assert not page.start.isEnabled()
    page.show_order(Order(elsewhere=True, url="https://app.example"))
    assert page.start.isEnabled()
    assert "https://app.example/rest" in page.summary.text()


def test_the_summary_says_what_would_surprise(page: SimulatePage) -> None:
    page.show_key("the keyring")
    page.show_order(Order(scenarios=("partial",), body="short", wire=Wire.FORM, variables=(("a", "1"),)))
    text = page.summary.text()
    assert ", signed" in text
    assert "without your custom variables" in text
    assert "one segment" in text
    page.show_order(Order(scenarios=("partial",), body="x" * 200))
    assert page.summary.text().endswith("/rest, signed.")


def test_at_most_twenty_variables(page: SimulatePage) -> None:
    add = page.data.variables.add
    page.tabs.setCurrentIndex(1)
    for number in range(20):
        assert add.isEnabled()
        add.click()
        focused = page.focusWidget()
        assert isinstance(focused, QLineEdit)
        focused.setText(f"name {number}")
    assert not add.isEnabled()
    assert len(page.order.variables) == 20
    remove = next(
        one for one in page.findChildren(QAbstractButton) if one.accessibleName() == "Remove custom variable 3"
    )
    remove.click()
    assert add.isEnabled()
    assert "name 2" not in dict(page.order.variables)


def test_while_it_runs_it_can_only_be_stopped(page: SimulatePage, qtbot: QtBot) -> None:
    page.start.click()
    page.show_figures(Figures("Sending…", 482913, 20, finished=3, sent=14, answered=13, running=True))
    assert not page.start.isEnabled()
    assert not page.card.again.isVisible()
    with qtbot.waitSignal(page.stop_wished):
        page.stop.click()
    page.show_figures(Figures("Stopped.", 482913, 20))
    assert page.start.isEnabled()
    page.card.copy.click()
    assert QGuiApplication.clipboard().text() == "482913"
    page.show_order(FULL)
    with qtbot.waitSignal(page.start_wished) as wished:
        page.card.again.click()
    assert next(iter(wished.args or ())) == Order(seed=482913)


def test_every_control_has_a_name(page: SimulatePage) -> None:
    page.show_order(FULL)
    for kind in (QLineEdit, QPlainTextEdit, QComboBox, QSpinBox, QDoubleSpinBox, QAbstractButton):
        for control in page.findChildren(kind):
            inside = isinstance(control.parent(), QComboBox | QAbstractSpinBox | QTabBar)
            text = control.text() if isinstance(control, QAbstractButton) else ""
            assert control.accessibleName() or text or inside, control


def test_the_tab_key_goes_from_top_to_bottom(page: SimulatePage) -> None:
    page.show_order(Order(variables=(("a", "1"), ("b", "2"))))
    page.tabs.setCurrentIndex(1)
    page.data.to.setFocus()
    seen = []
    for _ in range(10):
        focused = page.focusWidget()
        assert focused is not None
        seen.append(focused.accessibleName() or getattr(focused, "text", str)())
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    pairs = [f"{what} custom variable {n}" for n in (1, 2) for what in ("Name of", "Value of", "Remove")]
    assert seen == ["To", "From", "Body", *pairs, "Add a variable"]


# Words


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("Hello", "1 segment in GSM-7, 5 of 160 units."),
        ("x" * 161, "2 segments in GSM-7, 161 of 306 units."),
        ("Grüße – an alle", "1 segment in UCS-2, 15 of 70 units, because of “–”."),
        ("a\u200b", "1 segment in UCS-2, 2 of 70 units, because of “U+200B”."),
        (
            "x" * 1601,
            "11 segments in GSM-7, 1601 of 1683 units. SignalWire takes 1,600 characters at most; this has 1,601.",
        ),
    ],
)
def test_segments(body: str, words: str) -> None:
    assert segments_in_words(body) == words


def test_a_body_that_is_too_long() -> None:
    assert segments_in_words("x" * 1600).endswith("1600 of 1683 units.")
    assert segments_in_words("x" * 1601).endswith("SignalWire takes 1,600 characters at most; this has 1,601.")


@pytest.mark.parametrize(
    ("base", "path", "address"),
    [
        ("http://127.0.0.1:9797", "/rest", "http://127.0.0.1:9797/rest"),
        ("http://127.0.0.1:9797/", "swml?x=1", "http://127.0.0.1:9797/swml?x=1"),
        ("https://app.example/hook?a=b#ot=1", "/rest", "https://app.example/hook?a=b"),
        ("http://[::1]:80", "", "http://[::1]:80/"),
        ("", "/rest", ""),
        ("ftp://x", "/rest", ""),
        ("http://", "/rest", ""),
        ("http://h:99999", "/rest", ""),
        ("http://[::1", "/rest", ""),
        ("http://a b", "/rest", ""),
    ],
)
def test_addresses(base: str, path: str, address: str) -> None:
    assert address_to_send_to(base, path) == address


def test_answers() -> None:
    assert answer_in_words(404).startswith("404: nothing is there")
    assert "redirect" in answer_in_words(308)
    assert answer_in_words(418) == "418: the receiver refuses the callback."
    assert answer_in_words(599) == "599: the receiver failed."
    figures = Figures("", 1, 1, sent=5, answered=3, retries=1, given_up=2, failures=[("a\nb", 9), *[("x", 1)] * 5])
    assert answers_in_words(figures) == "5 sent, 3 answered, 2 without an answer, 1 retry, 2 given up"
    assert failures_in_words(figures).splitlines()[-1] == "and 2 other kinds of failure"
    assert len(failures_in_words(figures).splitlines()) == 5


# What is remembered


def test_an_order_is_remembered() -> None:
    assert Order.from_remembered(FULL.remembered(), FULL.url) == FULL
    assert "url" not in FULL.remembered()


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from([*FULL.remembered(), "url", "more"]), junk))
def test_settings_that_hold_anything_give_an_order(values: dict[str, Any]) -> None:
    order = Order.from_remembered(values, "")
    assert Order.from_remembered(order.remembered(), "") == order
    assert 1 <= order.messages <= 1_000_000
