"""The window for sending callbacks again: where to, how fast, signed or not, edited or not, and what came of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QColor, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from inspector.callbacks.web_address import is_web_address, names_user
from inspector.runtime.tasks import TaskScope
from inspector.session.records import CallbackRow, ReplayRow
from inspector.ui.detail.labels import ElidedLabel, muted_color
from inspector.ui.texts import count_text, one_line
from inspector.ui.theme import Appearance, Colors
from inspector.ui.workbench.edit_request import EditRequest
from inspector.ui.workbench.replay_results import ReplayResults

_SPEEDS: Final[tuple[tuple[str, float | None], ...]] = (
    ("At once, each after the answer to the one before", None),
    ("As recorded", 1.0),
    ("Ten times as fast as recorded", 10.0),
)
_NO_ADDRESS: Final = "Write an address such as http://127.0.0.1:8000/callbacks."
_KEY: Final = "Sign again for this address"
_NO_KEY: Final = (
    "There is no signing key. Keep one in the keyring, or start the program with INSPECTOR_SIGNING_KEY set."
)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the sending is. `accepted`: answered 2xx; `refused`: answered otherwise; the rest got no answer."""

    sent: int = 0
    total: int = 0
    accepted: int = 0
    refused: int = 0

    def with_results(self, rows: Sequence[ReplayRow]) -> "Progress":
        answered = [row.status for row in rows if row.status is not None]
        accepted = sum(200 <= status < 300 for status in answered)
        return Progress(
            self.sent + len(rows), self.total, self.accepted + accepted, self.refused + len(answered) - accepted
        )

    @property
    def text(self) -> str:
        """`3 of 4 sent · 2 accepted · 1 not answered`."""
        silent = self.sent - self.accepted - self.refused
        parts = [f"{self.sent:,} of {self.total:,} sent"]
        parts += [
            f"{number:,} {word}"
            for number, word in (
                (self.accepted, "accepted (2xx)"),
                (self.refused, "answered otherwise"),
                (silent, "not answered"),
            )
            if number
        ]
        return " · ".join(parts)


def address_problem(text: str) -> str:
    """Why a text is no address to send to, or nothing."""
    if not is_web_address(text):
        return _NO_ADDRESS
    if names_user(text):
        return "Leave user name and password out of the address: it is kept in the settings and in the session."
    return ""


