"""The head of the pane: what became of the message, between whom, and what it says."""

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from inspector.session.records import MessageRow
from inspector.ui.detail.labels import (
    Card,
    ElidedLabel,
    LinkButton,
    MiddleElidedLabel,
    PlainLabel,
    WrappedLabel,
    muted_color,
    sized,
)
from inspector.ui.detail.mark_line import MarkLine
from inspector.ui.detail.selectable_text import SelectableText
from inspector.ui.detail.wording import delivered_text, segments_text, times_text, value_text
from inspector.ui.status_badge import StatusBadge
from inspector.ui.texts import moment_text, one_line, tooltip
from inspector.ui.theme import Appearance, Colors, monospace

_BODY_LINES = 3
_MOST_VARIABLES = 6


def _delivered_color(colors: Colors) -> QColor:
    return colors.status["delivered"].foreground


class HeaderPanel(QWidget):
    """Badge, numbers, id, facts, body and custom variables of a message."""

    copied = Signal(str)

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._id = ""
        self._badge = StatusBadge(appearance, self)
        self._badge.setFont(sized(self.font(), 2, bold=True))
        self._delivered = PlainLabel(appearance, color=_delivered_color, parent=self)
        self._to = ElidedLabel(appearance, points=1, bold=True, parent=self)
        self._from = ElidedLabel(appearance, points=1, parent=self)
        self._id_label = MiddleElidedLabel(appearance, color=muted_color, parent=self)
        self._id_label.setFont(monospace(0.5))
        self._copy_id = LinkButton("Copy", self)
        self._copy_id.setAccessibleName("Copy the message id")
        self._copy_id.clicked.connect(self._on_copy_id_clicked)
        self._segments = WrappedLabel(appearance, color=muted_color, parent=self)
        self._times = WrappedLabel(appearance, color=muted_color, parent=self)
        self._mark = MarkLine(appearance, self)
        self._body_card = Card(appearance, lambda colors: colors.raised if colors.dark else colors.base, self)
        self._body = SelectableText("Text of the message", _BODY_LINES, self._body_card)
        self._variables = _Variables(appearance, self)
        self._arrange()

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(10)
        top.addWidget(self._badge)
        top.addWidget(self._delivered)
        top.addStretch(1)
        identifier = QHBoxLayout()
        identifier.setSpacing(6)
        identifier.addWidget(self._id_label)
        identifier.addWidget(self._copy_id)
        identifier.addStretch(1)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(1, 1)
        grid.addWidget(PlainLabel(self._appearance, "To", color=muted_color, parent=self), 0, 0)
        grid.addWidget(self._to, 0, 1)
        grid.addWidget(PlainLabel(self._appearance, "From", color=muted_color, parent=self), 1, 0)
        grid.addWidget(self._from, 1, 1)
        grid.addWidget(PlainLabel(self._appearance, "Id", color=muted_color, parent=self), 2, 0)
        grid.addLayout(identifier, 2, 1)
        card = QVBoxLayout(self._body_card)
        card.setContentsMargins(11, 8, 11, 8)
        card.addWidget(self._body)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(9)
        layout.addLayout(top)
        layout.addLayout(grid)
        layout.addWidget(self._mark)
        layout.addWidget(self._body_card)
        facts = QVBoxLayout()
        facts.setSpacing(1)
        facts.addWidget(self._segments)
        facts.addWidget(self._times)
        layout.addLayout(facts)
        layout.addWidget(self._variables)

    def show_message(self, message: MessageRow) -> None:
        self._id = message.id
        self._badge.set_status(message.status)
        self._delivered.show_text(delivered_text(message))
        self._to.show_text(one_line(message.to or "unknown", 80))
        self._from.show_text(one_line(message.from_ or "unknown", 80))
        self._id_label.show_text(one_line(message.id, 300) or "(empty)")
        self._segments.show_text(segments_text(message))
        self._times.show_text(times_text(message))
        last = message.last_transition or message.last_received
        times = (f"First seen {moment_text(message.first_received)}", f"Last change {moment_text(last)}")
        self._times.setToolTip(tooltip(*times))
        self._mark.show_mark(message.mark)
        self._body_card.setVisible(bool(message.body))
        self._body.show_text(message.body or "")
        self._variables.show_variables(message.custom_variables or {})

    def _on_copy_id_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self._id)
        self.copied.emit("Message id")


class _Variables(QWidget):
    """The custom variables, a name and a value a line, and no more than a handful of them."""

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        grid.addWidget(PlainLabel(appearance, "Custom variables", color=muted_color, parent=self), 0, 0, 1, 2)
        self._rows = []
        for row in range(1, _MOST_VARIABLES + 1):
            name = ElidedLabel(appearance, color=muted_color, parent=self)
            value = ElidedLabel(appearance, parent=self)
            for label in (name, value):
                label.setFont(monospace(0.5))
            name.setMaximumWidth(180)
            grid.addWidget(name, row, 0)
            grid.addWidget(value, row, 1)
            self._rows.append((name, value))
        self._more = PlainLabel(appearance, color=muted_color, parent=self)
        grid.addWidget(self._more, _MOST_VARIABLES + 1, 0, 1, 2)

    def show_variables(self, variables: dict[str, Any]) -> None:
        self.setVisible(bool(variables))
        shown = list(variables.items())[:_MOST_VARIABLES]
        for number, (name, value) in enumerate(self._rows):
            known = number < len(shown)
            name.show_text(one_line(shown[number][0], 60) or "(empty)" if known else "")
            value.show_text(value_text(shown[number][1]) if known else "")
        rest = len(variables) - len(shown)
        self._more.show_text(f"and {rest:,} more in the payload" if rest > 0 else "")
