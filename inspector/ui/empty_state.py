"""What is shown where there are no rows: what the reason is, and what to do."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from inspector.ui.texts import count_text
from inspector.ui.theme import Appearance, monospace


def curl_line(url: str) -> str:
    """A command that sends a valid callback to `url`, to be pasted into a POSIX shell."""
    payload = (
        '{"id":"7f8a2c9e-1b3d-4f5a-9c6e-2d4b8a1f0e3c","project_id":"1bb2c7f4-0a1d-4e57-8f3c-6d9e0b5a2c48",'
        '"status":"delivered","to":"+15555550123","from":"+15555550199","body":"Hello from cURL",'
        '"number_of_segments":1,"timestamp":"\'$(date -u +%Y-%m-%dT%H:%M:%SZ)\'",'
        '"error_code":null,"error_message":null}'
    )
    return f"curl -X POST {url} -H 'Content-Type: application/json' -d '{payload}'"


class EmptyState(QWidget):
    """A title, an explanation, and for the first state a cURL line and a sample."""

    sample_wished = Signal()
    scenarios_wished = Signal()
    start_wished = Signal()
    filter_cleared = Signal()
    callbacks_wished = Signal()
    public_wished = Signal()
    copied = Signal(str)

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._title = QLabel(self)
        self._text = QLabel(self)
        for label in (self._title, self._text):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            label.setWordWrap(True)
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() * 1.5)
        font.setWeight(QFont.Weight.DemiBold)
        self._title.setFont(font)
        self._curl = QLineEdit(self)
        self._curl.setReadOnly(True)
        self._curl.setFont(monospace(0.5))
        self._curl.setAccessibleName("A cURL line that sends a callback")
        self._copy = QPushButton("Copy cURL line", self)
        self._copy.clicked.connect(self._copy_curl)
        self._public_url: str | None = None
        self._public = QPushButton(self)
        self._public.clicked.connect(self._on_public)
        # A link, but not the pane's: what that is written in is not to be read in before the first paint.
        self.more = QPushButton("More scenarios…", self)
        self.more.setCursor(Qt.CursorShape.PointingHandCursor)
        self.more.setStyleSheet(
            "QPushButton { border: none; background: transparent; color: palette(link); padding: 1px 0; }"
            "QPushButton:hover, QPushButton:focus { text-decoration: underline; }"
        )
        self.more.clicked.connect(self.scenarios_wished)
        self._action = QPushButton(self)
        self._action.setDefault(True)
        self.setFocusProxy(self._action)
        self._wish = self.sample_wished
        self._action.clicked.connect(self._on_action)
        self._lay_out()
        appearance.changed.connect(self._restyle)
        self._restyle()

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self._action)
        buttons.addWidget(self._public)
        buttons.addWidget(self._copy)
        buttons.addStretch(1)
        inner = QVBoxLayout()
        inner.setSpacing(14)
        for widget in (self._title, self._text, self._curl):
            inner.addWidget(widget)
        inner.addLayout(buttons)
        inner.addWidget(self.more, 0, Qt.AlignmentFlag.AlignHCenter)
        column = QWidget(self)
        column.setLayout(inner)
        column.setMaximumWidth(640)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(column, 20)
        row.addStretch(1)
        outer = QVBoxLayout(self)
        outer.addStretch(2)
        outer.addLayout(row)
        outer.addStretch(3)

    def show_nothing_yet(self, url: str) -> None:
        """Listening, and nothing came."""
        if self._public_url is None:
            how = (
                "To receive from SignalWire, get a public https address for it and give that as the status_callback "
                "when you send a message."
            )
        else:
            how = f"To receive from SignalWire, give this as the status_callback, with any path:\n{self._public_url}"
        self._show(
            "Waiting for the first callback",
            f"Listening at {url}. Any path and method is captured.\n\n{how}\n\n"
            "To try it now, send a sample or paste this into a terminal:",
            "Send a sample",
        )
        wants_one = self._public_url is None
        self._public.setText("Public address…" if wants_one else "Copy address")
        self._public.setAccessibleName("Get a public address" if wants_one else "Copy the public address")
        self._curl.setText(curl_line(url))
        self._curl.setCursorPosition(0)
        self._set_curl_visible(visible=True)
        self._wish = self.sample_wished

    def set_public(self, url: str | None) -> None:
        """The public address that the first state is to tell; None: none yet."""
        self._public_url = url

    def show_not_listening(self, reason: str) -> None:
        """Nothing can come."""
        self._show(
            "Not listening",
            reason or "Callbacks that are sent now are lost. Start listening to receive.",
            "Start listening",
        )
        self._set_curl_visible(visible=False)
        self._wish = self.start_wished

    def show_finished(self) -> None:
        """A saved session without any rows."""
        self._show("This session is empty", "There is no callback in it.", "Start listening")
        self._set_curl_visible(visible=False)
        self._wish = self.start_wished

    def show_only_unassigned(self, callbacks: int) -> None:
        """Something came, but nothing that names a message."""
        text = f"{count_text(callbacks, 'callback', 'callbacks')} arrived, but none names a message."
        self._show("No message yet", text, "Show the callbacks")
        self._set_curl_visible(visible=False)
        self._wish = self.callbacks_wished

    def show_filtered(self, hidden: int, what: str) -> None:
        """The filter hides everything."""
        self._show("The filter hides everything", f"{hidden:,} {what} do not fit it.", "Clear the filter")
        self._set_curl_visible(visible=False)
        self._wish = self.filter_cleared

    def _show(self, title: str, text: str, action: str) -> None:
        self._title.setText(title)
        self._text.setText(text)
        self._action.setText(action)

    def _set_curl_visible(self, *, visible: bool) -> None:
        self._curl.setVisible(visible)
        self._copy.setVisible(visible)
        self._public.setVisible(visible)
        self.more.setVisible(visible)

    def _on_action(self) -> None:
        self._wish.emit()

    def _on_public(self) -> None:
        if self._public_url is None:
            self.public_wished.emit()
            return
        QGuiApplication.clipboard().setText(self._public_url)
        self.copied.emit("Public address")

    def _copy_curl(self) -> None:
        QGuiApplication.clipboard().setText(self._curl.text())
        self.copied.emit("cURL line")

    def _restyle(self) -> None:
        colors = self._appearance.colors
        self.setStyleSheet(
            f"EmptyState {{ background: {colors.base.name()}; border: 1px solid {colors.border.name()}; }}"
        )
        self._text.setStyleSheet(f"color: {colors.muted.name()};")
