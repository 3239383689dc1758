"""Findings of a message and problems of a callback: a mark, what it is, where, and how to find more of the kind."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from inspector.callbacks.findings import Finding
from inspector.session.records import CallbackRow
from inspector.ui.detail.labels import LinkButton, PlainLabel, WrappedLabel, muted_color, sized
from inspector.ui.detail.marked import MarkWidget, lay_out_marked
from inspector.ui.detail.wording import numbers_text, value_text
from inspector.ui.status_badge import paint_severity
from inspector.ui.texts import one_line
from inspector.ui.theme import Appearance, Colors, monospace

_MOST_SHOWN = 30
_WEIGHTS = {"error": 0, "warning": 1, "info": 2}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the list. `term` is the filter that shows what else has it."""

    severity: str
    text: str
    where: str
    term: str
    kind: str


def finding_entries(findings: Sequence[Finding], log_remark: tuple[str, str] | None = None) -> list[Entry]:
    """The findings and what the message log says otherwise, the worst first."""
    entries = [
        Entry(
            one.severity.value,
            one_line(one.text, 600),
            numbers_text(one.callbacks),
            f"finding:{one.code.value}",
            one.code.value,
        )
        for one in findings
    ]
    if log_remark is not None:
        severity, text = log_remark
        entries.append(Entry(severity, one_line(text, 600), "Message log", "", "message log"))
    return sorted(entries, key=lambda entry: _WEIGHTS[entry.severity])


def problem_entries(callback: CallbackRow) -> list[Entry]:
    """The problems of a callback, as it has them."""
    return [_problem_entry(problem) for problem in callback.problems]


def _problem_entry(problem: dict[str, Any]) -> Entry:
    severity = str(problem.get("severity"))
    path = one_line(str(problem.get("path", "$")), 160)
    code = one_line(str(problem.get("code", "")), 40)
    value = problem.get("value")
    # A missing field has no value; anything else that is null was null.
    has_value = value is not None or code in ("type", "enum", "format")
    return Entry(
        severity if severity in _WEIGHTS else "error",
        one_line(str(problem.get("text", "")), 600),
        _place(path, value_text(value) if has_value else ""),
        "",
        code,
    )


def _place(path: str, value: str) -> str:
    if path == "$":  # the request as a whole, which the text has said already
        return value
    return f"{path} = {value}" if value else path


class RemarksPanel(QWidget):
    """A heading with a count and the entries; hidden when there are none."""

    filter_wished = Signal(str)

    def __init__(self, appearance: Appearance, title: str, *, code_like: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._code_like = code_like
        self._entries: list[Entry] = []
        self._rows: list[_EntryRow] = []
        self._title = title
        self._heading = PlainLabel(appearance, title, bold=True, parent=self)
        self._count = PlainLabel(appearance, color=muted_color, parent=self)
        self._more = PlainLabel(appearance, color=muted_color, parent=self)
        heading = QHBoxLayout()
        heading.setSpacing(8)
        heading.addWidget(self._heading)
        heading.addWidget(self._count)
        heading.addStretch(1)
        self._list = QVBoxLayout()
        self._list.setSpacing(9)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(7)
        layout.addLayout(heading)
        layout.addLayout(self._list)
        layout.addWidget(self._more)
        self.hide()

    def show_entries(self, entries: list[Entry]) -> None:
        """Show `entries`; rows that are there already are used again, so that the focus stays."""
        if entries != self._entries:
            self._entries = entries
            self._fill()
        self.setVisible(bool(entries))

    def _fill(self) -> None:
        shown = self._entries[:_MOST_SHOWN]
        while len(self._rows) < len(shown):
            row = _EntryRow(self._appearance, code_like=self._code_like, parent=self)
            row.filter_wished.connect(self.filter_wished)
            self._rows.append(row)
            self._list.addWidget(row)
        for number, row in enumerate(self._rows):
            row.setVisible(number < len(shown))
            if number < len(shown):
                row.show_entry(shown[number])
        self._count.show_text(f"{len(self._entries):,}")
        rest = len(self._entries) - len(shown)
        self._more.show_text(f"and {rest:,} more" if rest else "")
        self.setAccessibleName(f"{self._title}: {len(self._entries)}")


class _EntryRow(QWidget):
    """One finding or problem."""

    filter_wished = Signal(str)

    def __init__(self, appearance: Appearance, *, code_like: bool, parent: QWidget) -> None:
        super().__init__(parent)
        self._term = ""
        self._mark = MarkWidget(appearance, self)
        self._text = WrappedLabel(appearance, parent=self)
        self._where = WrappedLabel(appearance, color=muted_color, points=-0.5, parent=self)
        if code_like:
            self._where.setFont(monospace(1))
        self._link = LinkButton("Show only these", self)
        self._link.setFont(sized(self._link.font(), -0.5))
        self._link.clicked.connect(self._on_link_clicked)
        below = QHBoxLayout()
        below.setSpacing(8)
        below.addWidget(self._where, 1)
        below.addWidget(self._link, 0, Qt.AlignmentFlag.AlignTop)
        lay_out_marked(self, self._mark, self._text, below)

    def show_entry(self, entry: Entry) -> None:
        self._term = entry.term
        self._mark.show_mark(entry.severity, partial(_paint, entry.severity))
        self._text.show_text(entry.text)
        word = entry.kind.replace("_", " ")
        if entry.term:
            self._where.show_text(f"{word.capitalize()} · {entry.where}" if entry.where else word.capitalize())
        else:
            self._where.show_text(entry.where)
        self._link.setVisible(bool(entry.term))
        self._link.setAccessibleName(f"Show only messages with the finding {word}")
        self.setAccessibleName(f"{entry.severity}: {entry.text} {entry.where}")

    def _on_link_clicked(self) -> None:
        self.filter_wished.emit(self._term)


def _paint(severity: str, painter: QPainter, box: QRectF, colors: Colors) -> None:
    paint_severity(painter, box, severity, colors)
