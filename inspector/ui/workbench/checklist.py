"""A list of steps that tick as they are done."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QVBoxLayout, QWidget

from inspector.ui.detail.labels import WrappedLabel, muted_color, text_color
from inspector.ui.detail.marked import MarkWidget, PaintMark, lay_out_marked
from inspector.ui.status_badge import paint_mark, paint_severity
from inspector.ui.texts import one_line
from inspector.ui.theme import Appearance, Colors


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
        self._mark = MarkWidget(appearance, self)
        self._text = WrappedLabel(appearance, parent=self)
        self._detail = WrappedLabel(appearance, color=muted_color, points=-0.5, parent=self)
        lay_out_marked(self, self._mark, self._text, self._detail)

    def show_step(self, step: Step) -> None:
        text = one_line(step.text, 400)
        detail = "\n".join(one_line(line, 600) for line in step.detail.splitlines())
        self._mark.show_mark(step.state.value, _painter(step.state))
        self._text.set_color(muted_color if step.state is StepState.LATER else text_color)
        self._text.show_text(text)
        self._detail.show_text(detail)
        self.setAccessibleName(f"{step.state.value}: {text} {detail}".strip())


def _painter(state: StepState) -> PaintMark:
    def paint(painter: QPainter, box: QRectF, colors: Colors) -> None:
        match state:
            case StepState.DONE:
                paint_mark(painter, box, "delivered", colors.status["delivered"].foreground)
            case StepState.WAITING:
                paint_mark(painter, box, "initiated", colors.accent)
            case StepState.LATER:
                paint_mark(painter, box, "queued", colors.muted)
            case _:
                paint_severity(painter, box, _SEVERITIES[state], colors)

    return paint
