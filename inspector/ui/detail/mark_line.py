"""What the user remarked on the message: the flag, and the note in full."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from inspector.session.marks import Mark
from inspector.ui.detail.labels import WrappedLabel
from inspector.ui.detail.wording import several_lines
from inspector.ui.mark_flag import Flag
from inspector.ui.theme import Appearance


class MarkLine(QWidget):
    """Takes no room where there is no mark."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._flag = Flag(appearance, self)
        self._text = WrappedLabel(appearance, parent=self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._flag, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self._text, 1, Qt.AlignmentFlag.AlignVCenter)

    def show_mark(self, mark: Mark | None) -> None:
        self.setVisible(mark is not None)
        if mark is not None:
            self._flag.show_mark(mark)
            self._text.setText(several_lines(mark.note) if mark.note else f"Marked {mark.colour}")
