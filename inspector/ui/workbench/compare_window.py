"""A window that sets two messages or two callbacks side by side."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from inspector.ui.workbench.side_by_side import SideBySide


class CompareWindow(QWidget):
    """Stays what it was when it was opened, whatever comes later. Esc closes it, F3 goes to the next difference."""

    def __init__(
        self,
        title: str,
        left: tuple[str, Sequence[str]],
        right: tuple[str, Sequence[str]],
        parent: QWidget | None = None,
    ) -> None:
        """`left` and `right` are each a heading and lines."""
        super().__init__(parent, Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self._left, self._right = left, right
        self.view = SideBySide(*left, *right, self)
        self.swap = QPushButton("Swap sides", self)
        self.swap.clicked.connect(self._on_swap)
        self._close = QPushButton("Close", self)
        self._close.clicked.connect(self.close)
        foot = QHBoxLayout()
        foot.addWidget(self.swap)
        foot.addStretch(1)
        foot.addWidget(self._close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 14, 14, 12)
        layout.setSpacing(10)
        layout.addWidget(self.view, 1)
        layout.addLayout(foot)
        self.view.later.setToolTip("F3")
        self.view.earlier.setToolTip("Shift+F3")
        self.resize(1080, 720)
        self.view.left.setFocus()
        self.view.go_to_difference(1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape or event.matches(QKeySequence.StandardKey.Close):
            self.close()
        elif event.key() == Qt.Key.Key_F3:
            back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.view.go_to_difference(-1 if back else 1)
        else:
            super().keyPressEvent(event)

    def _on_swap(self) -> None:
        self._left, self._right = self._right, self._left
        self.view.show_lines(*self._left, *self._right)
