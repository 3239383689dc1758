"""The histogram: bars beside each other, each with the length of time at which it begins below it."""

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen

from inspector.ui.detail.labels import sized
from inspector.ui.theme import Colors
from inspector.ui.workbench.charts.chart import Chart, tint_of

_HEIGHT: Final = 96
_LEAST: Final = 2.0


class Histogram(Chart):
    """A mark's label is that of its bucket; `edges` are the words between the bars, one fewer than there are bars."""

    edges: tuple[str, ...] = ()

    def sizeHint(self) -> QSize:
        return QSize(200, _HEIGHT + self.fontMetrics().height() + 4)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    def areas(self) -> list[QRectF]:
        width = self.width() / max(1, len(self.marks))
        return [QRectF(number * width, 0, width, _HEIGHT) for number in range(len(self.marks))]

    def paint(self, painter: QPainter, colors: Colors) -> None:
        largest = max((mark.value for mark in self.marks), default=0) or 1
        painter.setPen(QPen(colors.border, 1))
        painter.drawLine(0, _HEIGHT, self.width(), _HEIGHT)
        room = _HEIGHT - 4
        for number, (mark, area) in enumerate(zip(self.marks, self.areas(), strict=True)):
            if not mark.value:
                continue
            tint = tint_of(mark, colors)
            height = max(_LEAST, room * mark.value / largest)
            bar = QRectF(area.left() + 2, _HEIGHT - height, area.width() - 4, height)
            painter.setPen(QPen(tint.foreground, 1))
            painter.setBrush(tint.foreground if self.lit(number) else tint.background)
            painter.drawRoundedRect(bar.adjusted(0.5, 0.5, -0.5, 0), 2, 2)
        self._write_edges(painter, colors)

    def _write_edges(self, painter: QPainter, colors: Colors) -> None:
        painter.setPen(colors.muted)
        painter.setFont(sized(self.font(), -1))
        height = self.height() - _HEIGHT
        for text, area in zip(self.edges, self.areas()[1:], strict=False):
            box = QRectF(area.left() - area.width() / 2, _HEIGHT + 2, area.width(), height - 2)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
