"""The list of rules: each can be switched, moved, edited and deleted."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from inspector.ui.detail.labels import Card, PlainLabel, WrappedLabel, muted_color, text_color
from inspector.ui.theme import Appearance, Colors


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule as it is told: what is answered, to which callbacks, and its name, which may be empty."""

    answer: str
    condition: str
    name: str
    enabled: bool


class RuleList(QWidget):
    """One row a rule, in their order, and at the end what all other callbacks are answered."""

    switched = Signal(int, bool)
    moved = Signal(int, int)
    edit_wished = Signal(int)
    deleted = Signal(int)

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self.rows: list[RuleRow] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(6)
        self._rest = _Rest(appearance, self)
        self._layout.addWidget(self._rest)

    def show_rules(self, lines: Sequence[RuleLine]) -> None:
        """Show these. Rows that are there are used again, so that the focus stays."""
        while len(self.rows) > len(lines):
            row = self.rows.pop()
            self._layout.removeWidget(row)
            row.hide()
            row.deleteLater()
        while len(self.rows) < len(lines):
            self._add_row()
        for number, (row, line) in enumerate(zip(self.rows, lines, strict=True)):
            row.show_line(line, number, len(lines))
        self._rest.show_others(others=bool(lines))

    def _add_row(self) -> None:
        number = len(self.rows)
        row = RuleRow(self._appearance, self)
        row.switch.clicked.connect(lambda on: self.switched.emit(number, on))
        row.up.clicked.connect(lambda: self.moved.emit(number, number - 1))
        row.down.clicked.connect(lambda: self.moved.emit(number, number + 1))
        row.edit.clicked.connect(lambda: self.edit_wished.emit(number))
        row.delete.clicked.connect(lambda: self.deleted.emit(number))
        self.rows.append(row)
        self._layout.insertWidget(number, row)
        row.show()


class RuleRow(Card):
    """One rule; tinted as a warning while it is switched on."""

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(appearance, _off_ground, parent)
        self.switch = QCheckBox(self)
        self._answer = WrappedLabel(appearance, bold=True, parent=self)
        self._condition = WrappedLabel(appearance, parent=self)
        self.up = _button(self)
        self.up.setArrowType(Qt.ArrowType.UpArrow)
        self.down = _button(self)
        self.down.setArrowType(Qt.ArrowType.DownArrow)
        self.edit = _button(self, "Edit…")
        self.delete = _button(self, "Delete")
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(self._answer)
        words.addWidget(self._condition)
        top = QHBoxLayout()
        top.setSpacing(9)
        top.addWidget(self.switch, 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(words, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(2)
        buttons.addStretch(1)
        for button in (self.up, self.down, self.edit, self.delete):
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 6, 4)
        layout.setSpacing(2)
        layout.addLayout(top)
        layout.addLayout(buttons)

    @property
    def controls(self) -> tuple[QWidget, ...]:
        """What takes the focus, in order."""
        return self.switch, self.up, self.down, self.edit, self.delete

    def show_line(self, line: RuleLine, number: int, count: int) -> None:
        self.switch.setChecked(line.enabled)
        self._answer.show_text(line.answer)
        # The name says nothing more where it is what the rule does.
        named = line.name and not line.answer.startswith(line.name)
        self._condition.show_text(f"{line.condition} · “{line.name}”" if named else line.condition)
        self.set_color(_on_ground if line.enabled else _off_ground)
        self._answer.set_color(_on_text if line.enabled else muted_color)
        self._condition.set_color(text_color if line.enabled else muted_color)
        self.up.setEnabled(number > 0)
        self.down.setEnabled(number < count - 1)
        place = f"rule {number + 1}"
        self.switch.setAccessibleName(f"{place.capitalize()} active: {line.answer}. {line.condition}")
        for button, what in (
            (self.up, f"Move {place} up"),
            (self.down, f"Move {place} down"),
            (self.edit, f"Edit {place}"),
            (self.delete, f"Delete {place}"),
        ):
            button.setAccessibleName(what)
            button.setToolTip(what)


class _Rest(Card):
    """What stands behind all rules."""

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(appearance, _off_ground, parent)
        self._title = PlainLabel(appearance, "200 OK with an empty body", bold=True, parent=self)
        self._text = PlainLabel(appearance, color=muted_color, parent=self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(40, 8, 10, 8)
        layout.setSpacing(1)
        layout.addWidget(self._title)
        layout.addWidget(self._text)
        self.show_others(others=False)

    def show_others(self, *, others: bool) -> None:
        self._text.show_text("Every callback that no active rule fits" if others else "Every callback")


def _button(parent: QWidget, text: str = "") -> QToolButton:
    button = QToolButton(parent)
    button.setText(text)
    button.setAutoRaise(True)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return button


def _off_ground(colors: Colors) -> QColor:
    return colors.raised


def _on_ground(colors: Colors) -> QColor:
    return colors.severity["warning"].background


def _on_text(colors: Colors) -> QColor:
    return colors.severity["warning"].foreground
