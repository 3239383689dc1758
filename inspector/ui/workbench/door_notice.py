"""A word in the status line about who was turned away, and the dialog that says more."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton, QWidget

from inspector.ui.detail.wording import tooltip
from inspector.ui.theme import Appearance


class DoorNotice(QToolButton):
    """Short words in the colours of a warning; the tooltip has all of it, and a click shows it as a dialog."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self.details = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        appearance.changed.connect(self._restyle)
        self._restyle()
        self.hide()

    def show_words(self, text: str, details: str) -> None:
        """Show `text`, and `details` (plain text) on demand; nothing is shown without a text."""
        self.details = details
        self.setText(text)
        self.setToolTip(tooltip(*details.split("\n")) if details else "")
        self.setAccessibleName(f"Turned away: {text}")
        self.setAccessibleDescription(details)
        self.setVisible(bool(text))

    def _restyle(self) -> None:
        tint = self._appearance.colors.severity["warning"]
        self.setStyleSheet(
            f"QToolButton {{ color: {tint.foreground.name()}; background: {tint.background.name()}; border: none; "
            "border-radius: 5px; padding: 3px 8px; }"
            f"QToolButton:focus, QToolButton:hover {{ border: 1px solid {tint.foreground.name()}; padding: 2px 7px; }}"
        )
