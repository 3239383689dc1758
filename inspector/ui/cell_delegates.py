"""How cells are painted: text, badges, the strip of transitions, marks.

A full table is painted at every flush while callbacks pour in, so a cell asks the model for its record
directly (not through Qt, which costs more than the painting) and keeps the texts that it had to cut.
"""

from collections.abc import Callable
from typing import Any, Final, Generic

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from inspector.callbacks.findings import FindingCode, severity_of
from inspector.session.records import CallbackSummary, MessageRow
from inspector.ui.callback_table_model import CallbackColumn
from inspector.ui.message_table_model import Column, MessageTableModel, codes_of
from inspector.ui.row_id_model import Record, RowIdModel
from inspector.ui.status_badge import LETTERS, paint_badge, paint_severity
from inspector.ui.theme import Appearance, monospace

Index = QModelIndex | QPersistentModelIndex
_MARGIN: Final = 8
_DOT: Final = 9
_STEP: Final = _DOT + 7
_MARK: Final = 13
_CUT_KEPT: Final = 4096
_PICTURES_KEPT: Final = 512
_HIGHLIGHTED: Final = (
    QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_HasFocus
)
_LEFT: Final = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT: Final = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class CellDelegate(QStyledItemDelegate, Generic[Record]):
    """Paints the cells of a RowIdModel. A subclass says how which columns look."""

    fixed_columns: frozenset[int] = frozenset()
    muted_columns: frozenset[int] = frozenset()

    def __init__(self, appearance: Appearance, model: RowIdModel[Record], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._model = model
        self._font_fixed = monospace(0.5)
        self._cut: dict[tuple[str, int, bool], str] = {}
        self._pictures: dict[tuple[str, int, int, float], QPixmap] = {}
        appearance.changed.connect(self._pictures.clear)

    def paint_cell(self, painter: QPainter, box: QRect, column: int, record: Record, font: QFont) -> bool:
        """Paint a cell that is more than text; False leaves it to be painted as text."""
        raise NotImplementedError

    def color(self, column: int) -> QColor:
        """The colour of a column's text."""
        colors = self._appearance.colors
        return colors.muted if column in self.muted_columns else colors.text

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row, column = index.row(), index.column()
        record = self._model.record(row)
        if option.state & _HIGHLIGHTED:
            panel = QStyle.PrimitiveElement.PE_PanelItemViewItem
            option.widget.style().drawPrimitive(panel, option, painter, option.widget)
        if record is None:
            return
        box: QRect = option.rect
        if self.paint_cell(painter, box, column, record, option.font):
            return
        text = self._model.shown(record, column, Qt.ItemDataRole.DisplayRole)
        if text:
            self._paint_text(painter, box.adjusted(_MARGIN, 0, -_MARGIN, 0), text, column, option.font)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        metrics = QFontMetrics(self._font_fixed) if index.column() in self.fixed_columns else option.fontMetrics
        width = metrics.horizontalAdvance(index.data() or "") + 2 * _MARGIN + 2
        return QSize(width, option.fontMetrics.height() + 14)

    def _paint_text(self, painter: QPainter, box: QRect, text: str, column: int, font: QFont) -> None:
        fixed = column in self.fixed_columns
        painter.setFont(self._font_fixed if fixed else font)
        painter.setPen(self.color(column))
        shown = self._fitting(painter, text, box.width(), fixed=fixed)
        painter.drawText(box, _RIGHT if column in self._model.numeric else _LEFT, shown)

    def paint_cached(self, painter: QPainter, box: QRect, key: str, draw: Callable[[QPainter, QRect], None]) -> None:
        """Paint what looks alike in many cells: drawn once for its size and colours, then copied."""
        ratio = painter.device().devicePixelRatio()
        full_key = (key, box.width(), box.height(), ratio)
        picture = self._pictures.get(full_key)
        if picture is None:
            if len(self._pictures) > _PICTURES_KEPT:
                self._pictures.clear()
            picture = QPixmap(round(box.width() * ratio), round(box.height() * ratio))
            picture.setDevicePixelRatio(ratio)
            picture.fill(Qt.GlobalColor.transparent)
            inner = QPainter(picture)
            draw(inner, QRect(0, 0, box.width(), box.height()))
            inner.end()
            self._pictures[full_key] = picture
        painter.drawPixmap(box.topLeft(), picture)

    def paint_cached_badge(self, painter: QPainter, box: QRect, status: str | None, font: QFont) -> None:
        """The badge of a status."""

        def draw(inner: QPainter, area: QRect) -> None:
            inner.setFont(font)
            paint_badge(inner, area.adjusted(_MARGIN, 0, -2, 0), status, self._appearance.colors)

        self.paint_cached(painter, box, f"badge {status}", draw)

    def _fitting(self, painter: QPainter, text: str, width: int, *, fixed: bool) -> str:
        key = (text, width, fixed)
        found = self._cut.get(key)
        if found is None:
            if len(self._cut) > _CUT_KEPT:
                self._cut.clear()
            found = self._cut[key] = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, width)
        return found

    def _paint_marked(self, painter: QPainter, box: QRect, text: str, severity: str, color: QColor) -> None:
        """A severity mark and text behind it."""
        top = box.center().y() - _MARK / 2 + 0.5
        paint_severity(painter, QRectF(box.left() + _MARGIN, top, _MARK, _MARK), severity, self._appearance.colors)
        painter.setPen(color)
        words = box.adjusted(_MARGIN + _MARK + 6, 0, -4, 0)
        painter.drawText(words, _LEFT, self._fitting(painter, text, words.width(), fixed=False))


