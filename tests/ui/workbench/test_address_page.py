"""The page of the public address, apart from the program."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from inspector.ui.theme import Appearance
from inspector.ui.workbench.address_page import AddressPage
from inspector.ui.workbench.tunnel_views import ProgramView, PublicView
from tests.ui.conftest import texts_in

URL = "https://four-plain-words-here.trycloudflare.com"
STEPS = {"Linux": (("Download it", "curl one"), ("Log in", "two up")), "macOS": (("Install it", "brew three"),)}


def programs(**found: bool) -> list[ProgramView]:
    return [ProgramView(name, name.title(), "A note.", is_there, STEPS) for name, is_there in found.items()]


@pytest.fixture
def page(qtbot: QtBot, qapp: QApplication) -> AddressPage:
    page = AddressPage(Appearance(qapp), programs(alpha=True, beta=False), "Linux", "")
    qtbot.addWidget(page)
    page.resize(420, 900)
    page.show_programs(programs(alpha=True, beta=False), listening=True)
    page.show()
    return page


def test_without_an_address_it_says_what_to_do(page: AddressPage) -> None:
    texts = texts_in(page.card)
    assert "No public address" in texts
    assert "Start a tunnel below" in texts
    assert not page.card.copy.isVisible()
    assert not page.card.qr_code.isVisible()
    assert "Anyone who learns a public address" in texts_in(page)


def test_an_address_can_be_copied_and_scanned(page: AddressPage, qtbot: QtBot) -> None:
    page.show_public(PublicView("up", "Alpha", "10:03", URL))
    assert "Up since 10:03" in texts_in(page.card)
    assert URL in texts_in(page.card)
    assert URL in page.card.qr_code.accessibleName()
    with qtbot.waitSignal(page.copied) as copied:
        QTest.mouseClick(page.card.copy, Qt.MouseButton.LeftButton)
    assert copied.args == ["Public address"]
    assert QGuiApplication.clipboard().text() == URL


def test_an_address_that_does_not_answer_yet_is_not_offered(page: AddressPage) -> None:
    page.show_public(PublicView("starting", "Alpha", "10:03", URL, "Waiting for alpha to connect."))
    assert "Waiting for alpha to connect." in texts_in(page.card)
    assert not page.card.copy.isVisible()
    assert not page.card.qr_code.isVisible()
    assert page.card.stop.isVisible()


def test_a_failure_shows_what_was_printed_as_plain_text(page: AddressPage, qtbot: QtBot) -> None:
    page.show_public(PublicView("failed", "Alpha", "10:03", "", "<b>why</b>", ("one", "<i>two</i>")))
    texts = texts_in(page.card)
    assert "<b>why</b>" in texts
    assert "one\n<i>two</i>" in texts
    assert not page.card.stop.isVisible()
    with qtbot.waitSignal(page.restart_wished):
        QTest.mouseClick(page.card.restart, Qt.MouseButton.LeftButton)


def test_what_is_installed_can_be_started(page: AddressPage, qtbot: QtBot) -> None:
    alpha, beta = page.programs.programs.values()
    assert (alpha.start.isVisible(), alpha.how.isVisible()) == (True, False)
    assert (beta.start.isVisible(), beta.how.isVisible()) == (False, True)
    with qtbot.waitSignal(page.start_wished) as started:
        QTest.mouseClick(alpha.start, Qt.MouseButton.LeftButton)
    assert started.args == ["alpha"]
    page.show_programs(programs(alpha=True, beta=True), listening=False)
    assert not alpha.start.isEnabled()
    assert beta.start.isVisible()
    assert "Start listening first" in texts_in(page)


def test_what_is_not_installed_is_told_by_system(page: AddressPage, qtbot: QtBot) -> None:
    beta = page.programs.programs["beta"]
    beta.how.click()
    assert beta.steps is not None

    def commands() -> list[str]:
        return [edit.text() for edit in beta.findChildren(QLineEdit) if edit.isVisible()]

    assert commands() == ["curl one", "two up"]
    beta.steps.systems.setCurrentText("macOS")
    assert commands() == ["brew three"]
    with qtbot.waitSignal(page.copied):
        next(button for button in beta.findChildren(type(beta.start)) if button.text() == "Copy").click()
    page.show_programs(programs(alpha=True, beta=True), listening=True)
    assert commands() == []


def test_an_own_address(page: AddressPage, qtbot: QtBot) -> None:
    assert not page.use_own.isEnabled()
    QTest.keyClicks(page.own, "https://own.example ")
    with qtbot.waitSignal(page.own_address_wished) as wished:
        QTest.keyClick(page.own, Qt.Key.Key_Return)
    assert wished.args == ["https://own.example"]
    page.show_own_problem("No good.")
    assert "No good." in texts_in(page)
    assert page.own.property("invalid")
    page.show_own("https://own.example")
    assert "No good." not in texts_in(page)
    assert not page.own.property("invalid")
    assert page.use_own.text() == "Remove"
    with qtbot.waitSignal(page.own_address_wished) as wished:
        QTest.mouseClick(page.use_own, Qt.MouseButton.LeftButton)
    assert wished.args == [""]


def test_every_control_has_a_name(page: AddressPage) -> None:
    page.programs.programs["beta"].how.click()
    page.show_public(PublicView("up", "Alpha", "10:03", URL, "", ("line",)))
    controls = [child for kind in (QAbstractButton, QLineEdit, QComboBox) for child in page.findChildren(kind)]
    nameless = [control for control in controls if control.isVisible() and not control.accessibleName()]
    assert len(controls) > 8
    assert nameless == []
