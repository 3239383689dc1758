"""The filter line: completes keys and values, turns red when it cannot be understood, keeps the last good filter."""

import re
from typing import Final

from PySide6.QtCore import QEvent, QStringListModel, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QLabel, QLineEdit, QListView, QToolButton, QWidget

from inspector.session.query import KEYS, FilterError, split, words_for
from inspector.ui.texts import count_text
from inspector.ui.theme import Appearance

_PAUSE_MS: Final = 120
_WORD: Final = re.compile(r"\S*$")


def completions(text: str) -> list[str]:
    """What could stand in place of the word at the end of `text`: keys, then the values of a key."""
    word = _WORD.search(text)
    assert word is not None  # noqa: S101 - the pattern fits anything
    typed = word[0]
    minus, rest = ("-", typed[1:]) if typed.startswith("-") else ("", typed)
    key, colon, value = rest.partition(":")
    if not colon:
        return [f"{minus}{name}:" for name in KEYS if rest and name.startswith(rest.lower())]
    done, comma, last = value.rpartition(",")
    return [
        f"{minus}{key}:{done}{comma}{one}"
        for one in words_for(key.lower())
        if one.startswith(last.lower()) and one != last.lower()
    ]


def toggled(text: str, term: str) -> str:
    """The filter `text` with `key:value` added, or without it where it stands already.

    Values of one key are joined by commas, which means any of them.
    """
    key, _, value = term.partition(":")
    try:
        terms = split(text)
    except FilterError:
        return text
    same = next((one for one in terms if one.key == key and not one.negated), None)
    if same is None:
        return f"{text.rstrip()} {term}".strip()
    values = [one for one in same.values if one != value] if value in same.values else [*same.values, value]
    new = f"{key}:{','.join(values)}" if values else ""
    return " ".join(f"{text[: same.start]}{new}{text[same.end :]}".split(" ")).strip()


class FilterEdit(QLineEdit):
    """A line edit that completes the word before the cursor."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = QStringListModel(self)
        self._list = QListView(self)
        self._list.setObjectName("completions")
        self._popup = QCompleter(self._words, self)
        self._popup.setPopup(self._list)
        self._popup.setWidget(self)
        self._popup.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._popup.activated.connect(self._insert)
        self.textEdited.connect(self._offer)

    @property
    def completer_popup(self) -> QListView:
        """The list of completions."""
        return self._list

    @property
    def offers_values(self) -> bool:
        """Whether the values of a key are offered at the moment."""
        return self._list.isVisible() and ":" in self._words.stringList()[0].rstrip(":")

    def _offer(self) -> None:
        words = completions(self.text()[: self.cursorPosition()])
        self._words.setStringList(words)
        if words:
            self._popup.complete()
            self._list.setCurrentIndex(self._words.index(0, 0))
        else:
            self._list.hide()

    def _insert(self, word: str) -> None:
        before, after = self.text()[: self.cursorPosition()], self.text()[self.cursorPosition() :]
        head = before[: len(before) - len(_WORD.search(before)[0])]  # type: ignore[index] # it fits anything
        space = "" if word.endswith(":") or after.startswith(" ") else " "
        self.setText(f"{head}{word}{space}{after}")
        self.setCursorPosition(len(head) + len(word) + len(space))
        self.textEdited.emit(self.text())

    def event(self, event: QEvent) -> bool:
        # Tab would move the focus on before keyPressEvent hears of it.
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Tab:
            word = self._list.currentIndex().data() if self._list.isVisible() else None
            if word:
                self._list.hide()
                self._insert(str(word))
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            self.textEdited.emit("")
            return
        super().keyPressEvent(event)


class FilterBar(QWidget):
    """The filter with its explanation and the counter of what it shows."""

    filter_changed = Signal(str)
    left_down = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self.edit = FilterEdit(self)
        self.edit.setPlaceholderText("Filter: text, status:failed, to:+1555, error:30003, is:invalid, after:10:30 …")
        self.edit.setAccessibleName("Filter")
        self.edit.setClearButtonEnabled(True)
        self.edit.setMaxLength(2000)
        self._problem = QLabel(self)
        self._problem.setTextFormat(Qt.TextFormat.PlainText)
        self._problem.setWordWrap(True)
        self._problem.hide()
        self._help = QToolButton(self)
        self._help.setText("?")
        self._help.setAccessibleName("What can be filtered")
        self._help.setAutoRaise(True)
        self._help.setToolTip("\n".join(f"{key}:  {meaning}" for key, meaning in KEYS.items()))
        self.help_wished = self._help.clicked
        self._counter = QLabel(self)
        self._counter.setTextFormat(Qt.TextFormat.PlainText)
        self._counter.setAccessibleName("Rows shown")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.edit, 1)
        layout.addWidget(self._help)
        layout.addWidget(self._counter)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._on_pause)
        self.edit.textEdited.connect(lambda _: self._pause.start())
        self.edit.textChanged.connect(self._on_text_changed)
        self.edit.returnPressed.connect(self._on_return)
        appearance.changed.connect(self._restyle)
        self._restyle()

    @property
    def controls(self) -> tuple[QWidget, ...]:
        """What takes the focus, from left to right."""
        return self.edit, self._help

    @property
    def problem_label(self) -> QLabel:
        """Where the window shows what is wrong with the filter: on a line of its own below."""
        return self._problem

    def set_filter(self, text: str) -> None:
        """Put a filter in, as if it had been typed."""
        self.edit.setText(text)
        self._pause.stop()
        self.filter_changed.emit(text)

    def toggle_term(self, term: str) -> None:
        """Add a term, or take it out where it stands already; several statuses become one term."""
        self.set_filter(toggled(self.edit.text(), term))

    def show_problem(self, text: str) -> None:
        """Say what is wrong; the empty text says that nothing is."""
        self.edit.setProperty("invalid", bool(text))
        self.edit.style().unpolish(self.edit)
        self.edit.style().polish(self.edit)
        self._problem.setText(f"{text} The last filter that was understood is still in force." if text else "")
        self._problem.setVisible(bool(text))
        self.edit.setAccessibleDescription(text)

    def show_counts(self, shown: int, total: int, selected: int, noun: str) -> None:
        """The counter: shown, in all, selected. `noun` is the singular of what is counted."""
        total_text = count_text(total, noun, f"{noun}s")
        text = f"{shown:,} of {total_text}" if shown != total else total_text
        self._counter.setText(f"{text} · {selected:,} selected" if selected > 1 else text)

    @property
    def counter_text(self) -> str:
        """What the counter says."""
        return self._counter.text()

    def _on_text_changed(self, text: str) -> None:
        # The clear button changes the text without an edit.
        if not text and not self._pause.isActive():
            self._pause.start()

    def _on_pause(self) -> None:
        if self.edit.offers_values:
            self._pause.start()  # a value that is still being typed is no mistake yet
        else:
            self.filter_changed.emit(self.edit.text())

    def _on_return(self) -> None:
        self._pause.stop()
        self.filter_changed.emit(self.edit.text())
        self.left_down.emit()

    def _restyle(self) -> None:
        colors = self._appearance.colors
        self._problem.setStyleSheet(f"color: {colors.severity['error'].foreground.name()};")
        self._counter.setStyleSheet(f"color: {colors.muted.name()};")
