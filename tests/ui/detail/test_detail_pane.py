import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QLabel, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from inspector.ui.detail.pane import DetailPane
from inspector.ui.detail.timeline import TimelinePanel
from inspector.ui.theme import Appearance, Scheme
from tests.ui.detail.detail_factory import Story, delivered_life, make_pane, make_payload


@pytest.fixture
def pane(appearance: Appearance, window: QWidget) -> DetailPane:
    pane = make_pane(appearance)
    pane.setParent(window)
    pane.resize(480, 800)
    window.show()
    return pane


def timeline(pane: DetailPane) -> TimelinePanel:
    return pane.view._timeline


def shown_texts(pane: DetailPane) -> list[str]:
    return [label.text() for label in pane.findChildren(QLabel) if label.isVisible()]


def show(pane: DetailPane, story: Story, seq: int | None = None, row: int = 1) -> None:
    pane.show_message(story.message(row), None if seq is None else story.callback(seq))


def test_it_begins_and_ends_with_nothing(pane: DetailPane, story: Story) -> None:
    assert shown_texts(pane) == ["Select a message to see its life, its error and its payload."]
    show(pane, story, delivered_life(story)[-1])
    assert (pane.message_row, pane.callback_seq) == (1, 3)
    pane.clear()
    assert (pane.message_row, pane.callback_seq) == (None, None)
    assert len(shown_texts(pane)) == 1


def test_the_panels_are_made_when_something_is_shown_first(pane: DetailPane, story: Story) -> None:
    before, room = len(pane.findChildren(QWidget)), pane.minimumSizeHint()
    pane.clear()
    assert (pane.message_row, pane.callback_seq, pane.sizes()) == (None, None, {})
    assert len(pane.findChildren(QWidget)) == before < 10
    show(pane, story, delivered_life(story)[-1])
    assert len(pane.findChildren(QWidget)) > 50
    assert pane.minimumSizeHint() == room
    assert pane.make_view() is pane.view


def test_the_panels_take_over_the_division_that_was_remembered(pane: DetailPane, story: Story) -> None:
    pane.set_sizes({"tall": [200, 500]})
    assert pane.sizes() == {"tall": [200, 500]}
    show(pane, story, delivered_life(story)[-1])
    above, below = pane.view._splitter.sizes()
    assert above < below
    assert pane.sizes()["tall"] == [200, 500]


def test_a_message_is_shown_with_its_callback(pane: DetailPane, story: Story) -> None:
    show(pane, story, delivered_life(story)[-1])
    texts = shown_texts(pane)
    assert "+12065550142" in texts
    assert "Delivered in 4.0 s" in texts
    assert "3 callbacks" in texts
    assert pane.callback_seq == 3
    assert timeline(pane).view.currentIndex().row() == 2


def test_choosing_in_the_timeline_asks_for_the_callback(pane: DetailPane, story: Story, qtbot: QtBot) -> None:
    show(pane, story, delivered_life(story)[-1])
    timeline(pane).view.setFocus()
    with qtbot.waitSignal(pane.callback_chosen) as chosen:
        QTest.keyClick(timeline(pane).view, Qt.Key.Key_Up)
    assert chosen.args == [2]
    show(pane, story, 2)
    assert pane.callback_seq == 2


def test_showing_is_not_choosing(pane: DetailPane, story: Story, qtbot: QtBot) -> None:
    delivered_life(story)
    with qtbot.assertNotEmitted(pane.callback_chosen):
        show(pane, story, 3)
        show(pane, story, 1)
        story.tell(make_payload("read", 9), after=9)
        show(pane, story, 4)
    assert pane.callback_seq == 4


def test_what_the_user_chose_stays_while_callbacks_arrive(pane: DetailPane, story: Story, qtbot: QtBot) -> None:
    pane.callback_chosen.connect(lambda seq: show(pane, story, seq))
    story.tell(make_payload("queued", 0, custom_variables={"a": {"b": 1}}), after=0.4)
    story.tell(make_payload("delivered", 4, custom_variables={"a": {"b": 1}}), after=4.6)
    show(pane, story, 2)
    QTest.keyClick(timeline(pane).view, Qt.Key.Key_Up)
    assert pane.callback_seq == 1
    tree = pane.view._callback.payload.tree
    variables = tree.model().index(tree.model().rowCount() - 1, 0)
    tree.expand(variables)
    pane.view._callback.tabs.setCurrentIndex(1)
    late = story.tell(make_payload("sent", 1), after=6)
    resets: list[bool] = []
    tree.model().modelReset.connect(lambda: resets.append(True))
    for handed_in in (late, None, 1):
        show(pane, story, handed_in)
        assert pane.callback_seq == 1
        assert timeline(pane).view.currentIndex().row() == 0
    assert tree.isExpanded(variables)
    assert not resets
    assert pane.view._callback.tabs.currentIndex() == 1
    assert timeline(pane).view.model().rowCount() == 3


