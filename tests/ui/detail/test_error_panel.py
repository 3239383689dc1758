from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from inspector.ui.detail.error import ErrorPanel
from inspector.ui.theme import Appearance, Scheme
from tests.ui.detail.detail_factory import Story, make_catalogue, make_payload


class Shown:
    """The panel as it stands after one callback."""

    def __init__(self, story: Story, appearance: Appearance, window: QWidget, status: str, **changes: Any) -> None:
        story.tell(make_payload(status, **changes))
        self.opened: list[str] = []
        self.panel = ErrorPanel(appearance, make_catalogue(), self.opened.append, window)
        self.panel.show_message(story.message().message)

    @property
    def text(self) -> str:
        labels = [one.text() for one in self.panel.findChildren(QLabel) if one.isVisibleTo(self.panel)]
        return "\n".join([*labels, self.panel._message.edit.toPlainText()])


def test_a_known_code_is_explained(story: Story, appearance: Appearance, window: QWidget) -> None:
    entry = make_catalogue().explain("30007")
    assert entry is not None
    shown = Shown(story, appearance, window, "failed", error_code="30007", error_message="Carrier said: no")
    for text in ("30007", entry.title, entry.meaning, entry.remedy, "Carrier said: no", "What to do"):
        assert text in shown.text
    shown.panel._link.click()
    assert shown.opened == [entry.address]


def test_an_unknown_code_is_said_to_be_unknown(story: Story, appearance: Appearance, window: QWidget) -> None:
    shown = Shown(story, appearance, window, "undelivered", error_code="ZZ-9", error_message=None)
    assert "Error ZZ-9 is not in the catalogue" in shown.text
    assert not shown.panel._message.isVisibleTo(shown.panel)
    shown.panel._link.click()
    assert shown.opened[0].startswith("https://")


def test_a_failure_without_an_error_says_what_to_do(story: Story, appearance: Appearance, window: QWidget) -> None:
    shown = Shown(story, appearance, window, "failed")
    assert "Failed, and no error was told" in shown.text
    assert "message log" in shown.text
    assert not shown.panel._link.isVisibleTo(shown.panel)


def test_words_without_a_code(story: Story, appearance: Appearance, window: QWidget) -> None:
    shown = Shown(story, appearance, window, "failed", error_message="who knows")
    assert "An error without a code" in shown.text
    assert "who knows" in shown.text


def test_without_an_error_there_is_nothing(story: Story, appearance: Appearance, window: QWidget) -> None:
    shown = Shown(story, appearance, window, "delivered")
    assert shown.panel.isHidden()


def test_html_stays_text(story: Story, appearance: Appearance, window: QWidget) -> None:
    hostile = "<img src='http://evil/x.png'><b>boo</b>"
    shown = Shown(story, appearance, window, "failed", error_code=hostile, error_message=hostile)
    assert hostile in shown.panel._title.text()
    assert shown.panel._title.textFormat() is Qt.TextFormat.PlainText
    assert shown.panel._message.edit.toPlainText() == hostile


def test_the_colours_follow_the_scheme(story: Story, appearance: Appearance, window: QWidget) -> None:
    shown = Shown(story, appearance, window, "failed")
    appearance.use(Scheme.DARK)
    front = appearance.colors.severity["error"].foreground
    assert shown.panel._title.palette().windowText().color() == front
    appearance.use(Scheme.LIGHT)
