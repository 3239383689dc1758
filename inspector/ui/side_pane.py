"""The side of the window: the details of what is selected, and the pages of the workbench."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QTabBar, QVBoxLayout, QWidget


class SidePane(QWidget):
    """Pages behind tabs; the details come first. A page is made when it is looked at first."""

    page_shown = Signal(int)

    def __init__(self, details: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._makers: list[Callable[[], QWidget] | None] = [None]
        self._pages: list[QWidget] = [details]
        self.tabs = QTabBar(self)
        self.tabs.setObjectName("side_tabs")
        self.tabs.setAccessibleName("Side pane")
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        self.tabs.setUsesScrollButtons(True)
        self.tabs.addTab("Details")
        self.tabs.hide()  # until there is another one
        self._stack = QStackedWidget(self)
        self._stack.addWidget(details)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 10, 10, 4)
        layout.setSpacing(8)
        layout.addWidget(self.tabs)
        layout.addWidget(self._stack, 1)
        self.tabs.currentChanged.connect(self._on_tab)

    @property
    def page(self) -> int:
        """The number of the page that is shown; 0 is the details."""
        return self._stack.currentIndex()

    def add_page(self, title: str, make: Callable[[], QWidget]) -> int:
        """Another page; returns its number."""
        self._makers.append(make)
        self._pages.append(QWidget(self._stack))
        self._stack.addWidget(self._pages[-1])
        number = self.tabs.addTab(title)
        self.tabs.show()
        return number

    def show_page(self, number: int) -> None:
        self.tabs.setCurrentIndex(number)

    def show_details(self) -> None:
        self.show_page(0)

    def widget(self, number: int) -> QWidget:
        """What stands on a page."""
        self._make(number)
        return self._pages[number]

    def _make(self, number: int) -> None:
        make = self._makers[number]
        if make is None:
            return
        self._makers[number] = None
        place, page = self._pages[number], make()
        self._pages[number] = page
        self._stack.insertWidget(number, page)
        self._stack.removeWidget(place)
        place.deleteLater()

    def _on_tab(self, number: int) -> None:
        self._make(number)
        self._stack.setCurrentWidget(self._pages[number])
        self.page_shown.emit(number)
