"""The detail pane: what is selected, or a word on how to select."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLabel, QStackedWidget, QVBoxLayout, QWidget

from inspector.callbacks.error_codes import ErrorCatalogue
from inspector.ui.theme import Appearance

if TYPE_CHECKING:
    from inspector.ui.detail.content import CallbackDetail, MessageDetail
    from inspector.ui.detail.view import DetailView

EMPTY: Final = "Select a message to see its life, its error and its payload."


class DetailPane(QWidget):
    """Shows what it is handed; it reads nothing by itself.

    The owner calls `show_message` or `show_callback` on every selection and every change of what is
    selected, and `clear` when nothing is. The same thing again is updated in place.

    The view with the panels is half of all that the window is made of, and nothing of it is seen before
    something is selected: it is made when it is needed first, or by `make_view` at a moment of leisure.
    """

    callback_chosen = Signal(int)
    """The user chose another callback (by seq) of the message in the timeline."""
    filter_wished = Signal(str)
    """The user wants only the messages that this filter term fits, such as `finding:duplicate`."""
    copied = Signal(str)
    """What went to the clipboard, as a noun: `Message id`, `Body`, `cURL`, `Headers`, ..."""

    def __init__(
        self,
        appearance: Appearance,
        catalogue: ErrorCatalogue,
        open_address: Callable[[str], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._catalogue = catalogue
        self._open_address = open_address
        self._view: DetailView | None = None
        self._sizes: dict[str, list[int]] = {}
        self._stack = QStackedWidget(self)
        self._stack.addWidget(_nothing(self))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)

    @property
    def view(self) -> "DetailView":
        """The panels."""
        return self.make_view() if self._view is None else self._view

    def make_view(self) -> "DetailView":
        """Make the panels, unless they are there."""
        if self._view is not None:
            return self._view
        from inspector.ui.detail.view import DetailView

        view = self._view = DetailView(self._appearance, self._catalogue, self._open_address, self)
        view.set_sizes(self._sizes)
        view.copied.connect(self.copied)
        view.filter_wished.connect(self.filter_wished)
        view.callback_chosen.connect(self.callback_chosen)
        self._stack.addWidget(view)
        return view

    @property
    def message_row(self) -> int | None:
        """The row of the message that is shown."""
        return None if self._view is None else self._view.message_row

    @property
    def callback_seq(self) -> int | None:
        """The number of the callback that is shown."""
        return None if self._view is None else self._view.callback_seq

    def show_message(self, detail: "MessageDetail", callback: "CallbackDetail | None") -> None:
        """Show a message with one of its callbacks.

        A callback that the user chose in the timeline stays until another message comes; another one
        handed in meanwhile, or none, does not replace it.
        """
        self.view.show_message(detail, callback)
        self._stack.setCurrentWidget(self.view)

    def show_callback(self, callback: "CallbackDetail", message: "MessageDetail | None") -> None:
        """Show one callback by itself, and its message when it has one."""
        self.view.show_callback(callback, message)
        self._stack.setCurrentWidget(self.view)

    def clear(self) -> None:
        """Show nothing, and forget what was chosen."""
        if self._view is not None:
            self._view.clear()
        self._stack.setCurrentIndex(0)

    def sizes(self) -> dict[str, list[int]]:
        """The user's division of the pane, to be remembered: one when it is tall, one when it is wide."""
        return self._sizes if self._view is None else self._view.sizes()

    def set_sizes(self, sizes: dict[str, list[int]]) -> None:
        self._sizes = sizes
        if self._view is not None:
            self._view.set_sizes(sizes)

    def minimumSizeHint(self) -> QSize:
        # The view's, from the beginning: nothing moves when it is made.
        metrics = self.fontMetrics()
        least = QSize(metrics.averageCharWidth() * 49 + 48, metrics.height() * 19)
        return super().minimumSizeHint().expandedTo(least)


def _nothing(parent: QWidget) -> QWidget:
    page = QWidget(parent)
    label = QLabel(EMPTY, page)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    label.setWordWrap(True)
    label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
    around = QVBoxLayout(page)
    around.setContentsMargins(24, 24, 24, 24)
    around.addStretch(1)
    around.addWidget(label)
    around.addStretch(2)
    return page
