"""The button in the corner of a table that says how many rows came out of sight, and leads to them."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractItemView, QPushButton


class NewRowsButton(QPushButton):
    """Hidden while there are none."""

    def __init__(self, table: QAbstractItemView) -> None:
        super().__init__(table)
        self._table = table
        self._count = 0
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip("Go to the newest row and follow (End)")
        self.hide()

    def add(self, count: int) -> None:
        """So many more came."""
        self._show(self._count + count)

    def clear(self) -> None:
        """They were seen, or what was new is not known any more."""
        self._show(0)

    def place(self) -> None:
        """Go to the table's lower right corner, if there is anything to say."""
        if not self._count:
            return
        self.adjustSize()
        area = self._table.viewport().geometry()
        self.move(QPoint(area.right() - self.width() - 16, area.bottom() - self.height() - 12))
        self.raise_()

    def _show(self, count: int) -> None:
        self._count = count
        self.setVisible(count > 0)
        self.setText(f"{count:,} new ↓" if count else "")
        self.place()
