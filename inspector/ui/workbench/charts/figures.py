"""A few figures beside each other: a large number with what it is below it."""

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter

from inspector.ui.detail.labels import sized
from inspector.ui.theme import Colors
from inspector.ui.workbench.charts.chart import Chart

_GAP: Final = 6


class Figures(Chart):
    """A mark's `shown` is the number, its `label` stands below."""

    def sizeHint(self) -> QSize:
        large = QFontMetrics(sized(self.font(), 3, bold=True)).height()
        return QSize(200, large + self.fontMetrics().height() + 14)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    def areas(self) -> list[QRectF]:
        count = max(1, len(self.marks))
        width = (self.width() - _GAP * (count - 1)) / count
        return [QRectF(number * (width + _GAP), 0, width, self.height()) for number in range(len(self.marks))]

    def paint(self, painter: QPainter, colors: Colors) -> None:
        for number, (mark, area) in enumerate(zip(self.marks, self.areas(), strict=True)):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colors.raised if self.lit(number) else colors.alternate)
            painter.drawRoundedRect(area, 6, 6)
            upper, lower = QRectF(area), QRectF(area)
            upper.setBottom(area.top() + area.height() * 0.6)
            lower.setTop(upper.bottom())
            painter.setPen(colors.text)
            painter.setFont(sized(self.font(), 3, bold=True))
            painter.drawText(upper.adjusted(4, 5, -4, 0), Qt.AlignmentFlag.AlignCenter, mark.shown)
            painter.setPen(colors.muted)
            painter.setFont(sized(self.font(), -1))
            painter.drawText(lower.adjusted(4, 0, -4, -5), Qt.AlignmentFlag.AlignCenter, mark.label)
