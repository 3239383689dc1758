"""The timeline panel: the message's callbacks on a rail, one of them chosen."""

from PySide6.QtCore import QEvent, QModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHBoxLayout, QListView, QSizePolicy, QVBoxLayout, QWidget

from inspector.ui.detail.content import MessageDetail
from inspector.ui.detail.labels import PlainLabel, muted_color
from inspector.ui.detail.timeline_delegate import TimelineDelegate, gap_height, row_height
from inspector.ui.detail.timeline_model import TimelineModel
from inspector.ui.detail.timeline_rows import timeline_rows
from inspector.ui.texts import count_text
from inspector.ui.theme import Appearance

_MOST_ROWS = 8


class TimelinePanel(QWidget):
    """The heading and the list; arrow keys and clicks choose a callback."""

    callback_chosen = Signal(int)

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = TimelineModel(self)
        self._count = PlainLabel(appearance, color=muted_color, parent=self)
        self.view = _TimelineView(self._model, appearance, self)
        self.view.selectionModel().currentChanged.connect(self._on_current_changed)
        appearance.changed.connect(self.view.viewport().update)
        self._showing = False
        self._detail: MessageDetail | None = None
        heading = QHBoxLayout()
        heading.setSpacing(8)
        heading.addWidget(PlainLabel(appearance, "Timeline", bold=True, parent=self))
        heading.addWidget(self._count)
        heading.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(heading)
        layout.addWidget(self.view)

    def show_message(self, detail: MessageDetail, chosen: int | None) -> None:
        """Show the callbacks of `detail`, `chosen` (a seq) highlighted."""
        total = detail.message.callbacks
        text = count_text(total, "callback", "callbacks")
        self._count.show_text(text if len(detail.callbacks) >= total else f"{text}, {len(detail.callbacks):,} shown")
        self._showing = True
        try:
            if detail is not self._detail:
                self._detail = detail
                self._model.show_rows(timeline_rows(detail))
            self._choose(chosen)
        finally:
            self._showing = False
        self.view.fit()

    def chosen_area(self) -> QRect:
        """Where the chosen row is, in the view's viewport."""
        return self.view.visualRect(self.view.currentIndex())

    def _choose(self, seq: int | None) -> None:
        number = self._model.number_of(seq)
        if number is None:
            self.view.setCurrentIndex(QModelIndex())
            self.view.clearSelection()
        elif self.view.currentIndex().row() != number or not self.view.selectionModel().hasSelection():
            self.view.setCurrentIndex(self._model.index(number))

    def _on_current_changed(self, current: QModelIndex) -> None:
        if not self._showing and current.isValid():
            self.callback_chosen.emit(self._model.row_at(current.row()).seq)


class _TimelineView(QListView):
    """As high as its rows, up to some; then it scrolls."""

    def __init__(self, model: TimelineModel, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self._cropped = 0
        self.setAccessibleName("Timeline of the message's callbacks")
        self.setModel(model)
        self.setItemDelegate(TimelineDelegate(appearance, self))
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setStyleSheet("QListView { border: none; background: transparent; }")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._crop()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._crop()

    def _crop(self) -> None:
        """Cut off most of the room for the time before the first row, which has none."""
        self._cropped = gap_height(self.font()) - 6
        self.setViewportMargins(0, -self._cropped, 0, 0)
        self.updateGeometry()

    def fit(self) -> None:
        """Take the height of the rows."""
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        rows = min(self.model().rowCount(), _MOST_ROWS)
        # Half a row more tells that there are more.
        half = row_height(self.font()) // 2 if self.model().rowCount() > _MOST_ROWS else 0
        return QSize(300, max(0, rows * row_height(self.font()) + half - self._cropped))

    def minimumSizeHint(self) -> QSize:
        return QSize(100, row_height(self.font()))

    def wheelEvent(self, event: QWheelEvent) -> None:
        # A list without anything to scroll leaves the wheel to the pane.
        if self.verticalScrollBar().maximum() == 0:
            event.ignore()
            return
        super().wheelEvent(event)
