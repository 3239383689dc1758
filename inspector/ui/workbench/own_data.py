"""The user's own numbers, text and variables, in the place of drawn ones."""

from typing import Any, Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QFrame, QLineEdit, QPlainTextEdit, QScrollArea, QVBoxLayout, QWidget

from inspector.callbacks.segments import Encoding, count_segments
from inspector.callbacks.sendable import LONGEST_BODY, address_problem, body_problem, variables_problem
from inspector.ui.detail.labels import PlainLabel, WrappedLabel, muted_color
from inspector.ui.texts import count_text
from inspector.ui.theme import Appearance, Colors
from inspector.ui.workbench.simulation import Order
from inspector.ui.workbench.variable_rows import VariableRows

_TITLES: Final = {"to": "To", "from": "From", "body": "Body", "variables": "Custom variables"}


def error_color(colors: Colors) -> QColor:
    return colors.severity["error"].foreground


def text_of(edit: QPlainTextEdit) -> str:
    """What was typed, to the letter: toPlainText would make plain spaces of those that do not break."""
    return edit.document().toRawText().replace("\u2029", "\n").replace("\u2028", "\n")


def segments_in_words(body: str) -> str:
    """How many segments a body takes, in which alphabet, and why not in the shorter one."""
    count = count_segments(body)
    room = count.segments * count.units_per_segment
    text = f"{count_text(count.segments, 'segment', 'segments')} in {count.encoding}, {count.units} of {room} units"
    if count.encoding is Encoding.UCS_2 and count.first_non_gsm is not None:
        shown = count.first_non_gsm if count.first_non_gsm.isprintable() else f"U+{ord(count.first_non_gsm):04X}"
        text += f", because of “{shown}”"
    if len(body) > LONGEST_BODY:
        text += f". SignalWire takes {LONGEST_BODY:,} characters at most; this has {len(body):,}"
    return f"{text}."


class OwnDataForm(QWidget):
    """Fields that may all stay empty."""

    changed = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self.to = QLineEdit(self)
        self.to.setPlaceholderText("such as +12065550123 or whatsapp:+12065550123")
        self.from_ = QLineEdit(self)
        self.from_.setPlaceholderText("such as +18005550199 or 10555")
        self.body = QPlainTextEdit(self)
        self.body.setPlaceholderText("A text of the scenario")
        self.body.setTabChangesFocus(True)
        self.body.document().setDocumentMargin(8)  # as far in as the text of the fields above
        self.body.setFixedHeight(self.body.fontMetrics().lineSpacing() * 5 + 20)
        self.segments = WrappedLabel(appearance, color=muted_color, parent=self)
        self.variables = VariableRows(self.body, self)
        self._problems = {name: WrappedLabel(appearance, color=error_color, parent=self) for name in _TITLES}
        self._lay_out()
        for edit in (self.to, self.from_):
            edit.textChanged.connect(self._on_changed)
        self.body.textChanged.connect(self._on_changed)
        self.variables.changed.connect(self._on_changed)
        self._on_changed()

    def _lay_out(self) -> None:
        inside = QWidget(self)
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(2, 0, 8, 8)
        layout.setSpacing(4)
        intro = "What stays empty is drawn anew for each message."
        layout.addWidget(WrappedLabel(self._appearance, intro, color=muted_color, parent=inside))
        fields: tuple[tuple[str, tuple[QWidget, ...]], ...] = (
            ("to", (self.to,)),
            ("from", (self.from_,)),
            ("body", (self.body, self.segments)),
            ("variables", (self.variables,)),
        )
        for name, widgets in fields:
            layout.addSpacing(8)
            label = PlainLabel(self._appearance, _TITLES[name], bold=True, parent=inside)
            label.setBuddy(widgets[0])
            layout.addWidget(label)
            for widget in (*widgets, self._problems[name]):
                layout.addWidget(widget)
            widgets[0].setAccessibleName(_TITLES[name])
        layout.addStretch(1)
        area = QScrollArea(self)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setWidget(inside)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)

    @property
    def problem(self) -> str:
        """What is wrong with the first field that cannot be sent; "" where all can."""
        wrong = next((_TITLES[name] for name, label in self._problems.items() if label.text()), None)
        return "" if wrong is None else f"Your data: “{wrong}” cannot be sent as it is."

    @property
    def own(self) -> dict[str, Any]:
        """The fields by their names in an order."""
        return {
            "to": self.to.text().strip(),
            "from_": self.from_.text().strip(),
            "body": text_of(self.body),
            "variables": self.variables.pairs,
        }

    @property
    def controls(self) -> list[QWidget]:
        """What has the keyboard's focus, in turn; the rows of variables put themselves before the last."""
        return [self.to, self.from_, self.body, self.variables.add]

    def show_order(self, order: Order) -> None:
        self.to.setText(order.to)
        self.from_.setText(order.from_)
        self.body.setPlainText(order.body)
        self.variables.show_pairs(order.variables)

    def _on_changed(self) -> None:
        body = text_of(self.body)
        self.segments.show_text(segments_in_words(body) if body else "")
        for name, edit in (("to", self.to), ("from", self.from_)):
            text = edit.text().strip()
            problem = address_problem(text) if text else ""
            self._problems[name].show_text(problem)
            if edit.property("invalid") is not bool(problem):
                edit.setProperty("invalid", bool(problem))
                edit.style().polish(edit)
        self._problems["body"].show_text(body_problem(body))
        self._problems["variables"].show_text(variables_problem(self.variables.pairs))
        self.changed.emit()
