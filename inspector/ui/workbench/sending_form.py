"""Where simulated callbacks go, how many, how fast, and in which form."""

from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QFrame,
    QLineEdit,
    QRadioButton,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from inspector.callbacks.web_address import is_web_address
from inspector.ui.detail.labels import WrappedLabel, muted_color
from inspector.ui.theme import Appearance
from inspector.ui.workbench.simulation import HIGHEST_RATE, LOWEST_RATE, MOST_MESSAGES, PATHS, Order, Wire

_WIRES: Final = {
    Wire.JSON: ("JSON", "As the REST API, RELAY and SWML send it. Signed by the schemes A and A-256."),
    Wire.JSON_DIGEST: (
        "JSON, digest in the URL",
        "With a key, the URL carries bodySHA256 and is signed by scheme C.",
    ),
    Wire.FORM: (
        "Form (Compatibility API)",
        "Without timestamps and custom variables, so lateness and wrong order cannot be told. Signed by scheme B.",
    ),
}
_RETRIES: Final = "No answer within 5 seconds, or 500 and above: two more attempts, within 15 seconds in all."
_RADIO: Final = (
    "QRadioButton::indicator { width: 13px; height: 13px; border-radius: 7px; background: palette(base); "
    "border: 1px solid palette(placeholder-text); }"
    "QRadioButton::indicator:checked { width: 7px; height: 7px; border: 4px solid palette(link); }"
    "QRadioButton::indicator:focus { border-color: palette(link); }"
)


def address_to_send_to(base: str, path: str) -> str:
    """`base`, with `path` where it has none of its own; "" when it is no http URL."""
    if not is_web_address(base):
        return ""
    parts = urlsplit(base)
    if parts.path in ("", "/"):
        path, _, query = path.partition("?")
        parts = parts._replace(path=f"/{path.lstrip('/')}", query=parts.query or query)
    return urlunsplit(parts._replace(fragment=""))


