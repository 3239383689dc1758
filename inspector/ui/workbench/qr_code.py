"""An address as a QR code, to be scanned from the screen."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

_SIDE = 148
_QUIET = 4
"""Light modules around the code, without which scanners do not find it (ISO/IEC 18004)."""


class QrCode(QWidget):
    """Dark on light whatever the scheme: many scanners read it no other way round."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[bytes, ...] = ()
        self._text: str | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_text("")

    def show_text(self, text: str) -> None:
        """Encode `text`; with none, the code takes no room. segno, which takes long to read in, should be read in."""
        if text == self._text:
            return
        self._text = text
        self.setVisible(bool(text))
        self.setAccessibleName(f"QR code of {text}" if text else "")
        self._rows = ()
        if text:
            import segno

            # The least correction makes the largest modules, and nothing soils a screen.
            self._rows = tuple(bytes(row) for row in segno.make_qr(text, error="l", boost_error=False).matrix)
        self.updateGeometry()
        self.update()

    @property
    def modules(self) -> int:
        """How many modules a side has, the quiet zone included."""
        return len(self._rows) + 2 * _QUIET

    def sizeHint(self) -> QSize:
        # Whole pixels a module: edges between them stay sharp.
        side = max(3, _SIDE // self.modules) * self.modules
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(Qt.GlobalColor.white)
        painter.drawRoundedRect(self.rect(), 6, 6)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        module = self.width() // self.modules
        for y, row in enumerate(self._rows, start=_QUIET):
            for x, dark in enumerate(row, start=_QUIET):
                if dark:
                    painter.fillRect(QRect(x * module, y * module, module, module), Qt.GlobalColor.black)
        painter.end()
