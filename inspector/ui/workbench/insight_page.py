"""The insight page: the whole session in a few charts, each mark of which filters the tables."""

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from inspector.callbacks.error_codes import ErrorCatalogue
from inspector.session.insight import WINDOW, Insight
from inspector.ui.detail.labels import ElidedLabel, PlainLabel, WrappedLabel, muted_color
from inspector.ui.texts import count_text
from inspector.ui.theme import Appearance
from inspector.ui.workbench import insight_marks as marks
from inspector.ui.workbench.charts.chart import Chart
from inspector.ui.workbench.charts.figures import Figures
from inspector.ui.workbench.charts.funnel import Funnel
from inspector.ui.workbench.charts.histogram import Histogram
from inspector.ui.workbench.charts.ranked_bars import RankedBars
from inspector.ui.workbench.charts.sparkline import Sparkline

_READING: Final = "Reading the session …"
_NOTHING: Final = (
    "Nothing was captured yet. As callbacks arrive, this page shows how far the messages come, how long delivery "
    "takes, and what goes wrong."
)


class Section(QWidget):
    """A heading, a remark at its right, charts below, or a sentence where there is nothing to show."""

    def __init__(self, appearance: Appearance, title: str, *charts: Chart) -> None:
        super().__init__()
        self.charts = charts
        self._remark = ElidedLabel(appearance, "", color=muted_color, points=-1)
        self._remark.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._nothing = WrappedLabel(appearance, "", color=muted_color)
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(PlainLabel(appearance, title, bold=True))
        head.addWidget(self._remark, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(head)
        layout.addWidget(self._nothing)
        for chart in charts:
            layout.addWidget(chart)
        self.say("")

    def say(self, remark: str, nothing: str = "") -> None:
        """Set the remark; `nothing`, where there is any, takes the place of the charts."""
        self._remark.set_text(remark)
        self._nothing.show_text(nothing)
        for chart in self.charts:
            chart.setVisible(not nothing)


class InsightPage(QWidget):
    """Shows an Insight. Says when it is looked at, so that nothing is read for a page that nobody sees."""

    filter_wished = Signal(str, bool)  # the filter; whether it is one for the callbacks
    came_into_view = Signal()
    left_view = Signal()

    def __init__(self, appearance: Appearance, catalogue: ErrorCatalogue, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._catalogue = catalogue
        self._insight = Insight()
        self.funnel = Funnel(appearance, "How far messages came")
        self.percentiles = Figures(appearance, "Percentiles of the time to delivered")
        self.took = Histogram(appearance, "Messages by the time to delivered")
        self.took.edges = marks.edge_words()
        self.rate = Sparkline(appearance, "Callbacks in each of the last seconds")
        self.errors = RankedBars(appearance, "Error codes")
        self.findings = RankedBars(appearance, "Findings")
        self.drift = RankedBars(appearance, "Drift from the contract")
        self._sections = {
            "funnel": Section(appearance, "How far messages came", self.funnel),
            "took": Section(appearance, "Time to delivered", self.percentiles, self.took),
            "rate": Section(appearance, "Callbacks a second", self.rate),
            "errors": Section(appearance, "Error codes", self.errors),
            "findings": Section(appearance, "Findings", self.findings),
            "drift": Section(appearance, "Drift from the contract", self.drift),
        }
        self._words = WrappedLabel(appearance, _READING, color=muted_color)
        self._lay_out()
        for section in self._sections.values():
            section.hide()
            for chart in section.charts:
                chart.chosen.connect(self.filter_wished)

    def _lay_out(self) -> None:
        inner = QWidget(self)
        column = QVBoxLayout(inner)
        column.setContentsMargins(14, 8, 14, 12)
        column.setSpacing(18)
        column.addWidget(self._words)
        for section in self._sections.values():
            column.addWidget(section)
        column.addStretch(1)
        scroll = QScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inner)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll)

    def show_reading(self) -> None:
        """Another session is being read."""
        self._show_words(_READING)

    def show_insight(self, insight: Insight, newest: int) -> None:
        """Show counts; `newest` is the second (since 1970) that the rate ends with."""
        self._insight = insight
        if not insight.callbacks:
            self._show_words(_NOTHING)
            return
        messages, callbacks = insight.messages, insight.callbacks
        self._words.show_text("")
        self.funnel.whole = messages
        self.funnel.show_marks(marks.funnel_marks(insight))
        nothing = "" if messages else "No callback names a message."
        self._say("funnel", count_text(messages, "message", "messages"), nothing)
        self.percentiles.show_marks(marks.percentile_marks(insight.percentiles))
        self.took.show_marks(marks.bucket_marks(insight.buckets))
        nothing = "" if insight.delivered else "No message was seen on its way to “delivered” yet."
        self._say("took", count_text(insight.delivered, "message", "messages") if insight.delivered else "", nothing)
        self.move_rate(newest)
        self.errors.show_marks(marks.error_marks(insight.errors, self._catalogue))
        self._say("errors", "messages" if insight.errors else "", "" if insight.errors else "No message has an error.")
        self.findings.show_marks(marks.finding_marks(insight.findings))
        nothing = "" if insight.findings else "There is nothing to remark on."
        self._say("findings", "messages" if insight.findings else "", nothing)
        drift = marks.drift_marks(insight.drift)
        self.drift.show_marks(drift)
        nothing = "" if drift else f"All {count_text(callbacks, 'callback', 'callbacks')} are as the contract says."
        self._say("drift", f"of {count_text(callbacks, 'callback', 'callbacks')}" if drift else "", nothing)

    def move_rate(self, newest: int) -> None:
        """Let the rate end with another second, as time goes by."""
        if not self._insight.callbacks:
            return
        shown = marks.second_marks(self._insight, newest)
        self.rate.left, self.rate.right = shown[0].label, shown[-1].label
        self.rate.show_marks(shown)
        most = max(int(mark.value) for mark in shown)
        nothing = "" if most else f"No callback in the last {WINDOW // 60} minutes."
        self._say("rate", f"at most {most:,} a second" if most else "", nothing)

    def _say(self, name: str, remark: str, nothing: str) -> None:
        self._sections[name].say(remark, nothing)
        self._sections[name].show()

    def _show_words(self, text: str) -> None:
        for section in self._sections.values():
            section.hide()
        self._words.show_text(text)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.came_into_view.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.left_view.emit()
