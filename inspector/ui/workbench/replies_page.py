"""The page of replies: what callbacks are answered, drills of faults, and forwarding."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QPushButton, QScrollArea, QVBoxLayout, QWidget

from inspector.ui.detail.labels import Card, PlainLabel, WrappedLabel, muted_color
from inspector.ui.texts import count_text
from inspector.ui.theme import Appearance, Colors
from inspector.ui.workbench.forward_panel import ForwardPanel
from inspector.ui.workbench.rule_list import RuleLine, RuleList


class RepliesPage(QScrollArea):
    """Shows what it is handed; what is wished goes out by signals, those of `rules` and `forward` among them."""

    add_wished = Signal()
    all_off_wished = Signal()
    drill_chosen = Signal(str)

    def __init__(
        self, appearance: Appearance, drills: Sequence[tuple[str, str, str]], parent: QWidget | None = None
    ) -> None:
        """`drills` are keys, titles, and what a drill shows."""
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside = QWidget()
        self.warning = _Warning(appearance, self.all_off_wished.emit, inside)
        self.drill = QPushButton("Drill…", inside)
        self.drill.setAccessibleName("Drill: answer with a fault")
        self.drill.setMenu(self._menu(drills))
        self.add = QPushButton("Add rule…", inside)
        self.add.clicked.connect(self.add_wished)
        self.rules = RuleList(appearance, inside)
        self.forward = ForwardPanel(appearance, inside)
        self._lay_out(appearance, inside)
        self.setWidget(inside)
        self.setTabOrder(self.warning.off, self.drill)

    def _menu(self, drills: Sequence[tuple[str, str, str]]) -> QMenu:
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        for key, title, expected in drills:
            action = menu.addAction(title.replace("&", "&&"))
            action.setToolTip(expected)
            action.setData(key)
        menu.triggered.connect(lambda action: self.drill_chosen.emit(action.data()))
        return menu

    def _lay_out(self, appearance: Appearance, inside: QWidget) -> None:
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(14, 12, 14, 12)
        layout.setSpacing(8)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.drill)
        buttons.addWidget(self.add)
        buttons.addStretch(1)
        about = WrappedLabel(appearance, color=muted_color, parent=inside)
        about.show_text("The first rule that fits counts. A callback is kept before anything is answered.")
        layout.addWidget(self.warning)
        layout.addSpacing(2)
        layout.addWidget(PlainLabel(appearance, "What callbacks are answered", points=1, bold=True, parent=inside))
        layout.addWidget(about)
        layout.addLayout(buttons)
        layout.addWidget(self.rules)
        layout.addSpacing(14)
        layout.addWidget(PlainLabel(appearance, "Forward to my app", points=1, bold=True, parent=inside))
        layout.addWidget(self.forward)
        layout.addStretch(1)

    def show_rules(self, lines: Sequence[RuleLine]) -> None:
        """Show the rules in their order."""
        self.rules.show_rules(lines)
        self._order_tabs()
        active = sum(line.enabled for line in lines)
        self.warning.show_text(
            f"{count_text(active, 'rule is', 'rules are')} active: callbacks may be answered otherwise than with 200."
            if active
            else ""
        )

    def _order_tabs(self) -> None:
        """Rows that were made last do not come last."""
        last: QWidget = self.add
        for control in [*(one for row in self.rules.rows for one in row.controls), self.forward.on]:
            self.setTabOrder(last, control)
            last = control


class _Warning(Card):
    """Says that rules are active, for as long as they are."""

    def __init__(self, appearance: Appearance, off: Callable[[], None], parent: QWidget) -> None:
        super().__init__(appearance, lambda colors: colors.severity["warning"].background, parent)
        self._text = WrappedLabel(appearance, color=_warning_text, bold=True, parent=self)
        self.off = QPushButton("Switch all off", self)
        self.off.clicked.connect(lambda: off())
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 8, 8, 8)
        layout.setSpacing(10)
        layout.addWidget(self._text, 1)
        layout.addWidget(self.off, 0, Qt.AlignmentFlag.AlignVCenter)
        self.hide()

    @property
    def text(self) -> str:
        return self._text.text()

    def show_text(self, text: str) -> None:
        self._text.setText(text)
        self.setVisible(bool(text))


def _warning_text(colors: Colors) -> QColor:
    return colors.severity["warning"].foreground
