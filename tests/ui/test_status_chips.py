"""The chips in little room."""

from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from inspector.session.records import Summary
from inspector.ui.status_chips import StatusChips
from inspector.ui.theme import Appearance

_SUMMARY = Summary(900, 880, 200, {"sent": 17, "delivered": 128, "undelivered": 22, "failed": 13})


def _words(chips: StatusChips) -> list[str]:
    return [chip.text() for chip in chips.chips if not chip.isHidden() and chip.sizeHint().width() == chip.wide_width]


def test_words_go_in_the_order_of_what_matters_least(qtbot: QtBot, qapp: QApplication) -> None:
    window = QWidget()  # a window of its own would not become narrower than its layout wishes
    qtbot.addWidget(window)
    chips = StatusChips(Appearance(qapp), window)
    window.show()
    chips.show_counts(_SUMMARY, 5)
    chips.resize(4000, 40)
    assert len(_words(chips)) == 9
    before = _words(chips)
    for width in range(1400, 200, -40):
        chips.resize(width, 40)
        words = _words(chips)
        assert set(words) <= set(before)
        before = words
        if "Invalid" in words and len(words) < 9:
            assert not {"Queued", "Initiated", "Read"} & set(words) or "Sent" in words
    assert before == []
    assert all(chip.accessibleName() for chip in chips.chips)


def test_what_is_not_there_has_no_chip(qtbot: QtBot, qapp: QApplication) -> None:
    window = QWidget()  # a window of its own would not become narrower than its layout wishes
    qtbot.addWidget(window)
    chips = StatusChips(Appearance(qapp), window)
    window.show()
    chips.resize(1200, 40)
    chips.show_counts(Summary(1, 1, 1, {"sent": 1}), 0)
    assert [chip.text() for chip in chips.chips if chip.isHidden()] == ["Invalid", "Unassigned"]
    chips.show_filter("is:unassigned")
    assert [chip.text() for chip in chips.chips if chip.isHidden()] == ["Invalid"]


def test_a_chip_that_has_no_room_goes_rather_than_being_cut(qtbot: QtBot, qapp: QApplication) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    chips = StatusChips(Appearance(qapp), window)
    window.show()
    chips.show_counts(_SUMMARY, 5)
    chips.show_filter("status:initiated")
    chips.resize(260, 40)
    shown = [chip for chip in chips.chips if not chip.isHidden()]
    assert sum(chip.sizeHint().width() for chip in shown) <= 260
    assert {"Initiated", "Invalid"} <= {chip.text() for chip in shown} < {chip.text() for chip in chips.chips}
    chips.resize(4000, 40)
    assert not any(chip.isHidden() for chip in chips.chips)
