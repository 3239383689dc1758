"""Asks how an export is to leave: as it is, or redacted, with a preview of what leaves then."""

from dataclasses import replace
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from inspector.session.exchange.redaction import CATEGORIES, Redaction
from inspector.ui.workbench.export_preview import Preview
from inspector.ui.workbench.side_by_side import SideBySide

_TEXTS: Final = {
    "numbers": ("&Phone numbers", "Fictional numbers take their place: the same one for the same number"),
    "bodies": ("&Texts and variables", "Letters and digits are masked; length, encoding and segments stay"),
    "ids": ("&Ids", "Hashes of the same form take their place"),
    "signatures": ("&Signatures, credentials", "And every other header that is not known to be harmless"),
    "addresses": ("&Addresses", "Network addresses, host names, and long parts of paths"),
}
_SAID: Final = (
    "The same value becomes the same pseudonym throughout the file. Another export has other pseudonyms: nobody can "
    "join the two, or find the originals by trying."
)
_AS_IT_IS: Final = "Numbers, texts, ids and notes leave as they are."


class ExportDialog(QDialog):
    """`what` is exported. The owner answers `redaction_changed` with `show_preview` or `show_problem`."""

    redaction_changed = Signal()

    def __init__(self, what: str, redaction: Redaction, *, redact: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export")
        self._what = what
        self._head = _label(self)
        self._head.setText(what)
        self.redact = QCheckBox("&Redact numbers, texts and ids", self)
        self.redact.setChecked(redact)
        self._said = _label(self)
        self._choices = QWidget(self)
        self.parts: dict[str, QCheckBox] = {}
        for name in CATEGORIES:
            text, meaning = _TEXTS[name]
            self.parts[name] = self._choice(text, meaning, checked=getattr(redaction, name))
        meaning = "Without it, colour marks leave, and notes do not"
        self.notes = self._choice("Let my &notes leave", meaning, checked=redaction.notes)
        self._counts = _label(self)
        self._counts.setAccessibleName("How much is replaced")
        self._view = SideBySide("In the session", (), "What leaves", (), self)
        self._view.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel, self
        )
        self._buttons.button(QDialogButtonBox.StandardButton.Ok).setText("Choose a &file…")
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        self._lay_out()
        for box in (*self.parts.values(), self.notes):
            box.toggled.connect(lambda _: self.redaction_changed.emit())
        self.redact.toggled.connect(self._on_redact)
        self._show_redact()
        self._buttons.button(QDialogButtonBox.StandardButton.Ok).setFocus()

    def _choice(self, text: str, meaning: str, *, checked: bool) -> QCheckBox:
        box = QCheckBox(text, self._choices)
        box.setToolTip(meaning)
        box.setAccessibleDescription(meaning)
        box.setChecked(checked)
        return box

    def _lay_out(self) -> None:
        grid = QGridLayout(self._choices)
        grid.setContentsMargins(24, 0, 0, 0)
        grid.setHorizontalSpacing(22)
        grid.setVerticalSpacing(6)
        for number, box in enumerate((*self.parts.values(), self.notes)):
            grid.addWidget(box, number // 3, number % 3)
        grid.setColumnStretch(3, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(10)
        for widget in (self._head, self.redact, self._choices, self._said, self._counts):
            layout.addWidget(widget)
        layout.addWidget(self._view, 1)
        layout.addWidget(self._buttons)

    @property
    def choice(self) -> Redaction:
        """What is replaced where something is."""
        chosen = {name: box.isChecked() for name, box in self.parts.items()}
        return replace(Redaction(notes=self.notes.isChecked()), **chosen)

    @property
    def redaction(self) -> Redaction | None:
        """What is replaced; None: the export leaves as it is."""
        return self.choice if self.redact.isChecked() else None

    def show_preview(self, preview: Preview) -> None:
        self._head.setText(f"{self._what}: {preview.size_text}.")
        if preview.replaced is not None:
            self._counts.setText(preview.counts_text)
            self._view.show_lines("In the session", preview.before, "What leaves", preview.after)

    def show_problem(self, text: str) -> None:
        """There is nothing to preview; `text` says why."""
        self._counts.setText(text)
        self._counts.show()

    def _on_redact(self) -> None:
        self._show_redact()
        self.redaction_changed.emit()

    def _show_redact(self) -> None:
        redact = self.redact.isChecked()
        for widget in (self._choices, self._counts, self._view):
            widget.setVisible(redact)
        self._said.setText(_SAID if redact else _AS_IT_IS)
        if redact:
            room = self.screen().availableSize()
            self.resize(min(1000, room.width() - 40), min(680, room.height() - 80))
        else:
            self.resize(460, self.minimumSizeHint().height())


def _label(parent: QWidget) -> QLabel:
    label = QLabel(parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
