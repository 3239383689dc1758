"""A real message to a real phone, with this program as its status_callback."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit, QPushButton, QWidget

from inspector.callbacks.segments import count_segments
from inspector.ui.detail.labels import LinkButton, WrappedLabel, muted_color
from inspector.ui.texts import count_text
from inspector.ui.theme import Appearance
from inspector.ui.workbench.checklist import Checklist, Step
from inspector.ui.workbench.section import Section, add_field, field_form

LONGEST_BODY = 1600
FIRST_BODY = "Callback Inspector: a test message."


@dataclass(frozen=True, slots=True)
class MessageEntered:
    """What stands in the fields."""

    from_: str
    to: str
    body: str


class SendSection(Section):
    """Asks for a message; shows what becomes of it."""

    send_wished = Signal(object)  # MessageEntered
    address_wished = Signal()
    """The user wants a public address."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(appearance, "Send a test message", parent)
        self._from = QLineEdit(self)
        self._from.setPlaceholderText("+1…, a number of your project")
        self._to = QLineEdit(self)
        self._to.setPlaceholderText("+1…, a phone that you may write to")
        self._body = QPlainTextEdit(FIRST_BODY, self)
        self._body.document().setDocumentMargin(8)
        self._body.setTabChangesFocus(True)
        self._body.setFixedHeight(self._body.fontMetrics().lineSpacing() * 3 + 16)
        self._count = WrappedLabel(appearance, color=muted_color, points=-0.5, parent=self)
        form = field_form()
        for title, field in (("F&rom", self._from), ("T&o", self._to), ("&Body", self._body)):
            add_field(form, title, field)
        form.addRow("", self._count)
        self._where = WrappedLabel(appearance, color=muted_color, points=-0.5, parent=self)
        self._send = QPushButton("&Send the message", self)
        self._send.clicked.connect(lambda: self.send_wished.emit(self.entered))
        buttons = QHBoxLayout()
        self._get_address = LinkButton("Get a public address", self)
        self._get_address.clicked.connect(self.address_wished)
        self._get_address.hide()
        buttons.addWidget(self._send)
        buttons.addWidget(self._get_address)
        buttons.addStretch(1)
        self.steps = Checklist(appearance, "What became of the message", self)
        self.body.addLayout(form)
        self.body.addWidget(self._where)
        self.body.addLayout(buttons)
        self.body.addWidget(self.steps)
        self._body.textChanged.connect(self._on_body_changed)
        self._on_body_changed()

    def show_numbers(self, from_: str, to: str) -> None:
        self._from.setText(from_)
        self._to.setText(to)

    def show_where(self, text: str, *, missing: bool) -> None:
        """Where the callbacks will go, or why they cannot; `missing`: a public address is."""
        self._where.show_text(text)
        self._get_address.setVisible(missing)

    def show_steps(self, steps: Sequence[Step], *, busy: bool) -> None:
        """What became of the message; while `busy` no other can be sent."""
        self._send.setEnabled(not busy)
        self._send.setText("Sending…" if busy else "&Send the message")
        self.steps.show_steps(steps)

    @property
    def entered(self) -> MessageEntered:
        return MessageEntered(self._from.text(), self._to.text(), self._body.toPlainText())

    def _on_body_changed(self) -> None:
        text = self._body.toPlainText()
        count = count_segments(text)
        words = [f"{len(text):,} of {LONGEST_BODY:,} characters"]
        words += [f"{count.encoding.value}", count_text(count.segments, "segment", "segments")]
        if count.first_non_gsm is not None:
            words.append(f"because of “{count.first_non_gsm}”" if count.first_non_gsm.isprintable() else "")
        if len(text) > LONGEST_BODY:
            words.append("too long")
        self._count.show_text(" · ".join(filter(None, words)))
