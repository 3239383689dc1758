import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QFileDialog, QLabel, QMessageBox, QTextEdit, QWidget
from shiboken6 import isValid

from inspector.runtime import dialogs
from inspector.runtime.tasks import TaskScope

Run = Callable[[Coroutine[Any, Any, Any]], Any]

# The offscreen platform says so of every dialog of a fixed size.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")


async def answered(question: Coroutine[Any, Any, Any], *acts: Callable[[Any], object]) -> Any:
    """Ask, act on each dialog that appears as a user would, and give the answer."""
    seen: set[QDialog] = set()
    async with TaskScope() as tasks:
        task = tasks.spawn(question, name="ask")
        for act in acts:
            await _until(lambda: set(_shown_dialogs()) - seen)
            [dialog] = set(_shown_dialogs()) - seen
            seen.add(dialog)
            act(dialog)
        return await task


async def _until(condition: Callable[[], object]) -> None:
    while not condition():  # noqa: ASYNC110 - Qt's own turns are awaited, which no asyncio.Event tells of
        await asyncio.sleep(0)


def _shown_dialogs() -> list[QDialog]:
    return [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, QDialog) and widget.isVisible()]


@pytest.mark.parametrize(
    ("act", "code"), [(QDialog.accept, QDialog.DialogCode.Accepted), (QDialog.reject, QDialog.DialogCode.Rejected)]
)
def test_ask_gives_the_dialogs_result(run_in_qt: Run, act: Callable[[QDialog], None], code: QDialog.DialogCode) -> None:
    dialog = QDialog()
    assert run_in_qt(answered(dialogs.ask(dialog), act)) == code


def test_other_tasks_go_on_while_a_dialog_is_open(run_in_qt: Run) -> None:
    async def main() -> int:
        dialog = QDialog()
        turns = 0

        async def count() -> None:
            nonlocal turns
            while turns < 100:
                await asyncio.sleep(0)
                turns += 1
            dialog.accept()

        async with TaskScope() as tasks:
            tasks.spawn(count(), name="count")
            await dialogs.ask(dialog)
        return turns

    assert run_in_qt(main()) == 100


def test_closing_the_window_rejects(run_in_qt: Run) -> None:
    dialog = QDialog()
    assert run_in_qt(answered(dialogs.ask(dialog), QDialog.close)) == QDialog.DialogCode.Rejected


def test_a_cancelled_question_closes_and_deletes_its_dialog(run_in_qt: Run) -> None:
    dialog = QDialog()
    told: list[bool] = []
    dialog.rejected.connect(lambda: told.append(True))

    async def main() -> None:
        async with TaskScope() as tasks:
            tasks.spawn(dialogs.ask(dialog), name="ask")
            await _until(dialog.isVisible)
        await _until(lambda: not isValid(dialog))

    run_in_qt(main())
    assert told == [True]


def test_a_dialog_that_goes_with_its_parent_is_rejected(run_in_qt: Run, qapp: QApplication) -> None:
    parent = QWidget()
    dialog = QDialog(parent)

    def destroy_parent(_dialog: QDialog) -> None:
        parent.deleteLater()
        qapp.sendPostedEvents(parent, QEvent.Type.DeferredDelete)

    assert run_in_qt(answered(dialogs.ask(dialog), destroy_parent)) == QDialog.DialogCode.Rejected


@pytest.mark.parametrize(("label", "answer"), [("Clear", True), ("Cancel", False)])
def test_confirm_is_true_only_for_the_button_that_goes_on(run_in_qt: Run, label: str, answer: bool) -> None:
    def press(box: QMessageBox) -> None:
        [button] = [button for button in box.buttons() if button.text().replace("&", "") == label]
        button.click()

    assert run_in_qt(answered(dialogs.confirm(None, "Clear", "Clear all?", "Clear"), press)) is answer


def test_confirm_is_false_when_escaped(run_in_qt: Run) -> None:
    escape = answered(dialogs.confirm(None, "Clear", "Clear all?", "Clear"), QDialog.reject)
    assert run_in_qt(escape) is False