def test_another_message_forgets_the_choice(pane: DetailPane, story: Story, qtbot: QtBot) -> None:
    delivered_life(story)
    other = story.tell(make_payload("queued", 0, id="other"))
    show(pane, story, 3)
    QTest.keyClick(timeline(pane).view, Qt.Key.Key_Up)
    show(pane, story, 2)
    show(pane, story, other, row=2)
    assert pane.callback_seq == other
    show(pane, story, 3)
    assert pane.callback_seq == 3


def test_a_message_without_a_callback_invites_to_choose_one(pane: DetailPane, story: Story) -> None:
    delivered_life(story)
    show(pane, story)
    assert pane.callback_seq is None
    assert "Choose a callback in the timeline to see its payload." in shown_texts(pane)


def test_the_place_stays_on_a_live_change_and_starts_anew_elsewhere(pane: DetailPane, story: Story) -> None:
    delivered_life(story)
    story.tell(make_payload("queued", 0, id="other"))
    show(pane, story, 3)
    pane.resize(480, 420)
    bar = pane.view._overview.verticalScrollBar()
    bar.setValue(40)
    assert bar.value() == 40
    story.tell(make_payload("read", 9), after=9)
    show(pane, story, 3)
    assert bar.value() == 40
    show(pane, story, 4, row=2)
    assert bar.value() == 0


def test_an_unassigned_callback_is_shown_by_itself(pane: DetailPane, story: Story) -> None:
    show(pane, story, delivered_life(story)[-1])
    seq = story.tell(body=b'{"status": "sent"}', target="/swml")
    pane.show_callback(story.callback(seq), None)
    texts = shown_texts(pane)
    assert pane.view._verdict._pill.text == "Invalid: 9 problems"
    assert "POST /swml" in texts
    assert "It names no message." in texts
    assert "$.timestamp" in texts
    assert not timeline(pane).isVisible()
    assert pane.message_row is None
    show(pane, story, 3)
    assert timeline(pane).isVisible()
    assert not pane.view._verdict.isVisible()


def test_a_callback_of_a_message_is_shown_with_it(pane: DetailPane, story: Story) -> None:
    delivered_life(story)
    seq = story.tell(make_payload("sennt", 9), after=9)
    pane.show_callback(story.callback(seq), story.message())
    assert pane.view._verdict.isVisible()
    assert timeline(pane).isVisible()
    assert "Problems of this callback" in shown_texts(pane)
    assert timeline(pane).view.currentIndex().row() == 3


def test_nothing_of_a_strangers_is_read_as_html(pane: DetailPane, story: Story) -> None:
    hostile = "<img src='http://evil/x.png'><b>bold</b>"
    body = make_payload("failed", to=hostile, body=hostile, error_code=hostile, error_message=hostile)
    body |= {"from": hostile, "id": hostile, "custom_variables": {hostile: hostile}, hostile: hostile}
    seq = story.tell(body, target="/<b>", headers=[("X", hostile)])
    show(pane, story, seq)
    assert hostile in shown_texts(pane)
    for label in pane.findChildren(QLabel):
        assert label.textFormat() is Qt.TextFormat.PlainText
    for widget in pane.findChildren(QWidget):
        assert "<img" not in widget.toolTip()
        assert "<b>" not in widget.toolTip()
    assert any(edit.toPlainText() == hostile for edit in pane.findChildren(QPlainTextEdit))


def test_long_words_do_not_widen_the_pane(pane: DetailPane, story: Story) -> None:
    long = "x" * 5000
    seq = story.tell(make_payload("failed", to=long, body=long, error_code=long, error_message=long, id=long))
    show(pane, story, seq)
    inside = pane.view._overview.widget()
    assert inside is not None
    assert inside.width() <= pane.view._overview.viewport().width()
    assert pane.width() == 480


