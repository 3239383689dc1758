"""How a row of the timeline is painted: a mark on the rail, the state, its two clocks and the time since the last."""

from typing import Final

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from inspector.ui.detail.labels import sized
from inspector.ui.detail.timeline_model import TimelineModel
from inspector.ui.detail.timeline_rows import Kind, TimelineRow, clocks_text, gap_text
from inspector.ui.status_badge import paint_mark, paint_severity
from inspector.ui.theme import Appearance

_DISC: Final = 22
_LEFT: Final = 8
_TEXT: Final = _LEFT + _DISC + 10
_RIGHT: Final = 10
_LEFT_CENTRE: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class TimelineDelegate(QStyledItemDelegate):
    """Paints rows of one height, so that a thousand of them cost no more than what is seen."""

    def __init__(self, appearance: Appearance, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(super().sizeHint(option, index).width(), row_height(option.font))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        model = index.model()
        if not isinstance(model, TimelineModel):
            return
        row = model.row_at(index.row())
        last = index.row() == model.rowCount() - 1
        small = sized(option.font, -1)
        above = gap_height(option.font)
        box = QRect(option.rect)
        body = box.adjusted(0, above, -1, 0)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, option, body)
        self._paint_rail(painter, box, body, first=index.row() == 0, last=last)
        self._paint_disc(painter, body, row, chosen=bool(option.state & QStyle.StateFlag.State_Selected))
        if row.gap is not None:
            gap_box = QRect(box.left() + _TEXT, box.top(), box.width() - _TEXT - _RIGHT, above)
            self._paint_text(painter, gap_box, small, self._appearance.colors.muted, gap_text(row.gap))
        self._paint_words(painter, body, option.font, small, row)
        painter.restore()

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem, body: QRect) -> None:
        colors = self._appearance.colors
        state = option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colors.selection)
            painter.drawRoundedRect(QRectF(body), 6, 6)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colors.accent, 1.5))
            painter.drawRoundedRect(QRectF(body).adjusted(1, 1, -1, -1), 6, 6)

    def _paint_rail(self, painter: QPainter, box: QRect, body: QRect, *, first: bool, last: bool) -> None:
        painter.setPen(QPen(self._appearance.colors.border, 2))
        x = box.left() + _LEFT + _DISC // 2
        middle = _disc_top(body) + _DISC // 2
        if not first:
            painter.drawLine(x, box.top(), x, middle)
        if not last:
            painter.drawLine(x, middle, x, box.bottom() + 1)

    def _paint_disc(self, painter: QPainter, body: QRect, row: TimelineRow, *, chosen: bool) -> None:
        colors = self._appearance.colors
        disc = QRectF(body.left() + _LEFT, _disc_top(body), _DISC, _DISC)
        if row.kind is Kind.INVALID:
            paint_severity(painter, disc.adjusted(3, 3, -3, -3), "error", colors)
            return
        tint = colors.status_tint(row.status)
        if row.kind is Kind.RETRY:
            disc = disc.adjusted(3, 3, -3, -3)
            painter.setPen(QPen(tint.foreground, 1.2, Qt.PenStyle.DotLine))
            painter.setBrush(colors.window)
        else:
            # On the colour of the selection the disc needs an edge.
            painter.setPen(QPen(tint.foreground, 1) if chosen else Qt.PenStyle.NoPen)
            painter.setBrush(tint.background)
        painter.drawEllipse(disc)
        inset = disc.width() * 0.24
        paint_mark(painter, disc.adjusted(inset, inset, -inset, -inset), row.status, tint.foreground)

    def _paint_words(self, painter: QPainter, body: QRect, font: QFont, small: QFont, row: TimelineRow) -> None:
        colors = self._appearance.colors
        bold = sized(font, 0, bold=True)
        first_height = QFontMetrics(bold).height()
        top = _words_top(body, font, small)
        line = QRect(body.left() + _TEXT, top, body.width() - _TEXT - _RIGHT, first_height)
        number = f"#{row.seq}"
        number_width = QFontMetrics(small).horizontalAdvance(number) + 2
        number_box = QRect(line.right() - number_width + 1, line.top(), number_width, line.height())
        self._paint_text(painter, number_box, small, colors.muted, number)
        line.setRight(number_box.left() - 6)
        color = colors.severity["error"].foreground if row.kind is Kind.INVALID else colors.text
        used = self._paint_text(painter, line, bold, colors.muted if row.kind is Kind.RETRY else color, row.word)
        self._paint_chips(painter, line.adjusted(used + 8, 0, 0, 0), small, row)
        width = body.width() - _TEXT - _RIGHT
        times = QRect(body.left() + _TEXT, line.bottom() + 2, width, QFontMetrics(small).height())
        self._paint_text(painter, times, small, colors.muted, clocks_text(row))

    def _paint_chips(self, painter: QPainter, room: QRect, font: QFont, row: TimelineRow) -> None:
        metrics = QFontMetrics(font)
        left = room.left()
        for number, mark in enumerate(row.marks):
            rest = len(row.marks) - number - 1
            width = metrics.horizontalAdvance(mark.text) + 12
            spare = metrics.horizontalAdvance(f"+{rest}") + 6 if rest else 0
            if left + width + spare > room.right():
                more = QRect(left, room.top(), room.right() - left + 1, room.height())
                self._paint_text(painter, more, font, self._appearance.colors.muted, f"+{rest + 1}")
                return
            tint = self._appearance.colors.severity[mark.severity]
            chip = QRectF(left, room.top() + 0.5, width, room.height() - 1)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tint.background)
            painter.drawRoundedRect(chip, 4, 4)
            painter.setPen(tint.foreground)
            painter.setFont(font)
            painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, mark.text)
            left += width + 5

    def _paint_text(self, painter: QPainter, box: QRect, font: QFont, color: QColor, text: str) -> int:
        metrics = QFontMetrics(font)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        painter.setFont(font)
        painter.setPen(color)
        painter.drawText(box, _LEFT_CENTRE, shown)
        return metrics.horizontalAdvance(shown)


def row_height(font: QFont) -> int:
    """The height of every row in this font."""
    small = sized(font, -1)
    bold = QFontMetrics(sized(font, 0, bold=True)).height()
    return gap_height(font) + bold + 1 + QFontMetrics(small).height() + 8


def gap_height(font: QFont) -> int:
    """The upper part of a row, which tells the time since the row before."""
    return QFontMetrics(sized(font, -1)).height() + 2


def _words_top(body: QRect, font: QFont, small: QFont) -> int:
    height = QFontMetrics(sized(font, 0, bold=True)).height() + 1 + QFontMetrics(small).height()
    return body.top() + (body.height() - height) // 2


def _disc_top(body: QRect) -> int:
    return body.top() + (body.height() - _DISC) // 2
