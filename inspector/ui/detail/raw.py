"""The raw tab: the bytes of the body as text, exactly or laid out."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextOption
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from inspector.session.records import CallbackRow
from inspector.ui.detail.json_nodes import body_text, read_payload
from inspector.ui.detail.labels import LinkButton, WrappedLabel, muted_color
from inspector.ui.detail.raw_text import pretty_json, raw_text
from inspector.ui.texts import count_text
from inspector.ui.theme import Appearance, monospace

_SHOWN_AT_FIRST: Final = 60_000
_LAY_OUT: Final = "Lay out"
_EXACT: Final = "Show exact bytes"


def text_view(name: str, parent: QWidget) -> QPlainTextEdit:
    """A read-only view of plain text in the fixed-width font."""
    view = QPlainTextEdit(parent)
    view.setReadOnly(True)
    view.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    view.setTabChangesFocus(True)
    view.setAccessibleName(name)
    view.setFont(monospace(0.5))
    # Breaking at words first takes Qt a time that grows with the square of a line's length.
    view.setWordWrapMode(QTextOption.WrapMode.WrapAnywhere)
    view.document().setDocumentMargin(8)
    return view


class BodyView(QWidget):
    """Text that may be long: its beginning first, all of it when asked for, so that choosing a callback stays quick."""

    def __init__(self, appearance: Appearance, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self.view = text_view(name, self)
        self._note = WrappedLabel(appearance, color=muted_color, parent=self)
        self._all = LinkButton("Show all", self)
        self._all.clicked.connect(self._on_all_clicked)
        foot = QHBoxLayout()
        foot.addWidget(self._note, 1)
        foot.addWidget(self._all)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.view, 1)
        layout.addLayout(foot)
        self._note.hide()
        self._all.hide()

    def show_body(self, body: bytes) -> None:
        self.show_text(raw_text(body).text)

    def show_text(self, text: str) -> None:
        """Show `text`; the same text again changes nothing, so that place and selection stay."""
        if text == self._text:
            return
        self._text = text
        long = len(text) > _SHOWN_AT_FIRST
        self.view.setPlainText(text[:_SHOWN_AT_FIRST])
        note = f"The first {_SHOWN_AT_FIRST:,} of {len(text):,} characters." if long else ""
        self._note.show_text(note)
        self._all.setVisible(long)

    def _on_all_clicked(self) -> None:
        self._note.hide()
        self._all.hide()
        self.view.setFocus()
        self.view.setPlainText(self._text)


class RawTab(QWidget):
    """The body as it came, with what is odd about it told above."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._callback: CallbackRow | None = None
        self._is_json = False
        self._note = WrappedLabel(appearance, color=muted_color, parent=self)
        self.pretty = LinkButton(_LAY_OUT, self)
        self.pretty.setCheckable(True)
        self.pretty.setAccessibleDescription("Changes between JSON with a member a line and the exact bytes")
        self.pretty.toggled.connect(self._show)
        self.body = BodyView(appearance, "Raw body", self)
        head = QHBoxLayout()
        head.addWidget(self._note, 1)
        head.addWidget(self.pretty, 0, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(head)
        layout.addWidget(self.body, 1)

    def show_callback(self, callback: CallbackRow) -> None:
        self._callback = callback
        self._is_json = callback.dialect != "form" and read_payload(callback).readable
        self._show()

    def _show(self) -> None:
        callback = self._callback
        if callback is None:
            return
        raw = raw_text(callback.body)
        # The button keeps the user's wish; a body that is no JSON just cannot follow it.
        is_json = self._is_json
        self.pretty.setVisible(is_json)
        self.pretty.setText(_EXACT if self.pretty.isChecked() else _LAY_OUT)
        pretty = pretty_json(body_text(callback.body)[0]) if is_json and self.pretty.isChecked() else None
        notes = [count_text(len(callback.body), "byte", "bytes") if callback.body else "The body is empty."]
        if callback.truncated:
            notes.append("truncated: only the beginning was kept")
        if raw.escaped and pretty is None:
            notes.append(f"{count_text(raw.escaped, 'byte is', 'bytes are')} not UTF-8, shown as \\xNN")
        if is_json and self.pretty.isChecked() and pretty is None:
            notes.append("too long to lay out")
        self._note.show_text(" · ".join(notes))
        self.body.show_text(raw_text(pretty.encode("utf-8", "replace")).text if pretty is not None else raw.text)
