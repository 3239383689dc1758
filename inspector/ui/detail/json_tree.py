"""The tree view of a payload: keeps what is unfolded while callbacks of one shape are looked through."""

from typing import Final

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QIcon, QKeyEvent, QKeySequence, QPainter, QPalette, QPixmap, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QMenu, QStyledItemDelegate, QStyleOptionViewItem, QTreeView, QWidget

from inspector.ui.detail.json_tree_model import NAME, QUIET_ROLE, SEVERITY_ROLE, VALUE, JsonTreeModel
from inspector.ui.status_badge import paint_severity
from inspector.ui.theme import Appearance, monospace

_MARK: Final = 13
_MOST_UNFOLDED: Final = 500


class JsonTree(QTreeView):
    """Names and values, foldable. Ctrl+C copies the value of the chosen line."""

    copied = Signal(str)

    def __init__(self, model: JsonTreeModel, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._unfolded: set[str] = set()
        self._restoring = False
        self.setModel(model)
        self.setItemDelegate(_ValueDelegate(appearance, self))
        self.setAccessibleName("Payload as a tree")
        self.setFont(monospace(0.5))
        self.setUniformRowHeights(True)
        self.setAlternatingRowColors(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setIndentation(16)
        self.setHeaderHidden(True)
        self.header().setStretchLastSection(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._on_context_menu_requested)
        self.expanded.connect(self._on_expanded)
        self.collapsed.connect(self._on_collapsed)
        model.modelReset.connect(self._on_model_reset)

    def forget(self) -> None:
        """Another message: what was unfolded is no longer of interest."""
        self._unfolded.clear()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self._copy_value()
        elif event.key() == Qt.Key.Key_Asterisk:
            # Qt would unfold everything below, however much that is.
            self._unfold_all()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_names()

    def _on_expanded(self, index: QModelIndex) -> None:
        if not self._restoring:
            self._unfolded.add(self._model.path(index))
            self._fit_names()

    def _on_collapsed(self, index: QModelIndex) -> None:
        if not self._restoring:
            self._unfolded.discard(self._model.path(index))

    def _on_model_reset(self) -> None:
        scrolled = self.verticalScrollBar().value()
        self._restoring = True
        try:
            waiting = [QModelIndex()]
            while waiting:
                waiting += self._unfold_known(waiting.pop())
        finally:
            self._restoring = False
        self._fit_names()
        self.verticalScrollBar().setValue(scrolled)

    def _unfold_known(self, parent: QModelIndex) -> list[QModelIndex]:
        if not self._unfolded:
            return []
        rows = range(self._model.rowCount(parent))
        indexes = [self._model.index(row, NAME, parent) for row in rows]
        known = [index for index in indexes if self._model.path(index) in self._unfolded]
        for index in known:
            self.expand(index)
        return known

    def _unfold_all(self) -> None:
        waiting = [self.currentIndex().siblingAtColumn(NAME)]
        inside: list[QModelIndex] = []
        while waiting and len(inside) < _MOST_UNFOLDED:
            index = waiting.pop()
            if index.isValid() and self._model.hasChildren(index):
                inside.append(index)
                waiting += [self._model.index(row, NAME, index) for row in range(self._model.rowCount(index))]
        self._restoring = True
        try:
            # From the inside out, so that only the last step has anything to lay out.
            for index in reversed(inside):
                self.expand(index)
                self._unfolded.add(self._model.path(index))
        finally:
            self._restoring = False
        self._fit_names()

    def _fit_names(self) -> None:
        widest = max(self.sizeHintForColumn(NAME) + 8, 90)
        self.setColumnWidth(NAME, min(widest, max(90, int(self.viewport().width() * 0.45))))

    def _on_context_menu_requested(self, position: QPoint) -> None:
        index = self.indexAt(position)
        if not index.isValid():
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Copy value", self._copy_value)
        menu.addAction("Copy path", self._copy_path)
        menu.popup(self.viewport().mapToGlobal(position))

    def _copy_value(self) -> None:
        self._copy("Value", self._model.clipboard_text(self.currentIndex()) if self.currentIndex().isValid() else "")

    def _copy_path(self) -> None:
        path = self._model.path(self.currentIndex()) if self.currentIndex().isValid() else ""
        self._copy("Path", path.partition("#")[0])

    def _copy(self, what: str, text: str) -> None:
        if text:
            QGuiApplication.clipboard().setText(text)
            self.copied.emit(what)


class _ValueDelegate(QStyledItemDelegate):
    """Names muted, values plain, problems with their mark and colour."""

    def __init__(self, appearance: Appearance, parent: QObject) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._icons: dict[tuple[str, float], QIcon] = {}
        appearance.changed.connect(self._icons.clear)

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        super().initStyleOption(option, index)
        colors = self._appearance.colors
        severity = index.data(SEVERITY_ROLE)
        color = colors.text
        if index.column() == NAME or index.data(QUIET_ROLE):
            color = colors.muted
        if severity in colors.severity and index.column() == VALUE:
            color = colors.severity[severity].foreground
            option.features |= QStyleOptionViewItem.ViewItemFeature.HasDecoration
            option.icon = self._icon(severity, option)
            option.decorationSize = QSize(_MARK, _MARK)
        option.palette.setColor(QPalette.ColorRole.Text, color)
        option.palette.setColor(QPalette.ColorRole.HighlightedText, color)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        size = super().sizeHint(option, index)
        return QSize(size.width(), size.height() + 4)

    def _icon(self, severity: str, option: QStyleOptionViewItem) -> QIcon:
        ratio = option.widget.devicePixelRatioF()
        icon = self._icons.get((severity, ratio))
        if icon is None:
            pixmap = QPixmap(round(_MARK * ratio), round(_MARK * ratio))
            pixmap.setDevicePixelRatio(ratio)
            pixmap.fill(Qt.GlobalColor.transparent)
            painter = QPainter(pixmap)
            paint_severity(painter, QRectF(0.5, 0.5, _MARK - 1, _MARK - 1), severity, self._appearance.colors)
            painter.end()
            icon = self._icons[severity, ratio] = QIcon(pixmap)
        return icon
