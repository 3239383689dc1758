"""What came of callbacks sent again: a list, the answer of the chosen one, and two of them side by side."""

from collections.abc import Sequence
from enum import IntEnum
from functools import partial
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from inspector.session.records import ReplayRow
from inspector.ui.detail.labels import PlainLabel, muted_color
from inspector.ui.detail.raw import text_view
from inspector.ui.detail.raw_text import raw_text
from inspector.ui.detail.wording import status_line
from inspector.ui.texts import clock_text, duration_text, one_line, tooltip
from inspector.ui.theme import Appearance
from inspector.ui.workbench.body_text import laid_out_body
from inspector.ui.workbench.side_by_side import SideBySide

MOST: Final = 5000
"""Results listed; the older ones are in the session."""

_ROOT: Final = QModelIndex()
_TITLES: Final = ("Sent", "Callback", "To", "Answer", "Took")
_WIDTHS: Final = (112, 100, 220, 170, 70)
_NONE_YET: Final = "Nothing was sent again yet."
_HINT: Final = "Choose a result to see the answer, or two to compare them."
_Index = QModelIndex | QPersistentModelIndex


class ResultColumn(IntEnum):
    SENT = 0
    CALLBACK = 1
    TO = 2
    ANSWER = 3
    TOOK = 4


def answer_text(row: ReplayRow) -> str:
    """`200 OK`, or why there was no answer."""
    return status_line(row.status) if row.status is not None else one_line(row.error or "No answer.", 300)


def accepted(row: ReplayRow) -> bool:
    return row.status is not None and 200 <= row.status < 300


def answer_lines(row: ReplayRow) -> list[str]:
    """The answer as lines: status, headers, body; JSON with a member a line."""
    lines = [answer_text(row)]
    if row.status is not None and row.error:
        lines.append(one_line(row.error, 300))
    lines += [f"{one_line(name)}: {one_line(value, 1000)}" for name, value in row.headers]
    if row.body:
        laid_out = laid_out_body(row.body)
        lines += ["", *(raw_text(row.body).text if laid_out is None else laid_out).split("\n")]
    return lines


def cell_text(row: ReplayRow, column: ResultColumn) -> str:
    match column:
        case ResultColumn.SENT:
            return clock_text(row.sent)
        case ResultColumn.CALLBACK:
            return f"#{row.callback}" if row.edited is None else f"#{row.callback} edited"
        case ResultColumn.TO:
            return one_line(row.url)
        case ResultColumn.ANSWER:
            return answer_text(row)
        case ResultColumn.TOOK:
            return duration_text(row.milliseconds)


