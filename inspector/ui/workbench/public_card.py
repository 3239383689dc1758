"""The card with the public address: what it is, how it is, what to do when it is not."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from inspector.ui.detail.labels import Card, LinkButton, PlainLabel, WrappedLabel, muted_color, sized
from inspector.ui.detail.selectable_text import SelectableText
from inspector.ui.theme import Appearance, Tint, monospace
from inspector.ui.workbench.qr_code import QrCode
from inspector.ui.workbench.tunnel_views import PublicView

_WORDS = {
    "none": "No public address",
    "own": "Your own address",
    "starting": "Starting",
    "up": "Up",
    "lost": "Connection lost",
    "failed": "Failed",
    "stopped": "Stopped",
}
_PASTE = (
    "Give it to SignalWire as status_callback. Add any path, such as /rest, to tell senders apart.\n\n"
    "A phone that opens the code sends a request, which is captured as well."
)
_NOTHING = "SignalWire cannot reach this machine yet. Start a tunnel below, or enter an address of your own."


class _Lamp(QWidget):
    """A dot in the colour of the state; the words beside it say the same."""

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self.state = "none"
        self.setFixedSize(QSize(14, 18))
        appearance.changed.connect(self.update)

    def tint(self) -> Tint:
        colors = self._appearance.colors
        match self.state:
            case "up" | "own":
                return colors.status["delivered"]
            case "starting":
                return colors.severity["info"]
            case "lost":
                return colors.severity["warning"]
            case "failed":
                return colors.severity["error"]
            case _:
                return colors.status["none"]

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self.tint().foreground)
        filled = self.state in ("up", "own", "lost", "failed")
        painter.setBrush(self.tint().foreground if filled else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(QRectF(1.5, 4.5, 9, 9))
        painter.end()


class PublicCard(Card):
    """Shows one PublicView."""

    stop_wished = Signal()
    restart_wished = Signal()
    copied = Signal(str)

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(appearance, lambda colors: colors.base, parent)
        self._view = PublicView()
        self._lamp = _Lamp(appearance, self)
        self._state = PlainLabel(appearance, bold=True, parent=self)
        self._title = PlainLabel(appearance, color=muted_color, parent=self)
        self._url = SelectableText("Public address", 4, self)
        self._url.edit.setFont(sized(monospace(), 1, bold=True))
        self._text = WrappedLabel(appearance, parent=self)
        self.qr_code = QrCode(self)
        self._hint = WrappedLabel(appearance, color=muted_color, parent=self)
        self.copy = _button("Copy address", self)
        self.copy.setAccessibleName("Copy the public address")
        self.restart = _button("Restart", self)
        self.restart.setAccessibleName("Restart the tunnel")
        self.stop = _button("Stop", self)
        self.stop.setAccessibleName("Stop the tunnel")
        self._more = LinkButton("", self)
        self._more.setCheckable(True)
        self._more.setAccessibleName("Show what the tunnel program printed last")
        self._lines = QPlainTextEdit(self)
        self._lines.setReadOnly(True)
        self._lines.setTabChangesFocus(True)
        self._lines.setFont(monospace(1))
        self._lines.setAccessibleName("What the tunnel program printed last")
        self._lines.setFixedHeight(132)
        self._lay_out()
        self.copy.clicked.connect(self._copy)
        self.restart.clicked.connect(self.restart_wished)
        self.stop.clicked.connect(self.stop_wished)
        self._more.toggled.connect(self._on_more)
        self.show_view(self._view)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(self._lamp)
        head.addWidget(self._state)
        head.addStretch(1)
        head.addWidget(self._title)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(6)
        for button in (self.copy, self.restart, self.stop):
            self._buttons.addWidget(button)
        self._buttons.addStretch(1)
        side = QVBoxLayout()
        side.addWidget(self._hint)
        side.addStretch(1)
        code = QHBoxLayout()
        code.setSpacing(12)
        code.addWidget(self.qr_code, 0, Qt.AlignmentFlag.AlignTop)
        code.addLayout(side, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 12, 14, 12)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self._url)
        layout.addWidget(self._text)
        layout.addLayout(self._buttons)
        layout.addLayout(code)
        layout.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self._lines)

    def show_view(self, view: PublicView) -> None:
        before, self._view = self._view, view
        self._lamp.state = view.state
        self._lamp.update()
        words = _WORDS[view.state]
        preposition = "at" if view.state in ("failed", "stopped") else "since"
        self._state.setText(f"{words} {preposition} {view.since}" if view.since else words)
        self._title.show_text(view.title)
        self._url.setVisible(bool(view.url))
        if view.url != before.url or not view.url:
            self._url.show_text(view.url)
            self._url.setVisible(bool(view.url))
        self._text.show_text(view.text or (_NOTHING if view.state == "none" else ""))
        self.copy.setVisible(view.reachable)
        self.restart.setVisible(view.at_work or view.state == "failed")
        self.restart.setText("Try again" if view.state == "failed" else "Restart")
        self.stop.setVisible(view.at_work)
        self.qr_code.show_text(view.url if view.reachable and view.scannable else "")
        self._hint.show_text(_PASTE if view.reachable else "")
        self._show_lines(before, view)

    def _show_lines(self, before: PublicView, view: PublicView) -> None:
        self._more.setVisible(bool(view.lines))
        if view.lines != before.lines:
            self._lines.setPlainText("\n".join(view.lines))
            self._lines.verticalScrollBar().setValue(self._lines.verticalScrollBar().maximum())
        if view.state != before.state:
            self._more.setChecked(view.state == "failed")
        self._on_more(self._more.isChecked())

    def _on_more(self, checked: bool) -> None:
        self._more.setText("▾ What it printed" if checked else "▸ What it printed")
        self._lines.setVisible(checked and bool(self._view.lines))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._view.url)
        self.copied.emit("Public address")


def _button(text: str, parent: QWidget) -> QPushButton:
    button = QPushButton(text, parent)
    button.setAutoDefault(False)
    return button
