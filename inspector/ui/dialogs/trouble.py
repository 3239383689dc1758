"""What went wrong: shown as it is, to be copied and handed on."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from inspector.ui.theme import monospace


class TroubleDialog(QDialog):
    """A report as plain text. Stays open beside the window, and shows a newer report in its place."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Problem report")
        self.resize(720, 460)
        self._what = QLabel(self)
        self._what.setTextFormat(Qt.TextFormat.PlainText)
        self._what.setWordWrap(True)
        self._text = QPlainTextEdit(self)
        self._text.document().setDocumentMargin(8)
        self._text.setReadOnly(True)
        self._text.setFont(monospace(0.5))
        self._text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._text.setAccessibleName("Report")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self._copy = buttons.addButton("Copy the report", QDialogButtonBox.ButtonRole.ActionRole)
        self._copy.clicked.connect(self._on_copy)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(self._what)
        layout.addWidget(self._text, 1)
        layout.addWidget(buttons)

    def show_report(self, what: str, report: str) -> None:
        """`what` happened in a sentence, and the report."""
        caution = "The report may quote what was captured: read it before you hand it on. Nothing is sent anywhere."
        self._what.setText(f"{what} {caution}")
        self._text.setPlainText(report)
        self._text.verticalScrollBar().setValue(self._text.verticalScrollBar().maximum())
        self._copy.setText("Copy the report")

    @property
    def report(self) -> str:
        return self._text.toPlainText()

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self.report)
        self._copy.setText("Copied")
