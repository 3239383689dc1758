"""Where callbacks are sent on to, and what came of it so far."""

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QCheckBox, QDoubleSpinBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from inspector.ui.detail.labels import WrappedLabel, muted_color
from inspector.ui.theme import Appearance, Colors


@dataclass(frozen=True, slots=True)
class ForwardChoice:
    """What is chosen: forwarding at all, the address, and whether its answer is ours too, within some seconds."""

    on: bool
    url: str
    answers: bool
    seconds: float


class ForwardPanel(QWidget):
    """The controls of forwarding. `changed` comes with each choice, of the address when it was typed in."""

    changed = Signal(object)  # ForwardChoice

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._showing = False
        self.on = QCheckBox("Send every callback on, byte for byte", self)
        self.url = QLineEdit(self)
        self.url.setPlaceholderText("http://127.0.0.1:3000/status")
        self.url.setAccessibleName("Address of my app")
        self.answers = QCheckBox("Answer what my app answers within", self)
        self.seconds = QDoubleSpinBox(self)
        self.seconds.setRange(0.1, 60)
        self.seconds.setDecimals(1)
        self.seconds.setSingleStep(0.5)
        self.seconds.setSuffix(" s")
        self.seconds.setAccessibleName("Seconds that the answer of my app may take")
        self._hint = WrappedLabel(appearance, color=muted_color, points=-0.5, parent=self)
        self._hint.show_text(
            "After that our own reply goes out, as the sender waits 5 s at most. A rule that fits comes first."
        )
        self._state = WrappedLabel(appearance, parent=self)
        self._lay_out()
        self.on.toggled.connect(self._tell)
        self.answers.toggled.connect(self._tell)
        self.url.editingFinished.connect(self._tell)
        self.seconds.editingFinished.connect(self._tell)

    def _lay_out(self) -> None:
        within = QHBoxLayout()
        within.setSpacing(8)
        within.addWidget(self.answers)
        within.addWidget(self.seconds)
        within.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.on)
        layout.addWidget(self.url)
        layout.addLayout(within)
        layout.addWidget(self._hint)
        layout.addWidget(self._state)

    @property
    def choice(self) -> ForwardChoice:
        return ForwardChoice(
            self.on.isChecked(), self.url.text().strip(), self.answers.isChecked(), round(self.seconds.value(), 1)
        )

    @property
    def state(self) -> str:
        """What is told of it."""
        return self._state.text()

    def show_choice(self, choice: ForwardChoice) -> None:
        self._showing = True
        self.on.setChecked(choice.on)
        self.url.setText(choice.url)
        self.answers.setChecked(choice.answers)
        self.seconds.setValue(choice.seconds)
        self._showing = False
        self._enable()

    def show_state(self, text: str, *, problem: bool) -> None:
        """What came of it so far, or why nothing is sent on."""
        self._state.set_color(_problem_color if problem else muted_color)
        self._state.show_text(text)
        invalid = problem and bool(self.url.text())
        if self.url.property("invalid") != invalid:
            self.url.setProperty("invalid", invalid)
            self.url.style().unpolish(self.url)
            self.url.style().polish(self.url)

    def _tell(self) -> None:
        self._enable()
        if not self._showing:
            self.changed.emit(self.choice)

    def _enable(self) -> None:
        on = self.on.isChecked()
        self.answers.setEnabled(on)
        self.seconds.setEnabled(on and self.answers.isChecked())


def _problem_color(colors: Colors) -> QColor:
    return colors.severity["error"].foreground
