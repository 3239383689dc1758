"""How a simulation goes: progress, answers, failures, and the seed that plays it again."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from inspector.ui.detail.labels import Card, LinkButton, PlainLabel, WrappedLabel, muted_color
from inspector.ui.texts import count_text, duration_text, one_line
from inspector.ui.theme import Appearance, Colors
from inspector.ui.workbench.own_data import error_color
from inspector.ui.workbench.simulation import Figures

_MOST_FAILURES = 4


def answers_in_words(figures: Figures) -> str:
    """Sent, answered, tried again, given up."""
    words = [f"{figures.sent:,} sent", f"{figures.answered:,} answered"]
    if figures.sent > figures.answered:
        words.append(f"{figures.sent - figures.answered:,} without an answer")
    if figures.retries:
        words.append(count_text(figures.retries, "retry", "retries"))
    if figures.given_up:
        words.append(f"{figures.given_up:,} given up")
    return ", ".join(words)


def times_in_words(figures: Figures) -> str:
    if figures.median is None or figures.slowest is None:
        return ""
    return f"Answers took {duration_text(figures.median)} (median), at most {duration_text(figures.slowest)}."


def failures_in_words(figures: Figures) -> str:
    """One failure a line, the most frequent first."""
    lines = [f"{times:,} × {one_line(text)}" for text, times in figures.failures[:_MOST_FAILURES]]
    if len(figures.failures) > _MOST_FAILURES:
        lines.append(
            f"and {count_text(len(figures.failures) - _MOST_FAILURES, 'other kind', 'other kinds')} of failure"
        )
    return "\n".join(lines)


class RunCard(QWidget):
    """The run that goes on, or the last one. Nothing is seen before the first."""

    again_wished = Signal()
    copied = Signal(str)

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._figures: Figures | None = None
        card = Card(appearance, _raised, self)
        self.state = PlainLabel(appearance, bold=True, parent=card)
        self._bar = QProgressBar(card)
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(6)
        self._bar.setAccessibleName("Progress of the simulation")
        self._bar.setStyleSheet(
            "QProgressBar { border: none; border-radius: 3px; background: palette(mid); }"
            "QProgressBar::chunk { border-radius: 3px; background: palette(link); }"
        )
        self.answers = WrappedLabel(appearance, parent=card)
        self.times = WrappedLabel(appearance, color=muted_color, parent=card)
        self.failures = WrappedLabel(appearance, color=error_color, parent=card)
        self.seed = PlainLabel(appearance, color=muted_color, parent=card)
        self.copy = LinkButton("Copy", card)
        self.copy.setAccessibleName("Copy the seed")
        self.copy.clicked.connect(self._on_copy)
        self.again = LinkButton("Same again", card)
        self.again.clicked.connect(self.again_wished)
        seeds = QHBoxLayout()
        seeds.setSpacing(12)
        seeds.addWidget(self.seed)
        seeds.addWidget(self.copy)
        seeds.addWidget(self.again)
        seeds.addStretch(1)
        inner = QVBoxLayout(card)
        inner.setContentsMargins(12, 10, 12, 10)
        inner.setSpacing(6)
        for widget in (self.state, self._bar, self.answers, self.times, self.failures):
            inner.addWidget(widget)
        inner.addLayout(seeds)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(card)
        self.hide()

    def show_figures(self, figures: Figures) -> None:
        self._figures = figures
        self.state.setText(figures.state)
        self._bar.setRange(0, figures.messages)
        self._bar.setValue(figures.finished)
        self.answers.show_text(answers_in_words(figures))
        self.times.show_text(times_in_words(figures))
        self.failures.show_text(failures_in_words(figures))
        self.seed.setText(f"Seed {figures.seed}")
        self.again.setVisible(not figures.running)
        self.show()

    def _on_copy(self) -> None:
        if self._figures is not None:
            QGuiApplication.clipboard().setText(str(self._figures.seed))
            self.copied.emit("Seed")


def _raised(colors: Colors) -> QColor:
    return colors.raised
