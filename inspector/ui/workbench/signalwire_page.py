"""The page “SignalWire”: the account, a test message, the message log, and when nothing could be received."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from inspector.session.deaf import DeafWindow
from inspector.ui.detail.labels import WrappedLabel, muted_color
from inspector.ui.log_wording import window_line
from inspector.ui.texts import count_text
from inspector.ui.theme import Appearance
from inspector.ui.workbench.account_section import AccountSection
from inspector.ui.workbench.log_section import LogSection
from inspector.ui.workbench.section import Section
from inspector.ui.workbench.send_section import SendSection

_SHOWN: Final = 8


class SignalWirePage(QScrollArea):
    """Sections one under the other, scrolling as a whole."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("SignalWire")
        inside = QWidget()
        self.account = AccountSection(appearance, inside)
        self.send = SendSection(appearance, inside)
        self.log = LogSection(appearance, inside)
        self.deaf = DeafSection(appearance, inside)
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(14, 8, 14, 12)
        layout.setSpacing(18)
        for section in (self.account, self.send, self.log, self.deaf):
            layout.addWidget(section)
        layout.addStretch(1)
        self.setWidget(inside)


class DeafSection(Section):
    """When this session could not receive, the latest first."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(appearance, "Not listening", parent)
        self._lines = WrappedLabel(appearance, parent=self)
        self._note = WrappedLabel(appearance, color=muted_color, points=-0.5, parent=self)
        self.body.addWidget(self._lines)
        self.body.addWidget(self._note)
        self.show_windows(())

    def show_windows(self, windows: Sequence[DeafWindow]) -> None:
        latest = sorted(windows, key=lambda one: one.since, reverse=True)
        self._lines.show_text("\n".join(_upper(window_line(one)) for one in latest[:_SHOWN]))
        rest = len(latest) - _SHOWN
        more = f"and {rest:,} earlier. " if rest > 0 else ""
        self._note.show_text(
            f"{more}Callbacks that were sent then are lost; the message log shows which."
            if latest
            else "No interruption in this session so far."
        )
        self.show_word(count_text(len(latest), "time", "times") if latest else "")


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
