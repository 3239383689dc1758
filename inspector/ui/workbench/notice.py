"""A word in the status line about something that is not as usual, and that a click tells more about."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton, QWidget

from inspector.ui.texts import tooltip
from inspector.ui.theme import Appearance


class Notice(QToolButton):
    """Short words in the colours of a warning; not there while there are none."""

    def __init__(self, appearance: Appearance, subject: str, parent: QWidget | None = None) -> None:
        """`subject` says to screen readers what the words are about."""
        super().__init__(parent)
        self._appearance = appearance
        self.setObjectName(subject)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        appearance.changed.connect(self._restyle)
        self._restyle()
        self.hide()

    def show_words(self, text: str, details: str) -> None:
        """Show `text`, with `details` (plain text) as its tooltip; nothing is shown without a text."""
        self.setText(text)
        self.setToolTip(tooltip(*details.split("\n")) if details else "")
        self.setAccessibleName(f"{self.objectName()}: {text}")
        self.setAccessibleDescription(details)
        self.setVisible(bool(text))

    def _restyle(self) -> None:
        tint = self._appearance.colors.severity["warning"]
        self.setStyleSheet(
            f"QToolButton {{ color: {tint.foreground.name()}; background: {tint.background.name()}; border: none; "
            "border-radius: 5px; padding: 3px 8px; }"
            f"QToolButton:focus, QToolButton:hover {{ border: 1px solid {tint.foreground.name()}; padding: 2px 7px; }}"
        )
