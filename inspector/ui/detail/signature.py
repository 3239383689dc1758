"""The signature tab: whether the signature fits with the present key and address, why not, and what to do."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from inspector.callbacks.diagnosis import SCHEMES, Diagnosed, Diagnosis
from inspector.callbacks.signed_urls import shown_url
from inspector.session.records import CallbackRow
from inspector.ui.detail.labels import Card, PlainLabel, WrappedLabel, muted_color
from inspector.ui.detail.wording import SIGNATURES
from inspector.ui.texts import one_line
from inspector.ui.theme import Appearance, Colors, Tint

_LIVE: Final = (
    "Checked just now, with the signing key and the public address of this moment. The session keeps what was judged "
    "on arrival; looking at it changes nothing in the file."
)
_MOST_ROWS: Final = 8


@dataclass(frozen=True, slots=True)
class Examination:
    """What the tab shows: the diagnosis, and in words what it was made with. No secret is part of it."""

    diagnosis: Diagnosis
    key_source: str
    has_key: bool
    public_url: str | None


def tint_of(result: Diagnosed | None, colors: Colors) -> Tint:
    """The colours of a result; the title says the same in words."""
    match result:
        case Diagnosed.FITS:
            return colors.status["delivered"]
        case None | Diagnosed.UNSIGNED:
            return colors.status["none"]
        case Diagnosed.NO_KEY | Diagnosed.BODY_CUT:
            return colors.severity["info"]
        case Diagnosed.OTHER_ADDRESS | Diagnosed.OTHER_READING:
            return colors.severity["warning"]
    return colors.severity["error"]


def fact_rows(callback: CallbackRow, examination: Examination) -> Iterator[tuple[str, str]]:
    """What was checked, as names and values."""
    diagnosis = examination.diagnosis
    arrival = SIGNATURES.get(callback.signature, "unknown")
    yield "On arrival", arrival[:1].upper() + arrival[1:]
    if diagnosis.header is not None:
        yield "Header", one_line(diagnosis.header, 60)
    if diagnosis.scheme is not None:
        yield "Scheme", f"{diagnosis.scheme} ({diagnosis.form})"
    elif diagnosis.form is not None:
        yield "Form", f"{diagnosis.form}: {SCHEMES[diagnosis.form]}"
    if diagnosis.url is not None:
        yield "Signed address", shown_url(diagnosis.url)
    if diagnosis.tried > 1 and diagnosis.url is None:
        yield "Tried", f"{diagnosis.tried:,} addresses"
    yield "Signing key", examination.key_source
    yield "Public address", shown_url(examination.public_url) if examination.public_url else "None is set"


class SignatureTab(QScrollArea):
    """Shows what it is told of a callback; it asks for that whenever another callback is looked at."""

    examination_wished = Signal(object)
    """A CallbackRow; the answer is `show_examination`."""
    address_chosen = Signal(str)
    """The user wants this as the public address."""
    key_wished = Signal()
    """The user wants to enter a signing key."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._callback: CallbackRow | None = None
        self._result: Diagnosed | None = None
        self._remedy = ""
        self._card = Card(appearance, lambda colors: tint_of(self._result, colors).background)
        self._title = WrappedLabel(appearance, points=1, bold=True, color=self._front, parent=self._card)
        self._text = WrappedLabel(appearance, parent=self._card)
        self.use_address = QPushButton("Use this address", self._card)
        self.use_address.clicked.connect(lambda: self.address_chosen.emit(self._remedy))
        self.set_key = QPushButton("Set the signing key…", self._card)
        self.set_key.clicked.connect(self.key_wished)
        self._facts = [(PlainLabel(appearance, color=muted_color), WrappedLabel(appearance)) for _ in range(_MOST_ROWS)]
        self._live = WrappedLabel(appearance, _LIVE, color=muted_color, points=-0.5)
        self._arrange()

    def show_callback(self, callback: CallbackRow) -> None:
        """Show what is known already, and ask for the rest."""
        self._callback = callback
        self._show(None, "Checking…", "")
        self._show_facts([])
        self._live.hide()
        self.verticalScrollBar().setValue(0)
        self.renew()

    def renew(self) -> None:
        """Ask again, as after the key or the public address changed."""
        if self._callback is not None:
            self.examination_wished.emit(self._callback)

    def show_examination(self, callback: CallbackRow, examination: Examination) -> None:
        """Show the answer, unless another callback is looked at by now."""
        if callback is not self._callback:
            return
        diagnosis = examination.diagnosis
        self._show(diagnosis.result, diagnosis.title, diagnosis.text)
        self._remedy = diagnosis.remedy or ""
        self.use_address.setVisible(bool(self._remedy))
        self.use_address.setAccessibleDescription(f"Sets {shown_url(self._remedy)} as the public address")
        self.use_address.setToolTip("")
        suspected = diagnosis.result in (Diagnosed.NO_KEY, Diagnosed.NOTHING_FITS)
        self.set_key.setText("Replace the signing key…" if examination.has_key else "Set the signing key…")
        self.set_key.setVisible(suspected)
        self._show_facts(list(fact_rows(callback, examination)))
        self._live.show()

    def _show(self, result: Diagnosed | None, title: str, text: str) -> None:
        self._result = result
        self._title.set_color(self._front)
        self._title.show_text(title)
        self._text.show_text(text)
        self._card.setAccessibleName(f"Signature: {title}")
        self._card.update()
        self.use_address.hide()
        self.set_key.hide()

    def _show_facts(self, rows: list[tuple[str, str]]) -> None:
        for number, (name, value) in enumerate(self._facts):
            shown = rows[number] if number < len(rows) else ("", "")
            name.show_text(shown[0])
            value.show_text(shown[1])

    def _front(self, colors: Colors) -> QColor:
        return tint_of(self._result, colors).foreground

    def _arrange(self) -> None:
        buttons = QHBoxLayout()
        buttons.setContentsMargins(0, 0, 0, 0)
        buttons.setSpacing(8)
        buttons.addWidget(self.use_address)
        buttons.addWidget(self.set_key)
        buttons.addStretch(1)
        card = QVBoxLayout(self._card)
        card.setContentsMargins(13, 10, 13, 10)
        card.setSpacing(6)
        card.addWidget(self._title)
        card.addWidget(self._text)
        card.addLayout(buttons)
        facts = QGridLayout()
        facts.setContentsMargins(0, 0, 0, 0)
        facts.setHorizontalSpacing(14)
        facts.setVerticalSpacing(4)
        facts.setColumnStretch(1, 1)
        for row, (name, value) in enumerate(self._facts):
            facts.addWidget(name, row, 0, Qt.AlignmentFlag.AlignTop)
            facts.addWidget(value, row, 1)
        inside = QWidget()
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(0, 10, 6, 4)
        layout.setSpacing(10)
        layout.addWidget(self._card)
        layout.addLayout(facts)
        layout.addWidget(self._live)
        layout.addStretch(1)
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Signature")
        for part in (self._card, self.use_address, self.set_key):
            part.show()
        self.use_address.hide()
        self.set_key.hide()
