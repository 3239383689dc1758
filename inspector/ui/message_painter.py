"""The rows of the table of messages: badge, numbers, the strip of transitions, findings."""

from typing import Final

from PySide6.QtCore import QObject, QRect, QRectF, QSize
from PySide6.QtGui import QColor, QFont, QPainter, QPen
from PySide6.QtWidgets import QStyleOptionViewItem

from inspector.callbacks.findings import FindingCode, severity_of
from inspector.session.marks import Mark
from inspector.session.records import MessageRow
from inspector.ui.mark_flag import FLAG_WIDTH, paint_flag
from inspector.ui.message_table_model import Column, MessageTableModel, codes_of
from inspector.ui.row_painter import MARGIN, Index, Picture, RowPainter
from inspector.ui.status_badge import LETTERS
from inspector.ui.theme import Appearance

_DOT: Final = 9
_STEP: Final = _DOT + 7


class MessagePainter(RowPainter[MessageRow]):
    """Paints messages."""

    fixed_columns = frozenset({Column.TO, Column.FROM, Column.FIRST_SEEN, Column.LAST_CHANGE, Column.ERROR})
    muted_columns = frozenset({Column.FIRST_SEEN, Column.LAST_CHANGE, Column.FROM, Column.SEGMENTS})

    def __init__(self, appearance: Appearance, model: MessageTableModel, parent: QObject | None = None) -> None:
        super().__init__(appearance, model, parent)
        self._messages = model

    def color(self, column: int) -> QColor:
        if column == Column.ERROR:
            return self._appearance.colors.status["failed"].foreground
        return super().color(column)

    def picture(self, column: int, record: MessageRow, width: int, font: QFont) -> Picture | None:
        if column == Column.STATUS:
            return self.badge(record.status, font) if record.mark is None else self._flagged(record, record.mark, font)
        if column == Column.TRANSITIONS:
            letters = record.strip[-max(1, (width - 2 * MARGIN) // _STEP) :]
            return Picture(f"strip {letters}", lambda painter, box: self._draw_strip(painter, box, letters))
        if column == Column.FINDINGS:
            return self._findings(record, font)
        return None

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        size = super().sizeHint(option, index)
        if index.column() == Column.STATUS:
            return QSize(option.fontMetrics.horizontalAdvance("Undelivered") + 56, size.height())
        if index.column() == Column.TRANSITIONS:
            return QSize(2 * MARGIN + 5 * _STEP, size.height())
        return size

    def _flagged(self, message: MessageRow, mark: Mark, font: QFont) -> Picture:
        """The badge with a flag before it."""
        badge = self.badge(message.status, font)

        def draw(painter: QPainter, box: QRect) -> None:
            flag = QRectF(box.left() + 1, box.top() + 4, FLAG_WIDTH, box.height() - 8)
            paint_flag(painter, flag, mark, self._appearance.colors)
            badge.draw(painter, box.adjusted(FLAG_WIDTH + 5 - MARGIN, 0, 2, 0))

        return Picture(f"{badge.key} {mark.colour} {bool(mark.note)}", draw)

    def _draw_strip(self, painter: QPainter, box: QRect, letters: str) -> None:
        """A dot a transition, joined by a line; terminal ones are larger and filled."""
        colors = self._appearance.colors
        y = box.height() / 2
        left = MARGIN + _DOT / 2
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if len(letters) > 1:
            painter.setPen(QPen(colors.border, 2))
            painter.drawLine(int(left), int(y), int(left + _STEP * (len(letters) - 1)), int(y))
        for number, letter in enumerate(letters):
            tint = colors.status_tint(LETTERS.get(letter))
            final = letter in "dufr"
            radius = _DOT / 2 + (0.5 if final else -0.5)
            painter.setPen(QPen(tint.foreground, 1.6))
            painter.setBrush(tint.foreground if final else tint.background)
            painter.drawEllipse(QRectF(left + _STEP * number - radius, y - radius, 2 * radius, 2 * radius))

    def _findings(self, message: MessageRow, font: QFont) -> Picture | None:
        codes = codes_of(message, stalled=self._messages.clock.stalled(message))
        if not codes:
            return None
        worst = max((_severity(code) for code in codes), key=("info", "warning", "error").index)
        first = next(code for code in codes if _severity(code) == worst)
        text = first.replace("_", " ") + (f" +{len(codes) - 1}" if len(codes) > 1 else "")
        return self.marked(text, worst, self._appearance.colors.text, font)


def _severity(code: str) -> str:
    return "error" if code == "invalid" else severity_of(FindingCode(code)).value