class ReplayWindow(QWidget):
    """Modeless. `resolve` gives the address that a callback with a certain target goes to."""

    send_wished = Signal()
    stop_wished = Signal()
    closed = Signal()

    def __init__(
        self,
        appearance: Appearance,
        tasks: TaskScope,
        resolve: Callable[[str, str], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self._resolve = resolve
        self._one: CallbackRow | None = None
        self._running = False
        self._has_key = False
        self.setWindowTitle("Send again")
        self._what = ElidedLabel(appearance, bold=True, points=1, parent=self)
        self.address = QComboBox(self)
        self._goes_to = ElidedLabel(appearance, color=muted_color, parent=self)
        self.speed_choice = QComboBox(self)
        self.sign_choice = QCheckBox(_KEY, self)
        self.edit_choice = QCheckBox("Edit before sending", self)
        self.send = QPushButton("Send", self)
        self.stop = QPushButton("Stop", self)
        self.progress = QProgressBar(self)
        self.state = ElidedLabel(appearance, color=muted_color, parent=self)
        self.editor = EditRequest(appearance, tasks, self)
        self.results = ReplayResults(appearance, self)
        self._set_up()
        self._lay_out()
        self._connect()
        self._refresh()

    # -- what the user chose ------------------------------------------------------------------

    @property
    def url(self) -> str:
        return self.address.currentText().strip()

    @property
    def speed(self) -> float | None:
        """The factor by which the recorded times shrink; None for at once."""
        return _SPEEDS[self.speed_choice.currentIndex()][1]

    @property
    def sign(self) -> bool:
        return self._has_key and self.sign_choice.isChecked()

    def edited(self) -> CallbackRow | None:
        """The callback as edited, or None where nothing is."""
        return self.editor.edited() if self.edit_choice.isChecked() else None

    # -- what it is told ----------------------------------------------------------------------

    def show_addresses(self, addresses: Sequence[str], likely: str) -> None:
        """Offer addresses; the likely one is filled in, unless something is typed already."""
        wanted = self.url or likely
        self.address.clear()
        self.address.addItems([one for one in dict.fromkeys(addresses) if one])
        self.address.setCurrentText(wanted)
        self._refresh()

    def show_key(self, *, there: bool) -> None:
        """Whether there is a signing key to sign with."""
        self._has_key = there
        self.sign_choice.setEnabled(there)
        self.sign_choice.setToolTip("" if there else _NO_KEY)
        self.sign_choice.setText(_KEY if there else f"{_KEY} (no signing key is kept)")

    def show_callbacks(self, count: int, one: CallbackRow | None) -> None:
        """What is to be sent: so many callbacks; one alone can be edited."""
        self._one = one
        if one is None:
            self._what.show_text(count_text(count, "callback", "callbacks"))
            self.edit_choice.setChecked(False)
        else:
            status = f", {one.status}" if one.status else ""
            self._what.show_text(f"Callback {one.seq}{one_line(status)}: {one_line(one.method, 20)} {one.target[:300]}")
            self.editor.show_callback(one)
        self.edit_choice.setEnabled(one is not None)
        self.edit_choice.setToolTip("" if one is not None else "Choose one callback alone to edit it.")
        self._refresh()

    def show_progress(self, progress: Progress, *, running: bool, text: str = "") -> None:
        """How far the sending is; `text` says how it ended."""
        if running != self._running:
            self._running = running
            self._refresh()
        self.progress.setRange(0, max(1, progress.total))
        self.progress.setValue(progress.sent)
        self.progress.setVisible(running and progress.total > 1)
        self.state.set_text(text or (progress.text if progress.total else ""))

    # -- inside -------------------------------------------------------------------------------

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.closed.emit()

    def _on_edit_toggled(self) -> None:
        self.editor.setVisible(self.edit_choice.isChecked())
        if self.edit_choice.isChecked():
            self.editor.body.setFocus()
        self._refresh()

    def _on_send(self) -> None:
        if self.send.isEnabled():
            self.send_wished.emit()

    def _refresh(self) -> None:
        """What can be done, and where it would go."""
        edits = self.edit_choice.isChecked()
        problem = address_problem(self.url) or (self.editor.problem if edits else "")
        self.send.setEnabled(not problem and not self._running)
        self.send.setText("Send edited" if edits else "Send")
        self.stop.setVisible(self._running)
        self._goes_to.set_text(problem if self.url or edits else address_problem(""))
        if not problem:
            target = self.editor.target.text() if edits else "" if self._one is None else self._one.target
            each = "Each goes" if self._one is None else "Goes"
            self._goes_to.set_text(f"{each} to {one_line(self._resolved(target), 300)}")
        self._goes_to.set_color(_problem_color if problem and self.url else muted_color)

    def _resolved(self, target: str) -> str:
        if self._one is None:
            path = urlsplit(self.url).path
            return self.url if path not in ("", "/") else f"{self.url.rstrip('/')}, at the path it was captured at"
        return self._resolve(self.url, target)

    def _set_up(self) -> None:
        self.address.setEditable(True)
        self.address.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.address.setAccessibleName("Address to send to")
        edit = self.address.lineEdit()
        if edit is not None:
            edit.setPlaceholderText("http://127.0.0.1:8000/callbacks")
            edit.setAccessibleName("Address to send to")
        self.speed_choice.setAccessibleName("Timing")
        for text, _ in _SPEEDS:
            self.speed_choice.addItem(text)
        self.send.setDefault(True)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName("Progress")
        self.progress.setMaximumHeight(8)
        self.progress.hide()
        self.editor.hide()
        self.show_key(there=False)
        self.resize(1040, 760)

    def _lay_out(self) -> None:
        form = QGridLayout()
        form.setHorizontalSpacing(14)
        form.setVerticalSpacing(6)
        for row, (title, widget) in enumerate((("Send &to", self.address), ("T&iming", self.speed_choice))):
            label = QLabel(title, self)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setBuddy(widget)
            form.addWidget(label, 2 * row, 0)
        form.addWidget(self.address, 0, 1, 1, 3)
        form.addWidget(self._goes_to, 1, 1, 1, 3)
        form.addWidget(self.speed_choice, 2, 1)
        form.addWidget(self.edit_choice, 2, 2)
        form.addWidget(self.sign_choice, 2, 3)
        form.setColumnStretch(3, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.state, 1)
        for button in (self.stop, self.send):
            buttons.addWidget(button)
        parts = QSplitter(Qt.Orientation.Vertical, self)
        parts.setChildrenCollapsible(False)
        parts.addWidget(self.editor)
        parts.addWidget(self.results)
        parts.setSizes([360, 240])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(10)
        layout.addWidget(self._what)
        layout.addLayout(form)
        layout.addLayout(buttons)
        layout.addWidget(self.progress)
        layout.addWidget(parts, 1)

    def _connect(self) -> None:
        self.address.editTextChanged.connect(lambda _: self._refresh())
        self.editor.changed.connect(self._refresh)
        self.edit_choice.toggled.connect(lambda _: self._on_edit_toggled())
        self.send.clicked.connect(self._on_send)
        self.stop.clicked.connect(self.stop_wished)
        for before, after in ((self.address, self.speed_choice), (self.speed_choice, self.edit_choice)):
            self.setTabOrder(before, after)
        for keys in ("Ctrl+Return", "Ctrl+Enter", "Ctrl+R"):
            QShortcut(QKeySequence(keys), self, self._on_send)
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self.close)


def _problem_color(colors: Colors) -> QColor:
    return colors.severity["error"].foreground
