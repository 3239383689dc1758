"""Two texts beside each other: what is equal, what differs, and that it is told by more than colour."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from inspector.ui.theme import Appearance, Scheme
from inspector.ui.workbench.side_by_side import Pair, SideBySide, Sign, aligned, summary

lines = st.lists(st.sampled_from(["a", "b", "c", "", "{", "}"]), max_size=12)


@given(lines, lines)
def test_every_line_of_both_is_there_in_order(left: list[str], right: list[str]) -> None:
    pairs = aligned(left, right)
    assert [pair.left for pair in pairs if pair.left is not None] == left
    assert [pair.right for pair in pairs if pair.right is not None] == right
    for pair in pairs:
        assert (pair.sign is Sign.SAME) == (pair.left == pair.right)
        assert (pair.sign is Sign.ADDED) == (pair.left is None)
        assert (pair.sign is Sign.REMOVED) == (pair.right is None)


def test_a_line_that_came_in_does_not_shift_the_others() -> None:
    assert aligned(["a", "c"], ["a", "b", "c"]) == [
        Pair(Sign.SAME, "a", "a"),
        Pair(Sign.ADDED, None, "b"),
        Pair(Sign.SAME, "c", "c"),
    ]


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (["a"], ["a"], "No difference."),
        ([], [], "No difference."),
        (["a", "x"], ["b", "x", "y", "z"], "≠ 1 line changed · + 2 lines only right"),
        (["a", "b"], [], "− 2 lines only left"),
    ],
)
def test_the_difference_in_words(left: list[str], right: list[str], expected: str) -> None:
    assert summary(aligned(left, right)) == expected


@pytest.fixture
def place(qtbot: QtBot) -> QWidget:
    place = QWidget()
    place.resize(900, 300)
    QVBoxLayout(place)
    qtbot.addWidget(place)
    return place


def shown(place: QWidget, left: list[str], right: list[str]) -> SideBySide:
    widget = SideBySide("Before", left, "After", right, place)
    layout = place.layout()
    assert layout is not None
    layout.addWidget(widget)
    place.show()
    return widget


def test_lines_stand_beside_their_counterparts(place: QWidget) -> None:
    widget = shown(place, ["same", "old", "gone"], ["same", "new"])
    assert widget.left.toPlainText().split("\n") == ["same", "old", "gone"]
    assert widget.signs.toPlainText().split("\n") == [" ", "≠", "−"]
    assert widget.right.toPlainText().split("\n") == ["same", "new", ""]
    assert (widget.left.accessibleName(), widget.right.accessibleName()) == ("Before", "After")


def test_what_strangers_sent_stays_text(place: QWidget) -> None:
    widget = shown(place, ["<b>x</b>", "a\u202eb\x1b"], ["<i>x</i>", "c"])
    assert widget.left.toPlainText() == "<b>x</b>\na�b␛"


def test_going_from_difference_to_difference(place: QWidget) -> None:
    left = [f"line {number}" for number in range(200)]
    right = [*left]
    right[50] = right[51] = right[150] = "other"
    widget = shown(place, left, right)
    seen = []
    for _ in range(3):
        widget.later.click()
        seen.append(widget.right.textCursor().blockNumber())
    widget.earlier.click()
    assert [*seen, widget.left.textCursor().blockNumber()] == [50, 150, 50, 150]
    assert widget.left.verticalScrollBar().value() == widget.right.verticalScrollBar().value() > 0


def test_they_scroll_together_to_their_ends(place: QWidget) -> None:
    widget = shown(place, ["short"] * 100, ["long " * 200] * 100)
    bar = widget.right.horizontalScrollBar()
    bar.setValue(bar.maximum())
    assert bar.value() == bar.maximum() > widget.left.horizontalScrollBar().maximum()
    down = widget.right.verticalScrollBar()
    down.setValue(down.maximum())
    for view in (widget.left, widget.signs):
        assert view.verticalScrollBar().value() == down.value() > 0


def test_equal_texts_leave_nothing_to_go_to(place: QWidget) -> None:
    widget = shown(place, ["a"], ["a"])
    assert not widget.later.isEnabled()
    widget.show_lines("One", ["a"], "Other", ["b"])
    assert widget.later.isEnabled()
    assert widget.note.text() == "≠ 1 line changed"


def test_what_is_not_compared_is_said(place: QWidget) -> None:
    widget = shown(place, ["x"] * 5001, ["y" * 5000])
    assert "Only the first 5,000 lines" in widget.note.text()
    assert widget.right.toPlainText().split("\n")[0].endswith("… (1,000 more characters)")


def test_the_colours_follow_the_scheme(place: QWidget, qapp: QApplication) -> None:
    appearance = Appearance(qapp, Scheme.LIGHT)
    widget = shown(place, ["a"], ["b"])

    def ground() -> str:
        return widget.signs.document().firstBlock().blockFormat().background().color().name()

    light = ground()
    appearance.use(Scheme.DARK)
    assert ground() != light
    assert widget.left.toPlainText() == "a"
    appearance.use(Scheme.LIGHT)
    appearance.deleteLater()