class ResultsModel(QAbstractTableModel):
    """The newest results, in the order of sending."""

    def __init__(self, appearance: Appearance, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._rows: list[ReplayRow] = []
        appearance.changed.connect(self._on_appearance_changed)

    def row(self, number: int) -> ReplayRow:
        return self._rows[number]

    def set_rows(self, rows: Sequence[ReplayRow]) -> None:
        self.beginResetModel()
        self._rows = list(rows[-MOST:])
        self.endResetModel()

    def add(self, rows: Sequence[ReplayRow]) -> None:
        """Put results below the others; the oldest leave when there are too many."""
        rows = rows[-MOST:]
        if (surplus := len(self._rows) + len(rows) - MOST) > 0:
            self.beginRemoveRows(_ROOT, 0, surplus - 1)
            del self._rows[:surplus]
            self.endRemoveRows()
        if rows:
            self.beginInsertRows(_ROOT, len(self._rows), len(self._rows) + len(rows) - 1)
            self._rows += rows
            self.endInsertRows()

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(ResultColumn)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(section)
        return _TITLES[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row, column = self._rows[index.row()], ResultColumn(index.column())
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return cell_text(row, column)
            case Qt.ItemDataRole.ToolTipRole if column in (ResultColumn.TO, ResultColumn.ANSWER):
                return tooltip(row.url if column is ResultColumn.TO else answer_text(row))
            case Qt.ItemDataRole.ForegroundRole if column is ResultColumn.ANSWER:
                return self._color(row)
            case Qt.ItemDataRole.TextAlignmentRole:
                return self._alignment(column)
        return None

    @staticmethod
    def _alignment(column: int) -> Qt.AlignmentFlag:
        side = Qt.AlignmentFlag.AlignRight if column == ResultColumn.TOOK else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter

    def _color(self, row: ReplayRow) -> QColor:
        colors = self._appearance.colors
        return colors.status["delivered"].foreground if accepted(row) else colors.severity["error"].foreground

    def _on_appearance_changed(self) -> None:
        if self._rows:
            corner = self.index(len(self._rows) - 1, len(ResultColumn) - 1)
            self.dataChanged.emit(self.index(0, 0), corner, [Qt.ItemDataRole.ForegroundRole])


class ReplayResults(QWidget):
    """The list of results above, or beside, the answer that is chosen in it."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = ResultsModel(appearance, self)
        self._title = PlainLabel(appearance, "Results", bold=True, parent=self)
        self._hint = PlainLabel(appearance, _NONE_YET, color=muted_color, parent=self)
        self.compare = QPushButton("Compare", self)
        self.compare.setAccessibleName("Compare the two chosen results")
        self.compare.setEnabled(False)
        self.table = QTableView(self)
        self.answer = text_view("Answer", self)
        self._set_up_table()
        self._lay_out()
        self.compare.clicked.connect(self._on_compare)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._on_selection())

    def set_rows(self, rows: Sequence[ReplayRow]) -> None:
        """List other results."""
        self.model.set_rows(rows)
        self.table.scrollToBottom()
        self._on_selection()

    def add(self, rows: Sequence[ReplayRow]) -> None:
        """List new results; one alone is chosen, so that its answer is seen at once."""
        self.model.add(rows)
        self.table.scrollToBottom()
        self._on_selection()
        if len(rows) == 1:
            self.table.selectRow(self.model.rowCount() - 1)

    def chosen(self) -> list[ReplayRow]:
        """The chosen results in the order of sending."""
        return [self.model.row(index.row()) for index in sorted(self.table.selectionModel().selectedRows())]

    def _set_up_table(self) -> None:
        table = self.table
        table.setModel(self.model)
        table.setAccessibleName("Results")
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        table.setStyleSheet("QTableView::item { padding: 0 6px; }")  # as far in as the header
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(table.fontMetrics().height() + 10)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        for column, width in enumerate(_WIDTHS):
            table.setColumnWidth(column, width)
        header.setSectionResizeMode(ResultColumn.TO, QHeaderView.ResizeMode.Stretch)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(self._title)
        head.addWidget(self._hint, 1)
        head.addWidget(self.compare)
        parts = QSplitter(Qt.Orientation.Horizontal, self)
        parts.setChildrenCollapsible(False)
        parts.addWidget(self.table)
        parts.addWidget(self.answer)
        parts.setSizes([620, 340])
        parts.setStretchFactor(0, 3)
        parts.setStretchFactor(1, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(parts, 1)

    def _on_selection(self) -> None:
        chosen = self.chosen()
        self._hint.setText(_HINT if self.model.rowCount() else _NONE_YET)
        self.compare.setEnabled(len(chosen) == 2)
        self.answer.setPlainText("\n".join(answer_lines(chosen[-1])) if chosen else "")

    def _on_compare(self) -> None:
        first, second = self.chosen()
        comparison = CompareResults(first, second, self.window())
        comparison.show()


class CompareResults(QDialog):
    """Two answers side by side."""

    def __init__(self, first: ReplayRow, second: ReplayRow, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Compare two answers")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.texts = SideBySide(_title(first), answer_lines(first), _title(second), answer_lines(second), self)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(partial(self.done, 0))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 14, 14, 14)
        layout.setSpacing(10)
        layout.addWidget(self.texts, 1)
        layout.addWidget(buttons)
        self.resize(960, 560)


def _title(row: ReplayRow) -> str:
    edited = ", edited," if row.edited is not None else ""
    return f"{clock_text(row.sent)} · callback {row.callback}{edited} to {row.url}"
