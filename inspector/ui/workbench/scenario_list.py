"""The scenarios, each to be ticked, with what happens and what a good receiver does about it."""

from collections.abc import Iterable, Iterator
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from inspector.ui.detail.labels import LinkButton, PlainLabel, WrappedLabel, muted_color, sized
from inspector.ui.theme import Appearance
from inspector.ui.workbench.simulation import Choice

_AT_ONCE: Final = 4


class _Row(QWidget):
    """A scenario. A click anywhere ticks it."""

    def __init__(self, appearance: Appearance, choice: Choice, parent: QWidget) -> None:
        super().__init__(parent)
        self.tick = QCheckBox(choice.title, self)
        self.tick.setFont(sized(self.tick.font(), 0, bold=True))
        self.tick.setAccessibleDescription(f"{choice.happens} {choice.advice}")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2, 0, 8, 0)
        layout.setSpacing(2)
        layout.addWidget(self.tick)
        texts = QVBoxLayout()
        texts.setContentsMargins(self.tick.iconSize().width() + 6, 0, 0, 0)
        texts.setSpacing(2)
        texts.addWidget(WrappedLabel(appearance, choice.happens, parent=self))
        texts.addWidget(WrappedLabel(appearance, f"Your app: {choice.advice}", color=muted_color, parent=self))
        layout.addLayout(texts)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.tick.toggle()


class ScenarioList(QWidget):
    """Which scenarios are to be played."""

    changed = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._count = PlainLabel(appearance, color=muted_color, parent=self)
        every = LinkButton("Tick all", self)
        every.clicked.connect(lambda: self.show_ticked(self.ticks))
        none = LinkButton("Tick none", self)
        none.clicked.connect(lambda: self.show_ticked(()))
        self.links = (every, none)
        top = QHBoxLayout()
        top.setContentsMargins(2, 0, 8, 0)
        top.setSpacing(14)
        top.addWidget(self._count)
        top.addStretch(1)
        top.addWidget(every)
        top.addWidget(none)
        self.ticks: dict[str, QCheckBox] = {}
        self._inside = QWidget()
        self._rows = QVBoxLayout(self._inside)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(14)
        self._area = QScrollArea(self)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidgetResizable(True)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(top)
        layout.addWidget(self._area, 1)

    def fill(self, choices: Iterable[Choice]) -> Iterator[None]:
        """Make the rows in pieces; they are seen when all are made."""
        for place, choice in enumerate(choices):
            row = _Row(self._appearance, choice, self._inside)
            row.tick.toggled.connect(self._on_toggled)
            self.ticks[choice.name] = row.tick
            self._rows.addWidget(row)
            if place % _AT_ONCE == _AT_ONCE - 1:
                yield
        self._rows.addStretch(1)
        self._area.setWidget(self._inside)
        self._on_toggled()

    @property
    def ticked(self) -> tuple[str, ...]:
        """The names of those that are to be played, in their order."""
        return tuple(name for name, tick in self.ticks.items() if tick.isChecked())

    def show_ticked(self, names: Iterable[str]) -> None:
        wanted = set(names)
        for name, tick in self.ticks.items():
            tick.setChecked(name in wanted)

    def _on_toggled(self) -> None:
        self._count.setText(f"{len(self.ticked)} of {len(self.ticks)} ticked; they take turns")
        self.changed.emit()
