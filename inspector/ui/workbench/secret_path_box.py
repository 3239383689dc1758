"""The part of the Address page that makes a secret path: only who was told the whole address gets in."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from inspector.ui.detail.labels import PlainLabel, WrappedLabel, muted_color
from inspector.ui.theme import Appearance

_WITHOUT = (
    "Strangers try the addresses of tunnels. With a secret path, only requests to an address that begins with it are "
    "kept; all others are answered 404, and counted in the status line."
)
_WITH = (
    "Only requests to an address that begins with the secret path are kept. It is part of every address that is shown "
    "and copied here. It also stands in every callback that is captured."
)


class SecretPathBox(QWidget):
    """Says whether there is one; `make_wished` and `remove_wished` when a button is pressed."""

    make_wished = Signal()
    remove_wished = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = WrappedLabel(appearance, _WITHOUT, color=muted_color, parent=self)
        self.make = QPushButton("Make one", self)
        self.make.setAutoDefault(False)
        self.remove = QPushButton("Remove", self)
        self.remove.setAutoDefault(False)
        self.remove.setAccessibleName("Remove the secret path")
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        buttons.addWidget(self.make)
        buttons.addWidget(self.remove)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(PlainLabel(appearance, "Secret path", bold=True, parent=self))
        layout.addWidget(self._text)
        layout.addLayout(buttons)
        self.make.clicked.connect(self.make_wished)
        self.remove.clicked.connect(self.remove_wished)
        self.show_set(set_already=False)

    def show_set(self, *, set_already: bool) -> None:
        """Whether there is a secret path."""
        self._text.setText(_WITH if set_already else _WITHOUT)
        self._text.updateGeometry()
        self.make.setText("Make another" if set_already else "Make one")
        self.make.setAccessibleName("Make another secret path" if set_already else "Make a secret path")
        self.remove.setVisible(set_already)
