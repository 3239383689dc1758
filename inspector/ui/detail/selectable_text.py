"""Text of a stranger's that can be selected: as high as its lines, folded to a few of them when it is long."""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent, QTextOption
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from inspector.ui.detail.labels import LinkButton, laid_out
from inspector.ui.detail.wording import several_lines

_PLAIN = "QPlainTextEdit { border: 1px solid transparent; background: transparent; } "
_FOCUSED = "QPlainTextEdit:focus { border: 1px solid palette(link); border-radius: 4px; }"


class _GrowingText(QPlainTextEdit):
    """A read-only text without frame whose height follows its width, up to a number of lines."""

    def __init__(self, name: str, most_lines: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.most_lines = most_lines
        self.setAccessibleName(name)
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setStyleSheet(_PLAIN + _FOCUSED)
        self.document().setDocumentMargin(0)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def needed_height(self, width: int) -> int:
        """The height of the whole text at this width."""
        # The frame's border is one pixel on each side.
        return round(laid_out(self.toPlainText(), self.font(), width - 2)[1] + 0.499) + 2

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return min(self.needed_height(width), self.most_height())

    def most_height(self) -> int:
        return self.fontMetrics().lineSpacing() * self.most_lines + 3

    def sizeHint(self) -> QSize:
        return QSize(300, self.heightForWidth(300))

    def minimumSizeHint(self) -> QSize:
        return QSize(60, self.fontMetrics().lineSpacing())


class SelectableText(QWidget):
    """A stranger's text, selectable by mouse and keyboard; with more than `lines` lines it has a “More” toggle."""

    def __init__(self, name: str, lines: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines = lines
        self.edit = _GrowingText(name, lines, self)
        self.toggle = LinkButton("More", self)
        self.toggle.setAccessibleName(f"Show all of it: {name}")
        self.toggle.setCheckable(True)
        self.toggle.toggled.connect(self._on_toggled)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.edit)
        layout.addWidget(self.toggle)
        self._shown = ""

    def show_text(self, text: str) -> None:
        """Show `text`; the same text again changes nothing, so that a selection stays."""
        if text == self._shown:
            return
        self._shown = text
        self.edit.setPlainText(several_lines(text))
        self.toggle.setChecked(False)
        self._refold()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._refold()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._refold()

    def _on_toggled(self, unfolded: bool) -> None:
        self.toggle.setText("Less" if unfolded else "More")
        self.edit.most_lines = self._lines * 5 if unfolded else self._lines
        policy = Qt.ScrollBarPolicy.ScrollBarAsNeeded if unfolded else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.edit.setVerticalScrollBarPolicy(policy)
        self.edit.verticalScrollBar().setValue(0)
        self.edit.updateGeometry()

    def _refold(self) -> None:
        folded_height = self.fontMetrics().lineSpacing() * self._lines + 3
        long = self.edit.needed_height(self.width()) > folded_height
        self.toggle.setVisible(long)
        self.edit.updateGeometry()
