"""Bars below each other: a label on a bar, the number at the right."""

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter

from inspector.ui.theme import Colors
from inspector.ui.workbench.charts.chart import Chart, Mark, tint_of

_GAP: Final = 3
_INSET: Final = 8


class RankedBars(Chart):
    """Each bar is as long as its value is large, measured by `whole` or the largest."""

    whole: float | None = None
    """The value of a bar of full length; None: that of the largest."""

    @property
    def row_height(self) -> int:
        return self.fontMetrics().height() + 8

    def sizeHint(self) -> QSize:
        rows = len(self.marks)
        return QSize(200, max(0, rows * (self.row_height + _GAP) - _GAP))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    def areas(self) -> list[QRectF]:
        step = self.row_height + _GAP
        return [QRectF(0, number * step, self.width(), self.row_height) for number in range(len(self.marks))]

    def paint(self, painter: QPainter, colors: Colors) -> None:
        whole = self.whole or max((mark.value for mark in self.marks), default=0) or 1
        for number, (mark, area) in enumerate(zip(self.marks, self.areas(), strict=True)):
            tint = tint_of(mark, colors)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colors.raised if self.lit(number) else colors.alternate)
            painter.drawRoundedRect(area, 4, 4)
            if mark.value:
                bar = QRectF(area)
                bar.setWidth(max(4.0, area.width() * min(1.0, mark.value / whole)))
                painter.setBrush(tint.background)
                painter.drawRoundedRect(bar, 4, 4)
                painter.setBrush(tint.foreground)
                painter.drawRoundedRect(QRectF(bar.left(), bar.top(), 3, bar.height()), 1.5, 1.5)
            self._write(painter, area, mark, tint.foreground if mark.value else colors.muted, colors)

    def _write(self, painter: QPainter, area: QRectF, mark: Mark, color: QColor, colors: Colors) -> None:
        metrics = self.fontMetrics()
        words = area.adjusted(_INSET + self.paint_icon(painter, area, mark, color, colors), 0, -_INSET, 0)
        painter.setPen(colors.text if mark.value else colors.muted)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, mark.shown)
        words.setRight(words.right() - metrics.horizontalAdvance(mark.shown) - 12)
        text = metrics.elidedText(mark.label, Qt.TextElideMode.ElideRight, int(words.width()))
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)

    def paint_icon(self, painter: QPainter, area: QRectF, mark: Mark, color: QColor, colors: Colors) -> float:
        """Paint what stands before the label; returns the room that it takes."""
        if not mark.tint.startswith("severity:"):
            return 0
        from inspector.ui.status_badge import paint_severity

        size = self.fontMetrics().ascent() * 0.8
        box = QRectF(area.left() + _INSET, area.center().y() - size / 2, size, size)
        paint_severity(painter, box, mark.tint.removeprefix("severity:"), colors)
        return size + 6
