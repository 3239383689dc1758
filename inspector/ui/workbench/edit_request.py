"""The editor of a callback: target, headers and body, judged as one types."""

import asyncio
from dataclasses import replace
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QTextCursor, QTextOption
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QPlainTextEdit, QSplitter, QVBoxLayout, QWidget

from inspector.callbacks.judgement import Judgement, judge
from inspector.runtime.tasks import TaskScope
from inspector.session.records import CallbackRow, header_value
from inspector.ui.detail.labels import LinkButton, PlainLabel, WrappedLabel, muted_color
from inspector.ui.detail.raw import text_view
from inspector.ui.detail.verdict import VerdictPill
from inspector.ui.texts import one_line
from inspector.ui.theme import Appearance, monospace
from inspector.ui.workbench.body_text import BodyText, body_text, laid_out, shown_bytes
from inspector.ui.workbench.header_lines import HeaderLines

_MILLISECONDS_BEFORE_JUDGING: Final = 120
_NO_TEXT: Final = "This body is no plain text, or too long to edit: it is sent as it was captured."
_CUT: Final = "Only the beginning of the body was captured. Complete it before it can be sent."


class EditRequest(QWidget):
    """Edits a copy of a callback. `changed` is emitted at every change, `judged` when the verdict on it is shown."""

    changed = Signal()
    judged = Signal()

    def __init__(self, appearance: Appearance, tasks: TaskScope, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._callback: CallbackRow | None = None
        self._headers = HeaderLines(())
        self._body: BodyText | None = None
        self._untouched = b""
        self._loaded = ""
        self._edition = 0
        self.method = QLineEdit(self)
        self.target = QLineEdit(self)
        self.headers = _editor("Headers", self)
        self.body = _editor("Body", self)
        self.pill = VerdictPill(appearance, self)
        self.problems = text_view("Problems", self)
        self._note = WrappedLabel(appearance, color=muted_color, parent=self)
        self.lay_out = LinkButton("Lay out", self)
        self.restore = LinkButton("Restore", self)
        self.rewrite = LinkButton("Write another body", self)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_MILLISECONDS_BEFORE_JUDGING)
        self._timer.timeout.connect(lambda: self._tasks.spawn(self._judge(), name="judge an edited callback"))
        self._arrange(appearance)
        self._connect()

    def show_callback(self, callback: CallbackRow) -> None:
        """Edit another callback; what was edited before is gone."""
        self._callback = callback
        self._headers = HeaderLines(callback.headers)
        self._show(body_text(callback.body), callback.body)

    @property
    def problem(self) -> str:
        """Why the callback cannot be sent as it stands, or nothing."""
        method, target = self.method.text(), self.target.text()
        if not method.strip() or not method.isascii() or not method.isprintable() or " " in method:
            return "The method must be one word, such as POST."
        if not target.startswith(("/", "http://", "https://")) or not target.isprintable() or " " in target:
            return "The path must begin with / and hold no spaces; write a space as %20."
        headers = self._headers.read(self.headers.toPlainText())
        if isinstance(headers, str):
            return headers
        if self._callback is not None and self._callback.truncated and self.body_bytes() == self._callback.body:
            return _CUT
        return ""

    def edited(self) -> CallbackRow | None:
        """The callback as edited, or None while it cannot be sent."""
        if self._callback is None or self.problem:
            return None
        headers = self._headers.read(self.headers.toPlainText())
        return replace(
            self._callback,
            method=self.method.text(),
            target=self.target.text(),
            headers=self._callback.headers if isinstance(headers, str) else headers,
            body=self.body_bytes(),
            truncated=False,
        )

    @property
    def body_changed(self) -> bool:
        """Whether the body is another one than the captured."""
        return self._callback is not None and self.body_bytes() != self._callback.body

    def body_bytes(self) -> bytes:
        """The bytes of the body as edited; untouched, they are those that were captured."""
        text = _raw_text(self.body)
        return self._untouched if self._body is None or text == self._loaded else self._body.bytes_of(text)

    # -- inside -------------------------------------------------------------------------------

    def _show(self, body: BodyText | None, content: bytes) -> None:
        callback = self._callback
        if callback is None:
            return
        self._body, self._untouched = body, content
        self.method.setText(callback.method)
        self.target.setText(callback.target)
        self.target.setCursorPosition(0)
        self.headers.setPlainText(self._headers.text)
        self.body.setPlainText(shown_bytes(callback.body) if body is None else body.text)
        self._loaded = _raw_text(self.body)
        self.body.setReadOnly(body is None)
        self.rewrite.setVisible(body is None)
        self.lay_out.setVisible(body is not None)
        self._note.show_text(_NO_TEXT if body is None else _CUT if callback.truncated else "")
        self._timer.stop()
        self._tasks.spawn(self._judge(), name="judge a callback to edit")

    def _on_changed(self) -> None:
        self._edition += 1
        self._timer.start()
        self.changed.emit()

    def _on_lay_out(self) -> None:
        text = laid_out(_raw_text(self.body))
        if text is None:
            self._note.show_text("The body is no JSON object, so it cannot be laid out.")
            return
        self._note.show_text("")
        # Through a cursor, so that Ctrl+Z takes it back.
        cursor = self.body.textCursor()
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(text)

    def _on_restore(self) -> None:
        if self._callback is not None:
            self._show(body_text(self._callback.body), self._callback.body)

    def _on_rewrite(self) -> None:
        self._show(BodyText(""), b"")
        self.body.setFocus()

    async def _judge(self) -> None:
        """Show the verdict on what stands there; one that is overtaken by typing is dropped."""
        edition, callback = self._edition, self._callback
        if callback is None:
            return
        headers = self._headers.read(self.headers.toPlainText())
        content_type = header_value(callback.headers if isinstance(headers, str) else headers, "content-type") or ""
        judgement = await asyncio.to_thread(
            judge,
            method=self.method.text(),
            target=self.target.text(),
            content_type=content_type,
            body=self.body_bytes(),
        )
        if edition == self._edition and callback is self._callback:
            self._show_verdict(callback, judgement)

    def _show_verdict(self, callback: CallbackRow, judgement: Judgement) -> None:
        self.pill.show_callback(
            replace(
                callback,
                valid=judgement.valid,
                body=self.body_bytes(),
                dialect=judgement.dialect.value,
                message_id=judgement.message_id,
                problems=tuple(problem.as_json() for problem in judgement.problems),
            )
        )
        lines = [f"{problem.path}  {one_line(problem.text, 300)}" for problem in judgement.problems]
        self.problems.setPlainText("\n".join(lines) if lines else "Nothing breaks the contract.")
        self.judged.emit()

    def _connect(self) -> None:
        for edit in (self.method, self.target):
            edit.textChanged.connect(lambda _: self._on_changed())
        for text in (self.headers, self.body):
            text.textChanged.connect(self._on_changed)
        self.lay_out.clicked.connect(self._on_lay_out)
        self.restore.clicked.connect(self._on_restore)
        self.rewrite.clicked.connect(self._on_rewrite)

    def _arrange(self, appearance: Appearance) -> None:
        self.method.setAccessibleName("Method")
        self.method.setMaximumWidth(90)
        self.target.setAccessibleName("Path and query")
        self.target.setFont(monospace(0.5))
        self.problems.setMaximumHeight(self.fontMetrics().lineSpacing() * 4 + 18)
        first = QHBoxLayout()
        first.setSpacing(8)
        first.addWidget(self.method)
        first.addWidget(self.target, 1)
        first.addWidget(self.restore)
        parts = QSplitter(Qt.Orientation.Horizontal, self)
        parts.setChildrenCollapsible(False)
        headers, body = QWidget(parts), QWidget(parts)
        _titled(headers, PlainLabel(appearance, "Headers", bold=True), [], self.headers)
        _titled(body, PlainLabel(appearance, "Body", bold=True), [self.rewrite, self.lay_out], self.body)
        self.headers.setToolTip("Host and Content-Length are set when sending.")
        parts.addWidget(headers)
        parts.addWidget(body)
        parts.setSizes([380, 580])
        verdict = QGridLayout()
        verdict.setHorizontalSpacing(10)
        verdict.addWidget(self.pill, 0, 0, Qt.AlignmentFlag.AlignTop)
        verdict.addWidget(self.problems, 0, 1)
        verdict.setColumnStretch(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(first)
        layout.addWidget(parts, 1)
        layout.addWidget(self._note)
        layout.addLayout(verdict)
        for before, after in ((self.method, self.target), (self.target, self.restore), (self.restore, self.headers)):
            QWidget.setTabOrder(before, after)


def _titled(place: QWidget, title: PlainLabel, buttons: list[LinkButton], content: QWidget) -> None:
    head = QHBoxLayout()
    head.setSpacing(12)
    head.addWidget(title, 1)
    for button in buttons:
        head.addWidget(button)
    layout = QVBoxLayout(place)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(4)
    layout.addLayout(head)
    layout.addWidget(content, 1)


def _editor(name: str, parent: QWidget) -> QPlainTextEdit:
    editor = QPlainTextEdit(parent)
    editor.setAccessibleName(name)
    editor.setFont(monospace(0.5))
    editor.setTabChangesFocus(True)
    # Breaking at words first takes Qt a time that grows with the square of a line's length.
    editor.setWordWrapMode(QTextOption.WrapMode.WrapAnywhere)
    editor.document().setDocumentMargin(8)
    return editor


def _raw_text(editor: QPlainTextEdit) -> str:
    # toPlainText would turn no-break spaces into spaces.
    return editor.document().toRawText().replace("\u2029", "\n")
