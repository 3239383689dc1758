"""The status bar: is somebody listening, where, how fast do callbacks come, how many are valid."""

import time
from collections import deque
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QStatusBar, QToolButton, QWidget

from inspector.session.records import Summary
from inspector.ui.texts import count_text
from inspector.ui.theme import Appearance, monospace

_NOTE_MS: Final = 4000
_WINDOW_SECONDS: Final = 5
_PUBLIC_CHARACTERS: Final = 34
_WIDE: Final = 1000
"""Pixels that the line needs for all it shows."""


class _Lamp(QWidget):
    """A dot: filled while listening, hollow otherwise; the words beside it say the same."""

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._on = False
        self.setFixedSize(QSize(18, 18))
        appearance.changed.connect(self.update)

    def switch(self, *, on: bool) -> None:
        self._on = on
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        colors = self._appearance.colors
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        color = (colors.status["delivered"] if self._on else colors.severity["error"]).foreground
        painter.setPen(color)
        painter.setBrush(color if self._on else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(QRectF(4.5, 4.5, 9, 9))
        painter.end()


class StatusLine(QStatusBar):
    """Bottom line of the window."""

    toggle_wished = Signal()
    address_wished = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._url = ""
        self._public = ""
        self._words = ""
        self._trouble = ""
        self._seen: deque[tuple[float, int]] = deque()
        self._callbacks = 0
        self.setSizeGripEnabled(False)
        self._lamp = _Lamp(appearance, self)
        self._state = QLabel(self)
        self._address = QToolButton(self)
        self._address.setFont(monospace())
        self._address.setAutoRaise(True)
        self._address.setToolTip("Copy the address")
        self._address.clicked.connect(self._copy_address)
        self.public = QToolButton(self)
        self.public.setFont(monospace())
        self.public.setAutoRaise(True)
        self.public.clicked.connect(self._copy_public)
        self._change = QToolButton(self)
        self._change.setText("Change…")
        self._change.setAutoRaise(True)
        self._change.setAccessibleName("Change the address to listen at")
        self._change.clicked.connect(self.address_wished)
        self._toggle = QPushButton(self)
        self._toggle.clicked.connect(self.toggle_wished)
        self._rate = QLabel(self)
        self._verdicts = QLabel(self)
        self._note = QLabel(self)
        for label in (self._state, self._rate, self._verdicts, self._note):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._rate.setAccessibleName("Callbacks a second")
        self._verdicts.setAccessibleName("Valid and invalid callbacks")
        known = (self._lamp, self._state, self._address, self._change, self._toggle, self.public)
        left = (*known, _rule(self), self._note)
        for widget in left:
            self.addWidget(widget)
        self._notices_at = len(left)
        for widget in (self._rate, _rule(self), self._verdicts):
            self.addPermanentWidget(widget)
        self.setContentsMargins(6, 2, 10, 2)
        self._note_timer = QTimer(self)
        self._note_timer.setSingleShot(True)
        self._note_timer.timeout.connect(self._show_trouble)
        self._tick = QTimer(self)
        self._tick.setInterval(1000)
        self._tick.timeout.connect(self._show_rate)
        appearance.changed.connect(self._restyle)
        self._restyle()
        self.show_state(None, "Not listening")
        self.show_public(None)
        self.show_counts(Summary(0, 0, 0, {}))

    def show_state(self, url: str | None, text: str) -> None:
        """The address listened at (None: nobody listens here) and the state in words."""
        self._url, self._words = url or "", text
        self._show_words()
        self._address.setVisible(url is not None)
        self._address.setText(_without_path(self._url))
        self._address.setAccessibleName(f"Address {self._url}, copy")
        self._toggle.setText("Stop" if url else "Start")
        self._toggle.setAccessibleName("Stop listening" if url else "Start listening")
        if url is None:
            self._tick.stop()
        else:
            self._tick.start()

    def show_public(self, url: str | None) -> None:
        """Where SignalWire reaches the address listened at; None: nowhere that is known."""
        self._public = url or ""
        self.public.setVisible(url is not None)
        self._fit_public()
        self.public.setToolTip(f"Copy the public address, for status_callback:\n{self._public}")
        self.public.setAccessibleName(f"Public address {self._public}, copy")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_public()
        if not self._note_timer.isActive():
            self._show_trouble()

    def _fit_public(self) -> None:
        """Shorten the public address, so that the counts keep their room."""
        name = _without_path(self._public).removeprefix("https://") if self.width() >= _WIDE else "Public"
        room = self.public.fontMetrics().averageCharWidth() * _PUBLIC_CHARACTERS
        self.public.setText(self.public.fontMetrics().elidedText(f"⇄ {name}", Qt.TextElideMode.ElideMiddle, room))

    def add_notice(self, notice: QWidget) -> None:
        """A standing word before the counts; whoever adds it shows and hides it."""
        self.insertPermanentWidget(self._notices_at, notice)
        notice.hide()

    def show_note(self, text: str) -> None:
        """Something that just happened; goes away by itself."""
        self._tint_note("")
        self._note.setText(text)
        self._note_timer.start(_NOTE_MS)

    def show_trouble(self, text: str) -> None:
        """Why callbacks cannot be kept just now; stays until it is over (an empty text)."""
        self._trouble = text
        self._note_timer.stop()
        self._show_words()
        self._show_trouble()

    def _show_words(self) -> None:
        self._lamp.switch(on=bool(self._url) and not self._trouble)
        self._state.setText("Answering 503" if self._url and self._trouble else self._words)

    def _show_trouble(self) -> None:
        """The trouble there is, as far as there is room for it; all of it where one points at it."""
        self._tint_note(self._trouble)
        others = [one for one in self.findChildren(QWidget) if one.parent() is self and one is not self._note]
        taken = sum(one.sizeHint().width() + 12 for one in others if one.isVisible())
        room = max(self.width() - taken, 80)
        text = f"⚠ {self._trouble}" if self._trouble else ""
        self._note.setText(self._note.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room))

    def _tint_note(self, trouble: str) -> None:
        colors = self._appearance.colors
        color = colors.severity["error"].foreground if trouble else colors.muted
        self._note.setStyleSheet(f"QLabel {{ color: {color.name()}; }}")  # of the label: not of its tip
        self._note.setToolTip(trouble)
        self._note.setAccessibleDescription(trouble)

    @property
    def controls(self) -> tuple[QWidget, ...]:
        """What takes the focus, from left to right."""
        return self._address, self._change, self._toggle, self.public

    def be_last_of(self, window: QWidget) -> None:
        """Let the Tab key come here after everything else, also after what was made later: it stands below that."""
        last = window
        while not last.focusPolicy() & Qt.FocusPolicy.TabFocus:
            last = last.previousInFocusChain() or window
        for control in self.controls:
            QWidget.setTabOrder(last, control)
            last = control

    @property
    def note(self) -> str:
        return self._note.text()

    def show_counts(self, summary: Summary) -> None:
        if summary.callbacks < self._callbacks:  # another session, or a cleared one
            self._seen.clear()
        self._callbacks = summary.callbacks
        valid = f"{summary.valid:,} valid"
        invalid = f"{summary.invalid:,} invalid"
        self._verdicts.setText(f"{count_text(summary.callbacks, 'callback', 'callbacks')}: {valid} · {invalid}")
        if not self._seen:
            self._show_rate()

    def _show_rate(self) -> None:
        now = time.monotonic()
        self._seen.append((now, self._callbacks))
        while len(self._seen) > 1 and now - self._seen[0][0] > _WINDOW_SECONDS:
            self._seen.popleft()
        since, before = self._seen[0]
        rate = (self._callbacks - before) / (now - since) if now > since else 0.0
        self._rate.setText(f"{rate:,.0f}/s" if rate >= 10 else f"{rate:.1f}/s")

    def _copy_address(self) -> None:
        QGuiApplication.clipboard().setText(self._url)
        self.show_note("Address copied.")

    def _copy_public(self) -> None:
        QGuiApplication.clipboard().setText(self._public)
        self.show_note("Public address copied.")

    def _restyle(self) -> None:
        muted = self._appearance.colors.muted.name()
        self._rate.setStyleSheet(f"color: {muted};")
        self._tint_note("" if self._note_timer.isActive() else self._trouble)


def _without_path(url: str) -> str:
    """An address with its path, which may be a secret one, left out; there is no room for it either."""
    scheme, slashes, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}{slashes}{host}/…" if slash and path else url


def _rule(parent: QWidget) -> QFrame:
    rule = QFrame(parent)
    rule.setFrameShape(QFrame.Shape.NoFrame)
    rule.setAutoFillBackground(True)
    rule.setBackgroundRole(QPalette.ColorRole.Mid)
    rule.setFixedSize(1, 16)
    return rule
