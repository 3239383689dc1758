"""The actions of the window: their words, their keys, their places in the menus."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from inspector.ui.theme import Scheme


@dataclass(frozen=True, slots=True)
class Entry:
    """One action: its name in code, its words, its keys in Qt's portable form ("" for none)."""

    name: str
    text: str
    keys: str = ""


SEPARATOR = Entry("", "")

FILE = (
    Entry("new_session", "&New session", "Ctrl+N"),
    Entry("open", "&Open…", "Ctrl+O"),
    SEPARATOR,
    Entry("export_all", "&Export…", "Ctrl+E"),
    Entry("export_filtered", "Export what the filter &shows…", "Ctrl+Shift+E"),
    Entry("export_selected", "Export the se&lected…"),
    SEPARATOR,
    Entry("quit", "&Quit", "Ctrl+Q"),
)
EDIT = (
    Entry("copy_rows", "&Copy rows", "Ctrl+C"),
    Entry("copy_id", "Copy message &id", "Ctrl+Shift+C"),
    Entry("select_all", "Select &all", "Ctrl+A"),
    SEPARATOR,
    Entry("find", "&Filter", "Ctrl+F"),
    Entry("filter_like", "Filter &like this", "Ctrl+L"),
    Entry("clear_filter", "Clear the filter", "Ctrl+Backspace"),
    SEPARATOR,
    Entry("preferences", "&Preferences…", "Ctrl+,"),
)
VIEW = (
    Entry("view_messages", "&Messages", "Ctrl+1"),
    Entry("view_callbacks", "&Callbacks", "Ctrl+2"),
    SEPARATOR,
    Entry("follow", "&Follow the newest", "Ctrl+End"),
    Entry("toggle_details", "Show the &side pane", "F9"),
)
CAPTURE = (
    Entry("toggle_listening", "&Start listening", "F5"),
    Entry("change_address", "Change &address…"),
    Entry("copy_address", "Copy the address", "Ctrl+Shift+A"),
    SEPARATOR,
    Entry("send_sample", "Send a sa&mple", "Ctrl+T"),
    Entry("clear", "&Clear the session…", "Ctrl+Shift+Del"),
)
HELP = (
    Entry("shortcuts", "&Keyboard shortcuts", "Ctrl+/"),
    Entry("filter_help", "What can be &filtered"),
    Entry("about", "&About Callback Inspector"),
)

_TABLE_KEYS = (
    ("Arrows, PgUp, PgDn", "Move through the rows; a move up stops following"),
    ("End", "Go to the newest row and follow it"),
    ("Shift with arrows", "Extend the selection"),
    ("Esc", "Clear the selection; in the filter, clear the filter"),
    ("Enter in the filter", "Go to the rows"),
    ("Tab in the filter", "Take the first completion"),
    ("Tab, Shift+Tab", "Go to the next or the last control"),
    ("Menu key, Shift+F10", "Context menu of the row"),
)


class Menus:
    """The menu bar. `actions` holds every action by its name."""

    def __init__(self, window: QMainWindow, slots: dict[str, Callable[[], object]]) -> None:
        self.actions: dict[str, QAction] = {}
        self._entries: list[Entry] = []
        self._slots = slots
        bar = window.menuBar()
        self.file = self._menu(window, "&File", FILE)
        self.edit = self._menu(window, "&Edit", EDIT)
        self._view = self._menu(window, "&View", VIEW)
        self._menu(window, "&Capture", CAPTURE)
        self.tools = self._menu(window, "&Tools", ())
        self.tools.menuAction().setVisible(False)  # until there is one
        self.help = self._menu(window, "&Help", HELP)
        self.recent = QMenu("&Recent sessions", bar)
        self.file.insertMenu(self.actions["export_all"], self.recent)
        self.file.insertSeparator(self.actions["export_all"])
        self.schemes = QActionGroup(window)
        appearance = self._view.addMenu("&Appearance")
        for scheme, text in ((Scheme.SYSTEM, "Like the &system"), (Scheme.LIGHT, "&Light"), (Scheme.DARK, "&Dark")):
            action = appearance.addAction(text)
            action.setCheckable(True)
            action.setData(scheme.value)
            self.schemes.addAction(action)
        self.actions["toggle_details"].setCheckable(True)
        self.actions["toggle_details"].setChecked(True)

    def _menu(self, window: QMainWindow, title: str, entries: Sequence[Entry]) -> QMenu:
        menu = window.menuBar().addMenu(title)
        for entry in entries:
            if entry is SEPARATOR:
                menu.addSeparator()
            else:
                self._add(menu, entry, self._slots[entry.name])
        return menu

    def _add(self, menu: QMenu, entry: Entry, slot: Callable[[], object]) -> QAction:
        action = menu.addAction(entry.text)
        action.setObjectName(entry.name)
        if entry.keys:
            action.setShortcut(QKeySequence(entry.keys))
        action.triggered.connect(lambda *_: slot())
        self.actions[entry.name] = action
        self._entries.append(entry)
        return action

    def add_tool(self, entry: Entry, slot: Callable[[], object]) -> QAction:
        """An entry of the Tools menu."""
        self.tools.menuAction().setVisible(True)
        return self._add(self.tools, entry, slot)

    def add_tool_menu(self, title: str, entries: Sequence[tuple[Entry, Callable[[], object]]]) -> QMenu:
        """A menu in the Tools menu."""
        self.tools.menuAction().setVisible(True)
        menu = self.tools.addMenu(title)
        for entry, slot in entries:
            self._add(menu, entry, slot)
        return menu

    def add_tool_group(self) -> None:
        """Set what follows in the Tools menu apart."""
        self.tools.addSeparator()

    def add_copy(self, entry: Entry, slot: Callable[[], object]) -> QAction:
        """A way to copy, in the Edit menu."""
        action = self._add(self.edit, entry, slot)
        self.edit.insertAction(self.actions["select_all"], action)
        return action

    def add_help(self, entry: Entry, slot: Callable[[], object]) -> QAction:
        """An entry of the Help menu, above the one about the program."""
        action = self._add(self.help, entry, slot)
        self.help.insertAction(self.actions["about"], action)
        return action

    def shortcuts(self) -> list[tuple[str, str]]:
        """Every key and what it does, for the list of shortcuts."""
        native = QKeySequence.SequenceFormat.NativeText
        keys = [
            (QKeySequence(entry.keys).toString(native), entry.text.replace("&", ""))
            for entry in self._entries
            if entry.keys
        ]
        return [*keys, *_TABLE_KEYS]

    def show_recent(self, paths: Sequence[str], opened: Callable[[Path], None]) -> None:
        """The sessions that were open last."""
        self.recent.clear()
        for path in paths:
            action = self.recent.addAction(Path(path).name.replace("&", "&&"))
            action.setToolTip(path)
            action.triggered.connect(lambda *_, path=path: opened(Path(path)))
        self.recent.setEnabled(bool(paths))
