"""The dialog for the project's signing key: enter it, replace it, forget it. It never shows the one that is set."""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from inspector.runtime.secrets import SIGNING_KEY_VARIABLE

_PURPOSE: Final = (
    "With the signing key of your project, the signatures of callbacks are checked. It stands in the SignalWire "
    "dashboard under API credentials and begins with PSK."
)
_KEYRING: Final = "It is kept in the keyring of this system, and in no file of this program."
_MEMORY: Final = (
    "This system has no keyring that can be used. The key is kept until the program ends, and in no file. To have it "
    f"next time, set the environment variable {SIGNING_KEY_VARIABLE} before the program starts."
)
_ENVIRONMENT: Final = (
    f"The key is taken from the environment variable {SIGNING_KEY_VARIABLE}, which comes before any other. To use "
    "another key, change the variable and start the program again."
)
_NOT_A_KEY: Final = "This looks like an API token (PT…). Signatures are made with the signing key (PSK…)."
_OTHER: Final = "Signing keys of SignalWire begin with PSK. This one is taken as it is."
_SPACE: Final = "A signing key has no spaces and no line ends in it."


class KeySource(Enum):
    """Where the signing key in force comes from; the value is what the user reads."""

    NONE = "None is set"
    ENVIRONMENT = "From the environment"
    KEYRING = "From the keyring"
    MEMORY = "Kept until the program ends"


@dataclass(frozen=True, slots=True)
class KeyState:
    """What the dialog tells. `kept`: there is a key to forget, though that of the environment may come before it."""

    source: KeySource
    has_keyring: bool
    kept: bool


class SigningKeyDialog(QDialog):
    """Asks for a signing key. When it is accepted, `key` is the new one, or None to forget the one that is kept."""

    def __init__(self, state: KeyState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Signing key")
        self._forget_wished = False
        self._editable = state.source is not KeySource.ENVIRONMENT
        is_set = state.source is not KeySource.NONE
        self._state = _label(f"Signing key: {state.source.value.lower()}.", self, bold=True)
        where = _KEYRING if state.has_keyring else _MEMORY
        self.place = _label(where if self._editable else _ENVIRONMENT, self)
        self.field = QLineEdit(self)
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.setMaxLength(500)
        self.field.setPlaceholderText("PSK…")
        self.field.setAccessibleName("Signing key")
        self.field.setEnabled(self._editable)
        self._show_typed = QCheckBox("Show what is typed", self)
        self._show_typed.setEnabled(self._editable)
        self._show_typed.toggled.connect(self._on_show_typed)
        self.hint = _label("", self)
        buttons = QDialogButtonBox(self)
        self.save = QPushButton("Replace" if is_set else "Save", self)
        self.save.setDefault(True)
        self.forget = QPushButton("Forget the key", self)
        self.forget.setAutoDefault(False)
        buttons.addButton(self.save, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(QDialogButtonBox.StandardButton.Cancel if self._editable else _CLOSE)
        # A box shows what is added to it.
        buttons.addButton(self.forget, QDialogButtonBox.ButtonRole.ResetRole)
        self.forget.setVisible(state.kept)
        self.save.setVisible(self._editable)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.forget.clicked.connect(self._on_forget)
        form = QFormLayout()
        form.setVerticalSpacing(8)
        form.addRow("&New key" if is_set else "Signing &key", self.field)
        form.addRow("", self._show_typed)
        form.setRowVisible(self.field, self._editable)
        form.setRowVisible(self._show_typed, self._editable)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(12)
        layout.addWidget(self._state)
        layout.addWidget(_label(_PURPOSE, self))
        layout.addLayout(form)
        layout.addWidget(self.hint)
        layout.addWidget(self.place)
        layout.addWidget(buttons)
        self.setMinimumWidth(460)
        self.field.textChanged.connect(self._on_text_changed)
        self._on_text_changed("")
        self._fit()
        self.field.setFocus()

    @property
    def key(self) -> str | None:
        """The key that was entered; None when the kept one is to be forgotten."""
        return None if self._forget_wished else self.field.text().strip()

    def _on_text_changed(self, text: str) -> None:
        key = text.strip()
        broken = any(character.isspace() or not character.isprintable() for character in key)
        self.save.setEnabled(bool(key) and not broken)
        hint = _SPACE if broken else _hint(key)
        if hint != self.hint.text():
            self.hint.setText(hint)
            self._fit()

    def _fit(self) -> None:
        """Give the hint its room, and take it away: labels of several lines do not ask for it by themselves."""
        self.hint.setVisible(bool(self.hint.text()))
        layout = self.layout()
        if layout is not None and self.isVisible():
            layout.activate()
            self.resize(self.width(), layout.totalHeightForWidth(self.width()))

    def _on_show_typed(self, shown: bool) -> None:
        self.field.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)

    def _on_forget(self) -> None:
        self._forget_wished = True
        self.accept()


_CLOSE: Final = QDialogButtonBox.StandardButton.Close


def _hint(key: str) -> str:
    """What a key looks like; nothing while it may still become one."""
    if "PSK".startswith(key[:3].upper()):
        return ""
    return _NOT_A_KEY if key.startswith("PT") else _OTHER


def _label(text: str, parent: QWidget, *, bold: bool = False) -> QLabel:
    label = QLabel(parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setText(text)
    if bold:
        font = label.font()
        font.setBold(True)
        label.setFont(font)
    return label
