"""The menu of a table's header: which columns are shown. It stays open, so that several can be chosen at once."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QHeaderView, QMenu, QWidget


class ColumnMenu(QMenu):
    """Shows and hides the columns of `header`; the first one, which names the row, always stays."""

    chosen = Signal()

    def __init__(self, header: QHeaderView, parent: QWidget) -> None:
        super().__init__("Columns", parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._header = header
        model = header.model()
        for column in range(1, header.count()):
            action = self.addAction(str(model.headerData(column, Qt.Orientation.Horizontal)))
            action.setCheckable(True)
            action.setChecked(not header.isSectionHidden(column))
            action.toggled.connect(lambda on, column=column: self._show(column, on=on))

    def _show(self, column: int, *, on: bool) -> None:
        self._header.setSectionHidden(column, not on)
        self.chosen.emit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        action = self.actionAt(event.position().toPoint())
        if event.button() is Qt.MouseButton.LeftButton and action in self.actions():
            action.toggle()
        else:
            super().mouseReleaseEvent(event)
