"""The page of the public address: the address, the tunnels that can make one, and one's own."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QPushButton, QScrollArea, QVBoxLayout, QWidget

from inspector.ui.detail.labels import LinkButton, PlainLabel, WrappedLabel, muted_color
from inspector.ui.theme import Appearance, Colors, monospace
from inspector.ui.workbench.program_list import ProgramList
from inspector.ui.workbench.public_card import PublicCard
from inspector.ui.workbench.secret_path_box import SecretPathBox
from inspector.ui.workbench.tunnel_views import ProgramView, PublicView

_WARNING = "Anyone who learns a public address can send to it. What they send is shown; nothing can be read from it."
_OWN = (
    "A proxy or tunnel of yours that leads to the address listened at; with its path, if it leads there from one path "
    "only. A running tunnel takes precedence."
)


class AddressPage(QScrollArea):
    """`start_wished` names the program; `own_address_wished` has what was typed, "" to have none."""

    start_wished = Signal(str)
    stop_wished = Signal()
    restart_wished = Signal()
    own_address_wished = Signal(str)
    look_again_wished = Signal()
    copied = Signal(str)

    def __init__(
        self,
        appearance: Appearance,
        programs: Sequence[ProgramView],
        system: str,
        own: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._own_in_use = own
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.card = PublicCard(appearance, self)
        self.look_again = LinkButton("Look again", self)
        self.look_again.setAccessibleName("Look again which tunnel programs are installed")
        self.programs = ProgramList(appearance, programs, system, self)
        self._listening = WrappedLabel(appearance, color=_warning_color, parent=self)
        self.own = QLineEdit(own, self)
        self.own.setPlaceholderText("https://callbacks.example.com")
        self.own.setFont(monospace())
        self.own.setAccessibleName("My own public address")
        self.use_own = QPushButton("Use", self)
        self.use_own.setAutoDefault(False)
        self.use_own.setAccessibleName("Use my own public address")
        self._own_problem = WrappedLabel(appearance, color=_error_color, parent=self)
        self.secret = SecretPathBox(appearance, self)
        self._lay_out()
        self.card.stop_wished.connect(self.stop_wished)
        self.card.restart_wished.connect(self.restart_wished)
        self.card.copied.connect(self.copied)
        self.programs.start_wished.connect(self.start_wished)
        self.programs.copied.connect(self.copied)
        self.look_again.clicked.connect(self.look_again_wished)
        self.own.returnPressed.connect(lambda: self.own_address_wished.emit(self.own.text().strip()))
        self.own.textEdited.connect(self._on_edited)
        self.use_own.clicked.connect(self._on_use)
        self.show_own(own)

    def _lay_out(self) -> None:
        body = QWidget(self)
        body.setObjectName("address")
        column = QVBoxLayout(body)
        column.setContentsMargins(14, 8, 14, 12)
        column.setSpacing(8)
        column.addWidget(PlainLabel(self._appearance, "Public address", points=1, bold=True, parent=body))
        column.addWidget(self.card)
        column.addWidget(WrappedLabel(self._appearance, _WARNING, color=_warning_color, parent=body))
        column.addSpacing(8)
        heading = QHBoxLayout()
        heading.addWidget(PlainLabel(self._appearance, "Tunnels", bold=True, parent=body))
        heading.addStretch(1)
        heading.addWidget(self.look_again)
        column.addLayout(heading)
        column.addWidget(self._listening)
        column.addWidget(self.programs)
        column.addSpacing(8)
        column.addWidget(PlainLabel(self._appearance, "My own public address", bold=True, parent=body))
        column.addWidget(WrappedLabel(self._appearance, _OWN, color=muted_color, parent=body))
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.own, 1)
        row.addWidget(self.use_own)
        column.addLayout(row)
        column.addWidget(self._own_problem)
        column.addSpacing(8)
        column.addWidget(self.secret)
        column.addStretch(1)
        self.setWidget(body)
        # As everything else on the side pane, it stands on the window's own ground.
        self.viewport().setAutoFillBackground(False)
        body.setAutoFillBackground(False)

    def show_public(self, view: PublicView) -> None:
        """The address and how it is."""
        self.card.show_view(view)
        self.programs.show_running(view.program if view.at_work else "")

    def show_programs(self, views: Sequence[ProgramView], *, listening: bool) -> None:
        """Which programs are installed; without listening none can be started."""
        self.programs.show_views(views, can_start=listening)
        self._listening.show_text("" if listening else "Start listening first (F5): a tunnel leads to the listener.")

    def show_own(self, url: str) -> None:
        """The own address that is in use now, or ""."""
        self._own_in_use = url
        self.own.setText(url)
        self._own_problem.show_text("")
        self._mark(invalid=False)
        self._on_edited(url)

    def show_own_problem(self, text: str) -> None:
        """Why what was typed cannot be used."""
        self._own_problem.show_text(text)
        self._mark(invalid=True)

    def _on_edited(self, text: str) -> None:
        removes = bool(self._own_in_use) and text.strip() in ("", self._own_in_use)
        self.use_own.setText("Remove" if removes else "Use")
        self.use_own.setEnabled(removes or bool(text.strip()))
        self.use_own.setAccessibleName("Use no public address of my own" if removes else "Use my own public address")

    def _on_use(self) -> None:
        typed = self.own.text().strip()
        self.own_address_wished.emit("" if typed == self._own_in_use else typed)

    def _mark(self, *, invalid: bool) -> None:
        if bool(self.own.property("invalid")) != invalid:
            self.own.setProperty("invalid", invalid)
            self.own.style().unpolish(self.own)
            self.own.style().polish(self.own)


def _warning_color(colors: Colors) -> QColor:
    return colors.severity["warning"].foreground


def _error_color(colors: Colors) -> QColor:
    return colors.severity["error"].foreground