def test_a_message_is_plain_text_whatever_it_quotes(run_in_qt: Run) -> None:
    def look(box: QMessageBox) -> None:
        labels = [label for label in box.findChildren(QLabel) if label.text()]
        assert [label.text() for label in labels] == ["<b>From</b> a stranger"]
        assert all(label.textFormat() == Qt.TextFormat.PlainText for label in labels)
        assert [edit.toPlainText() for edit in box.findChildren(QTextEdit)] == ["<i>details</i>"]
        box.accept()

    run_in_qt(answered(dialogs.tell(None, "Title", "<b>From</b> a stranger", "<i>details</i>"), look))


def test_an_existing_file_is_chosen(run_in_qt: Run, tmp_path: Path) -> None:
    file = tmp_path / "a.inspector"
    file.touch()
    choose = dialogs.choose_open_file(None, "Open", tmp_path, ["Sessions (*.inspector)"])
    assert run_in_qt(answered(choose, _pick(file.name))) == file


@pytest.mark.parametrize("choose", [dialogs.choose_open_file, dialogs.choose_save_file])
def test_no_file_is_chosen(run_in_qt: Run, tmp_path: Path, choose: Callable[..., Coroutine[Any, Any, Any]]) -> None:
    question = choose(None, "Choose", tmp_path, ["All files (*)"])
    assert run_in_qt(answered(question, QDialog.reject)) is None


FILTERS = ["Session JSON (*.json)", "Table (*.csv)", "All files (*)"]


def test_a_new_file_is_named(run_in_qt: Run, tmp_path: Path) -> None:
    choose = dialogs.choose_save_file(None, "Export", tmp_path / "out.json", FILTERS)
    assert run_in_qt(answered(choose, QDialog.accept)) == tmp_path / "out.json"


def test_the_filter_that_fits_the_suggestion_is_chosen_first(run_in_qt: Run, tmp_path: Path) -> None:
    def look(dialog: QFileDialog) -> None:
        assert dialog.selectedNameFilter() == "Table (*.csv)"
        dialog.reject()

    run_in_qt(answered(dialogs.choose_save_file(None, "Export", tmp_path / "out.csv", FILTERS), look))


def test_a_name_without_suffix_gets_the_filters(run_in_qt: Run, tmp_path: Path) -> None:
    choose = dialogs.choose_save_file(None, "Export", tmp_path / "out.json", FILTERS)
    assert run_in_qt(answered(choose, _pick("monday"))) == tmp_path / "monday.json"


def test_the_suffix_follows_the_filter(run_in_qt: Run, tmp_path: Path) -> None:
    def change_filter(dialog: QFileDialog) -> None:
        combo = dialog.findChild(QComboBox, "fileTypeCombo")
        assert isinstance(combo, QComboBox)
        combo.setCurrentIndex(1)
        combo.activated.emit(1)
        combo.textActivated.emit(combo.currentText())
        dialog.accept()

    choose = dialogs.choose_save_file(None, "Export", tmp_path / "out.json", FILTERS)
    assert run_in_qt(answered(choose, change_filter)) == tmp_path / "out.csv"


@pytest.mark.parametrize(("replace", "name"), [(True, "old.json"), (False, "new.json")])
def test_an_existing_file_is_replaced_only_when_asked_to(
    run_in_qt: Run, tmp_path: Path, replace: bool, name: str
) -> None:
    (tmp_path / "old.json").touch()

    def decide(box: QMessageBox) -> None:
        assert "old.json" in box.text()
        assert box.defaultButton() is box.escapeButton()  # Enter must not do what cannot be undone
        role = QMessageBox.ButtonRole.AcceptRole if replace else QMessageBox.ButtonRole.RejectRole
        next(button for button in box.buttons() if box.buttonRole(button) is role).click()

    acts: list[Callable[[Any], object]] = [_pick("old.json"), decide]
    if not replace:
        acts.append(_pick("new.json"))  # the choice begins again
    choose = dialogs.choose_save_file(None, "Export", tmp_path / "old.json", FILTERS)
    assert run_in_qt(answered(choose, *acts)) == tmp_path / name


def _pick(name: str) -> Callable[[QFileDialog], None]:
    def act(dialog: QFileDialog) -> None:
        assert dialog.testOption(QFileDialog.Option.DontUseNativeDialog)
        dialog.selectFile(name)
        dialog.accept()

    return act
