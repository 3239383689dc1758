"""A line of text behind a small mark, with more words below it."""

from collections.abc import Callable

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QLayout, QSizePolicy, QWidget

from inspector.ui.theme import Appearance, Colors

PaintMark = Callable[[QPainter, QRectF, Colors], None]
"""Paints a mark into a square."""


class MarkWidget(QWidget):
    """A mark as high as a line of text, with a word for screen readers."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._paint: PaintMark | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        appearance.changed.connect(self.update)

    def show_mark(self, word: str, paint: PaintMark) -> None:
        self._paint = paint
        self.setAccessibleName(word)
        self.update()

    def sizeHint(self) -> QSize:
        height = self.fontMetrics().height()
        return QSize(round(height * 0.85), height)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._paint is None:
            return
        side = min(self.width(), self.height()) - 1
        painter = QPainter(self)
        painter.setClipRect(event.rect())
        self._paint(painter, QRectF(0.5, (self.height() - side) / 2, side, side), self._appearance.colors)
        painter.end()


def lay_out_marked(row: QWidget, mark: MarkWidget, text: QWidget, below: QWidget | QLayout) -> None:
    """Lay a row out: the mark, the text beside it, and under the text what is `below`."""
    grid = QGridLayout(row)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(9)
    grid.setVerticalSpacing(1)
    grid.setColumnStretch(1, 1)
    grid.addWidget(mark, 0, 0, Qt.AlignmentFlag.AlignTop)
    grid.addWidget(text, 0, 1)
    if isinstance(below, QLayout):
        grid.addLayout(below, 1, 1)
    else:
        grid.addWidget(below, 1, 1)
