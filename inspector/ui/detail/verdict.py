"""The head of a single callback: the verdict and the request line."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from inspector.session.records import CallbackRow
from inspector.ui.detail.labels import PlainLabel, WrappedLabel, muted_color, sized
from inspector.ui.detail.wording import callback_text, verdict_severity, verdict_text
from inspector.ui.status_badge import paint_mark, paint_severity
from inspector.ui.texts import one_line
from inspector.ui.theme import Appearance


class VerdictPill(QWidget):
    """`Valid` or `Invalid: 3 problems` as a pill with a mark."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._text = ""
        self._severity: str | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        appearance.changed.connect(self.update)

    @property
    def text(self) -> str:
        return self._text

    def show_callback(self, callback: CallbackRow) -> None:
        self._text = verdict_text(callback)
        self._severity = verdict_severity(callback)
        self.setAccessibleName(f"Verdict: {self._text}")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self._text) + self._mark() + 24, metrics.height() + 6)

    def paintEvent(self, event: QPaintEvent) -> None:
        colors = self._appearance.colors
        tint = colors.status["delivered"] if self._severity is None else colors.severity[self._severity]
        painter = QPainter(self)
        painter.setClipRect(event.rect())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tint.background)
        pill = QRectF(self.rect())
        painter.drawRoundedRect(pill, pill.height() / 2, pill.height() / 2)
        mark = self._mark()
        box = QRectF(9, (pill.height() - mark) / 2, mark, mark)
        if self._severity is None:
            paint_mark(painter, box, "delivered", tint.foreground)
        else:
            paint_severity(painter, box, self._severity, colors)
        painter.setPen(tint.foreground)
        painter.drawText(pill.adjusted(9 + mark + 5, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self._text)
        painter.end()

    def _mark(self) -> int:
        return round(self.fontMetrics().ascent() * 0.85)


class VerdictPanel(QWidget):
    """What a callback is worth and what was requested, for a callback looked at by itself."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pill = VerdictPill(appearance, self)
        self._pill.setFont(sized(self._pill.font(), 2, bold=True))
        self._request = WrappedLabel(appearance, points=1, bold=True, parent=self)
        self._facts = WrappedLabel(appearance, color=muted_color, parent=self)
        self._unassigned = PlainLabel(appearance, "It names no message.", color=muted_color, parent=self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        for widget in (self._pill, self._request, self._facts, self._unassigned):
            layout.addWidget(widget)

    def show_callback(self, callback: CallbackRow) -> None:
        self._pill.show_callback(callback)
        self._request.show_text(f"{one_line(callback.method, 40)} {one_line(callback.target, 300)}")
        self._facts.show_text(callback_text(callback))
        self._unassigned.setVisible(callback.message_id is None)
