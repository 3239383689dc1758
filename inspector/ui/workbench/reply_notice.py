"""A word in the status line, for as long as callbacks are answered otherwise than usual."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton, QWidget

from inspector.ui.theme import Appearance


class ReplyNotice(QToolButton):
    """Says so in the colours of a warning; a click leads to where it can be changed."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setToolTip("Show what callbacks are answered")
        appearance.changed.connect(self._restyle)
        self._restyle()
        self.hide()

    def show_words(self, text: str) -> None:
        """Show `text`; nothing is shown without."""
        self.setText(text)
        self.setAccessibleName(f"Replies: {text}")
        self.setVisible(bool(text))

    def _restyle(self) -> None:
        tint = self._appearance.colors.severity["warning"]
        self.setStyleSheet(
            f"QToolButton {{ color: {tint.foreground.name()}; background: {tint.background.name()}; border: none; "
            "border-radius: 5px; padding: 3px 8px; }"
            f"QToolButton:focus, QToolButton:hover {{ border: 1px solid {tint.foreground.name()}; padding: 2px 7px; }}"
        )
