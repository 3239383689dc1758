"""What the tables paint, and how often."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from PySide6.QtCore import QEvent, QItemSelectionModel, QObject, QRect, Qt
from PySide6.QtGui import QColor, QImage

from inspector.ui.live_table import LiveTable
from inspector.ui.message_table_model import Column
from inspector.ui.row_painter import RowPainter
from tests.ui.conftest import Driver, Run, StartProgram, until

COLORS = 15
"""More than so many pixels that are not the background's: something is written there."""


def picture(table: LiveTable) -> QImage:
    return table.viewport().grab().toImage()


def written(image: QImage, area: QRect) -> int:
    """How many pixels of an area differ from its first."""
    ratio = image.devicePixelRatio()
    left, top = int(area.left() * ratio), int(area.top() * ratio)
    first = image.pixel(left, top)
    return sum(
        image.pixel(x, y) != first
        for x in range(left, int(area.right() * ratio))
        for y in range(top, int(area.bottom() * ratio))
    )


def cell(table: LiveTable, row: int, column: int) -> QRect:
    return table.visualRect(table.model().index(row, column))


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The columns of the cells that are laid out meanwhile."""
    laid_out: list[int] = []
    before = RowPainter._laid_out

    def count(self: object, column: int, *rest: object) -> object:
        laid_out.append(column)
        return before(self, column, *rest)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(RowPainter, "_laid_out", count)
        yield laid_out


class Paints(QObject):
    """Counts how often a widget is painted."""

    count = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        self.count += event.type() == QEvent.Type.Paint
        return False


async def turns() -> None:
    """Let the loop do what it has to do."""
    for _ in range(50):
        await asyncio.sleep(0)


async def filled(app: Driver, messages: int) -> LiveTable:
    app.window.resize(2400, 700)
    for number in range(messages):
        await app.post(id=f"m{number}", status="failed", error_code="30003", timestamp="2020-01-01T00:00:00Z")
    await app.rows(messages)
    return app.window.panel.messages


def test_every_cell_is_painted_in_its_place(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            table = await filled(app, 3)
            table.hideColumn(Column.FROM)
            table.horizontalHeader().moveSection(Column.ERROR, 0)
            image = picture(table)
            for row in range(3):
                for column in Column:
                    area = cell(table, row, column).intersected(table.viewport().rect())
                    empty = column in (Column.DELIVERED_AFTER, Column.FROM) or area.width() < 30
                    assert (written(image, area) > COLORS) != empty, column.name
            segments = cell(table, 0, Column.SEGMENTS)
            half = QRect(segments.left(), segments.top(), segments.width() // 2, segments.height())
            assert written(image, half) == 0  # numbers stand at the right

    run(scenario())


def test_a_row_is_laid_out_once_and_again_when_it_changes(
    run: Run, started: StartProgram, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with started() as app:
            table = await filled(app, 5)
            picture(table)
            with counted(monkeypatch) as laid_out:
                picture(table)
                assert laid_out == []
                await app.post(id="m2", status="delivered", error_code=None)
                await until(lambda: app.cell(2, Column.TRANSITIONS).endswith("delivered"))
                picture(table)
                assert sorted(laid_out) == sorted(set(laid_out))  # one row, each of its cells once
                assert {Column.STATUS, Column.TRANSITIONS} <= set(laid_out)

    run(scenario())


def test_the_selection_is_painted_over_the_whole_row_and_nowhere_else(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            table = await filled(app, 3)
            table.selectionModel().select(
                table.model().index(1, 0),
                QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows,
            )
            image = picture(table)
            selection = app.program.appearance.colors.selection
            for row in range(3):
                for column in (Column.STATUS, Column.BODY, Column.FIRST_SEEN):
                    corner = cell(table, row, column).topLeft() * image.devicePixelRatio()
                    assert (QColor(image.pixel(corner)) == selection) == (row == 1)

    run(scenario())


def test_what_strangers_sent_is_no_markup(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            await app.post(body=b'{"id": "<b>x</b>", "to": "<h1>to</h1>", "body": "<img src=x>"}')
            await app.rows(1)
            table = app.window.panel.messages
            picture(table)
            texts = [kept.text for kept in table._painter._texts.values()]
            assert {"<h1>to</h1>", "<img src=x>"} <= {text.text() for text in texts}
            assert {text.textFormat() for text in texts} == {Qt.TextFormat.PlainText}

    run(scenario())


def test_rows_that_come_while_following_are_painted_once(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            table = await filled(app, 60)
            await until(lambda: table.following)
            paints = Paints()
            table.viewport().installEventFilter(paints)
            app.window.repaint()
            await turns()
            before = paints.count
            await asyncio.gather(app.post(id="new"), *(app.post(id=f"m{n}", status="sent") for n in range(40, 60)))
            await app.rows(61)
            await turns()
            assert paints.count - before == 1
            assert table.rowAt(table.viewport().height() - 2) == 60

    run(scenario())
