"""Colour marks as they are seen: a flag with the colour's letter, so that colour alone never tells."""

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QIcon, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from inspector.session.marks import Mark
from inspector.ui.theme import LIGHT, Appearance, Colors, Tint

FLAG_WIDTH: Final = 13

_COLOURS: Final = {
    "red": Tint(QColor("#ffffff"), QColor("#d02a1e")),
    "orange": Tint(QColor("#1a1206"), QColor("#f59331")),
    "yellow": Tint(QColor("#1a1606"), QColor("#f2cb2e")),
    "green": Tint(QColor("#ffffff"), QColor("#1b7f3f")),
    "blue": Tint(QColor("#ffffff"), QColor("#2a66dd")),
    "purple": Tint(QColor("#ffffff"), QColor("#7d43d8")),
}
"""The same in dark and in light: strong enough for both. The letters have 4.5:1 and more on them."""


def mark_text(mark: Mark) -> str:
    """`Marked red. Note: call back`."""
    colour = f"Marked {mark.colour}." if mark.colour else ""
    return f"{colour} Note: {mark.note}".strip() if mark.note else colour


def paint_flag(painter: QPainter, box: QRectF, mark: Mark, colors: Colors) -> None:
    """The flag: the letter of the colour, and lines of writing where there is a note."""
    tint = _tint(mark, colors)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(tint.background)
    painter.drawRoundedRect(box, 2.5, 2.5)
    letter = QRectF(box)
    if mark.note:
        painter.setPen(QPen(tint.foreground, 1.2))
        lines = (0.7, 0.85) if mark.colour else (0.3, 0.5, 0.7)
        for number, part in enumerate(lines):
            y = round(box.top() + box.height() * part) + 0.5
            right = box.right() - (3 if number < len(lines) - 1 else 6)
            painter.drawLine(QPointF(box.left() + 3, y), QPointF(right, y))
        letter.setBottom(box.top() + box.height() * 0.68)
    if mark.colour:
        font = QFont(painter.font())
        font.setPixelSize(10)
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(tint.foreground)
        painter.drawText(letter, Qt.AlignmentFlag.AlignCenter, mark.colour[0].upper())
    painter.restore()


def _tint(mark: Mark, colors: Colors) -> Tint:
    return _COLOURS[mark.colour] if mark.colour else Tint(colors.base, colors.muted)


def flag_icon(colour: str) -> QIcon:
    """The flag for a menu."""
    picture = QPixmap(32, 32)
    picture.setDevicePixelRatio(2)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    paint_flag(painter, QRectF(1, 1, 14, 14), Mark(colour, ""), LIGHT)  # a flag with a colour is the same in both
    painter.end()
    return QIcon(picture)


class Flag(QWidget):
    """A flag as a widget, for the detail pane."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._mark: Mark | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        appearance.changed.connect(self.update)

    def show_mark(self, mark: Mark) -> None:
        self._mark = mark
        self.setAccessibleName(mark_text(mark))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(FLAG_WIDTH + 3, 20)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._mark is not None:
            painter = QPainter(self)
            painter.setClipRect(event.rect())
            paint_flag(painter, QRectF(self.rect()), self._mark, self._appearance.colors)
            painter.end()
