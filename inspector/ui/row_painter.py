"""How the rows of the tables are painted: all that came into view at once, by a column at a time.

Qt's own way asks a delegate for every cell. Through Python that costs five times what the drawing does, and a full
table is painted a dozen times a second while callbacks pour in (measured at 22 rows of 11 columns: 5.5 ms that way,
under 1 ms this way). Here the texts of a row are laid out when it is first seen, and drawn as they are after that.
"""

from collections.abc import Callable, Iterable
from typing import Any, Final, Generic, NamedTuple

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPixmap, QStaticText
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QTableView

from inspector.ui.row_id_model import Record, RowIdModel
from inspector.ui.status_badge import paint_badge, paint_severity
from inspector.ui.theme import Appearance, monospace

Index = QModelIndex | QPersistentModelIndex
Draw = Callable[[QPainter, QRect], None]

MARGIN: Final = 8
_MARK: Final = 13
_TEXTS_KEPT: Final = 4096
_ROWS_KEPT: Final = 512
_PICTURES_KEPT: Final = 512
_LEFT: Final = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


class Picture(NamedTuple):
    """A cell that is more than text. Cells with the same key look the same, and are drawn once."""

    key: str
    draw: Draw


class _Column(NamedTuple):
    number: int
    left: int
    width: int


class _Text(NamedTuple):
    """A text laid out, and how far into its cell it begins. A line with other scripts in it may be higher."""

    right: int
    down: int
    text: QStaticText


_Cell = _Text | QPixmap | None


