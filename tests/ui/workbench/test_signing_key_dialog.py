"""The signing key dialog by itself: what can be typed, what is said, what is never shown."""

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from inspector.ui.workbench.signing_key_dialog import KeySource, KeyState, SigningKeyDialog


def make_dialog(
    qtbot: QtBot, source: KeySource = KeySource.NONE, *, has_keyring: bool = True, kept: bool = False
) -> SigningKeyDialog:
    dialog = SigningKeyDialog(KeyState(source, has_keyring, kept))
    qtbot.addWidget(dialog)
    return dialog


def texts(dialog: SigningKeyDialog) -> str:
    return "\n".join(label.text() for label in dialog.findChildren(QLabel) if not label.isHidden())


@pytest.mark.parametrize(
    ("typed", "accepted", "words"),
    [
        ("", False, ""),
        ("   ", False, ""),
        ("PSK0123", True, ""),
        ("  PSK0123\n", True, ""),
        ("PS", True, ""),
        ("PT0123", True, "API token"),
        ("0123", True, "begin with PSK"),
        ("PSK 0123", False, "no spaces"),
        ("PSK\x07", False, "no spaces"),
    ],
)
def test_what_can_be_a_key(qtbot: QtBot, typed: str, accepted: bool, words: str) -> None:
    dialog = make_dialog(qtbot)
    dialog.field.setText(typed)
    assert dialog.save.isEnabled() == accepted
    assert words in dialog.hint.text()
    assert dialog.hint.isHidden() == (not words)
    assert dialog.key == typed.strip()


def test_what_is_typed_is_hidden_unless_wished(qtbot: QtBot) -> None:
    dialog = make_dialog(qtbot)
    QTest.keyClicks(dialog.field, "PSK1")
    assert dialog.field.displayText() != "PSK1"
    dialog.findChildren(QCheckBox)[0].click()
    assert (dialog.field.echoMode(), dialog.field.displayText()) == (QLineEdit.EchoMode.Normal, "PSK1")


def test_save_saves_and_forget_forgets(qtbot: QtBot) -> None:
    dialog = make_dialog(qtbot, KeySource.KEYRING, kept=True)
    assert dialog.save.text() == "Replace"
    QTest.keyClicks(dialog.field, "PSK1")
    with qtbot.waitSignal(dialog.accepted):
        dialog.save.click()
    assert dialog.key == "PSK1"
    dialog = make_dialog(qtbot, KeySource.KEYRING, kept=True)
    with qtbot.waitSignal(dialog.accepted):
        dialog.forget.click()
    assert dialog.key is None


@pytest.mark.parametrize(
    ("source", "has_keyring", "kept", "words"),
    [
        (KeySource.NONE, True, False, "kept in the keyring"),
        (KeySource.NONE, False, False, "no keyring that can be used"),
        (KeySource.MEMORY, False, True, "until the program ends"),
        (KeySource.ENVIRONMENT, True, False, "INSPECTOR_SIGNING_KEY"),
    ],
)
def test_it_says_where_the_key_is(qtbot: QtBot, source: KeySource, has_keyring: bool, kept: bool, words: str) -> None:
    dialog = make_dialog(qtbot, source, has_keyring=has_keyring, kept=kept)
    assert words in dialog.place.text()
    assert source.value.lower() in texts(dialog)
    assert dialog.forget.isHidden() == (not kept)
    assert dialog.save.isHidden() == (source is KeySource.ENVIRONMENT)
