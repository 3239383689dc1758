"""Preferences: appearance, listening, the session file."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from inspector.runtime.network import is_loopback
from inspector.settings import Settings
from inspector.ui.dialogs.address import WARNING
from inspector.ui.theme import Scheme

_SCHEMES = {Scheme.SYSTEM: "Like the system", Scheme.LIGHT: "Light", Scheme.DARK: "Dark"}


class PreferencesDialog(QDialog):
    """Shows settings; `write_to` puts what was chosen into them."""

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Preferences")
        self._scheme = QComboBox(self)
        for scheme, text in _SCHEMES.items():
            self._scheme.addItem(text, scheme.value)
        self._scheme.setCurrentIndex(self._scheme.findData(settings.scheme))
        self._host = QLineEdit(settings.host, self)
        self._port = QSpinBox(self)
        self._port.setRange(0, 65_535)
        self._port.setSpecialValueText("any free port")
        self._port.setValue(settings.port)
        self._open = QLabel(WARNING, self)
        self._open.setTextFormat(Qt.TextFormat.PlainText)
        self._open.setWordWrap(True)
        self._signed = QCheckBox("Answer 403 to callbacks without a valid signature (needs the signing key)", self)
        self._signed.setChecked(settings.require_signature)
        self._listen = QCheckBox("Start listening when the window opens", self)
        self._listen.setChecked(settings.listen_at_start)
        self._limit = QSpinBox(self)
        self._limit.setRange(1, 1_048_576)
        self._limit.setSuffix(" KiB")
        self._limit.setGroupSeparatorShown(True)
        self._limit.setValue(settings.largest_body_kib)
        self._in_flight = QSpinBox(self)
        self._in_flight.setRange(1, 65_536)
        self._in_flight.setSuffix(" MiB; beyond it senders get 503")
        self._in_flight.setGroupSeparatorShown(True)
        self._in_flight.setValue(settings.most_in_flight_mib)
        self._stalled = QDoubleSpinBox(self)
        self._stalled.setRange(0.1, 10_000)
        self._stalled.setDecimals(1)
        self._stalled.setSuffix(" minutes")
        self._stalled.setValue(settings.stalled_minutes)
        self._keep_callbacks = QSpinBox(self)
        self._keep_callbacks.setRange(0, 1_000_000_000)
        self._keep_callbacks.setSingleStep(10_000)
        self._keep_callbacks.setGroupSeparatorShown(True)
        self._keep_callbacks.setSpecialValueText("all callbacks")
        self._keep_callbacks.setSuffix(" callbacks")
        self._keep_callbacks.setValue(settings.keep_callbacks)
        self._keep_days = QDoubleSpinBox(self)
        self._keep_days.setRange(0, 10_000)
        self._keep_days.setDecimals(1)
        self._keep_days.setSpecialValueText("any age")
        self._keep_days.setSuffix(" days")
        self._keep_days.setValue(settings.keep_days)
        kept = QLabel("Older messages are deleted from the session that is captured into. Other sessions stay whole.")
        kept.setTextFormat(Qt.TextFormat.PlainText)
        kept.setWordWrap(True)
        self._durable = QCheckBox("Wait for the disk before each answer (survives power loss; slower)", self)
        self._durable.setChecked(settings.durable)
        form = self._form = QFormLayout()
        form.setVerticalSpacing(10)
        form.addRow("&Appearance", self._scheme)
        form.addRow("Listen at &address", self._host)
        form.addRow("", self._open)
        form.setRowVisible(self._open, not is_loopback(settings.host))
        self._host.textChanged.connect(self._on_host_changed)
        form.addRow("&Port", self._port)
        form.addRow("", self._listen)
        form.addRow("Si&gnatures", self._signed)
        form.addRow("&Largest body", self._limit)
        form.addRow("All &bodies at once", self._in_flight)
        form.addRow("&Stalled after", self._stalled)
        form.addRow("&Keep the last", self._keep_callbacks)
        form.addRow("No &older than", self._keep_days)
        form.addRow("", kept)
        form.addRow("Session &file", self._durable)
        fields = (
            self._scheme, self._host, self._port, self._limit, self._in_flight, self._stalled, self._keep_callbacks,
            self._keep_days,
        )  # fmt: skip
        for field in fields:
            label = form.labelForField(field)
            if isinstance(label, QLabel):
                field.setAccessibleName(label.text().replace("&", ""))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel, self)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setSpacing(16)
        layout.addLayout(form)
        layout.addWidget(buttons)

    def _on_host_changed(self, text: str) -> None:
        self._form.setRowVisible(self._open, not is_loopback(text))
        layout = self.layout()
        if layout is not None:  # labels of several lines do not ask for their room by themselves
            layout.activate()
            self.resize(self.width(), layout.totalHeightForWidth(self.width()))

    def write_to(self, settings: Settings) -> None:
        """Put the choices into `settings`."""
        settings.scheme = self._scheme.currentData()
        settings.host = self._host.text().strip() or "127.0.0.1"
        settings.port = self._port.value()
        settings.listen_at_start = self._listen.isChecked()
        settings.require_signature = self._signed.isChecked()
        settings.largest_body_kib = self._limit.value()
        settings.most_in_flight_mib = self._in_flight.value()
        settings.stalled_minutes = self._stalled.value()
        settings.keep_callbacks = self._keep_callbacks.value()
        settings.keep_days = self._keep_days.value()
        settings.durable = self._durable.isChecked()
