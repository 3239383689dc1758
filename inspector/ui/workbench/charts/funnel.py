"""The funnel: how many messages reached each status, as bars of one scale with the badge's marks."""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter

from inspector.ui.status_badge import paint_mark
from inspector.ui.theme import Colors
from inspector.ui.workbench.charts.chart import Mark
from inspector.ui.workbench.charts.ranked_bars import RankedBars


class Funnel(RankedBars):
    """Bars by status; `whole` is the number of all messages."""

    def paint_icon(self, painter: QPainter, area: QRectF, mark: Mark, color: QColor, colors: Colors) -> float:
        size = self.fontMetrics().ascent() * 0.8
        box = QRectF(area.left() + 9, area.center().y() - size / 2, size, size)
        paint_mark(painter, box, mark.tint, color)
        return size + 8
