"""The lower part of the pane: one callback, its verdict in a line, what to copy, and the tabs."""

from functools import partial
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from inspector.session.exchange.copy_as.kinds import Kind, copied_as
from inspector.session.records import CallbackRow
from inspector.ui.detail.content import CallbackDetail
from inspector.ui.detail.headers import HeadersTab
from inspector.ui.detail.labels import ElidedLabel, PlainLabel, muted_color
from inspector.ui.detail.payload import PayloadTab
from inspector.ui.detail.raw import RawTab
from inspector.ui.detail.raw_text import raw_text
from inspector.ui.detail.reply import ReplyTab
from inspector.ui.detail.signature import SignatureTab
from inspector.ui.detail.verdict import VerdictPill
from inspector.ui.detail.wording import callback_text
from inspector.ui.texts import one_line
from inspector.ui.theme import Appearance

_TABS: Final = """
    QTabBar::tab { border: none; border-bottom: 2px solid transparent; padding: 5px 3px 4px 3px; margin-right: 16px;
        color: palette(placeholder-text); background: transparent; }
    QTabBar::tab:hover { color: palette(window-text); }
    QTabBar::tab:selected { color: palette(window-text); border-bottom-color: palette(link); }
    QTabBar::tab:selected:focus { background: palette(highlight); }
    QTabWidget::pane { border: none; border-top: 1px solid palette(mid); }
"""


class CallbackPanel(QWidget):
    """Shows a callback; without one it says how to choose one."""

    copied = Signal(str)

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._detail: CallbackDetail | None = None
        self._stale: set[QWidget] = set()
        self._pill = VerdictPill(appearance, self)
        self._request = ElidedLabel(appearance, bold=True, parent=self)
        self._facts = ElidedLabel(appearance, color=muted_color, points=-0.5, parent=self)
        self._copy_body = QPushButton("Copy body", self)
        self._copy_body.clicked.connect(self._on_copy_body_clicked)
        self._copy_as = QPushButton("Copy as", self)
        self._copy_as.setMenu(self._kinds())
        self.payload = PayloadTab(appearance, self)
        self.raw = RawTab(appearance, self)
        self.headers = HeadersTab(appearance, self)
        self.signature = SignatureTab(appearance, self)
        self.reply = ReplyTab(appearance, self)
        self.tabs = QTabWidget(self)
        self.tabs.setDocumentMode(True)
        self.tabs.setStyleSheet(_TABS)
        self.tabs.tabBar().setDrawBase(False)
        self.tabs.setAccessibleName("Parts of the callback")
        self.tabs.tabBar().setAccessibleName("Parts of the callback")
        self.tabs.addTab(self.payload, "Payload")
        self.tabs.addTab(self.raw, "Raw")
        self.tabs.addTab(self.headers, "Headers")
        self.tabs.addTab(self.signature, "Signature")
        self.tabs.addTab(self.reply, "Reply")
        self.tabs.currentChanged.connect(self._fill)
        self.payload.copied.connect(self.copied)
        self.headers.copied.connect(self.copied)
        self._page = QWidget(self)
        self._none = PlainLabel(appearance, "Choose a callback in the timeline to see its payload.", color=muted_color)
        self._none.setMargin(14)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self._none)
        self._stack.addWidget(self._page)
        self._arrange()

    @property
    def seq(self) -> int | None:
        """The callback that is shown."""
        return None if self._detail is None else self._detail.callback.seq

    @property
    def detail(self) -> CallbackDetail | None:
        return self._detail

    def show_callback(self, detail: CallbackDetail) -> None:
        """Show `detail`. The same callback again renews only the reply: its forwards come later."""
        before = self._detail
        self._detail = detail
        self._stack.setCurrentWidget(self._page)
        self.reply.show_callback(detail)
        if before is not None and before.callback == detail.callback:
            return
        callback = detail.callback
        self._pill.show_callback(callback)
        self._request.show_text(f"{one_line(callback.method, 40)} {one_line(callback.target, 300)}")
        self._facts.set_text(callback_text(callback))
        self._copy_body.setEnabled(bool(callback.body))
        if before is None or before.callback.message_id != callback.message_id:
            self.payload.forget()
        self._stale = {self.payload, self.raw, self.headers, self.signature}
        self._fill()

    def show_summary(self, *, shown: bool) -> None:
        """Whether verdict and facts are told here, or by the owner's own heading."""
        self._pill.setVisible(shown)
        self._facts.setVisible(shown)

    def clear(self) -> None:
        self._detail = None
        self._stale.clear()
        self._stack.setCurrentWidget(self._none)

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(9)
        top.addWidget(self._pill)
        top.addWidget(self._request, 1)
        top.addWidget(self._copy_body)
        top.addWidget(self._copy_as)
        page = QVBoxLayout(self._page)
        page.setContentsMargins(14, 10, 14, 12)
        page.setSpacing(5)
        page.addLayout(top)
        page.addWidget(self._facts)
        page.addSpacing(2)
        page.addWidget(self.tabs, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)

    def _fill(self) -> None:
        """Bring the tab that is seen up to date; the others wait until they are."""
        tab = self.tabs.currentWidget()
        if self._detail is None or tab not in self._stale:
            return
        self._stale.discard(tab)
        callback = self._detail.callback
        if tab is self.payload:
            self.payload.show_callback(callback)
        elif tab is self.raw:
            self.raw.show_callback(callback)
        elif tab is self.signature:
            self.signature.show_callback(callback)
        else:
            self.headers.show_callback(callback)

    def _on_copy_body_clicked(self) -> None:
        if self._detail is not None:
            QGuiApplication.clipboard().setText(body_to_copy(self._detail.callback))
            self.copied.emit("Body")

    def _kinds(self) -> QMenu:
        menu = QMenu(self)
        for kind in Kind:
            if kind is not Kind.BODY:  # which has a button of its own
                menu.addAction(kind.value).triggered.connect(partial(self._on_copy_as, kind))
        return menu

    def _on_copy_as(self, kind: Kind) -> None:
        if self._detail is not None:
            QGuiApplication.clipboard().setText(copied_as(kind, [self._detail.callback]))
            self.copied.emit(kind.value)


def body_to_copy(callback: CallbackRow) -> str:
    """The body as text; bytes that are no UTF-8 are written as escapes."""
    try:
        return callback.body.decode()
    except UnicodeDecodeError:
        return raw_text(callback.body).text


def curl_to_copy(callback: CallbackRow) -> str:
    """The request as a cURL line."""
    return copied_as(Kind.CURL, [callback])
