"""A list of steps that tick as they are done."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent, Qt
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from inspector.ui.detail.labels import WrappedLabel, muted_color, text_color
from inspector.ui.status_badge import paint_mark, paint_severity
from inspector.ui.texts import one_line
from inspector.ui.theme import Appearance


class StepState(StrEnum):
    """How far a step is; the value is the word that a screen reader says."""

    DONE = "done"
    WAITING = "waiting"
    LATER = "not yet"
    WARNING = "warning"
    FAILED = "failed"


_SEVERITIES: Final = {StepState.WARNING: "warning", StepState.FAILED: "error"}


@dataclass(frozen=True, slots=True)
class Step:
    """One line, and what there is to say about it."""

    state: StepState
    text: str
    detail: str = ""


class Checklist(QWidget):
    """Shows steps; rows that are there already are used again."""

    changed = Signal()

    def __init__(self, appearance: Appearance, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._name = name
        self._rows: list[_StepRow] = []
        self.steps: tuple[Step, ...] = ()
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(8)
        self.setAccessibleName(name)
        self.hide()

    def show_steps(self, steps: Sequence[Step]) -> None:
        """Without any, the list takes no room."""
        if tuple(steps) == self.steps:
            return
        self.steps = tuple(steps)
        while len(self._rows) < len(steps):
            self._rows.append(_StepRow(self._appearance, self))
            self._layout.addWidget(self._rows[-1])
        for number, row in enumerate(self._rows):
            row.setVisible(number < len(steps))
            if number < len(steps):
                row.show_step(steps[number])
        self.setVisible(bool(steps))
        self.changed.emit()


class _StepRow(QWidget):
    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self._mark = _Mark(appearance, self)
        self._text = WrappedLabel(appearance, parent=self)
        self._detail = WrappedLabel(appearance, color=muted_color, points=-0.5, parent=self)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(9)
        grid.setVerticalSpacing(1)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self._mark, 0, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self._text, 0, 1)
        grid.addWidget(self._detail, 1, 1)

    def show_step(self, step: Step) -> None:
        text = one_line(step.text, 400)
        detail = "\n".join(one_line(line, 600) for line in step.detail.splitlines())
        self._mark.show_state(step.state)
        self._text.set_color(muted_color if step.state is StepState.LATER else text_color)
        self._text.show_text(text)
        self._detail.show_text(detail)
        self.setAccessibleName(f"{step.state.value}: {text} {detail}".strip())


class _Mark(QWidget):
    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._state = StepState.LATER
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        appearance.changed.connect(self.update)

    def show_state(self, state: StepState) -> None:
        self._state = state
        self.setAccessibleName(state.value)
        self.update()

    def sizeHint(self) -> QSize:
        height = self.fontMetrics().height()
        return QSize(round(height * 0.85), height)

    def paintEvent(self, event: QPaintEvent) -> None:
        colors = self._appearance.colors
        side = min(self.width(), self.height()) - 1
        box = QRectF(0.5, (self.height() - side) / 2, side, side)
        painter = QPainter(self)
        painter.setClipRect(event.rect())
        match self._state:
            case StepState.DONE:
                paint_mark(painter, box, "delivered", colors.status["delivered"].foreground)
            case StepState.WAITING:
                paint_mark(painter, box, "initiated", colors.accent)
            case StepState.LATER:
                paint_mark(painter, box, "queued", colors.muted)
            case state:
                paint_severity(painter, box, _SEVERITIES[state], colors)
        painter.end()
