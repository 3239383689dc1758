"""The page that sends simulated callbacks: what is played, with whose data, where to, and how it goes."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from inspector.callbacks.segments import count_segments
from inspector.ui.detail.labels import WrappedLabel, muted_color
from inspector.ui.texts import count_text, one_line
from inspector.ui.theme import Appearance
from inspector.ui.workbench.own_data import OwnDataForm, error_color
from inspector.ui.workbench.run_card import RunCard
from inspector.ui.workbench.scenario_list import ScenarioList
from inspector.ui.workbench.sending_form import SendingForm
from inspector.ui.workbench.simulation import Choice, Figures, Order, Wire

_PARTIAL = "partial"
_TABS = ("Scenarios", "Your data", "Sending")


class SimulatePage(QWidget):
    """Gathers an order. `start_wished` hands it over, with the address to send to.

    To make it all takes a tenth of a second: it is made in pieces, between which the loop can turn (`fill`).
    """

    start_wished = Signal(object, str)
    stop_wished = Signal()
    copied = Signal(str)

    data: OwnDataForm
    sending: SendingForm

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._filled = False
        self._running = False
        self._last: Order | None = None
        self.scenarios = ScenarioList(appearance, self)
        self.tabs = QTabBar(self)
        self.tabs.setAccessibleName("Parts of a simulation")
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        self._parts = QStackedWidget(self)
        self._parts.addWidget(self.scenarios)
        for title in _TABS:
            self.tabs.addTab(title)
        self.tabs.currentChanged.connect(self._parts.setCurrentIndex)
        self.summary = WrappedLabel(appearance, color=muted_color, parent=self)
        self.start = QPushButton("Start", self)
        self.start.setDefault(True)
        self.start.setEnabled(False)
        self.start.clicked.connect(self._on_start)
        self.stop = QPushButton("Stop", self)
        self.stop.setEnabled(False)
        self.stop.clicked.connect(self.stop_wished)
        self.card = RunCard(appearance, self)
        self.card.again_wished.connect(self._on_again)
        self.card.copied.connect(self.copied)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.start)
        buttons.addWidget(self.stop)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 0, 10, 8)
        layout.setSpacing(10)
        layout.addWidget(self.tabs)
        layout.addWidget(self._parts, 1)
        layout.addWidget(self.summary)
        layout.addLayout(buttons)
        layout.addWidget(self.card)

    def fill(self, choices: Sequence[Choice], order: Order) -> Iterator[None]:
        """Make the rest, piece by piece, and show an order; it can be used when the last piece is made."""
        yield from self.scenarios.fill(choices)
        yield
        self.data = OwnDataForm(self._appearance, self)
        self._parts.addWidget(self.data)
        yield
        self.sending = SendingForm(self._appearance, self)
        self._parts.addWidget(self.sending)
        yield
        self.show_order(order)
        above = [self.tabs, *self.scenarios.links]
        in_turn = [*self.data.controls, *self.sending.controls, self.start, self.stop, self.card.copy, self.card.again]
        for before, after in pairwise([*above, *self.scenarios.ticks.values(), *in_turn]):
            QWidget.setTabOrder(before, after)
        for part in (self.scenarios, self.data, self.sending):
            part.changed.connect(self._refresh)
        self._filled = True
        self._refresh()

    @property
    def filled(self) -> bool:
        """Whether all of it is there."""
        return self._filled

    @property
    def order(self) -> Order:
        """What is asked for now."""
        return Order(scenarios=self.scenarios.ticked, **self.data.own, **self.sending.sending)

    @property
    def problem(self) -> str:
        """Why it cannot be started; "" where it can."""
        if not self.scenarios.ticked:
            return "Tick at least one scenario."
        return self.data.problem or self.sending.problem

    def show_order(self, order: Order) -> None:
        self.scenarios.show_ticked(order.scenarios)
        self.data.show_order(order)
        self.sending.show_order(order)

    def show_listening(self, url: str | None) -> None:
        """Where this window receives, or None."""
        if self._filled:
            self.sending.show_listening(url)

    def show_key(self, source: str | None) -> None:
        """Where the signing key comes from, None without one."""
        if self._filled:
            self.sending.show_key(source)

    def show_figures(self, figures: Figures) -> None:
        """How the run goes."""
        self._running = figures.running
        self._last = None if self._last is None else replace(self._last, seed=figures.seed)
        self.card.show_figures(figures)
        self._refresh()

    def _on_start(self) -> None:
        self._begin(self.order)

    def _on_again(self) -> None:
        if self._last is not None:
            self._begin(self._last)

    def _begin(self, order: Order) -> None:
        self._last = order
        self.start_wished.emit(order, self.sending.target)

    def _refresh(self) -> None:
        if not self._filled:
            return
        problem = self.problem
        self.start.setEnabled(not problem and not self._running)
        self.stop.setEnabled(self._running)
        self.card.again.setEnabled(not self.sending.problem)
        self.tabs.setTabText(0, f"{_TABS[0]} ({len(self.scenarios.ticked)})")
        self.summary.set_color(error_color if problem else muted_color)
        self.summary.setText(problem or self._plan_in_words())

    def _plan_in_words(self) -> str:
        order = self.order
        words = f"Sends {count_text(order.messages, 'message', 'messages')} to {one_line(self.sending.target)}, "
        words += "signed" if self.sending.signed else "unsigned"
        if order.wire is Wire.FORM and order.variables:
            words += ", without your custom variables, which forms have not"
        if _PARTIAL in order.scenarios and order.body and count_segments(order.body).segments == 1:
            words += ". Your body is one segment, so no message is delivered in part"
        return f"{words}."
