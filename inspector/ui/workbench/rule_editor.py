"""The dialog of one rule: when it applies, what is done then, and the whole in a sentence."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from inspector.ui.detail.labels import PlainLabel, WrappedLabel, muted_color
from inspector.ui.theme import Appearance, Colors, monospace

_STATUSES: Final = ("queued", "initiated", "sent", "delivered", "undelivered", "failed", "read")
_ATTEMPTS: Final = ("Every attempt", "The 1st", "The 2nd", "The 3rd")
_ACTIONS: Final = {
    "answer": "Answer",
    "redirect": "Redirect",
    "drop": "Hang up without an answer",
    "reset": "Reset the connection",
}
_REDIRECTS: Final = {
    301: "301 Moved Permanently",
    302: "302 Found",
    307: "307 Temporary Redirect",
    308: "308 Permanent Redirect",
}

Describe = Callable[[Mapping[str, Any]], tuple[str, str]]
"""For the values of a rule: the rule in words, and what is wrong with it; one of them is empty."""


class RuleEditor(QDialog):
    """Edits the values of a rule, as the settings keep them; it can be accepted only when nothing is wrong."""

    def __init__(
        self, appearance: Appearance, values: Mapping[str, Any], describe: Describe, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Rule")
        self._values = dict(values)
        self._describe = describe
        self._make_conditions()
        self._make_answer()
        self._words = WrappedLabel(appearance, color=muted_color, parent=self)
        self._problem = WrappedLabel(appearance, color=_problem_color, parent=self)
        self._buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel, self
        )
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        self._lay_out(appearance)
        self._fill()
        self._connect()
        self._on_changed()
        self.setMinimumWidth(480)

    def _make_conditions(self) -> None:
        self.name = QLineEdit(self)
        self.name.setPlaceholderText("kept with every callback that it answers")
        self.path = QLineEdit(self)
        self.path.setPlaceholderText("any; /rest for a beginning, */hook for a pattern")
        self.status = QComboBox(self)
        self.status.addItem("Any status", "")
        for status in _STATUSES:
            self.status.addItem(status, status)
        self.number = QLineEdit(self)
        self.number.setPlaceholderText("any; a part is enough, such as +1555")
        self.attempt = QComboBox(self)
        self.attempt.addItems(_ATTEMPTS)
        self.attempt.setToolTip("Counted from 1 again when a rule is changed or switched.")

    def _make_answer(self) -> None:
        self.action = QComboBox(self)
        for action, text in _ACTIONS.items():
            self.action.addItem(text, action)
        self.code = QSpinBox(self)
        self.code.setRange(200, 599)
        self.headers = _text_field(self, "Name: value, one a line", 3)
        self.body = _text_field(self, "empty", 4)
        self.filler = QSpinBox(self)
        self.filler.setRange(0, 1 << 20)
        self.filler.setSingleStep(1024)
        self.filler.setGroupSeparatorShown(True)
        self.filler.setSpecialValueText("as it is")
        self.filler.setSuffix(" bytes")
        self.redirect = QComboBox(self)
        for code, text in _REDIRECTS.items():
            self.redirect.addItem(text, code)
        self.location = QLineEdit(self)
        self.location.setPlaceholderText("empty: the callback's own address")
        self.redirects = QSpinBox(self)
        self.redirects.setRange(1, 10)
        self.redirects.setSuffix(" in a row")
        self.delay = QDoubleSpinBox(self)
        self.delay.setRange(0, 120)
        self.delay.setDecimals(1)
        self.delay.setSingleStep(0.5)
        self.delay.setSpecialValueText("none")
        self.delay.setSuffix(" s")

    def _lay_out(self, appearance: Appearance) -> None:
        self._when = _form(
            [
                ("&Name", self.name),
                ("&Path", self.path),
                ("&Status", self.status),
                ("&To or From has", self.number),
                ("A&ttempt", self.attempt),
            ]
        )
        self._then = _form(
            [
                ("&Do this", self.action),
                ("HTTP stat&us", self.code),
                ("&Headers", self.headers),
                ("&Body", self.body),
                ("Body at &least", self.filler),
                ("&Redirect", self.redirect),
                ("To add&ress", self.location),
                ("Redirects", self.redirects),
                ("Dela&y", self.delay),
            ]
        )
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        layout.addWidget(PlainLabel(appearance, "When", bold=True, parent=self))
        layout.addLayout(self._when)
        layout.addSpacing(6)
        layout.addWidget(PlainLabel(appearance, "Then", bold=True, parent=self))
        layout.addLayout(self._then)
        layout.addSpacing(4)
        layout.addWidget(self._words)
        layout.addWidget(self._problem)
        layout.addStretch(1)
        layout.addWidget(self._buttons)

    def _fill(self) -> None:
        values = self._values
        self.name.setText(values["name"])
        self.path.setText(values["path"])
        self.status.setCurrentIndex(max(0, self.status.findData(values["status"])))
        self.number.setText(values["number"])
        if values["attempt"] >= len(_ATTEMPTS):  # from an edited settings file
            self.attempt.addItems([f"The {number}th" for number in range(len(_ATTEMPTS), values["attempt"] + 1)])
        self.attempt.setCurrentIndex(values["attempt"])
        self.action.setCurrentIndex(self.action.findData(values["action"]))
        redirects = values["action"] == "redirect"
        self.code.setValue(200 if redirects else values["code"])
        if redirects and self.redirect.findData(values["code"]) < 0:
            self.redirect.addItem(str(values["code"]), values["code"])
        self.redirect.setCurrentIndex(self.redirect.findData(values["code"] if redirects else 302))
        self.headers.setPlainText("\n".join(f"{name}: {value}" for name, value in values["headers"]))
        self.body.setPlainText(values["body"])
        self.filler.setValue(values["filler"])
        self.location.setText(values["location"])
        self.redirects.setValue(values["redirects"])
        self.delay.setValue(values["delay"])

    def _connect(self) -> None:
        for edit in (self.name, self.path, self.number, self.location):
            edit.textChanged.connect(self._on_changed)
        for text in (self.headers, self.body):
            text.textChanged.connect(self._on_changed)
        for choice in (self.status, self.attempt, self.action, self.redirect):
            choice.currentIndexChanged.connect(self._on_changed)
        self.action.currentIndexChanged.connect(self.adjustSize)
        for number in (self.code, self.filler, self.redirects, self.delay):
            number.valueChanged.connect(self._on_changed)

    @property
    def values(self) -> dict[str, Any]:
        """The rule as it is now, with nothing that what it does has no use for."""
        action = self.action.currentData()
        values = {
            "name": self.name.text().strip(),
            "path": self.path.text().strip(),
            "status": self.status.currentData(),
            "number": self.number.text().strip(),
            "attempt": self.attempt.currentIndex(),
            "action": action,
            "delay": round(self.delay.value(), 1),
            "enabled": self._values["enabled"],
        }
        if action == "answer":
            values["code"] = self.code.value()
            values["headers"] = [_pair(line) for line in self.headers.toPlainText().splitlines() if line.strip()]
            values["body"], values["filler"] = self.body.toPlainText(), self.filler.value()
        elif action == "redirect":
            values["code"] = self.redirect.currentData()
            values["location"], values["redirects"] = self.location.text().strip(), self.redirects.value()
        return values

    @property
    def problem(self) -> str:
        """What is wrong with the rule as it is now."""
        return self._problem.text()

    def _on_changed(self) -> None:
        words, problem = self._describe(self.values)
        self._words.show_text(words)
        self._problem.show_text(problem)
        self._buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(not problem)
        action = self.action.currentData()
        of_answer: tuple[QWidget, ...] = (self.code, self.headers, self.body, self.filler)
        for field in of_answer:
            self._then.setRowVisible(field, action == "answer")
        of_redirect: tuple[QWidget, ...] = (self.redirect, self.location)
        for field in of_redirect:
            self._then.setRowVisible(field, action == "redirect")
        self._then.setRowVisible(self.redirects, action == "redirect" and not self.location.text().strip())


def _pair(line: str) -> list[str]:
    name, _, value = line.partition(":")
    return [name.strip(), value.strip()]


def _text_field(parent: QWidget, placeholder: str, lines: int) -> QPlainTextEdit:
    field = QPlainTextEdit(parent)
    field.document().setDocumentMargin(8)
    field.setFont(monospace(0.5))
    field.setPlaceholderText(placeholder)
    field.setTabChangesFocus(True)
    field.setFixedHeight(field.fontMetrics().lineSpacing() * lines + 12)
    return field


def _form(fields: list[tuple[str, QWidget]]) -> QFormLayout:
    form = QFormLayout()
    form.setVerticalSpacing(8)
    form.setHorizontalSpacing(12)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
    for text, field in fields:
        form.addRow(text, field)
        label = form.labelForField(field)
        if isinstance(label, QLabel):
            label.setMinimumWidth(100)
            field.setAccessibleName(label.text().replace("&", ""))
    return form


def _problem_color(colors: Colors) -> QColor:
    return colors.severity["error"].foreground
