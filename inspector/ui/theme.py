"""Dark and light: one set of colours each, applied as Fusion's palette so that every platform looks alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from inspector.runtime.resources import resource_path


class Scheme(StrEnum):
    """Which colours to use; `system` follows the desktop and changes with it."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class Tint:
    """A text or icon colour and the soft background that goes with it (contrast 4.5:1 or more)."""

    foreground: QColor
    background: QColor


@dataclass(frozen=True, slots=True)
class Colors:
    """The colours of one scheme. `status` is keyed by the status word, `severity` by the severity word."""

    dark: bool
    window: QColor
    base: QColor
    alternate: QColor
    raised: QColor
    text: QColor
    muted: QColor
    border: QColor
    accent: QColor
    selection: QColor
    status: Mapping[str, Tint]
    severity: Mapping[str, Tint]

    def status_tint(self, status: str | None) -> Tint:
        return self.status.get(status or "", self.status["none"])


def _tints(**pairs: tuple[str, str]) -> dict[str, Tint]:
    return {name: Tint(QColor(front), QColor(back)) for name, (front, back) in pairs.items()}


LIGHT: Final = Colors(
    dark=False,
    window=QColor("#f3f4f6"),
    base=QColor("#ffffff"),
    alternate=QColor("#f9fafb"),
    raised=QColor("#ffffff"),
    text=QColor("#111827"),
    muted=QColor("#5b6472"),
    border=QColor("#d9dde3"),
    accent=QColor("#1d5fd6"),
    selection=QColor("#d6e4fd"),
    status=_tints(
        queued=("#4b5563", "#e8eaed"),
        initiated=("#4338ca", "#e5e6fc"),
        sent=("#1d4ed8", "#dbe8fe"),
        delivered=("#146c34", "#d8f5e1"),
        read=("#0f6a70", "#cff3f3"),
        undelivered=("#9a4708", "#fdebd3"),
        failed=("#b01818", "#fde0e0"),
        none=("#5b6472", "#eceef1"),
    ),
    severity=_tints(info=("#1d5fd6", "#dbe8fe"), warning=("#92560a", "#fdf0d0"), error=("#b01818", "#fde0e0")),
)

DARK: Final = Colors(
    dark=True,
    window=QColor("#15171c"),
    base=QColor("#1b1e25"),
    alternate=QColor("#1f232b"),
    raised=QColor("#232833"),
    text=QColor("#e7e9ee"),
    muted=QColor("#9ba4b3"),
    border=QColor("#333946"),
    accent=QColor("#6ea0ff"),
    selection=QColor("#2a3f66"),
    status=_tints(
        queued=("#c3c9d3", "#343a46"),
        initiated=("#b3b8ff", "#302f5c"),
        sent=("#9cc3ff", "#1f3a66"),
        delivered=("#86e3a8", "#173f29"),
        read=("#7fe0e0", "#123f44"),
        undelivered=("#ffc286", "#4d3113"),
        failed=("#ffa3a3", "#552024"),
        none=("#9ba4b3", "#2b303a"),
    ),
    severity=_tints(info=("#9cc3ff", "#1f3a66"), warning=("#ffd27f", "#463712"), error=("#ffa3a3", "#552024")),
)


class Appearance(QObject):
    """The scheme in force, for an application in Fusion. `changed` is emitted after its palette was set anew."""

    changed = Signal()

    def __init__(self, application: QApplication, scheme: Scheme = Scheme.SYSTEM) -> None:
        super().__init__(application)
        self._application = application
        self._scheme = scheme
        self.colors = LIGHT
        application.styleHints().colorSchemeChanged.connect(self._on_system_scheme_changed)
        self._apply()

    @property
    def scheme(self) -> Scheme:
        return self._scheme

    def use(self, scheme: Scheme) -> None:
        """Switch to `scheme` now."""
        if scheme is not self._scheme:
            self._scheme = scheme
            self._apply()

    def _on_system_scheme_changed(self) -> None:
        if self._scheme is Scheme.SYSTEM:
            self._apply()

    def _apply(self) -> None:
        system_is_dark = self._application.styleHints().colorScheme() is Qt.ColorScheme.Dark
        dark = self._scheme is Scheme.DARK or (self._scheme is Scheme.SYSTEM and system_is_dark)
        self.colors = DARK if dark else LIGHT
        self._application.setPalette(palette(self.colors))
        self._application.setStyleSheet(style_sheet(self.colors))
        self.changed.emit()


