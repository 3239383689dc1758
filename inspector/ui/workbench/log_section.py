"""The session held against the message log: a button, progress, and what is not alike."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QHeaderView, QPushButton, QTableView, QWidget

from inspector.ui.detail.labels import LinkButton, WrappedLabel, muted_color
from inspector.ui.texts import one_line
from inspector.ui.theme import Appearance
from inspector.ui.workbench.checklist import Checklist, Step, StepState
from inspector.ui.workbench.log_table import LogColumn, LogLine, LogTableModel
from inspector.ui.workbench.section import Section

_ABOUT = (
    "Asks SignalWire which messages the project had in the time of this session, and finds those of which no callback "
    "told the last status."
)
_ROWS = 6


class LogSection(Section):
    """Asks for a check, shows how far it is and what it found."""

    check_wished = Signal()
    cancel_wished = Signal()
    export_wished = Signal()
    message_wished = Signal(str)
    """The user chose a message, by id."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(appearance, "Check against the message log", parent)
        self._busy = False
        self._about = WrappedLabel(appearance, _ABOUT, color=muted_color, points=-0.5, parent=self)
        self._check = QPushButton("&Check against the log", self)
        self._check.clicked.connect(self._on_check)
        self._export = LinkButton("Export as CSV…", self)
        self._export.clicked.connect(self.export_wished)
        self._export.hide()
        buttons = QHBoxLayout()
        buttons.addWidget(self._check)
        buttons.addWidget(self._export)
        buttons.addStretch(1)
        self.result = Checklist(appearance, "Result of the check", self)
        self.model = LogTableModel(self)
        self.table = QTableView(self)
        self.table.setModel(self.model)
        self.table.setAccessibleName("Messages that the log and the callbacks do not agree on")
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setTabKeyNavigation(False)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.verticalHeader().hide()
        header = self.table.horizontalHeader()
        header.setStretchLastSection(True)
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setMinimumSectionSize(40)
        # The last column takes what room there is; the chosen row's reason is told in full below.
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._reason = WrappedLabel(appearance, parent=self)
        self._reason.hide()
        self.body.addWidget(self._about)
        self.body.addLayout(buttons)
        self.body.addWidget(self.result)
        self.body.addWidget(self.table)
        self.body.addWidget(self._reason)
        self.table.selectionModel().currentRowChanged.connect(self._on_row)
        self.table.hide()

    def show_progress(self, text: str) -> None:
        """A check is under way."""
        self._busy = True
        self._check.setText("&Cancel")
        self._export.hide()
        self.result.show_steps([Step(StepState.WAITING, text)])

    def show_result(self, steps: Sequence[Step], lines: Sequence[LogLine], *, exportable: bool) -> None:
        """A check is over, or there was none yet."""
        self._busy = False
        self._check.setText("&Check against the log")
        self._export.setVisible(exportable)
        self.result.show_steps(steps)
        if tuple(lines) != self.model.lines:
            self.model.show_lines(lines)
            self._reason.show_text("")
        self.table.setVisible(bool(lines))
        if lines:
            self._size_table(len(lines))

    def _size_table(self, lines: int) -> None:
        row = self.table.fontMetrics().height() + 10
        self.table.verticalHeader().setDefaultSectionSize(row)
        for column, longest in (
            (LogColumn.TO, "+15551230001"), (LogColumn.LOGGED, "Undelivered"), (LogColumn.OURS, "Undelivered")
        ):  # fmt: skip
            self.table.setColumnWidth(column, self.table.fontMetrics().horizontalAdvance(longest) + 12)
        head = self.table.horizontalHeader().sizeHint().height()
        self.table.setFixedHeight(head + row * min(lines, _ROWS) + 4)

    def _on_check(self) -> None:
        (self.cancel_wished if self._busy else self.check_wished).emit()

    def _on_row(self, current: QModelIndex, _: QModelIndex) -> None:
        if not current.isValid():
            return
        line = self.model.lines[current.row()]
        created = f" · created {line.created}" if line.created else ""
        self._reason.show_text(f"{one_line(line.id, 60)}{created}\n{line.reason}")
        self.message_wished.emit(line.id)
