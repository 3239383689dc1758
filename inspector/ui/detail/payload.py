"""The payload tab: the body as a tree, or why it is none and the body as it came."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from inspector.session.records import CallbackRow
from inspector.ui.detail.json_nodes import marks_by_path, missing_members, read_payload
from inspector.ui.detail.json_tree import JsonTree
from inspector.ui.detail.json_tree_model import JsonTreeModel
from inspector.ui.detail.labels import WrappedLabel, muted_color
from inspector.ui.detail.raw import BodyView
from inspector.ui.theme import Appearance


class PayloadTab(QWidget):
    copied = Signal(str)

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._notice = WrappedLabel(appearance, color=muted_color, parent=self)
        self._model = JsonTreeModel(self)
        self.tree = JsonTree(self._model, appearance, self)
        self.tree.copied.connect(self.copied)
        appearance.changed.connect(self.tree.viewport().update)
        self._body = BodyView(appearance, "Body that is no JSON", self)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.tree)
        self._stack.addWidget(self._body)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self._notice)
        layout.addWidget(self._stack, 1)

    def forget(self) -> None:
        """Another message comes: what was unfolded is no longer of interest."""
        self.tree.forget()

    def show_callback(self, callback: CallbackRow) -> None:
        """Show another callback; what is unfolded stays so where the payload has the same places."""
        payload = read_payload(callback)
        self._notice.show_text(payload.notice)
        if payload.readable:
            missing = missing_members(callback.problems)
            self._model.show(payload.top, marks_by_path(callback.problems), missing)
            self._stack.setCurrentWidget(self.tree)
        else:
            self._model.show(None, {})
            self._body.show_body(callback.body)
            self._stack.setCurrentWidget(self._body)
            self._stack.setVisible(bool(callback.body))
            return
        self._stack.show()
