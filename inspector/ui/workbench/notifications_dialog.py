"""What the user wants to be notified of."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from inspector.settings import Settings

_ABOUT = (
    "While this window is not in front, a notification tells of what is checked here. It names error codes and the "
    "last four digits of numbers, never a text."
)
_NO_TRAY = "This desktop has no notification area: only the window's entry in the task bar is marked."


class NotificationsDialog(QDialog):
    """Shows the rules; `write_to` puts what was chosen into settings.

    `problem_of` says what is wrong with a filter, or nothing; `try_out` shows a notification.
    """

    def __init__(
        self,
        settings: Settings,
        problem_of: Callable[[str], str],
        try_out: Callable[[], None],
        *,
        available: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Notifications")
        self._problem_of = problem_of
        self.failed = self._check("A message &failed or was undelivered", on=settings.notify_failed)
        self.stalled = self._check("A message &stalled: no outcome in time", on=settings.notify_stalled)
        self.invalid = self._check("A callback is &invalid", on=settings.notify_invalid)
        self.codes = QLineEdit(settings.notify_codes, self)
        self.codes.setPlaceholderText("30003, 30007")
        self.filter = QLineEdit(settings.notify_filter, self)
        self.filter.setPlaceholderText("to:+1555 took:>30s")
        self.filter.setMaxLength(2000)
        self._problem = self._label("")
        self._problem.setAccessibleName("What is wrong with the filter")
        self._try = QPushButton("&Try it", self)
        self._try.clicked.connect(try_out)
        self._buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel, self
        )
        self._buttons.addButton(self._try, QDialogButtonBox.ButtonRole.ActionRole)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        self.filter.textChanged.connect(self._check_filter)
        form = QFormLayout()
        form.setVerticalSpacing(10)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        form.addRow("&Error codes", self.codes)
        form.addRow("What fits this fi&lter", self.filter)
        for field, name in ((self.codes, "Error codes"), (self.filter, "What fits this filter")):
            field.setAccessibleName(name)
        layout = QVBoxLayout(self)
        layout.setSpacing(12)
        layout.addWidget(self._label(_ABOUT))
        if not available:
            layout.addWidget(self._label(_NO_TRAY))
        for box in (self.failed, self.stalled, self.invalid):
            layout.addWidget(box)
        layout.addLayout(form)
        layout.addWidget(self._problem)
        layout.addStretch(1)
        layout.addWidget(self._buttons)
        self.resize(460, self.sizeHint().height())
        self._check_filter(self.filter.text())

    def write_to(self, settings: Settings) -> None:
        """Put the choices into `settings`."""
        settings.notify_failed = self.failed.isChecked()
        settings.notify_stalled = self.stalled.isChecked()
        settings.notify_invalid = self.invalid.isChecked()
        settings.notify_codes = self.codes.text().strip()
        settings.notify_filter = self.filter.text().strip()

    def _check(self, text: str, *, on: bool) -> QCheckBox:
        box = QCheckBox(text, self)
        box.setChecked(on)
        return box

    def _label(self, text: str) -> QLabel:
        label = QLabel(text, self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        return label

    def _check_filter(self, text: str) -> None:
        problem = self._problem_of(text)
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        self._buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(not problem)
