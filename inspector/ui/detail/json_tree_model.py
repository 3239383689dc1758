"""The tree model of a payload: nodes come into being when their parent is unfolded."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from inspector.ui.detail.json_nodes import (
    Child,
    Group,
    Mark,
    Missing,
    children_of,
    copied_value,
    is_container,
    shown_name,
    shown_value,
)
from inspector.ui.texts import tooltip

NAME: Final = 0
VALUE: Final = 1
SEVERITY_ROLE: Final = Qt.ItemDataRole.UserRole + 1
"""The severity word of the problem that a value has, or None."""
QUIET_ROLE: Final = Qt.ItemDataRole.UserRole + 2
"""Whether a value is only a remark on what is there: a size, null, or something missing."""

_ROOT: Final = QModelIndex()
_Index = QModelIndex | QPersistentModelIndex


@dataclass(slots=True)
class _Node:
    child: Child
    parent: int
    row: int
    children: list[int] | None = None


class JsonTreeModel(QAbstractItemModel):
    """Names and values. Qt holds the number of a node, never a Python object, so nothing can dangle."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._marks: dict[str, Mark] = {}
        self._nodes = [_Node(Child("$", "$", None), -1, 0)]

    def show(self, top: Any, marks: dict[str, Mark], missing: Sequence[Child] = ()) -> None:
        """Show the members of `top`, then those that are missing."""
        self.beginResetModel()
        self._marks = marks
        self._nodes = [_Node(Child("$", "$", top), -1, 0)]
        for child in missing:
            children = self._children(0)
            children.append(len(self._nodes))
            self._nodes.append(_Node(child, 0, len(children) - 1))
        self.endResetModel()

    def index(self, row: int, column: int, parent: _Index = _ROOT) -> QModelIndex:
        if not 0 <= column <= VALUE or (parent.isValid() and parent.column() != NAME):
            return QModelIndex()
        children = self._children(self._number(parent))
        return self.createIndex(row, column, children[row]) if 0 <= row < len(children) else QModelIndex()

    def parent(self, index: _Index) -> QModelIndex:  # type: ignore[override] # QObject.parent() has the same name
        if not index.isValid():
            return QModelIndex()
        number = self._node(index).parent
        return QModelIndex() if number <= 0 else self.createIndex(self._nodes[number].row, NAME, number)

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() and parent.column() != NAME else len(self._children(self._number(parent)))

    def columnCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.column() > NAME else 2

    def hasChildren(self, parent: _Index = _ROOT) -> bool:
        if not parent.isValid():
            return bool(self._children(0))
        return parent.column() == NAME and is_container(self._node(parent).child.value)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation is Qt.Orientation.Horizontal:
            return ("Name", "Value")[section]
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        child = self._node(index).child
        mark = self._marks.get(child.path)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return shown_name(child) if index.column() == NAME else shown_value(child.value)
            case Qt.ItemDataRole.AccessibleTextRole:
                text = shown_name(child) if index.column() == NAME else shown_value(child.value)
                return f"{text}, {mark.text}" if mark is not None and index.column() == VALUE else text
            case Qt.ItemDataRole.ToolTipRole:
                return self._tooltip(child, mark)
            case _ if role == SEVERITY_ROLE:
                return None if mark is None else mark.severity
            case _ if role == QUIET_ROLE:
                value = child.value
                return value is None or isinstance(value, list | Group | Missing)
        return None

    def path(self, index: _Index) -> str:
        """The JSONPath of a node; that of a group has a `#` with its range."""
        return self._node(index).child.path

    def clipboard_text(self, index: _Index) -> str:
        try:
            return copied_value(self._node(index).child.value)
        except RecursionError:
            return shown_value(self._node(index).child.value)

    def _tooltip(self, child: Child, mark: Mark | None) -> str | None:
        if isinstance(child.value, Group):
            return None
        value = shown_value(child.value, 600)
        return tooltip(child.path, value, mark.text if mark is not None else "")

    def _number(self, index: _Index) -> int:
        return int(index.internalId()) if index.isValid() else 0

    def _node(self, index: _Index) -> _Node:
        return self._nodes[self._number(index)]

    def _children(self, number: int) -> list[int]:
        node = self._nodes[number]
        if node.children is None:
            first = len(self._nodes)
            found = children_of(node.child.path, node.child.value)
            self._nodes += [_Node(child, number, row) for row, child in enumerate(found)]
            node.children = list(range(first, first + len(found)))
        return node.children
