"""Two texts side by side, line by line, with what differs marked by colour and sign."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum
from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPalette, QTextBlockFormat, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QScrollBar,
    QVBoxLayout,
    QWidget,
)

from inspector.ui.texts import count_text, one_line
from inspector.ui.theme import DARK, LIGHT, Colors, Tint, monospace

_MOST_LINES: Final = 5000
_LONGEST_LINE: Final = 4000
_LONGEST_LOOKED_INTO: Final = 1000


class Sign(Enum):
    """How a line of the one text stands to that of the other."""

    SAME = " "
    CHANGED = "≠"
    ADDED = "+"
    REMOVED = "−"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two lines that stand beside each other; None where the other text has a line and this one none."""

    sign: Sign
    left: str | None
    right: str | None


def aligned(left: Sequence[str], right: Sequence[str]) -> list[Pair]:
    """Every line of both texts in order, equal ones beside each other.

    Lines that took the place of others stand beside these, the first beside the first.
    """
    head = 0
    while head < min(len(left), len(right)) and left[head] == right[head]:
        head += 1
    pairs = [Pair(Sign.SAME, line, line) for line in left[:head]]
    matcher = SequenceMatcher(None, left[head:], right[head:], autojunk=len(left) + len(right) > 1000)
    for tag, begin, end, other_begin, other_end in matcher.get_opcodes():
        ours, theirs = left[head + begin : head + end], right[head + other_begin : head + other_end]
        if tag == "equal":
            pairs += [Pair(Sign.SAME, line, line) for line in ours]
            continue
        both = min(len(ours), len(theirs))
        pairs += [Pair(Sign.CHANGED, one, other) for one, other in zip(ours, theirs, strict=False)]
        pairs += [Pair(Sign.REMOVED, line, None) for line in ours[both:]]
        pairs += [Pair(Sign.ADDED, None, line) for line in theirs[both:]]
    return pairs


def summary(pairs: Sequence[Pair]) -> str:
    """What differs, in words."""
    counts = {sign: sum(pair.sign is sign for pair in pairs) for sign in Sign}
    if counts[Sign.SAME] == len(pairs):
        return "No difference."
    parts = [
        f"{sign.value} {count_text(counts[sign], 'line', 'lines')} {word}"
        for sign, word in ((Sign.CHANGED, "changed"), (Sign.REMOVED, "only left"), (Sign.ADDED, "only right"))
        if counts[sign]
    ]
    return " · ".join(parts)


