"""Labels and links of the detail pane: plain text always, colours from the appearance."""

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPalette, QTextLayout, QTextOption
from PySide6.QtWidgets import QLabel, QPushButton, QSizePolicy, QWidget

from inspector.ui.texts import tooltip
from inspector.ui.theme import Appearance, Colors

ColorChoice = Callable[[Colors], QColor]


def text_color(colors: Colors) -> QColor:
    return colors.text


def muted_color(colors: Colors) -> QColor:
    return colors.muted


def sized(font: QFont, points: float, *, bold: bool = False) -> QFont:
    """`font` made larger or smaller by some points."""
    result = QFont(font)
    if result.pointSizeF() > 0:
        result.setPointSizeF(max(6.0, result.pointSizeF() + points))
    if bold:
        result.setWeight(QFont.Weight.DemiBold)
    return result


def laid_out(text: str, font: QFont, width: float) -> tuple[QTextLayout, float]:
    """`text` broken to `width`, inside words too where a word is too long, and the height that it takes."""
    layout = QTextLayout(text.replace("\n", "\u2028"), font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    height = 0.0
    layout.beginLayout()
    while (line := layout.createLine()).isValid():
        line.setLineWidth(max(width, 1.0))
        line.setPosition(QPointF(0, height))
        height += line.height()
    layout.endLayout()
    return layout, height


class PlainLabel(QLabel):
    """A label on one line that never reads its text as HTML."""

    def __init__(
        self,
        appearance: Appearance,
        text: str = "",
        *,
        color: ColorChoice = text_color,
        points: float = 0,
        bold: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._color = color
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)
        if points or bold:
            self.setFont(sized(self.font(), points, bold=bold))
        appearance.changed.connect(self._on_appearance_changed)
        self._on_appearance_changed()

    def set_color(self, color: ColorChoice) -> None:
        self._color = color
        self._on_appearance_changed()

    def show_text(self, text: str) -> None:
        """Set the text; without any, the label takes no room."""
        if text != self.text():
            self.setText(text)
        self.setVisible(bool(text))

    def _on_appearance_changed(self) -> None:
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.WindowText, self._color(self._appearance.colors))
        self.setPalette(palette)


class ElidedLabel(PlainLabel):
    """A label that shortens its text to the room it has; the tooltip then has all of it."""

    elide = Qt.TextElideMode.ElideRight

    def show_text(self, text: str) -> None:
        self.set_text(text)
        self.setVisible(bool(text))

    def set_text(self, text: str) -> None:
        """Set the text and its tooltip, whether the label is seen or not."""
        if text != self.text():
            self.setText(text)
            self.setToolTip(tooltip(text) if text else "")

    def minimumSizeHint(self) -> QSize:
        return QSize(self.fontMetrics().averageCharWidth() * 6, super().minimumSizeHint().height())

    def sizeHint(self) -> QSize:
        # One pixel more than the advance: elidedText compares with rounded widths.
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + 2, super().sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setClipRect(event.rect())
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        shown = QFontMetrics(self.font()).elidedText(self.text(), self.elide, self.width())
        painter.drawText(self.rect(), self.alignment() | Qt.AlignmentFlag.AlignVCenter, shown)
        painter.end()


class MiddleElidedLabel(ElidedLabel):
    """For ids and addresses, whose ends tell them apart."""

    elide = Qt.TextElideMode.ElideMiddle


class WrappedLabel(PlainLabel):
    """A label of several lines that also breaks inside a word, so that no stranger's word widens the pane."""

    def __init__(
        self,
        appearance: Appearance,
        text: str = "",
        *,
        color: ColorChoice = text_color,
        points: float = 0,
        bold: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(appearance, text, color=color, points=points, bold=bold, parent=parent)
        # Not Fixed: that would hold the label at the height of its size hint, whatever its width.
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return round(laid_out(self.text(), self.font(), width)[1] + 0.499)

    def minimumSizeHint(self) -> QSize:
        return QSize(self.fontMetrics().averageCharWidth() * 8, self.fontMetrics().height())

    def sizeHint(self) -> QSize:
        width = min(self.fontMetrics().horizontalAdvance(self.text()[:200]) + 2, 420)
        return QSize(width, self.heightForWidth(width))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setClipRect(event.rect())
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        laid_out(self.text(), self.font(), self.width())[0].draw(painter, QPointF(0, 0))
        painter.end()


class LinkButton(QPushButton):
    """A button that reads as a link: in the accent colour, underlined under the mouse and in focus."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setFlat(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setStyleSheet(
            "QPushButton { border: none; background: transparent; color: palette(link); padding: 1px 0; "
            "text-align: left; }"
            "QPushButton:hover, QPushButton:focus { text-decoration: underline; }"
        )


class Card(QWidget):
    """A rounded, tinted ground for a panel."""

    def __init__(self, appearance: Appearance, color: ColorChoice, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._color = color
        appearance.changed.connect(self.update)

    def set_color(self, color: ColorChoice) -> None:
        self._color = color
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setClipRect(event.rect())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._color(self._appearance.colors))
        painter.drawRoundedRect(QRectF(self.rect()), 8, 8)
        painter.end()
