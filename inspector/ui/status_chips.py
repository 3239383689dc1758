"""The chips: how many messages have which status; a click filters by it."""

from collections.abc import Mapping

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QFont, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from inspector.session.query import FilterError, split
from inspector.session.records import Summary
from inspector.ui.status_badge import LABELS, paint_mark, paint_severity
from inspector.ui.theme import Appearance

_SPACING = 5
_INVALID = "is:invalid"
_UNASSIGNED = "is:unassigned"
_LEAST_FIRST = (
    *(f"status:{status}" for status in ("initiated", "queued", "read", "sent", "delivered", "undelivered", "failed")),
    _UNASSIGNED,
    _INVALID,
)


class Chip(QAbstractButton):
    """One count with its mark and word; checked while the filter names it."""

    def __init__(self, appearance: Appearance, word: str, status: str | None, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._status = status
        self._severity = "warning" if word == "Unassigned" else "error"
        self._count = 0
        self._narrow = False
        self.setText(word)
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() - 1)
        self.setFont(font)
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        appearance.changed.connect(self.update)

    def set_narrow(self, *, narrow: bool) -> None:
        """Show only mark and count, where there is no room for the word."""
        if narrow != self._narrow:
            self._narrow = narrow
            self.setToolTip(self.text() if narrow else "")
            self.updateGeometry()
            self.update()

    @property
    def wide_width(self) -> int:
        """The width with the word."""
        metrics = self.fontMetrics()
        return metrics.horizontalAdvance(f"{self.text()}  {self._count:,}") + metrics.height() + 24

    @property
    def empty(self) -> bool:
        """Whether nothing is counted."""
        return not self._count

    def set_count(self, count: int) -> None:
        if count != self._count or not self.accessibleName():
            self._count = count
            self.setAccessibleName(f"{self.text()}: {count:,}. Filter by it.")
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        word = metrics.horizontalAdvance(f"{self.text()} ") if self._narrow else 0
        return QSize(self.wide_width - word, metrics.height() + 11)

    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()
        super().enterEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        colors = self._appearance.colors
        tint = colors.severity[self._severity] if self._status is None else colors.status_tint(self._status)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        lit = self.isChecked() or self.underMouse()
        painter.setBrush(tint.background if lit else colors.base)
        painter.setPen(
            QPen(
                tint.foreground if self.isChecked() or self.hasFocus() else colors.border, 1.4 if self.hasFocus() else 1
            )
        )
        painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        painter.setOpacity(1.0 if self._count else 0.55)
        size = self.fontMetrics().ascent() * 0.75
        mark = QRectF(box.left() + 10, box.center().y() - size / 2, size, size)
        if self._status is None:
            paint_severity(painter, mark, self._severity, colors)
        else:
            paint_mark(painter, mark, self._status, tint.foreground)
        words = box.adjusted(10 + size + 7, 0, -10, 0)
        painter.setPen(colors.text if self._count else colors.muted)
        if not self._narrow:
            painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.text())
        painter.setPen(tint.foreground if self._count else colors.muted)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, f"{self._count:,}")
        painter.end()


class StatusChips(QWidget):
    """The row of chips."""

    term_toggled = Signal(str)

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(_SPACING)
        self._chips: dict[str, Chip] = {}
        terms: Mapping[str, tuple[str, str | None]] = {
            **{f"status:{status}": (word, status) for status, word in LABELS.items()},
            _INVALID: ("Invalid", None),
            _UNASSIGNED: ("Unassigned", None),
        }
        for term, (word, status) in terms.items():
            chip = Chip(appearance, word, status, self)
            chip.clicked.connect(lambda _, term=term: self.term_toggled.emit(term))
            self._chips[term] = chip
            layout.addWidget(chip)
        layout.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.show_counts(Summary(0, 0, 0, {}), 0)

    @property
    def chips(self) -> list[Chip]:
        """The chips, in the order shown."""
        return list(self._chips.values())

    def show_counts(self, summary: Summary, unassigned: int) -> None:
        for term, chip in self._chips.items():
            key, _, word = term.partition(":")
            if key == "status":
                chip.set_count(summary.by_status.get(word, 0))
        self._chips[_INVALID].set_count(summary.invalid)
        self._chips[_UNASSIGNED].set_count(unassigned)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Give up words where the room is short: those of the empty chips first, then those that matter least.

        Where even that is too much, chips go in the same order, rather than being cut.
        """
        optional = {self._chips[_INVALID], self._chips[_UNASSIGNED]}
        chips = [self._chips[term] for term in _LEAST_FIRST]
        shown = [chip for chip in chips if chip not in optional or chip.isChecked() or not chip.empty]
        shown.sort(key=lambda chip: not chip.empty)
        wanted = sum(chip.wide_width + _SPACING for chip in shown)
        for chip in shown:
            chip.set_narrow(narrow=wanted > self.width())
            wanted -= chip.wide_width - chip.sizeHint().width()
        gone = set()
        for chip in shown:
            if wanted > self.width() and not chip.isChecked():
                gone.add(chip)
                wanted -= chip.sizeHint().width() + _SPACING
        for chip in chips:
            chip.setVisible(chip in shown and chip not in gone)

    def show_filter(self, text: str) -> None:
        """Check the chips that the filter names."""
        try:
            named = {f"{term.key}:{value}" for term in split(text) if not term.negated for value in term.values}
        except FilterError:
            return
        for term, chip in self._chips.items():
            chip.setChecked(term in named)
        self._fit()
