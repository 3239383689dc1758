"""The status badge: a pill with a mark and a word, and the small marks that go with statuses and severities."""

from typing import Final

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from inspector.ui.theme import Appearance, Colors

LABELS: Final = {
    "queued": "Queued",
    "initiated": "Initiated",
    "sent": "Sent",
    "delivered": "Delivered",
    "undelivered": "Undelivered",
    "failed": "Failed",
    "read": "Read",
}
NO_STATUS: Final = "No status"
LETTERS: Final = {name[0]: name for name in LABELS}
"""From the letters of a message's strip to the statuses."""


def label(status: str | None) -> str:
    """The word on the badge; a message with only invalid callbacks has no status."""
    return LABELS.get(status or "", NO_STATUS)


def paint_mark(painter: QPainter, box: QRectF, status: str | None, color: QColor) -> None:
    """The mark of a status, drawn into a square: shapes differ, so that colour alone never tells."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(color, max(1.4, box.width() / 7))
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)

    def at(x: float, y: float) -> QPointF:
        return QPointF(box.left() + x * box.width(), box.top() + y * box.height())

    def line(*points: tuple[float, float]) -> None:
        painter.drawPolyline(QPolygonF([at(x, y) for x, y in points]))

    match status:
        case "queued":
            painter.drawEllipse(at(0.5, 0.5), box.width() * 0.34, box.height() * 0.34)
        case "initiated":
            painter.drawEllipse(at(0.5, 0.5), box.width() * 0.38, box.height() * 0.38)
            painter.setBrush(color)
            painter.drawEllipse(at(0.5, 0.5), box.width() * 0.1, box.height() * 0.1)
        case "sent":
            line((0.12, 0.5), (0.86, 0.5))
            line((0.56, 0.2), (0.86, 0.5), (0.56, 0.8))
        case "delivered":
            line((0.14, 0.54), (0.4, 0.8), (0.88, 0.24))
        case "read":
            line((0.0, 0.54), (0.24, 0.8), (0.68, 0.24))
            line((0.46, 0.74), (0.52, 0.8), (1.0, 0.24))
        case "undelivered":
            line((0.5, 0.12), (0.5, 0.58))
            painter.drawPoint(at(0.5, 0.86))
        case "failed":
            line((0.2, 0.2), (0.8, 0.8))
            line((0.8, 0.2), (0.2, 0.8))
        case _:
            line((0.2, 0.5), (0.8, 0.5))
    painter.restore()


def paint_severity(painter: QPainter, box: QRectF, severity: str, colors: Colors) -> None:
    """The mark of a severity: a circle (info), a triangle (warning) or an octagon (error) with its sign."""
    tint = colors.severity[severity]
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(tint.foreground)
    path = QPainterPath()
    if severity == "info":
        path.addEllipse(box)
    elif severity == "warning":
        path.addPolygon(QPolygonF([QPointF(box.center().x(), box.top()), box.bottomRight(), box.bottomLeft()]))
    else:
        cut = box.width() * 0.29
        left, right, top, bottom = box.left(), box.right(), box.top(), box.bottom()
        corners = [
            (left + cut, top), (right - cut, top), (right, top + cut), (right, bottom - cut),
            (right - cut, bottom), (left + cut, bottom), (left, bottom - cut), (left, top + cut),
        ]  # fmt: skip
        path.addPolygon(QPolygonF([QPointF(x, y) for x, y in corners]))
    path.closeSubpath()
    painter.drawPath(path)
    painter.setPen(QPen(colors.base, max(1.2, box.width() / 8), c=Qt.PenCapStyle.RoundCap))
    x = box.center().x()

    def y(part: float) -> float:
        return box.top() + box.height() * part

    if severity == "info":
        painter.drawPoint(QPointF(x, y(0.27)))
        painter.drawLine(QPointF(x, y(0.48)), QPointF(x, y(0.74)))
    else:
        painter.drawLine(
            QPointF(x, y(0.36 if severity == "warning" else 0.24)),
            QPointF(x, y(0.62 if severity == "warning" else 0.54)),
        )
        painter.drawPoint(QPointF(x, y(0.82 if severity == "warning" else 0.76)))
    painter.restore()


def badge_size(metrics: QFontMetrics, status: str | None) -> QSize:
    """The room that a badge takes in this font."""
    height = metrics.height() + 6
    return QSize(metrics.horizontalAdvance(label(status)) + height + 12, height)


def paint_badge(painter: QPainter, box: QRect, status: str | None, colors: Colors) -> None:
    """The pill, left-aligned and centred in height, in the painter's font."""
    tint = colors.status_tint(status)
    metrics = QFontMetrics(painter.font())
    size = badge_size(metrics, status)
    pill = QRectF(box.left(), box.center().y() - size.height() / 2 + 0.5, min(size.width(), box.width()), size.height())
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(tint.background)
    painter.drawRoundedRect(pill, pill.height() / 2, pill.height() / 2)
    mark = metrics.ascent() * 0.72
    paint_mark(painter, QRectF(pill.left() + 8, pill.center().y() - mark / 2, mark, mark), status, tint.foreground)
    painter.setPen(tint.foreground)
    words = pill.adjusted(8 + mark + 6, 0, -6, 0)
    text = metrics.elidedText(label(status), Qt.TextElideMode.ElideRight, int(words.width()))
    painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
    painter.restore()


class StatusBadge(QWidget):
    """A badge as a widget, for the detail pane."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._status: str | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        appearance.changed.connect(self.update)

    @property
    def status(self) -> str | None:
        return self._status

    def set_status(self, status: str | None) -> None:
        self._status = status
        self.setAccessibleName(f"Status: {label(status)}")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return badge_size(self.fontMetrics(), self._status)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_badge(painter, self.rect(), self._status, self._appearance.colors)
        painter.end()
