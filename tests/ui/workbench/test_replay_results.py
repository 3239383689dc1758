"""The results of sending again: listed in words, and two of them beside each other."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from inspector.session.records import ReplayRow
from inspector.ui.theme import Appearance, Scheme
from inspector.ui.workbench import replay_results
from inspector.ui.workbench.replay_results import (
    CompareResults,
    ReplayResults,
    ResultColumn,
    ResultsModel,
    answer_lines,
    cell_text,
)
from tests.ui.detail.detail_factory import START, make_appearance

OK = ReplayRow(1, "http://a/x", START, 12, 200, (("Content-Type", "application/json"),), b'{"ok":true}', None)
SILENT = ReplayRow(2, "http://a/y", START, 15_000, None, (), b"", "No answer came within 15 seconds.", b"{}")


@pytest.fixture
def appearance(qapp: QApplication) -> Iterator[Appearance]:
    appearance = make_appearance(qapp)
    yield appearance
    appearance.deleteLater()


@pytest.fixture
def results(appearance: Appearance, qapp: QApplication) -> Iterator[ReplayResults]:
    place = QWidget()
    place.resize(900, 300)
    results = ReplayResults(appearance, place)
    QVBoxLayout(place).addWidget(results)
    place.show()
    yield results
    delete(place)


def choose(results: ReplayResults, *rows: int) -> None:
    selection = results.table.selectionModel()
    selection.clearSelection()
    for row in rows:
        flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        selection.select(results.model.index(row, 0), flags)


def test_cells_in_words() -> None:
    assert [cell_text(OK, column) for column in ResultColumn][1:] == ["#1", "http://a/x", "200 OK", "12 ms"]
    assert [cell_text(SILENT, column) for column in ResultColumn][1:] == [
        "#2 edited",
        "http://a/y",
        "No answer came within 15 seconds.",
        "15.0 s",
    ]


def test_an_answer_as_lines() -> None:
    assert answer_lines(OK) == ["200 OK", "Content-Type: application/json", "", "{", '  "ok": true', "}"]
    assert answer_lines(SILENT) == ["No answer came within 15 seconds."]
    cut = replace(OK, error="The request failed: cut off", body=b"\xff<b>")
    assert answer_lines(cut)[1] == "The request failed: cut off"
    assert answer_lines(cut)[-1] == "\\xff<b>"


def test_the_model_keeps_the_newest(appearance: Appearance, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay_results, "MOST", 3)
    model = ResultsModel(appearance)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    for seq in range(1, 6):
        model.add([replace(OK, callback=seq)])
    model.add([])
    assert [model.row(row).callback for row in range(model.rowCount())] == [3, 4, 5]
    model.add([replace(OK, callback=seq) for seq in range(6, 12)])
    assert [model.row(row).callback for row in range(model.rowCount())] == [9, 10, 11]
    good = model.index(0, ResultColumn.ANSWER).data(Qt.ItemDataRole.ForegroundRole)
    with qtbot.waitSignal(model.dataChanged):
        appearance.use(Scheme.DARK)
    assert model.index(0, ResultColumn.ANSWER).data(Qt.ItemDataRole.ForegroundRole) != good


def test_a_new_result_is_shown_at_once(results: ReplayResults) -> None:
    results.set_rows([SILENT])
    results.add([OK])
    assert results.chosen() == [OK]
    assert results.answer.toPlainText().startswith("200 OK\n")


def test_two_results_beside_each_other(results: ReplayResults) -> None:
    results.set_rows([OK, SILENT, replace(OK, status=500)])
    assert not results.compare.isEnabled()
    choose(results, 0, 1, 2)
    assert not results.compare.isEnabled()
    choose(results, 2, 0)
    results.compare.click()
    (comparison,) = results.window().findChildren(CompareResults)
    assert comparison.texts.left.toPlainText().startswith("200 OK\n")
    assert comparison.texts.right.toPlainText().startswith("500 Internal Server Error\n")
    assert comparison.texts.note.text() == "≠ 1 line changed"
    comparison.close()
