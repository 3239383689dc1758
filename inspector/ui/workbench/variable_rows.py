"""Pairs of texts, a row each: the custom variables of a message."""

from collections.abc import Iterable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from inspector.callbacks.sendable import MOST_VARIABLES
from inspector.ui.detail.labels import LinkButton


class _Pair(QWidget):
    def __init__(self, number: int, name: str, value: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.name = QLineEdit(name, self)
        self.name.setPlaceholderText("name")
        self.value = QLineEdit(value, self)
        self.value.setPlaceholderText("value")
        self.remove = QPushButton("Remove", self)
        for widget, what in ((self.name, "Name"), (self.value, "Value"), (self.remove, "Remove")):
            widget.setAccessibleName(f"{what} of custom variable {number}" if widget is not self.remove else what)
        self.remove.setAccessibleName(f"Remove custom variable {number}")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.name, 2)
        row.addWidget(self.value, 3)
        row.addWidget(self.remove)


class VariableRows(QWidget):
    """Up to 20 names with their values. A row without either is none. The Tab key comes to them from `before`."""

    changed = Signal()

    def __init__(self, before: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._before = before
        self._rows: list[_Pair] = []
        self.add = LinkButton("Add a variable", self)
        self.add.clicked.connect(self._on_add)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(6)
        self._layout.addWidget(self.add)

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        pairs = ((row.name.text(), row.value.text()) for row in self._rows)
        return tuple(pair for pair in pairs if pair != ("", ""))

    def show_pairs(self, pairs: Iterable[tuple[str, str]]) -> None:
        for row in self._rows[:]:
            self._drop(row)
        for name, value in pairs:
            self._append(name, value)
        self.changed.emit()

    def _append(self, name: str = "", value: str = "") -> _Pair:
        row = _Pair(len(self._rows) + 1, name, value, self)
        row.name.textChanged.connect(self.changed)
        row.value.textChanged.connect(self.changed)
        row.remove.clicked.connect(lambda: self._on_remove(row))
        self._layout.insertWidget(len(self._rows), row)
        QWidget.setTabOrder(self._rows[-1].remove if self._rows else self._before, row.name)
        self._rows.append(row)
        QWidget.setTabOrder(row.name, row.value)
        QWidget.setTabOrder(row.value, row.remove)
        QWidget.setTabOrder(row.remove, self.add)
        self.add.setEnabled(len(self._rows) < MOST_VARIABLES)
        return row

    def _drop(self, row: _Pair) -> None:
        self._rows.remove(row)
        self._layout.removeWidget(row)
        row.hide()
        row.deleteLater()
        self.add.setEnabled(True)

    def _on_add(self) -> None:
        self._append().name.setFocus()
        self.changed.emit()

    def _on_remove(self, row: _Pair) -> None:
        at = self._rows.index(row)
        self._drop(row)
        (self._rows[min(at, len(self._rows) - 1)].name if self._rows else self.add).setFocus()
        self.changed.emit()
