"""Where everything stands in the window, and how large it is: remembered from one start to the next."""

from PySide6.QtWidgets import QMainWindow, QSplitter

from inspector.settings import Settings
from inspector.ui.detail.pane import DetailPane
from inspector.ui.session_panel import SessionPanel
from inspector.ui.state_text import state_of, text_of


class WindowShape:
    """The sizes, columns and places of one window."""

    def __init__(self, window: QMainWindow, splitter: QSplitter, detail: DetailPane, panel: SessionPanel) -> None:
        self._window = window
        self._splitter = splitter
        self._detail = detail
        self._panel = panel

    def remember(self, settings: Settings) -> None:
        settings.window_geometry = text_of(self._window.saveGeometry())
        settings.splitter = text_of(self._splitter.saveState())
        settings.detail_sizes = self._detail.sizes()
        settings.message_header = self._panel.messages.header_state()
        settings.callback_header = self._panel.callbacks.header_state()

    def restore(self, settings: Settings) -> None:
        if settings.window_geometry:
            self._window.restoreGeometry(state_of(settings.window_geometry))
        if settings.splitter:
            self._splitter.restoreState(state_of(settings.splitter))
        if settings.detail_sizes:
            self._detail.set_sizes(settings.detail_sizes)
        self._panel.messages.restore_header(settings.message_header)
        self._panel.callbacks.restore_header(settings.callback_header)