class SendingForm(QWidget):
    """Target, number, rate, dialect, signing, retries."""

    changed = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._listening: str | None = None
        self._has_key = False
        self.here = QRadioButton("This window", self)
        self.elsewhere = QRadioButton("My app", self)
        self.here.setChecked(True)
        for button in (self.here, self.elsewhere):
            button.setStyleSheet(_RADIO)
        self.url = QLineEdit(self)
        self.url.setPlaceholderText("http://127.0.0.1:3000/hooks/status")
        self.path = QComboBox(self)
        self.path.setEditable(True)
        self.path.addItems(PATHS)
        self.messages = QSpinBox(self)
        self.messages.setRange(1, MOST_MESSAGES)
        self.messages.setGroupSeparatorShown(True)
        self.rate = QDoubleSpinBox(self)
        self.rate.setRange(LOWEST_RATE, HIGHEST_RATE)
        self.rate.setDecimals(1)
        self.rate.setSuffix(" callbacks a second")
        self.seed = QLineEdit(self)
        self.seed.setPlaceholderText("drawn for each run")
        self.wire = QComboBox(self)
        for wire, (name, _) in _WIRES.items():
            self.wire.addItem(name, wire)
        self._wire_note = WrappedLabel(appearance, color=muted_color, parent=self)
        self.sign = QCheckBox("Sign with the project’s key", self)
        self._key_note = WrappedLabel(appearance, color=muted_color, parent=self)
        self.retry = QCheckBox("Try again like SignalWire", self)
        self._retry_note = WrappedLabel(appearance, _RETRIES, color=muted_color, parent=self)
        self._url_note = WrappedLabel(appearance, color=muted_color, parent=self)
        self._lay_out()
        self._connect()
        self.show_key(None)

    def _lay_out(self) -> None:
        inside = QWidget(self)
        form = QFormLayout(inside)
        form.setContentsMargins(2, 0, 8, 8)
        form.setVerticalSpacing(8)
        form.setHorizontalSpacing(12)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        rows: tuple[tuple[str, QWidget, str], ...] = (
            ("Send to", self.here, ""),
            ("", self.elsewhere, ""),
            ("&URL", self.url, "Address of my app"),
            ("", self._url_note, ""),
            ("&Path", self.path, "Path"),
            ("&Messages", self.messages, "Messages"),
            ("&Rate", self.rate, "Callbacks a second"),
            ("S&eed", self.seed, "Seed"),
            ("&Dialect", self.wire, "Dialect"),
            ("", self._wire_note, ""),
            ("", self.sign, ""),
            ("", self._key_note, ""),
            ("", self.retry, ""),
            ("", self._retry_note, ""),
        )
        height = self.url.sizeHint().height()
        for title, widget, name in rows:
            form.addRow(title, widget)
            if name:
                widget.setAccessibleName(name)
            if isinstance(widget, QComboBox | QAbstractSpinBox):
                widget.setMinimumHeight(height)
        area = QScrollArea(self)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setWidget(inside)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(area)

    def _connect(self) -> None:
        for button in (self.here, self.sign, self.retry):
            button.toggled.connect(self._on_changed)
        for edit in (self.url, self.seed):
            edit.textChanged.connect(self._on_changed)
        self.path.editTextChanged.connect(self._on_changed)
        self.wire.currentIndexChanged.connect(self._on_changed)
        spins: tuple[QAbstractSpinBox, ...] = (self.messages, self.rate)
        for spin in spins:
            spin.lineEdit().textChanged.connect(self._on_changed)

    # -- what the page asks -------------------------------------------------------------------

    @property
    def controls(self) -> list[QWidget]:
        """What has the keyboard's focus, in turn."""
        where = [self.here, self.elsewhere, self.url, self.path]
        return [*where, self.messages, self.rate, self.seed, self.wire, self.sign, self.retry]

    @property
    def target(self) -> str:
        """The whole address that callbacks go to; "" where there is none."""
        base = self.url.text().strip() if self.elsewhere.isChecked() else self._listening or ""
        return address_to_send_to(base, self.path.currentText().strip())

    @property
    def signed(self) -> bool:
        return self._has_key and self.sign.isChecked()

    @property
    def problem(self) -> str:
        """Why nothing can be sent as things are; "" where it can."""
        if self.elsewhere.isChecked() and not self.target:
            return "Sending: write the address of your app, beginning with http:// or https://."
        if not self.elsewhere.isChecked() and self._listening is None:
            return "This window is not listening. Start listening (F5), or send to your own app under Sending."
        if not self.path.currentText().isprintable() or " " in self.path.currentText().strip():
            return "Sending: a path has no spaces."
        if self.seed.text().strip() and self._seed is None:
            return "Sending: a seed is a whole number, such as 482913."
        return ""

    @property
    def sending(self) -> dict[str, Any]:
        """The fields by their names in an order."""
        return {
            "messages": self.messages.value(),
            "rate": self.rate.value(),
            "seed": self._seed,
            "wire": Wire(self.wire.currentData()),  # Qt gives back a plain text
            "sign": self.sign.isChecked(),
            "retry": self.retry.isChecked(),
            "elsewhere": self.elsewhere.isChecked(),
            "url": self.url.text().strip(),
            "path": self.path.currentText().strip(),
        }

    def show_order(self, order: Order) -> None:
        self.messages.setValue(order.messages)
        self.rate.setValue(order.rate)
        self.seed.setText("" if order.seed is None else str(order.seed))
        self.wire.setCurrentIndex(self.wire.findData(order.wire))
        self.sign.setChecked(order.sign)
        self.retry.setChecked(order.retry)
        (self.elsewhere if order.elsewhere else self.here).setChecked(True)
        self.url.setText(order.url)
        self.path.setCurrentText(order.path)

    def show_listening(self, url: str | None) -> None:
        self._listening = url
        self.here.setText("This window" if url is None else f"This window ({url})")
        self._on_changed()

    def show_key(self, source: str | None) -> None:
        """Where the signing key comes from, None without one."""
        self._has_key = source is not None
        self.sign.setVisible(self._has_key)
        self._key_note.show_text(
            f"The key comes from {source}."
            if source is not None
            else "Nothing is signed, as there is no signing key. Start with the project’s key in the environment "
            "variable INSPECTOR_SIGNING_KEY, or enter it under Tools, Signing key."
        )
        self._on_changed()

    @property
    def _seed(self) -> int | None:
        text = self.seed.text().strip()
        digits = text.removeprefix("-")
        return int(text) if digits.isascii() and digits.isdigit() and len(digits) < 20 else None

    def _on_changed(self) -> None:
        elsewhere = self.elsewhere.isChecked()
        self.url.setEnabled(elsewhere)
        own_path = elsewhere and _has_path(self.url.text().strip())
        self.path.setEnabled(not own_path)
        self._url_note.show_text("The address has a path of its own, which counts." if own_path else "")
        self._wire_note.show_text(_WIRES[Wire(self.wire.currentData())][1])
        self.changed.emit()


def _has_path(url: str) -> bool:
    """Whether an address names a path."""
    return is_web_address(url) and urlsplit(url).path not in ("", "/")