class RowPainter(QStyledItemDelegate, Generic[Record]):
    """Paints a RowIdModel. A subclass says how which columns look. (A delegate too, as Qt asks it for sizes.)"""

    fixed_columns: frozenset[int] = frozenset()
    muted_columns: frozenset[int] = frozenset()

    def __init__(self, appearance: Appearance, model: RowIdModel[Record], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._model = model
        self._font_fixed = monospace(0.5)
        self._texts: dict[tuple[str, int, bool], _Text] = {}
        self._pictures: dict[tuple[str, int, int], QPixmap] = {}
        self._rows: dict[int, tuple[Record, dict[tuple[int, int], _Cell]]] = {}
        self._ratio = 1.0
        appearance.changed.connect(self._forget)

    # -- what a subclass answers --------------------------------------------------------------

    def picture(self, column: int, record: Record, width: int, font: QFont) -> Picture | None:
        """How to paint a cell that is more than text; None for one that is not."""
        raise NotImplementedError

    def color(self, column: int) -> QColor:
        """The colour of a column's text."""
        colors = self._appearance.colors
        return colors.muted if column in self.muted_columns else colors.text

    # -- painting -----------------------------------------------------------------------------

    def paint_rows(self, table: QTableView, area: QRect) -> None:
        """Paint what of a table lies in `area` of its viewport."""
        first, last = table.rowAt(area.top()), table.rowAt(area.bottom())
        if first < 0:
            return
        if last < 0:
            last = len(self._model.ids) - 1
        height = table.rowHeight(first)
        top = table.rowViewportPosition(first)
        tops = range(top, top + height * (last - first + 1), height)
        columns = list(self._columns(table, area))
        # Ended also when a cell fails: the error holds on to the painter, which must not outlive the painting.
        with QPainter(table.viewport()) as painter:
            self._set_ratio(painter.device().devicePixelRatio())
            self._paint_backgrounds(painter, table, first, tops, columns)
            rows = [(y, self._cells(row)) for row, y in enumerate(tops, first)]
            for column in columns:
                self._paint_column(painter, column, height, rows, table.font())

    def _columns(self, table: QTableView, area: QRect) -> Iterable[_Column]:
        header = table.horizontalHeader()
        for place in range(header.count()):
            number = header.logicalIndex(place)
            left, width = header.sectionViewportPosition(number), header.sectionSize(number)
            if width and left <= area.right() and left + width > area.left():
                yield _Column(number, left, width)

    def _paint_backgrounds(
        self, painter: QPainter, table: QTableView, first: int, tops: range, columns: list[_Column]
    ) -> None:
        colors = self._appearance.colors
        selected = table.selectionModel()
        chosen = selected.hasSelection()
        left = columns[0].left if columns else 0
        width = columns[-1].left + columns[-1].width - left if columns else 0
        for row, top in enumerate(tops, first):
            if row % 2:
                painter.fillRect(0, top, table.viewport().width(), tops.step, colors.alternate)
            if chosen and selected.isRowSelected(row, QModelIndex()):
                painter.fillRect(left, top, width, tops.step, colors.selection)

    def _cells(self, row: int) -> tuple[Record | None, dict[tuple[int, int], _Cell]]:
        """The record of a row and its cells by column and width, as far as they were laid out before."""
        record = self._model.record(row)
        if record is None:
            return None, {}
        row_id = self._model.ids[row]
        known = self._rows.get(row_id)
        # A row that changed was read anew, and is another object.
        if known is None or known[0] is not record:
            if len(self._rows) > _ROWS_KEPT:
                self._rows.clear()
            known = self._rows[row_id] = (record, {})
        return known

    def _paint_column(
        self,
        painter: QPainter,
        column: _Column,
        height: int,
        rows: list[tuple[int, tuple[Record | None, dict[tuple[int, int], _Cell]]]],
        font: QFont,
    ) -> None:
        number, left, width = column
        font = self._font_fixed if number in self.fixed_columns else font
        painter.setFont(font)
        painter.setPen(self.color(number))
        key = (number, width)
        for top, (record, cells) in rows:
            if record is None:
                continue
            if key in cells:
                cell = cells[key]
            else:
                cell = cells[key] = self._laid_out(number, record, QSize(width, height), font)
            if isinstance(cell, QPixmap):
                painter.drawPixmap(left, top, cell)
            elif cell is not None:
                painter.drawStaticText(left + cell.right, top + cell.down, cell.text)

    def _laid_out(self, column: int, record: Record, size: QSize, font: QFont) -> _Cell:
        picture = self.picture(column, record, size.width(), font)
        if picture is not None:
            return self._drawn(picture, size)
        text = self._model.shown(record, column, Qt.ItemDataRole.DisplayRole)
        return self._text(text, column, size, font) if text else None

    def _text(self, text: str, column: int, size: QSize, font: QFont) -> _Text:
        width = size.width()
        key = (text, width, column in self.fixed_columns)
        found = self._texts.get(key)
        if found is None:
            if len(self._texts) > _TEXTS_KEPT:
                self._texts.clear()
            shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, width - 2 * MARGIN)
            laid_out = QStaticText(shown)
            laid_out.setTextFormat(Qt.TextFormat.PlainText)
            laid_out.prepare(font=font)
            taken = laid_out.size()
            right = int(width - MARGIN - taken.width()) if column in self._model.numeric else MARGIN
            found = self._texts[key] = _Text(right, int((size.height() - taken.height()) / 2), laid_out)
        return found

    def _drawn(self, picture: Picture, size: QSize) -> QPixmap:
        key = (picture.key, size.width(), size.height())
        found = self._pictures.get(key)
        if found is None:
            if len(self._pictures) > _PICTURES_KEPT:
                self._pictures.clear()
            found = QPixmap(size * self._ratio)
            found.setDevicePixelRatio(self._ratio)
            found.fill(Qt.GlobalColor.transparent)
            with QPainter(found) as painter:
                picture.draw(painter, QRect(0, 0, size.width(), size.height()))
            self._pictures[key] = found
        return found

    def _set_ratio(self, ratio: float) -> None:
        if ratio != self._ratio:
            self._ratio = ratio
            self._forget()

    def _forget(self) -> None:
        for kept in (self._texts, self._pictures, self._rows):
            kept.clear()

    # -- what cells are made of ---------------------------------------------------------------

    def badge(self, status: str | None, font: QFont) -> Picture:
        """The badge of a status."""

        def draw(painter: QPainter, box: QRect) -> None:
            painter.setFont(font)
            paint_badge(painter, box.adjusted(MARGIN, 0, -2, 0), status, self._appearance.colors)

        return Picture(f"badge {status}", draw)

    def marked(self, text: str, severity: str, color: QColor, font: QFont) -> Picture:
        """A severity mark and text behind it."""

        def draw(painter: QPainter, box: QRect) -> None:
            top = box.center().y() - _MARK / 2 + 0.5
            mark = QRectF(box.left() + MARGIN, top, _MARK, _MARK)
            paint_severity(painter, mark, severity, self._appearance.colors)
            words = box.adjusted(MARGIN + _MARK + 6, 0, -4, 0)
            painter.setFont(font)
            painter.setPen(color)
            shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, words.width())
            painter.drawText(words, _LEFT, shown)

        return Picture(f"{severity} {text}", draw)

    # -- Qt -----------------------------------------------------------------------------------

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Cells are painted by `paint_rows`, never one by one."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        metrics: Any = QFontMetrics(self._font_fixed) if index.column() in self.fixed_columns else option.fontMetrics
        width = metrics.horizontalAdvance(index.data() or "") + 2 * MARGIN + 2
        return QSize(width, option.fontMetrics.height() + 14)
