"""The tunnel programs: start one, or learn how to get it."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from inspector.ui.detail.labels import Card, LinkButton, PlainLabel, WrappedLabel, muted_color
from inspector.ui.theme import Appearance, monospace
from inspector.ui.workbench.tunnel_views import ProgramView


class _Steps(QWidget):
    """How to get a program on an operating system: commands for a terminal."""

    copied = Signal(str)

    def __init__(self, appearance: Appearance, view: ProgramView, system: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._view = view
        self.systems = QComboBox(self)
        self.systems.addItems(list(view.steps))
        self.systems.setAccessibleName(f"Operating system to get {view.title} on")
        self.systems.setCurrentText(system)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 4, 0, 4)
        self._column.setSpacing(6)
        self._column.addWidget(self.systems, 0, Qt.AlignmentFlag.AlignLeft)
        self._body: QWidget | None = None
        self._controls: list[QWidget] = []
        self.systems.currentTextChanged.connect(self._show)
        self._show(system)

    def _show(self, system: str) -> None:
        if self._body is not None:
            self._body.hide()
            self._body.deleteLater()
        self._body = QWidget(self)
        self._controls = []
        rows = QVBoxLayout(self._body)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(4)
        for text, command in self._view.steps[system]:
            rows.addWidget(WrappedLabel(self._appearance, f"{text}:", color=muted_color, parent=self._body))
            rows.addLayout(self._command(command, self._body))
        self._column.addWidget(self._body)
        self._body.show()
        self.order_tabs()

    def _command(self, command: str, parent: QWidget) -> QHBoxLayout:
        edit = QLineEdit(command, parent)
        edit.setReadOnly(True)
        edit.setFont(monospace(0.5))
        edit.setCursorPosition(0)
        edit.setAccessibleName(f"Command: {command}")
        copy = QPushButton("Copy", parent)
        copy.setAutoDefault(False)
        copy.setAccessibleName(f"Copy the command {command}")
        copy.clicked.connect(lambda: self._copy(command))
        self._controls += (edit, copy)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(edit, 1)
        row.addWidget(copy)
        return row

    def order_tabs(self) -> None:
        """Let the Tab key go through the commands after the choice of the system."""
        last: QWidget = self.systems
        for control in self._controls:
            QWidget.setTabOrder(last, control)
            last = control

    def _copy(self, command: str) -> None:
        QGuiApplication.clipboard().setText(command)
        self.copied.emit("Command")


class _Program(QWidget):
    """One program: title and note, and what can be done about it."""

    start_wished = Signal(str)
    copied = Signal(str)

    def __init__(self, appearance: Appearance, view: ProgramView, system: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._system = system
        self.view = view
        self._can_start = self._running = False
        self.start = QPushButton("Start", self)
        self.start.setAutoDefault(False)
        self.start.setAccessibleName(f"Start {view.title}")
        self.start.clicked.connect(lambda: self.start_wished.emit(self.view.name))
        self.how = LinkButton("How to get it", self)
        self.how.setCheckable(True)
        self.how.setAccessibleName(f"How to get {view.title}")
        self.how.toggled.connect(self._on_how)
        self._note = WrappedLabel(appearance, color=muted_color, parent=self)
        self.steps: _Steps | None = None
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(PlainLabel(appearance, view.title, bold=True, parent=self))
        words.addWidget(self._note)
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addLayout(words, 1)
        head.addWidget(self.start, 0, Qt.AlignmentFlag.AlignVCenter)
        head.addWidget(self.how, 0, Qt.AlignmentFlag.AlignVCenter)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._column.addLayout(head)
        self.show_view(view, can_start=False)

    def show_running(self, *, running: bool) -> None:
        """Whether this is the program at work."""
        self._running = running
        self.start.setText("Running" if running else "Start")
        self.start.setEnabled(self._can_start and not running)

    def show_view(self, view: ProgramView, *, can_start: bool) -> None:
        self.view = view
        self._note.show_text(view.note if view.found else f"Not installed. {view.note}")
        self.start.setVisible(view.found)
        self._can_start = can_start
        self.start.setEnabled(can_start and not self._running)
        self.how.setVisible(not view.found)
        if view.found:
            self.how.setChecked(False)

    def _on_how(self, checked: bool) -> None:
        if checked and self.steps is None:
            self.steps = _Steps(self._appearance, self.view, self._system, self)
            self.steps.copied.connect(self.copied)
            self._column.addWidget(self.steps)
            QWidget.setTabOrder(self.how, self.steps.systems)
            self.steps.order_tabs()
        if self.steps is not None:
            self.steps.setVisible(checked)


class ProgramList(Card):
    """The programs below each other."""

    start_wished = Signal(str)
    copied = Signal(str)

    def __init__(
        self, appearance: Appearance, views: Sequence[ProgramView], system: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(appearance, lambda colors: colors.base, parent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 12, 14, 12)
        layout.setSpacing(12)
        self.programs: dict[str, _Program] = {}
        for view in views:
            program = _Program(appearance, view, system, self)
            program.start_wished.connect(self.start_wished)
            program.copied.connect(self.copied)
            layout.addWidget(program)
            self.programs[view.name] = program

    def show_running(self, name: str) -> None:
        """The program at work; "" for none."""
        for program in self.programs.values():
            program.show_running(running=program.view.name == name)

    def show_views(self, views: Sequence[ProgramView], *, can_start: bool) -> None:
        """What is installed now, and whether anything may be started."""
        for view in views:
            self.programs[view.name].show_view(view, can_start=can_start)
