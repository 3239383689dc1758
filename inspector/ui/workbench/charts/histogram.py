"""The histogram: bars beside each other, each with the length of time at which it begins below it."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from inspector.ui.theme import Colors
from inspector.ui.workbench.charts.bars import Bars
from inspector.ui.workbench.charts.chart import tint_of


class Histogram(Bars):
    """A mark's label is that of its bucket; `edges` are the words between the bars, one fewer than there are bars."""

    TALL = 96
    edges: tuple[str, ...] = ()

    def paint_bar(self, painter: QPainter, colors: Colors, number: int, bar: QRectF) -> None:
        tint = tint_of(self.marks[number], colors)
        painter.setPen(QPen(tint.foreground, 1))
        painter.setBrush(tint.foreground if self.lit(number) else tint.background)
        painter.drawRoundedRect(bar.adjusted(2.5, 0.5, -2.5, 0), 2, 2)

    def write(self, painter: QPainter, below: QRectF) -> None:
        for text, area in zip(self.edges, self.areas()[1:], strict=False):
            box = QRectF(area.left() - area.width() / 2, below.top(), area.width(), below.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
