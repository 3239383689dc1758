"""Which project of SignalWire: space, project id, token."""

from dataclasses import dataclass, field

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QWidget

from inspector.ui.detail.labels import LinkButton, WrappedLabel, muted_color
from inspector.ui.theme import Appearance
from inspector.ui.workbench.checklist import Checklist, Step
from inspector.ui.workbench.section import Section, add_field, field_form


@dataclass(frozen=True, slots=True)
class AccountEntered:
    """What stands in the fields. An empty token: the one that is kept counts."""

    space: str
    project: str
    token: str = field(repr=False)


class AccountSection(Section):
    """Asks for the account. A token that is kept is never shown again."""

    check_wished = Signal(object)  # AccountEntered
    forget_wished = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(appearance, "Account", parent)
        self._space = QLineEdit(self)
        self._space.setPlaceholderText("example, of example.signalwire.com")
        self._project = QLineEdit(self)
        self._project.setPlaceholderText("a UUID, in the dashboard under API")
        self._token = QLineEdit(self)
        self._token.setEchoMode(QLineEdit.EchoMode.Password)
        form = field_form()
        for title, edit in (("&Space", self._space), ("&Project id", self._project), ("API &token", self._token)):
            add_field(form, title, edit)
            edit.returnPressed.connect(self._on_check)
        self._kept = WrappedLabel(appearance, color=muted_color, points=-0.5, parent=self)
        self._check = QPushButton("Save and chec&k", self)
        self._check.clicked.connect(self._on_check)
        self._forget = LinkButton("Forget the token", self)
        self._forget.clicked.connect(self.forget_wished)
        self._forget.hide()
        buttons = QHBoxLayout()
        buttons.addWidget(self._check)
        buttons.addWidget(self._forget)
        buttons.addStretch(1)
        self._result = Checklist(appearance, "Account check", self)
        self.body.addLayout(form)
        self.body.addWidget(self._kept)
        self.body.addLayout(buttons)
        self.body.addWidget(self._result)
        self.show_token("", kept=False)

    def show_account(self, space: str, project: str) -> None:
        self._space.setText(space)
        self._project.setText(project)
        self.show_word(f"{space}.signalwire.com" if space else "")

    def show_token(self, where: str, *, kept: bool) -> None:
        """Where the token comes from, as a sentence; empty: there is none. `kept`: one is in the keyring."""
        elsewhere = "from the environment" if where else "with the scope Messaging"
        self._token.setPlaceholderText("kept; enter another to replace it" if kept else elsewhere)
        self._kept.show_text(where or "The token goes to this computer's keyring, never into a file.")
        self._forget.setVisible(kept)

    def clear_token(self) -> None:
        """What was typed is kept elsewhere now."""
        self._token.clear()

    def show_result(self, step: Step | None) -> None:
        self._result.show_steps([] if step is None else [step])

    @property
    def entered(self) -> AccountEntered:
        return AccountEntered(self._space.text(), self._project.text(), self._token.text())

    def _on_check(self) -> None:
        self.check_wished.emit(self.entered)