def test_a_thousand_callbacks_take_no_thousand_widgets(pane: DetailPane, story: Story) -> None:
    again = story.received(make_payload("queued", 0))
    story.tell_all([again] * 1000)
    show(pane, story, 1)
    assert timeline(pane).view.model().rowCount() == 1000
    assert timeline(pane).view.height() < 600
    assert len(pane.findChildren(QWidget)) < 500


def test_wide_and_low_stands_side_by_side_and_each_form_keeps_its_division(pane: DetailPane, story: Story) -> None:
    show(pane, story, delivered_life(story)[-1])
    assert pane.view._splitter.orientation() is Qt.Orientation.Vertical
    pane.resize(900, 360)
    assert pane.view._splitter.orientation() is Qt.Orientation.Horizontal
    pane.set_sizes({"wide": [300, 600], "tall": [500, 300], "odd": [1]})
    sizes = pane.view._splitter.sizes()
    assert sizes[0] < sizes[1]
    assert pane.sizes() == {"wide": [300, 600], "tall": [500, 300]}
    pane.resize(480, 800)
    sizes = pane.view._splitter.sizes()
    assert sizes[0] > sizes[1]


def test_every_control_says_what_it_is(pane: DetailPane, story: Story) -> None:
    story.tell(make_payload("failed", 0, error_code="30007"), after=0.4)
    story.tell(make_payload("failed", 0, error_code="30007"), after=4)
    show(pane, story, 2)
    for widget in pane.findChildren(QWidget):
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible():
            named = widget.accessibleName() or getattr(widget, "text", lambda: "")()
            assert named or isinstance(widget.parent(), QAbstractItemView), widget


def test_the_tab_key_goes_round(pane: DetailPane, story: Story, qtbot: QtBot) -> None:
    story.tell(make_payload("failed", 0, error_code="30007"), after=0.4)
    show(pane, story, 1)
    start = pane.view._header._copy_id
    start.setFocus()
    seen: list[QWidget] = []
    for _ in range(40):
        now = pane.focusWidget()
        assert now is not None
        if now in seen:
            break
        seen.append(now)
        QTest.keyClick(now, Qt.Key.Key_Tab)
    assert timeline(pane).view in seen
    assert pane.view._callback.tabs.tabBar() in seen
    assert pane.view._callback.payload.tree in seen
    assert pane.view._callback._copy_as in seen


def test_both_schemes_paint(pane: DetailPane, story: Story, appearance: Appearance) -> None:
    delivered_life(story)
    story.tell(make_payload("sent", 1), after=40)
    bad = story.tell(make_payload("sennt", 1), after=41)
    show(pane, story, bad)
    light = pane.grab().toImage()
    appearance.use(Scheme.DARK)
    dark = pane.grab().toImage()
    appearance.use(Scheme.LIGHT)
    assert light.pixelColor(5, 5).lightness() > dark.pixelColor(5, 5).lightness()


def test_filter_and_copy_wishes_come_out(pane: DetailPane, story: Story, qtbot: QtBot) -> None:
    story.tell(make_payload("failed", 0), after=0.4)
    show(pane, story, 1)
    with qtbot.waitSignal(pane.filter_wished) as wished:
        pane.view._findings._rows[0]._link.click()
    assert wished.args == ["finding:failure_without_error"]
    with qtbot.waitSignal(pane.copied) as copied:
        pane.view._header._copy_id.click()
    assert copied.args == ["Message id"]


def test_a_long_text_is_folded(pane: DetailPane, story: Story, qtbot: QtBot) -> None:
    seq = story.tell(make_payload(body="words and " * 200, number_of_segments=14))
    show(pane, story, seq)
    body = pane.view._header._body
    folded = body.edit.height()
    assert body.toggle.isVisible()
    body.toggle.click()
    qtbot.waitUntil(lambda: body.edit.height() > folded)
    short = story.tell(make_payload(id="short"))
    show(pane, story, short, row=2)
    assert not body.toggle.isVisible()


def test_the_arrow_keys_never_leave_the_sight(pane: DetailPane, story: Story) -> None:
    for second in range(7):
        story.tell(make_payload("sent", second), after=second + 0.4)
    show(pane, story, 1)
    pane.resize(480, 420)
    view = timeline(pane).view
    for _ in range(6):
        QTest.keyClick(view, Qt.Key.Key_Down)
    row = view.visualRect(view.currentIndex())
    bottom = view.viewport().mapTo(pane, row.bottomLeft()).y()
    assert view.currentIndex().row() == 6
    assert 0 < bottom <= pane.view._overview.height()
