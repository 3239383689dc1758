"""The sparkline: one narrow bar a second, the newest at the right."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from inspector.ui.theme import Colors
from inspector.ui.workbench.charts.bars import Bars


class Sparkline(Bars):
    """A mark a second. `left` and `right` are the words below the two ends."""

    TALL = 56
    left = ""
    right = ""

    def paint_bar(self, painter: QPainter, colors: Colors, number: int, bar: QRectF) -> None:
        bar.setWidth(max(1.0, bar.width() - 0.6))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)  # narrow bars would be blurred
        painter.fillRect(bar, colors.text if self.lit(number) else colors.accent)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def write(self, painter: QPainter, below: QRectF) -> None:
        painter.drawText(below, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.left)
        painter.drawText(below, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, self.right)