class SideBySide(QWidget):
    """Two texts of lines. Only the first 5,000 lines of each are compared, which is then said."""

    _pairs: Sequence[Pair] = ()  # Qt may tell of a change before there is anything to show

    def __init__(
        self,
        left_title: str,
        left_lines: Sequence[str],
        right_title: str,
        right_lines: Sequence[str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._together = False
        self._titles = [_label(self), _label(self)]
        self.left = _view(self)
        self.signs = _view(self)
        self.right = _view(self)
        self.note = _label(self)
        self.earlier = QPushButton("Previous difference", self)
        self.later = QPushButton("Next difference", self)
        self._lay_out()
        self._connect()
        self.show_lines(left_title, left_lines, right_title, right_lines)

    def show_lines(
        self, left_title: str, left_lines: Sequence[str], right_title: str, right_lines: Sequence[str]
    ) -> None:
        """Compare two other texts."""
        for label, view, title in zip(self._titles, (self.left, self.right), (left_title, right_title), strict=True):
            label.setText(one_line(title))
            view.setAccessibleName(one_line(title))
        too_many = max(len(left_lines), len(right_lines)) > _MOST_LINES
        self._pairs = aligned(left_lines[:_MOST_LINES], right_lines[:_MOST_LINES])
        differs = any(pair.sign is not Sign.SAME for pair in self._pairs)
        self.earlier.setEnabled(differs)
        self.later.setEnabled(differs)
        cut = f" Only the first {_MOST_LINES:,} lines are compared." if too_many else ""
        self.note.setText(summary(self._pairs) + cut)
        self._write()

    def go_to_difference(self, step: int) -> None:
        """Put the cursors of both texts on the next place (`step` 1) or the one before (-1) that differs."""
        starts = list(_beginnings(self._pairs))
        if not starts:
            return
        here = self.left.textCursor().blockNumber()
        later = [line for line in starts if line > here]
        earlier = [line for line in starts if line < here]
        line = (later[0] if later else starts[0]) if step > 0 else (earlier[-1] if earlier else starts[-1])
        for view in (self.left, self.right):
            view.setTextCursor(QTextCursor(view.document().findBlockByNumber(line)))
            view.centerCursor()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._pairs:
            self._write()

    def _lay_out(self) -> None:
        for view in (self.left, self.signs):
            view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for view in (self.left, self.signs, self.right):
            # Always: were it only there where lines are long, the texts would not be of the same height.
            view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.signs.horizontalScrollBar().setStyleSheet("QScrollBar::handle { background: transparent; }")
        self.signs.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.signs.setAccessibleName("Signs of what differs")
        self.signs.setFixedWidth(QFontMetrics(self.signs.font()).horizontalAdvance("≠") + 22)
        texts = QGridLayout()
        texts.setHorizontalSpacing(0)
        texts.setVerticalSpacing(5)
        texts.addWidget(self._titles[0], 0, 0)
        texts.addWidget(self._titles[1], 0, 2)
        for column, view in enumerate((self.left, self.signs, self.right)):
            texts.addWidget(view, 1, column)
        texts.setColumnStretch(0, 1)
        texts.setColumnStretch(2, 1)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.note, 1)
        foot.addWidget(self.earlier)
        foot.addWidget(self.later)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(texts, 1)
        layout.addLayout(foot)

    def _connect(self) -> None:
        self.earlier.clicked.connect(lambda: self.go_to_difference(-1))
        self.later.clicked.connect(lambda: self.go_to_difference(1))
        views = (self.left, self.signs, self.right)
        for bars in ([one.verticalScrollBar() for one in views], [one.horizontalScrollBar() for one in views]):
            for bar in bars:
                bar.valueChanged.connect(partial(self._scroll, bars))

    def _scroll(self, bars: Sequence[QScrollBar], value: int) -> None:
        if self._together:
            return  # a text with shorter lines stops sooner; it must not hold the other back
        self._together = True
        for bar in bars:
            bar.setValue(value)
        self._together = False

    def _write(self) -> None:
        colors = DARK if self.palette().color(QPalette.ColorRole.Base).lightness() < 128 else LIGHT
        scrolled = self.right.verticalScrollBar().value()
        self._together = True
        _fill(self.left, [(pair.sign, _pieces(pair, pair.left, pair.right)) for pair in self._pairs], colors)
        _fill(self.right, [(pair.sign, _pieces(pair, pair.right, pair.left)) for pair in self._pairs], colors)
        _fill(self.signs, [(pair.sign, [(pair.sign.value, True)]) for pair in self._pairs], colors)
        self._together = False
        self.right.verticalScrollBar().setValue(scrolled)


def _beginnings(pairs: Sequence[Pair]) -> Iterator[int]:
    before = Sign.SAME
    for line, pair in enumerate(pairs):
        if pair.sign is not Sign.SAME and before is Sign.SAME:
            yield line
        before = pair.sign


Pieces = Sequence[tuple[str, bool]]
"""A line in pieces, and which of them make the difference."""


def _fill(view: QPlainTextEdit, lines: Sequence[tuple[Sign, Pieces | None]], colors: Colors) -> None:
    view.clear()
    cursor = QTextCursor(view.document())
    cursor.beginEditBlock()
    for number, (sign, pieces) in enumerate(lines):
        ground = QTextBlockFormat()
        if (tint := _tint(sign, colors)) is not None:
            # An empty place beside a line is quiet: there is nothing to read in it.
            ground.setBackground(colors.alternate if pieces is None else tint.background)
        if number:
            cursor.insertBlock(ground)
        else:
            cursor.setBlockFormat(ground)
        for piece, strong in pieces or ():
            cursor.insertText(piece, _format(tint if strong else None, colors))
    cursor.endEditBlock()


def _pieces(pair: Pair, text: str | None, other: str | None) -> Pieces | None:
    if text is None:
        return None
    if pair.sign is not Sign.CHANGED or other is None or max(len(text), len(other)) > _LONGEST_LOOKED_INTO:
        return [(_shown(text), False)]
    codes = SequenceMatcher(None, text, other, autojunk=False).get_opcodes()
    return [(_shown(text[begin:end]), tag != "equal") for tag, begin, end, _, _ in codes if begin < end]


def _shown(text: str) -> str:
    shown = one_line(text, _LONGEST_LINE)
    rest = len(text) - _LONGEST_LINE
    return f"{shown} ({count_text(rest, 'more character', 'more characters')})" if rest > 0 else shown


def _format(tint: Tint | None, colors: Colors) -> QTextCharFormat:
    result = QTextCharFormat()
    result.setForeground(colors.text if tint is None else tint.foreground)
    if tint is not None:
        result.setFontWeight(QFont.Weight.Bold)
    return result


def _tint(sign: Sign, colors: Colors) -> Tint | None:
    match sign:
        case Sign.CHANGED:
            return colors.severity["warning"]
        case Sign.ADDED:
            return colors.status["delivered"]
        case Sign.REMOVED:
            return colors.severity["error"]
    return None


def _label(parent: QWidget) -> QLabel:
    label = QLabel(parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label


def _view(parent: QWidget) -> QPlainTextEdit:
    view = QPlainTextEdit(parent)
    view.setReadOnly(True)
    view.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    view.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
    view.setTabChangesFocus(True)
    view.setFont(monospace(0.5))
    view.document().setDocumentMargin(8)
    return view
