"""Notifications of the desktop: a tray icon with a count, and messages beside it."""

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget

_SIZE = 64


class Notifier(Protocol):
    """Where notices are shown."""

    on_clicked: Callable[[], None]

    @property
    def available(self) -> bool:
        """Whether this desktop shows them."""

    def notify(self, title: str, text: str) -> None: ...

    def show_badge(self, number: int) -> None:
        """A number on the icon; 0 for none."""

    def set_wanted(self, *, wanted: bool) -> None:
        """Whether there is to be an icon at all."""


class TrayNotifier(QObject):
    """Shows notices at the tray; without one, the window's entry in the task bar is marked."""

    clicked = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._tray: QSystemTrayIcon | None = None
        self.on_clicked: Callable[[], None] = lambda: None

    @property
    def available(self) -> bool:
        return QSystemTrayIcon.isSystemTrayAvailable()

    def set_wanted(self, *, wanted: bool) -> None:
        if not wanted:
            if self._tray is not None:
                self._tray.hide()
                self._tray.deleteLater()
                self._tray = None
        elif self._tray is None and self.available:
            self._tray = QSystemTrayIcon(self._window.windowIcon(), self)
            self._tray.setToolTip("Callback Inspector")
            self._tray.messageClicked.connect(lambda: self.on_clicked())
            self._tray.activated.connect(lambda _: self.on_clicked())
            self._tray.show()

    def notify(self, title: str, text: str) -> None:
        if self._tray is not None:
            self._tray.showMessage(title, text, self._window.windowIcon(), 8000)
        QApplication.alert(self._window)

    def show_badge(self, number: int) -> None:
        if self._tray is not None:
            self._tray.setIcon(badged(self._window.windowIcon(), number))
            self._tray.setToolTip(f"Callback Inspector: {number:,} new" if number else "Callback Inspector")


def badged(icon: QIcon, number: int) -> QIcon:
    """The icon with a number in its corner, `99+` at most."""
    if not number:
        return icon
    picture = QPixmap(_SIZE, _SIZE)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    icon.paint(painter, picture.rect())
    text = str(number) if number < 100 else "99+"
    font = QFont()
    font.setPixelSize(26)
    font.setBold(True)
    painter.setFont(font)
    width = max(34.0, painter.fontMetrics().horizontalAdvance(text) + 14.0)
    box = QRectF(_SIZE - width, _SIZE - 34, width, 34)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor("#b01818"))
    painter.drawRoundedRect(box, 17, 17)
    painter.setPen(QColor("#ffffff"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
    painter.end()
    return QIcon(picture)
