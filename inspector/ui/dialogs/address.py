"""Where to listen: address and port."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QFormLayout, QLabel, QSpinBox, QVBoxLayout, QWidget

from inspector.runtime.network import is_loopback

WARNING = (
    "⚠ Other machines in your network will be able to send callbacks to this address. "
    "Nothing of the session can be read from it."
)


class AddressDialog(QDialog):
    """Asks for an address and a port; `reason` says why it is asked, "" when the user wished to."""

    def __init__(self, host: str, port: int, reason: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Change address")
        self._host = QComboBox(self)
        self._host.setEditable(True)
        self._host.addItems(["127.0.0.1", "::1", "0.0.0.0"])  # noqa: S104 - offered with a warning, never the default
        self._host.setCurrentText(host)
        self._host.setAccessibleName("Address")
        self._port = QSpinBox(self)
        self._port.setRange(0, 65_535)
        self._port.setValue(port)
        self._port.setSpecialValueText("any free port")
        self._port.setAccessibleName("Port")
        self._reason = _label(reason, self)
        self._warning = _label(WARNING, self)
        self._buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel, self
        )
        self._buttons.button(QDialogButtonBox.StandardButton.Ok).setText("Listen there")
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        form = QFormLayout()
        form.addRow("&Address", self._host)
        form.addRow("&Port", self._port)
        layout = QVBoxLayout(self)
        layout.setSpacing(12)
        layout.addWidget(self._reason)
        layout.addLayout(form)
        layout.addWidget(self._warning)
        layout.addWidget(self._buttons)
        self._reason.setVisible(bool(reason))
        self._host.currentTextChanged.connect(self._on_host_changed)
        self._on_host_changed(host)
        self.setMinimumWidth(380)
        self._port.setFocus()
        self._port.selectAll()

    @property
    def address(self) -> tuple[str, int]:
        """The address and the port that were chosen."""
        return self._host.currentText().strip(), self._port.value()

    def _on_host_changed(self, text: str) -> None:
        self._buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(bool(text.strip()))
        self._warning.setVisible(not is_loopback(text))


def _label(text: str, parent: QWidget) -> QLabel:
    label = QLabel(parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setText(text)
    return label
