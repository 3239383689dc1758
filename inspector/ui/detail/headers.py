"""The headers tab: names and values in the order in which they came."""

from enum import IntEnum
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QMenu,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from inspector.session.records import CallbackRow
from inspector.ui.detail.labels import PlainLabel, muted_color
from inspector.ui.texts import count_text, one_line, tooltip
from inspector.ui.theme import Appearance, monospace

_ROOT: Final = QModelIndex()
_Index = QModelIndex | QPersistentModelIndex


class Column(IntEnum):
    NAME = 0
    VALUE = 1


class HeadersModel(QAbstractTableModel):
    """One header line a row."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._headers: tuple[tuple[str, str], ...] = ()

    def show(self, headers: tuple[tuple[str, str], ...]) -> None:
        if headers != self._headers:
            self.beginResetModel()
            self._headers = headers
            self.endResetModel()

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._headers)

    def columnCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(Column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation is Qt.Orientation.Horizontal:
            return Column(section).name.capitalize()
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        text = self._headers[index.row()][index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return one_line(text, 1000)
            case Qt.ItemDataRole.ToolTipRole:
                return tooltip(*self._headers[index.row()])
        return None

    def line(self, row: int) -> str:
        name, value = self._headers[row]
        return f"{name}: {value}"

    def value(self, row: int) -> str:
        return self._headers[row][Column.VALUE]


class HeadersTab(QWidget):
    copied = Signal(str)

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = HeadersModel(self)
        self.view = _HeadersView(self._model, self)
        self.view.copied.connect(self.copied)
        self._count = PlainLabel(appearance, color=muted_color, parent=self)
        self._copy = QPushButton("Copy all", self)
        self._copy.setAccessibleName("Copy all headers")
        self._copy.clicked.connect(self._on_copy_clicked)
        head = QHBoxLayout()
        head.addWidget(self._count)
        head.addStretch(1)
        head.addWidget(self._copy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(head)
        layout.addWidget(self.view, 1)

    def show_callback(self, callback: CallbackRow) -> None:
        self._model.show(callback.headers)
        self._count.show_text(count_text(len(callback.headers), "header", "headers"))
        self._copy.setEnabled(bool(callback.headers))
        self.view.fit_names()

    def _on_copy_clicked(self) -> None:
        lines = [self._model.line(row) for row in range(self._model.rowCount())]
        QGuiApplication.clipboard().setText("\n".join(lines))
        self.copied.emit("Headers")


class _HeadersView(QTableView):
    copied = Signal(str)

    def __init__(self, model: HeadersModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self.setModel(model)
        self.setAccessibleName("Headers")
        self.setFont(monospace(0.5))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 6)
        self.horizontalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(Column.NAME, QHeaderView.ResizeMode.Interactive)
        self.horizontalHeader().setStretchLastSection(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._on_context_menu_requested)

    def fit_names(self) -> None:
        self.setColumnWidth(Column.NAME, min(max(self.sizeHintForColumn(Column.NAME) + 14, 100), 200))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self._copy_lines()
        else:
            super().keyPressEvent(event)

    def _on_context_menu_requested(self, position: QPoint) -> None:
        if not self.indexAt(position).isValid():
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Copy", self._copy_lines)
        menu.addAction("Copy value", self._copy_value)
        menu.popup(self.viewport().mapToGlobal(position))

    def _copy_lines(self) -> None:
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        if rows:
            QGuiApplication.clipboard().setText("\n".join(self._model.line(row) for row in rows))
            self.copied.emit("Header" if len(rows) == 1 else "Headers")

    def _copy_value(self) -> None:
        if self.currentIndex().isValid():
            QGuiApplication.clipboard().setText(self._model.value(self.currentIndex().row()))
            self.copied.emit("Value")
