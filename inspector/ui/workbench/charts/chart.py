"""What all charts share: marks that are chosen with the mouse or the keyboard, and told to screen readers."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from inspector.ui.texts import tooltip
from inspector.ui.theme import Appearance, Colors, Tint

_FORWARD = (Qt.Key.Key_Right, Qt.Key.Key_Down)
_BACK = (Qt.Key.Key_Left, Qt.Key.Key_Up)
_TAKE = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)


@dataclass(frozen=True, slots=True)
class Mark:
    """One bar or figure.

    `term` is the filter that shows what it counts ("" for none), in the table of callbacks if `callbacks` says so.
    `tint` names a colour: a status, or a severity behind “severity:”.
    """

    label: str
    value: float
    shown: str
    term: str = ""
    callbacks: bool = False
    detail: str = ""
    tint: str = ""

    @property
    def spoken(self) -> str:
        """The mark in words."""
        return ", ".join(part for part in (self.label, self.shown, self.detail) if part)


def tint_of(mark: Mark, colors: Colors) -> Tint:
    kind, _, word = mark.tint.rpartition(":")
    if kind:
        return colors.severity[word]
    return colors.status_tint(word) if word else Tint(colors.accent, colors.selection)


class Chart(QWidget):
    """A row or column of marks. Arrows move between them, Enter or Space or a click chooses one."""

    chosen = Signal(str, bool)  # the filter; whether it is one for the callbacks

    def __init__(self, appearance: Appearance, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.appearance = appearance
        self.marks: tuple[Mark, ...] = ()
        self.current = 0
        self._under_mouse = -1
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        appearance.changed.connect(self.update)

    def show_marks(self, marks: Sequence[Mark]) -> None:
        """Show these from now on. The place of the keyboard stays where it was."""
        if tuple(marks) == self.marks:
            return
        resized = len(marks) != len(self.marks)
        self.marks = tuple(marks)
        self.current = min(self.current, max(0, len(self.marks) - 1))
        self._describe()
        if resized:
            self.updateGeometry()
        self.update()

    # -- what a kind of chart says ------------------------------------------------------------

    def areas(self) -> list[QRectF]:
        """Where each mark can be clicked."""
        raise NotImplementedError

    def paint(self, painter: QPainter, colors: Colors) -> None:
        raise NotImplementedError

    # -- for the kinds of charts --------------------------------------------------------------

    def lit(self, number: int) -> bool:
        """Whether a mark is under the mouse."""
        return number == self._under_mouse

    # -- Qt -----------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colors = self.appearance.colors
        self.paint(painter, colors)
        if self.hasFocus() and self.marks:
            painter.setPen(QPen(colors.accent, 1.4))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(self.areas()[self.current].adjusted(1, 1, -1, -1), 4, 4)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.update()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            number = self._at(QPointF(event.pos()))
            if number < 0:
                QToolTip.hideText()
            else:
                mark = self.marks[number]
                lines = [f"{mark.label}: {mark.shown}" if mark.label else mark.shown, mark.detail]
                lines.append(f"Click to filter: {mark.term}" if mark.term else "")
                QToolTip.showText(event.globalPos(), tooltip(*lines), self)
            return True
        return super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self._at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(-1)
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        number = self._at(event.position())
        if number >= 0 and event.button() is Qt.MouseButton.LeftButton:
            self._go_to(number)
            self._choose(number)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        last = len(self.marks) - 1
        if last < 0:
            super().keyPressEvent(event)
            return
        key = Qt.Key(event.key())
        if key in _FORWARD:
            self._go_to(min(last, self.current + 1))
        elif key in _BACK:
            self._go_to(max(0, self.current - 1))
        elif key is Qt.Key.Key_Home:
            self._go_to(0)
        elif key is Qt.Key.Key_End:
            self._go_to(last)
        elif key in _TAKE:
            self._choose(self.current)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._describe()
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def _at(self, point: QPointF | QPoint) -> int:
        place = QPointF(point)
        return next((number for number, area in enumerate(self.areas()) if area.contains(place)), -1)

    def _hover(self, number: int) -> None:
        if number != self._under_mouse:
            self._under_mouse = number
            clickable = number >= 0 and bool(self.marks[number].term)
            self.setCursor(Qt.CursorShape.PointingHandCursor if clickable else Qt.CursorShape.ArrowCursor)
            self.update()

    def _go_to(self, number: int) -> None:
        self.current = number
        self._describe()
        self.update()

    def _choose(self, number: int) -> None:
        mark = self.marks[number]
        if mark.term:
            self.chosen.emit(mark.term, mark.callbacks)

    def _describe(self) -> None:
        """Tell the current mark to screen readers."""
        if not self.marks:
            self.setAccessibleDescription("Nothing to show.")
            return
        place = f"{self.current + 1} of {len(self.marks)}"
        self.setAccessibleDescription(f"{self.marks[self.current].spoken} ({place}). Enter filters by it.")
