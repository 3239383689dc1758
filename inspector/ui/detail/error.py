"""The error panel: what the sender said went wrong, what it means and what to do."""

from collections.abc import Callable

from PySide6.QtGui import QColor
from PySide6.QtWidgets import QVBoxLayout, QWidget

from inspector.callbacks.error_codes import ErrorCatalogue, ErrorEntry
from inspector.session.records import MessageRow
from inspector.ui.detail.labels import Card, LinkButton, PlainLabel, WrappedLabel
from inspector.ui.detail.selectable_text import SelectableText
from inspector.ui.status_badge import label
from inspector.ui.texts import one_line
from inspector.ui.theme import Appearance, Colors, Tint

_FAILURES = frozenset({"failed", "undelivered"})
_UNKNOWN_MEANING = (
    "This code is not in the catalogue of this program. Codes are specific to a provider; it is shown as it was sent."
)
_UNKNOWN_REMEDY = "Look the code up in the documentation, or ask the provider's support with the message id."
_SILENT_MEANING = "The callbacks carry neither an error_code nor an error_message, so nothing here says why."
_SILENT_REMEDY = (
    "Look the message up by its id in the message log of your space. A carrier that refuses a message without "
    "a reason often filters it: check the sender's registration, the text and the recipient's number."
)


class ErrorPanel(Card):
    """A tinted card, shown only when there is an error or a failure without one."""

    def __init__(
        self,
        appearance: Appearance,
        catalogue: ErrorCatalogue,
        open_address: Callable[[str], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(appearance, lambda colors: self._tint(colors).background, parent)
        self._catalogue = catalogue
        self._open_address = open_address
        self._failed = True
        self._address = ""
        self._title = WrappedLabel(appearance, points=1, bold=True, color=self._front, parent=self)
        self._told = PlainLabel(appearance, "The sender's words", points=-0.5, color=self._front, parent=self)
        self._message = SelectableText("The sender's error message", 4, self)
        self._meaning_title = PlainLabel(appearance, "What it means", bold=True, color=self._front, parent=self)
        self._meaning = WrappedLabel(appearance, parent=self)
        self._remedy_title = PlainLabel(appearance, "What to do", bold=True, color=self._front, parent=self)
        self._remedy = WrappedLabel(appearance, parent=self)
        self._link = LinkButton("Error codes documentation", self)
        self._link.clicked.connect(self._on_link_clicked)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(13, 10, 13, 10)
        layout.setSpacing(3)
        layout.addWidget(self._title)
        layout.addWidget(self._told)
        layout.addWidget(self._message)
        layout.addSpacing(3)
        layout.addWidget(self._meaning_title)
        layout.addWidget(self._meaning)
        layout.addSpacing(3)
        layout.addWidget(self._remedy_title)
        layout.addWidget(self._remedy)
        layout.addWidget(self._link)

    def show_message(self, message: MessageRow) -> None:
        """Show the error of `message`, or nothing."""
        failed = message.status in _FAILURES
        code, words = message.error_code, message.error_message
        if not failed and code is None and words is None:
            self.hide()
            return
        if failed != self._failed:
            self._failed = failed
            self._recolor()
        entry = self._catalogue.explain(code)
        self._title.show_text(_title(message, entry))
        self._told.setVisible(bool(words))
        self._message.setVisible(bool(words))
        self._message.show_text(words or "")
        self._explain(code, words, entry)
        self.setAccessibleName(self._title.text())
        self.show()

    def _explain(self, code: str | None, words: str | None, entry: ErrorEntry | None) -> None:
        if entry is not None:
            meaning, remedy, address = entry.meaning, entry.remedy, entry.address
        elif code is not None:
            meaning, remedy, address = _UNKNOWN_MEANING, _UNKNOWN_REMEDY, self._any_address()
        elif words is not None:
            meaning, remedy, address = "The sender gave no code with it.", _UNKNOWN_REMEDY, self._any_address()
        else:
            meaning, remedy, address = _SILENT_MEANING, _SILENT_REMEDY, ""
        self._meaning.show_text(meaning)
        self._remedy.show_text(remedy)
        self._address = address
        self._link.setVisible(bool(address))

    def _any_address(self) -> str:
        """Where the documentation lists the codes: all entries of the catalogue point there."""
        return next((entry.address for entry in self._catalogue), "")

    def _tint(self, colors: Colors) -> Tint:
        return colors.severity["error" if self._failed else "warning"]

    def _front(self, colors: Colors) -> QColor:
        return self._tint(colors).foreground

    def _recolor(self) -> None:
        for widget in (self._title, self._told, self._meaning_title, self._remedy_title):
            widget.set_color(self._front)
        self.update()

    def _on_link_clicked(self) -> None:
        self._open_address(self._address)


def _title(message: MessageRow, entry: ErrorEntry | None) -> str:
    if message.error_code is not None:
        code = f"Error {one_line(message.error_code, 60)}"
        return f"{code}: {entry.title}" if entry is not None else f"{code} is not in the catalogue"
    if message.error_message is not None:
        return "An error without a code"
    return f"{label(message.status)}, and no error was told"
