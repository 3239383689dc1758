"""A note on one message or on many."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from inspector.session.marks import LONGEST_NOTE
from inspector.ui.texts import count_text


class NoteDialog(QDialog):
    """Asks for the note on `count` messages; `note` is the one they have, `different` says that theirs differ."""

    def __init__(self, count: int, note: str, *, different: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Note" if count == 1 else f"Note on {count:,} messages")
        told = QLabel(self)
        told.setTextFormat(Qt.TextFormat.PlainText)
        told.setWordWrap(True)
        said = "It is kept in the session, beside the message. An empty note takes it away."
        if different:
            said = f"These {count:,} messages have different notes; this one takes their place. {said}"
        told.setText(said)
        self.edit = QPlainTextEdit(note, self)
        self.edit.document().setDocumentMargin(8)
        self.edit.setAccessibleName("Note")
        self.edit.setTabChangesFocus(True)
        self.edit.setPlaceholderText("What is to be remembered about it")
        self._left = QLabel(self)
        self._left.setTextFormat(Qt.TextFormat.PlainText)
        self._buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel, self
        )
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        self._buttons.button(QDialogButtonBox.StandardButton.Save).setToolTip("Ctrl+Return")
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self._on_accept_keys)
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        layout.addWidget(told)
        layout.addWidget(self.edit, 1)
        layout.addWidget(self._left)
        layout.addWidget(self._buttons)
        self.edit.textChanged.connect(self._on_text_changed)
        self._on_text_changed()
        self.resize(440, 260)
        self.edit.selectAll()
        self.edit.setFocus()

    @property
    def note(self) -> str:
        """The text, without white space around it."""
        return self.edit.toPlainText().strip()

    def _on_text_changed(self) -> None:
        over = len(self.note) - LONGEST_NOTE
        self._left.setText(f"{count_text(over, 'character', 'characters')} too many." if over > 0 else "")
        self._left.setVisible(over > 0)
        self._buttons.button(QDialogButtonBox.StandardButton.Save).setEnabled(over <= 0)

    def _on_accept_keys(self) -> None:
        if self._buttons.button(QDialogButtonBox.StandardButton.Save).isEnabled():
            self.accept()
