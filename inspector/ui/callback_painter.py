"""The rows of the list of callbacks: verdict, badge, and texts."""

from PySide6.QtCore import QRect
from PySide6.QtGui import QFont, QPainter

from inspector.session.records import CallbackSummary
from inspector.ui.callback_table_model import CallbackColumn, verdict
from inspector.ui.row_painter import MARGIN, Picture, RowPainter


class CallbackPainter(RowPainter[CallbackSummary]):
    """Paints callbacks."""

    fixed_columns = frozenset(
        {CallbackColumn.RECEIVED, CallbackColumn.PATH, CallbackColumn.MESSAGE, CallbackColumn.METHOD}
    )
    muted_columns = frozenset(
        {CallbackColumn.SEQ, CallbackColumn.DIALECT, CallbackColumn.SIGNATURE, CallbackColumn.SIZE}
    )

    def picture(self, column: int, record: CallbackSummary, width: int, font: QFont) -> Picture | None:
        if column == CallbackColumn.STATUS and record.status is not None:
            return self.badge(record.status, font)
        if column == CallbackColumn.VERDICT:
            return self._verdict(record, font)
        return None

    def _verdict(self, callback: CallbackSummary, font: QFont) -> Picture:
        colors = self._appearance.colors
        text = verdict(callback)
        if not callback.valid or callback.problem_codes:
            severity = "warning" if callback.valid else "error"
            return self.marked(text, severity, colors.severity[severity].foreground, font)

        def draw(painter: QPainter, box: QRect) -> None:
            painter.setFont(font)
            painter.setPen(colors.status["delivered"].foreground)
            middle = box.height() / 2 + painter.fontMetrics().ascent() / 2 - painter.fontMetrics().descent() / 2
            painter.drawText(MARGIN, round(middle), text)

        return Picture(text, draw)