def palette(colors: Colors) -> QPalette:
    """Fusion's palette in these colours."""
    result = QPalette()
    roles = {
        QPalette.ColorRole.Window: colors.window,
        QPalette.ColorRole.WindowText: colors.text,
        QPalette.ColorRole.Base: colors.base,
        QPalette.ColorRole.AlternateBase: colors.alternate,
        QPalette.ColorRole.Text: colors.text,
        QPalette.ColorRole.Button: colors.raised,
        QPalette.ColorRole.ButtonText: colors.text,
        QPalette.ColorRole.BrightText: colors.severity["error"].foreground,
        QPalette.ColorRole.Highlight: colors.selection,
        QPalette.ColorRole.HighlightedText: colors.text,
        QPalette.ColorRole.Link: colors.accent,
        QPalette.ColorRole.LinkVisited: colors.accent,
        QPalette.ColorRole.Accent: colors.accent,
        QPalette.ColorRole.ToolTipBase: colors.raised,
        QPalette.ColorRole.ToolTipText: colors.text,
        QPalette.ColorRole.PlaceholderText: colors.muted,
        QPalette.ColorRole.Mid: colors.border,
        QPalette.ColorRole.Midlight: colors.border,
        QPalette.ColorRole.Light: colors.raised,
        QPalette.ColorRole.Dark: colors.border,
    }
    for role, color in roles.items():
        result.setColor(role, color)
    for role in (
        QPalette.ColorRole.WindowText,
        QPalette.ColorRole.Text,
        QPalette.ColorRole.ButtonText,
        QPalette.ColorRole.PlaceholderText,
    ):
        faded = QColor(colors.muted)
        faded.setAlpha(150)
        result.setColor(QPalette.ColorGroup.Disabled, role, faded)
    return result


def style_sheet(colors: Colors) -> str:
    """The few things that a palette cannot say."""
    border, base, accent = colors.border.name(), colors.base.name(), colors.accent.name()
    tick, filled = resource_path("check.png").as_posix(), LIGHT.accent.name()  # the white tick needs the dark blue
    return f"""
    QToolTip {{ color: {colors.text.name()}; background: {colors.raised.name()}; border: 1px solid {border}; }}
    QTableView, QTreeView, QPlainTextEdit, QListView {{ border: 1px solid {border}; background: {base}; }}
    QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
    QComboBox, QAbstractSpinBox {{ min-height: 22px; }}
    QHeaderView::section {{ background: {colors.window.name()}; color: {colors.muted.name()}; border: none;
        border-bottom: 1px solid {border}; padding: 5px 8px; }}
    QLineEdit {{ border: 1px solid {border}; border-radius: 6px; padding: 5px 8px; background: {base}; }}
    QPlainTextEdit[readOnly="false"] {{ border-radius: 6px; }}
    QLineEdit:focus, QPlainTextEdit:focus {{ border: 1px solid {accent}; }}
    QLineEdit:disabled {{ background: {colors.window.name()}; }}
    QLineEdit[invalid="true"] {{ border: 1px solid {colors.severity["error"].foreground.name()};
        background: {colors.severity["error"].background.name()}; }}
    QTableWidget::item {{ padding: 0 5px; }}
    QListView#completions::item {{ padding: 4px 7px; color: {colors.text.name()}; }}
    QListView#completions::item:selected {{ background: {colors.selection.name()}; }}
    QSplitter::handle {{ background: {colors.window.name()}; }}
    QTabBar::tab {{ padding: 6px 12px; border: none; border-bottom: 2px solid transparent;
        color: {colors.muted.name()}; background: transparent; }}
    QTabBar#side_tabs::tab {{ padding: 6px 6px; }}
    QTabBar::tab:selected {{ color: {colors.text.name()}; border-bottom: 2px solid {accent}; }}
    QTabBar::tab:hover {{ color: {colors.text.name()}; }}
    QTabBar:focus::tab:selected {{ color: {accent}; }}
    QTabWidget::pane {{ border: none; }}
    QAbstractScrollArea::corner {{ background: {colors.window.name()}; border: none; }}
    QScrollBar {{ background: {colors.window.name()}; border: none; }}
    QScrollBar:vertical {{ width: 11px; }}
    QScrollBar:horizontal {{ height: 11px; }}
    QScrollBar::handle {{ background: {colors.border.name()}; border-radius: 4px; margin: 1px; }}
    QScrollBar::handle:vertical {{ min-height: 28px; }}
    QScrollBar::handle:horizontal {{ min-width: 28px; }}
    QScrollBar::handle:hover {{ background: {colors.muted.name()}; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    QCheckBox::indicator {{ width: 13px; height: 13px; border-radius: 3px;
        border: 1px solid {colors.muted.name()}; background: {base}; }}
    QCheckBox::indicator:checked {{ background: {filled}; border-color: {filled}; image: url("{tick}"); }}
    QCheckBox::indicator:focus {{ border: 1px solid {accent}; }}
    QStatusBar::item {{ border: none; }}
    """


def monospace(points_less: float = 0) -> QFont:
    """The desktop's fixed-width font in the size of the interface."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    size = QApplication.font().pointSizeF()
    if size > 0:
        font.setPointSizeF(size - points_less)
    return font
