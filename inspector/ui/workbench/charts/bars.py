"""What charts of upright bars share: a row of equally wide bars on a base line, with words below it."""

from typing import ClassVar, Final

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPen

from inspector.ui.detail.labels import sized
from inspector.ui.theme import Colors
from inspector.ui.workbench.charts.chart import Chart

_ABOVE: Final = 4
_LEAST: Final = 2.0
"""Pixels above the largest bar, and of the smallest."""


class Bars(Chart):
    """`TALL` is how many pixels there are for the bars; the words have a line of their own."""

    TALL: ClassVar[int]

    def sizeHint(self) -> QSize:
        return QSize(200, self.TALL + self.fontMetrics().height() + 4)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    def areas(self) -> list[QRectF]:
        width = self.width() / max(1, len(self.marks))
        return [QRectF(number * width, 0, width, self.TALL) for number in range(len(self.marks))]

    def paint(self, painter: QPainter, colors: Colors) -> None:
        painter.setPen(QPen(colors.border, 1))
        painter.drawLine(0, self.TALL, self.width(), self.TALL)
        largest = max((mark.value for mark in self.marks), default=0) or 1
        for number, (mark, area) in enumerate(zip(self.marks, self.areas(), strict=True)):
            if mark.value:
                height = max(_LEAST, (self.TALL - _ABOVE) * mark.value / largest)
                self.paint_bar(painter, colors, number, QRectF(area.left(), self.TALL - height, area.width(), height))
        painter.setPen(colors.muted)
        painter.setFont(sized(self.font(), -1))
        below = self.TALL + 2
        self.write(painter, QRectF(0, below, self.width(), self.height() - below))

    # -- what a kind of chart says ------------------------------------------------------------

    def paint_bar(self, painter: QPainter, colors: Colors, number: int, bar: QRectF) -> None:
        """Paint one; `bar` is as wide as its area."""
        raise NotImplementedError

    def write(self, painter: QPainter, below: QRectF) -> None:
        """Write the words into the line `below` the bars. Pen and font are set."""
        raise NotImplementedError