class MessageDelegate(CellDelegate[MessageRow]):
    """The cells of the table of messages."""

    fixed_columns = frozenset({Column.TO, Column.FROM, Column.FIRST_SEEN, Column.LAST_CHANGE, Column.ERROR})
    muted_columns = frozenset({Column.FIRST_SEEN, Column.LAST_CHANGE, Column.FROM, Column.SEGMENTS})

    def __init__(self, appearance: Appearance, model: MessageTableModel, parent: QObject | None = None) -> None:
        super().__init__(appearance, model, parent)
        self._messages = model

    def color(self, column: int) -> QColor:
        if column == Column.ERROR:
            return self._appearance.colors.status["failed"].foreground
        return super().color(column)

    def paint_cell(self, painter: QPainter, box: QRect, column: int, record: MessageRow, font: QFont) -> bool:
        if column == Column.STATUS:
            self.paint_cached_badge(painter, box, record.status, font)
        elif column == Column.TRANSITIONS:
            self._paint_strip(painter, box, record.strip)
        elif column == Column.FINDINGS:
            painter.setFont(font)
            self._paint_findings(painter, box, record)
        else:
            return False
        return True

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        size = super().sizeHint(option, index)
        if index.column() == Column.STATUS:
            return QSize(option.fontMetrics.horizontalAdvance("Undelivered") + 56, size.height())
        if index.column() == Column.TRANSITIONS:
            return QSize(2 * _MARGIN + 5 * _STEP, size.height())
        return size

    def _paint_strip(self, painter: QPainter, box: QRect, strip: str) -> None:
        """A dot a transition, joined by a line; terminal ones are larger and filled."""
        letters = strip[-max(1, (box.width() - 2 * _MARGIN) // _STEP) :]
        if letters:
            self.paint_cached(painter, box, letters, lambda to, area: self._draw_strip(to, area, letters))

    def _draw_strip(self, painter: QPainter, box: QRect, letters: str) -> None:
        colors = self._appearance.colors
        y = box.height() / 2
        left = _MARGIN + _DOT / 2
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

    def _paint_findings(self, painter: QPainter, box: QRect, message: MessageRow) -> None:
        codes = codes_of(message, stalled=self._messages.clock.stalled(message))
        if codes:
            worst = max((_severity(code) for code in codes), key=("info", "warning", "error").index)
            first = next(code for code in codes if _severity(code) == worst)
            text = first.replace("_", " ") + (f" +{len(codes) - 1}" if len(codes) > 1 else "")
            self._paint_marked(painter, box, text, worst, self._appearance.colors.text)


def _severity(code: str) -> str:
    return "error" if code == "invalid" else severity_of(FindingCode(code)).value


class CallbackDelegate(CellDelegate[CallbackSummary]):
    """The cells of the list of callbacks."""

    fixed_columns = frozenset(
        {CallbackColumn.RECEIVED, CallbackColumn.PATH, CallbackColumn.MESSAGE, CallbackColumn.METHOD}
    )
    muted_columns = frozenset(
        {CallbackColumn.SEQ, CallbackColumn.DIALECT, CallbackColumn.SIGNATURE, CallbackColumn.SIZE}
    )

    def paint_cell(self, painter: QPainter, box: QRect, column: int, record: CallbackSummary, font: QFont) -> bool:
        if column == CallbackColumn.STATUS and record.status is not None:
            self.paint_cached_badge(painter, box, record.status, font)
        elif column == CallbackColumn.VERDICT:
            painter.setFont(font)
            self._paint_verdict(painter, box, record)
        else:
            return False
        return True

    def _paint_verdict(self, painter: QPainter, box: QRect, callback: CallbackSummary) -> None:
        colors = self._appearance.colors
        text: Any = self._model.shown(callback, CallbackColumn.VERDICT, Qt.ItemDataRole.DisplayRole)
        if callback.valid and not callback.problem_codes:
            painter.setPen(colors.status["delivered"].foreground)
            painter.drawText(box.adjusted(_MARGIN, 0, -4, 0), _LEFT, text)
        else:
            severity = "warning" if callback.valid else "error"
            self._paint_marked(painter, box, text, severity, colors.severity[severity].foreground)
