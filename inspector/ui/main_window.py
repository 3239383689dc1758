"""The window: puts the panels together and connects them to each other and to the program around."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent, QGuiApplication, QIcon
from PySide6.QtWidgets import QMainWindow, QSplitter, QWidget

from inspector.callbacks.error_codes import ErrorCatalogue
from inspector.runtime.tasks import TaskScope
from inspector.session.records import Summary
from inspector.settings import Settings
from inspector.ui.chooser import Chooser
from inspector.ui.commands import Commands
from inspector.ui.detail.pane import DetailPane
from inspector.ui.detail_feed import DetailFeed
from inspector.ui.menus import Entry, Menus
from inspector.ui.message_table_model import Clock
from inspector.ui.session_panel import CALLBACKS, MESSAGES, SessionPanel
from inspector.ui.side_pane import SidePane
from inspector.ui.status_line import StatusLine
from inspector.ui.texts import one_line
from inspector.ui.theme import Appearance, Scheme
from inspector.ui.window_dialogs import WindowDialogs
from inspector.ui.window_shape import WindowShape

if TYPE_CHECKING:
    from inspector.session.retention import Trimmed

_FRAME: Final = QSize(16, 48)
"""What a window manager may add around the window, with some to spare."""


class MainWindow(QMainWindow):
    """The one window. What it cannot do itself it asks of `commands`."""

    error_shown = Signal(str)
    """An error that nobody expected, in one line."""

    address: tuple[str, int]
    """Where is listened, or will be: what the command line or the settings say. The program keeps it true."""

    def __init__(
        self,
        appearance: Appearance,
        settings: Settings,
        commands: Commands,
        catalogue: ErrorCatalogue,
        tasks: TaskScope,
        icon: QIcon,
    ) -> None:
        super().__init__()
        self._appearance = appearance
        self._settings = settings
        self._commands = commands
        self._tasks = tasks
        self._path: Path | None = None
        self._live = False
        self._url: str | None = None
        self.address = (settings.host, settings.port)
        self.setWindowIcon(icon)
        self.setAcceptDrops(True)
        self.panel = SessionPanel(appearance, tasks, self)
        self.detail = DetailPane(appearance, catalogue, commands.open_address, self)
        self.status = StatusLine(appearance, self)
        self.setStatusBar(self.status)
        self.dialogs = WindowDialogs(self, commands, settings, tasks)
        self._chooser = Chooser(self, self.panel, self.status, settings)
        self._feed = DetailFeed(self.panel, self.detail)
        self._shape = WindowShape(self, self._lay_out(), self.detail, self.panel)
        self.menus = Menus(self, self._slots())
        self._connect()
        self._restore()
        self._show_title()

    def _lay_out(self) -> QSplitter:
        self.side = SidePane(self.detail, self)
        splitter = QSplitter(Qt.Orientation.Horizontal, self)
        splitter.setHandleWidth(5)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.panel)
        splitter.addWidget(self.side)
        splitter.setStretchFactor(0, 3)
        splitter.setStretchFactor(1, 2)
        splitter.setSizes([860, 420])
        self.setCentralWidget(splitter)
        room = self.screen().availableSize() - _FRAME
        self.resize(QSize(1280, 800).boundedTo(room))
        self.setMinimumSize(760, 480)
        return splitter

    def _slots(self) -> dict[str, Callable[[], object]]:
        panel = self.panel
        return {
            "new_session": self._commands.new_session,
            "open": lambda: self._spawn(self._open(), "open a session"),
            "export_all": lambda: self._spawn(self._chooser.export_all(), "export"),
            "export_filtered": lambda: self._spawn(self._chooser.export_filtered(), "export"),
            "export_selected": lambda: self._spawn(self._chooser.export_selected(), "export"),
            "quit": self._commands.quit,
            "copy_rows": self._chooser.copy_rows,
            "copy_id": self._chooser.copy_id,
            "select_all": panel.select_all,
            "find": self._focus_filter,
            "filter_like": self._chooser.filter_like,
            "clear_filter": lambda: panel.filter.set_filter(""),
            "preferences": self.dialogs.prefer,
            "view_messages": lambda: panel.show_view(MESSAGES),
            "view_callbacks": lambda: panel.show_view(CALLBACKS),
            "follow": panel.follow,
            "toggle_details": self._toggle_details,
            "toggle_listening": self._toggle_listening,
            "change_address": lambda: self.ask_for_address(""),
            "copy_address": self._copy_address,
            "send_sample": self._commands.send_sample,
            "clear": self._clear,
            "shortcuts": lambda: self.dialogs.show_shortcuts(self.menus.shortcuts()),
            "filter_help": lambda: self.dialogs.show_filter_help(self._chooser.filter_rows()),
            "about": self.dialogs.show_about,
        }

    def _connect(self) -> None:
        panel, status = self.panel, self.status
        panel.empty.sample_wished.connect(self._commands.send_sample)
        panel.empty.start_wished.connect(self._commands.start_listening)
        panel.empty.copied.connect(lambda what: status.show_note(f"{what} copied."))
        panel.filter.help_wished.connect(self.menus.actions["filter_help"].trigger)
        panel.rows.counted.connect(lambda summary, _: self._on_counted(summary))
        panel.rows.unreadable.connect(lambda text: self.tell("This session is damaged", text))
        self.detail.filter_wished.connect(panel.filter.set_filter)
        self.detail.copied.connect(lambda what: status.show_note(f"{what} copied."))
        status.toggle_wished.connect(self._toggle_listening)
        status.address_wished.connect(lambda: self.ask_for_address(""))
        self.menus.schemes.triggered.connect(self._on_scheme)
        actions = self.menus.actions
        common = [actions["copy_rows"], actions["export_selected"]]
        self._row_actions = {
            MESSAGES: [actions["filter_like"], self._set_apart(), actions["copy_id"], *common],
            CALLBACKS: [actions["copy_id"], *common],
        }
        panel.set_context_actions(self._row_actions[MESSAGES], self._row_actions[CALLBACKS])

    # -- what the workbench adds --------------------------------------------------------------

    @property
    def appearance(self) -> Appearance:
        """The colours that pages are to have."""
        return self._appearance

    def add_tool(self, entry: Entry, slot: Callable[[], object]) -> QAction:
        """An entry of the Tools menu."""
        return self.menus.add_tool(entry, slot)

    def add_row_actions(self, actions: Sequence[QAction], *, apart: bool = True) -> None:
        """Offer actions in the context menus of the rows, below those that are there; `apart`: after a line."""
        for shown in self._row_actions.values():
            shown += [self._set_apart(), *actions] if apart else actions

    def _set_apart(self) -> QAction:
        """A line between two groups of a menu."""
        line = QAction(self)
        line.setSeparator(True)
        return line

    def add_page(self, title: str, make: Callable[[], QWidget], entry: Entry) -> None:
        """A page beside the details, made when it is looked at first; `entry` of the Tools menu leads to it."""
        number = self.side.add_page(title, make)

        def show() -> None:
            self.menus.actions["toggle_details"].setChecked(True)
            self.side.show()
            self.side.show_page(number)

        self.add_tool(entry, show)

    # -- what the program around tells --------------------------------------------------------

    def show_session(self, path: Path, *, live: bool, polled: bool) -> None:
        """Show a session. `live`: it is being captured into; `polled`: by another process.

        Raises SessionError when it cannot be read; what was shown before then stays.
        """
        self._live = live or polled
        self.panel.rows.attach(path, clock=self._clock(), polled=polled)
        self._path = path
        self._feed.clear()
        self.panel.filter.set_filter(self.panel.filter.edit.text())
        self._settings.remember(path)
        self._show_recent()
        self._show_title()

    async def close_session(self) -> None:
        """Let go of the file; done when it is given back."""
        self.panel.rows.detach()
        self._feed.clear()
        await self.panel.rows.released()

    def open_session(self, path: Path) -> None:
        """As if the user had chosen this file."""
        self._commands.open_session(path)

    def session_changed(self) -> None:
        """Callbacks were committed."""
        self.panel.rows.notice()

    def session_cleared(self) -> None:
        """Every callback and message was deleted."""
        self.panel.rows.flush()
        self._feed.clear()

    def replies_changed(self, seqs: Sequence[int]) -> None:
        """What these callbacks were answered, here or by the developer's own application, changed."""
        self.panel.callbacks_model.refresh(seqs)
        self._feed.refresh(seqs)

    def session_trimmed(self, trimmed: "Trimmed") -> None:
        """The retention took callbacks out."""
        self.panel.rows.trimmed(trimmed.messages, trimmed.callbacks, trimmed.shortened)

    def show_listening(self, url: str | None, text: str) -> None:
        """The address listened at, or None; and the state in words."""
        self._url = url
        self._live = self._live or url is not None
        self.panel.rows.set_clock(self._clock())
        self.status.show_state(url, text)
        self.panel.show_listening(url, "" if text == "Not listening" else text, finished=not self._live)
        self.menus.actions["toggle_listening"].setText("&Stop listening" if url else "&Start listening")
        self.menus.actions["copy_address"].setEnabled(url is not None)

    def show_public(self, url: str | None) -> None:
        """Where SignalWire reaches the address listened at, or None."""
        self.status.show_public(url)
        self.panel.show_public(url)

    def show_note(self, text: str) -> None:
        self.status.show_note(text)

    def show_error(self, text: str) -> None:
        """An error that nobody expected; it is in the log, and the capture goes on."""
        self.error_shown.emit(text)
        self.status.show_note(f"An unexpected error was logged: {text}")

    def tell(self, title: str, text: str) -> None:
        """Something the user must know before going on."""
        self.dialogs.tell(title, text)

    def ask_for_address(self, reason: str) -> None:
        """Let the user choose another address; `reason` says why, or is empty."""
        self.dialogs.change_address(self.address, reason)

    def settings_applied(self) -> None:
        """The preferences changed."""
        self._appearance.use(Scheme(self._settings.scheme))
        self.panel.set_stalled_after(self._clock().stalled_after)
        self.panel.rows.set_clock(self._clock())
        self._show_scheme()

    async def complete(self) -> None:
        """Make what nobody saw so far, in pieces between which the loop turns."""
        import inspector.ui.detail.view  # noqa: F401 - two pieces: what it is written in, and what it is made of

        await asyncio.sleep(0)
        self.detail.make_view()

    def remember(self) -> None:
        """Put sizes, columns and places into the settings."""
        self._shape.remember(self._settings)

    # -- Qt -----------------------------------------------------------------------------------

    def closeEvent(self, event: QCloseEvent) -> None:
        # The program ends in one place and in order; it hides the window itself.
        event.ignore()
        self._commands.quit()

    def focusNextPrevChild(self, forward: bool) -> bool:
        # Asked of the window at every Tab. Pages, and what is in them, are made at any time and would come last.
        self.status.be_last_of(self)
        return super().focusNextPrevChild(forward)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        files = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if files:
            event.acceptProposedAction()
            self._commands.open_session(Path(files[0]))

    # -- slots --------------------------------------------------------------------------------

    def _spawn(self, work: Coroutine[Any, Any, None], name: str) -> None:
        self._tasks.spawn(work, name=name)

    def _clock(self) -> Clock:
        return Clock(live=self._live, stalled_after=int(self._settings.stalled_minutes * 60_000_000))

    def _on_counted(self, summary: Summary) -> None:
        self.status.show_counts(summary)
        self.menus.actions["export_all"].setEnabled(summary.callbacks > 0)

    def _toggle_listening(self) -> None:
        if self._url is None:
            self._commands.start_listening()
        else:
            self._commands.stop_listening()

    def _toggle_details(self) -> None:
        self.side.setVisible(self.menus.actions["toggle_details"].isChecked())

    def _focus_filter(self) -> None:
        self.panel.filter.edit.setFocus()
        self.panel.filter.edit.selectAll()

    def _copy_address(self) -> None:
        if self._url is not None:
            QGuiApplication.clipboard().setText(self._url)
            self.status.show_note("Address copied.")

    def _on_scheme(self, action: QAction) -> None:
        self._settings.scheme = action.data()
        self._commands.settings_changed()

    async def _open(self) -> None:
        path = await self._chooser.choose_session(self._path)
        if path is not None:
            self._commands.open_session(path)

    def _clear(self) -> None:
        if self._path is not None:
            self.dialogs.clear(self._path)

    # -- remembered and shown -----------------------------------------------------------------

    def _restore(self) -> None:
        self._shape.restore(self._settings)
        self.panel.set_stalled_after(self._clock().stalled_after)
        self._show_recent()
        self._show_scheme()

    def _show_recent(self) -> None:
        self.menus.show_recent(self._settings.recent, self._commands.open_session)

    def _show_scheme(self) -> None:
        for action in self.menus.schemes.actions():
            action.setChecked(action.data() == self._settings.scheme)

    def _show_title(self) -> None:
        name = "" if self._path is None else f"{one_line(self._path.stem, 80)} — "
        self.setWindowTitle(f"{name}Callback Inspector")
