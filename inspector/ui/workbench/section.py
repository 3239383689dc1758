"""A part of a page under a heading that folds it away."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QLineEdit, QToolButton, QVBoxLayout, QWidget

from inspector.ui.detail.labels import ElidedLabel, muted_color, sized
from inspector.ui.theme import Appearance


class Section(QWidget):
    """A heading, a word beside it, and a body to fill."""

    def __init__(self, appearance: Appearance, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._head = QToolButton(self)
        self._head.setText(title)
        self._head.setCheckable(True)
        self._head.setChecked(True)
        self._head.setAutoRaise(True)
        self._head.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._head.setFont(sized(self._head.font(), 0.5, bold=True))
        self._head.setStyleSheet(
            "QToolButton { border: none; background: transparent; padding: 2px 0; margin-left: -6px; }"
            "QToolButton:focus { text-decoration: underline; }"
        )
        self._word = ElidedLabel(appearance, color=muted_color, parent=self)
        self._inside = QWidget(self)
        self.body = QVBoxLayout(self._inside)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(9)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._head)
        head.addWidget(self._word, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(9)
        layout.addLayout(head)
        layout.addWidget(self._inside)
        self._word.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._head.toggled.connect(self._on_toggled)
        self._on_toggled(on=True)

    @property
    def open(self) -> bool:
        return self._head.isChecked()

    def set_open(self, *, on: bool) -> None:
        self._head.setChecked(on)

    def show_word(self, text: str) -> None:
        """What there is to know when the body is folded away."""
        self._word.set_text(text)

    def _on_toggled(self, on: bool) -> None:
        self._head.setArrowType(Qt.ArrowType.DownArrow if on else Qt.ArrowType.RightArrow)
        self._head.setAccessibleName(f"{self._head.text()}, {'unfolded' if on else 'folded'}")
        self._inside.setVisible(on)


def field_form() -> QFormLayout:
    """A form for `add_field`."""
    form = QFormLayout()
    form.setVerticalSpacing(8)
    form.setHorizontalSpacing(8)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
    return form


def add_field(form: QFormLayout, title: str, field: QWidget) -> None:
    """A field behind its title, in the same place in every form of a page."""
    label = QLabel(title)
    label.setBuddy(field)
    label.setMinimumWidth(label.fontMetrics().averageCharWidth() * 10)
    if isinstance(field, QLineEdit):
        label.setMinimumHeight(field.sizeHint().height())
    field.setAccessibleName(title.replace("&", ""))
    form.addRow(label, field)
