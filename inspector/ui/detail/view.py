"""What the detail pane is made of: a message's life above, one of its callbacks below."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSplitter, QVBoxLayout, QWidget

from inspector.callbacks.error_codes import ErrorCatalogue
from inspector.ui.detail.callback_panel import CallbackPanel
from inspector.ui.detail.content import CallbackDetail, MessageDetail
from inspector.ui.detail.error import ErrorPanel
from inspector.ui.detail.header import HeaderPanel
from inspector.ui.detail.remarks import RemarksPanel, finding_entries, problem_entries
from inspector.ui.detail.timeline import TimelinePanel
from inspector.ui.detail.verdict import VerdictPanel
from inspector.ui.theme import Appearance

_WIDE_FROM: Final = 760


class DetailView(QWidget):
    """The panels of a DetailPane. Signals and methods mean what they mean there."""

    callback_chosen = Signal(int)
    filter_wished = Signal(str)
    copied = Signal(str)

    def __init__(
        self,
        appearance: Appearance,
        catalogue: ErrorCatalogue,
        open_address: Callable[[str], None],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._message: tuple[int, str] | None = None
        self._picked: int | None = None
        self._verdict = VerdictPanel(appearance, self)
        self._header = HeaderPanel(appearance, self)
        self._error = ErrorPanel(appearance, catalogue, open_address, self)
        self._timeline = TimelinePanel(appearance, self)
        self._findings = RemarksPanel(appearance, "Findings", code_like=False, parent=self)
        self._problems = RemarksPanel(appearance, "Problems of this callback", code_like=True, parent=self)
        self._callback = CallbackPanel(appearance, self)
        self._overview = _Overview(self)
        self._splitter = _TurningSplitter(self)
        self._splitter.addWidget(self._overview)
        self._splitter.addWidget(self._callback)
        self._splitter.set_divisions({})
        self._arrange()
        self._header.copied.connect(self.copied)
        self._callback.copied.connect(self.copied)
        self._findings.filter_wished.connect(self.filter_wished)
        self._timeline.callback_chosen.connect(self._on_callback_chosen)

    @property
    def callback_panel(self) -> CallbackPanel:
        return self._callback

    @property
    def message_row(self) -> int | None:
        return None if self._message is None else self._message[0]

    @property
    def callback_seq(self) -> int | None:
        return self._callback.seq

    def show_message(self, detail: MessageDetail, callback: CallbackDetail | None) -> None:
        shown = self._shown_with(detail, callback)
        self._problems.show_entries(problem_entries(shown.callback) if shown is not None else [])
        self._verdict.hide()
        self._callback.show_summary(shown=True)
        self._overview.put(self._problems, behind=self._findings)
        self._show_parts(detail, shown)

    def show_callback(self, callback: CallbackDetail, message: MessageDetail | None) -> None:
        self._picked = None
        self._overview.put(self._problems, behind=self._verdict)
        self._verdict.show_callback(callback.callback)
        self._verdict.show()
        self._problems.show_entries(problem_entries(callback.callback))
        self._callback.show_summary(shown=False)
        if message is not None:
            self._show_parts(message, callback)
            return
        if self._message is not None or self._callback.seq != callback.callback.seq:
            self._overview.verticalScrollBar().setValue(0)
        self._message = None
        for panel in (self._header, self._error, self._timeline, self._findings):
            panel.hide()
        self._callback.show_callback(callback)

    def clear(self) -> None:
        self._message = None
        self._picked = None
        self._callback.clear()

    def sizes(self) -> dict[str, list[int]]:
        return self._splitter.divisions()

    def set_sizes(self, sizes: dict[str, list[int]]) -> None:
        self._splitter.set_divisions(sizes)

    def _shown_with(self, detail: MessageDetail, callback: CallbackDetail | None) -> CallbackDetail | None:
        """The callback to show: the user's choice first, then the owner's, then the one that is there."""
        if self._message != (detail.message.row, detail.message.id):
            self._picked = None
            return callback
        there = self._callback.detail
        if self._picked is not None and (callback is None or callback.callback.seq != self._picked):
            kept = there is not None and there.callback.seq == self._picked
            return there if kept else callback
        return there if callback is None else callback

    def _show_parts(self, detail: MessageDetail, callback: CallbackDetail | None) -> None:
        message = detail.message
        key = (message.row, message.id)
        if key != self._message:
            # Another message is read from its top.
            self._overview.verticalScrollBar().setValue(0)
        self._message = key
        self._header.show_message(message)
        self._error.show_message(message)
        chosen = None if callback is None else callback.callback.seq
        self._timeline.show_message(detail, chosen if self._picked is None else self._picked)
        self._findings.show_entries(finding_entries(detail.findings, detail.log_remark))
        self._header.show()
        self._timeline.show()
        if callback is None:
            self._callback.clear()
        else:
            self._callback.show_callback(callback)

    def _arrange(self) -> None:
        for panel in (self._verdict, self._header, self._error, self._timeline, self._findings, self._problems):
            self._overview.append(panel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._splitter)
        self._verdict.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        size = event.size()
        self._splitter.turn(wide=size.width() >= _WIDE_FROM and size.width() > size.height() * 1.2)

    def _on_callback_chosen(self, seq: int) -> None:
        self._picked = seq
        self._overview.reveal(self._timeline.view.viewport(), self._timeline.chosen_area())
        self.callback_chosen.emit(seq)


class _Overview(QScrollArea):
    """The panels about the message, one under the other, scrolling as a whole."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside = QWidget()
        self._layout = QVBoxLayout(inside)
        self._layout.setContentsMargins(14, 12, 14, 12)
        self._layout.setSpacing(14)
        self._layout.addStretch(1)
        self.setWidget(inside)

    def append(self, panel: QWidget) -> None:
        self._layout.insertWidget(self._layout.count() - 1, panel)

    def reveal(self, widget: QWidget, area: QRect) -> None:
        """Scroll as little as shows `area` of a widget inside."""
        inside = self.widget()
        if inside is not None:
            centre = widget.mapTo(inside, area.center())
            self.ensureVisible(inside.width() // 2, centre.y(), 0, area.height() // 2 + 6)

    def put(self, panel: QWidget, *, behind: QWidget) -> None:
        """Move `panel` behind another one."""
        if self._layout.indexOf(panel) != self._layout.indexOf(behind) + 1:
            self._layout.removeWidget(panel)
            self._layout.insertWidget(self._layout.indexOf(behind) + 1, panel)
            QWidget.setTabOrder(behind, panel)


class _TurningSplitter(QSplitter):
    """One above the other, or side by side where there is more width than height; each keeps its division."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self.setChildrenCollapsible(False)
        self._divisions = {"tall": [560, 440], "wide": [500, 500]}
        self.splitterMoved.connect(self._on_splitter_moved)

    def turn(self, *, wide: bool) -> None:
        orientation = Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical
        if orientation != self.orientation():
            self.setOrientation(orientation)
            self.setSizes(self._divisions[self._form()])

    def divisions(self) -> dict[str, list[int]]:
        return {form: list(sizes) for form, sizes in self._divisions.items()}

    def set_divisions(self, divisions: dict[str, list[int]]) -> None:
        for form, sizes in divisions.items():
            if form in self._divisions and len(sizes) == 2 and all(size > 0 for size in sizes):
                self._divisions[form] = list(sizes)
        self.setSizes(self._divisions[self._form()])

    def _form(self) -> str:
        return "wide" if self.orientation() is Qt.Orientation.Horizontal else "tall"

    def _on_splitter_moved(self) -> None:
        self._divisions[self._form()] = self.sizes()
