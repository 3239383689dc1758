"""The sparkline: one narrow bar a second, the newest at the right."""

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen

from inspector.ui.detail.labels import sized
from inspector.ui.theme import Colors
from inspector.ui.workbench.charts.chart import Chart

_HEIGHT: Final = 56


class Sparkline(Chart):
    """A mark a second. `left` and `right` are the words below the two ends."""

    left = ""
    right = ""

    def sizeHint(self) -> QSize:
        return QSize(200, _HEIGHT + self.fontMetrics().height() + 4)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    def areas(self) -> list[QRectF]:
        width = self.width() / max(1, len(self.marks))
        return [QRectF(number * width, 0, width, _HEIGHT) for number in range(len(self.marks))]

    def paint(self, painter: QPainter, colors: Colors) -> None:
        largest = max((mark.value for mark in self.marks), default=0) or 1
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        painter.setPen(QPen(colors.border, 1))
        painter.drawLine(0, _HEIGHT, self.width(), _HEIGHT)
        painter.setPen(Qt.PenStyle.NoPen)
        for number, (mark, area) in enumerate(zip(self.marks, self.areas(), strict=True)):
            if mark.value:
                height = max(2.0, (_HEIGHT - 4) * mark.value / largest)
                painter.setBrush(colors.text if self.lit(number) else colors.accent)
                painter.drawRect(QRectF(area.left(), _HEIGHT - height, max(1.0, area.width() - 0.6), height))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(colors.muted)
        painter.setFont(sized(self.font(), -1))
        below = QRectF(0, _HEIGHT + 2, self.width(), self.height() - _HEIGHT - 2)
        painter.drawText(below, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.left)
        painter.drawText(below, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, self.right)
