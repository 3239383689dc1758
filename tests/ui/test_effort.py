"""What the window does for each thing that happens, counted: it must not grow with the session.

No clock is asked. Counted are the statements that SQLite ran, the steps of its machine, the rows that were read for
painting, and the signals of the models.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from inspector.program import Start
from inspector.session import files, reader
from inspector.session.session import Session
from inspector.ui.message_table_model import Column, MessageTableModel
from inspector.ui.row_id_model import RowIdModel
from tests.factories import STARTED, make_callback
from tests.ui.conftest import Driver, Run, StartProgram, until

MESSAGES = 25_000
CALLBACKS = 4 * MESSAGES
_STEPS = 50


@dataclass
class Effort:
    """What was done since it was last reset."""

    statements: list[str] = field(default_factory=list)
    steps: int = 0
    rows_read: int = 0
    signals: int = 0

    def reset(self) -> None:
        self.statements.clear()
        self.steps = self.rows_read = self.signals = 0


@pytest.fixture
def effort(monkeypatch: pytest.MonkeyPatch) -> Effort:
    """Counts what every reader of a session does from now on."""
    effort = Effort()
    connect, read_page = files.connect_to_read, MessageTableModel.read

    def counting(path: Path, patience: float) -> sqlite3.Connection:
        connection = connect(path, patience)

        def step() -> int:
            effort.steps += _STEPS
            return 0

        connection.set_trace_callback(effort.statements.append)
        connection.set_progress_handler(step, _STEPS)
        return connection

    def reading(model: MessageTableModel, ids: list[int]) -> object:
        effort.rows_read += len(ids)
        return read_page(model, ids)

    monkeypatch.setattr(reader, "connect_to_read", counting)
    monkeypatch.setattr(MessageTableModel, "read", reading)
    return effort


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A session of a hundred thousand callbacks: four of them captured, the others copied."""
    path = tmp_path_factory.mktemp("large") / "large.inspector"
    with Session.create(path, started=STARTED) as session:
        for status in ("queued", "initiated", "sent", "delivered"):
            session.append([make_callback(id="0", status=status)])
    with closing(sqlite3.connect(path)) as connection:
        columns = [name for _, name, *_ in connection.execute("PRAGMA table_info(messages)")]
        others = ", ".join("row + n" if name == "row" else "'m' || n" if name == "id" else name for name in columns)
        numbers = f"WITH RECURSIVE count(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM count WHERE n < {MESSAGES - 1})"
        connection.execute(f"{numbers} INSERT INTO messages SELECT {others} FROM messages, count WHERE row = 1")
        columns = [name for _, name, *_ in connection.execute("PRAGMA table_info(callbacks)")]
        changed = {"seq": "seq + 4 * n", "message": "message + n"}
        others = ", ".join(changed.get(name, name) for name in columns)
        connection.execute(f"{numbers} INSERT INTO callbacks SELECT {others} FROM count, callbacks WHERE seq <= 4")
        connection.execute(f"UPDATE tallies SET count = count * {MESSAGES}")
        connection.commit()
    return path


@pytest.fixture
def session(large: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "large.inspector"
    copy.write_bytes(large.read_bytes())
    return copy


@contextmanager
def signals_of(model: RowIdModel[object], effort: Effort) -> Iterator[None]:
    def count(*_: object) -> None:
        effort.signals += 1

    signals = (model.dataChanged, model.rowsInserted, model.rowsRemoved, model.modelReset, model.layoutChanged)
    for signal in signals:
        signal.connect(count)
    yield
    for signal in signals:
        signal.disconnect(count)


def idle(app: Driver) -> bool:
    rows = app.window.panel.rows
    return not rows.busy and not rows._flush.isActive()


def test_opening_reads_some_rows_not_all(run: Run, started: StartProgram, effort: Effort, session: Path) -> None:
    async def scenario() -> None:
        async with started(Start(session=session, port=0)) as app:
            await app.rows(MESSAGES)
            app.window.grab()
            await until(lambda: idle(app))
            assert effort.steps < 20_000
            assert effort.rows_read < 300
            assert len(effort.statements) < 80
            assert len([one for one in effort.statements if "ORDER BY" in one]) == 0  # nothing was listed

    run(scenario())


def test_no_move_through_the_table_reads_more_than_some_pages(
    run: Run, started: StartProgram, effort: Effort, session: Path
) -> None:
    async def scenario() -> None:
        async with started(Start(session=session, port=0)) as app:
            await app.rows(MESSAGES)
            table = app.window.panel.messages
            table.setFocus()
            for key in (Qt.Key.Key_Home, Qt.Key.Key_PageDown, Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_Up):
                await until(lambda: idle(app))
                effort.reset()
                QTest.keyClick(table, key)
                app.window.grab()
                assert effort.rows_read < 300, key.name
                assert effort.steps < 20_000, key.name
            effort.reset()
            app.window.panel.select_all()
            app.window.grab()
            assert effort.rows_read < 300
            assert table.selected_count() == MESSAGES

    run(scenario())


@pytest.mark.parametrize("text", ["", "status:queued", "to:+1555", "is:valid", "path:/rest", "-finding:late", "parcel"])
@pytest.mark.parametrize("column", [None, Column.TO])
def test_a_callback_that_comes_costs_the_same_in_a_large_session(
    run: Run, started: StartProgram, effort: Effort, session: Path, text: str, column: Column | None
) -> None:
    async def scenario() -> None:
        async with started(Start(session=session, port=0)) as app:
            await app.rows(MESSAGES)
            panel = app.window.panel
            if text:
                await app.type_filter(text)
            if column is not None:
                panel.messages.horizontalHeader().setSortIndicator(column, Qt.SortOrder.AscendingOrder)
            await until(lambda: idle(app))
            panel.rows._resort.setInterval(3_600_000)  # sorting again is asked for aside, and only once a second
            await app.post(id="first")
            await until(lambda: idle(app))
            app.window.grab()
            with signals_of(panel.messages_model, effort):
                effort.reset()
                for number in range(5):
                    await app.post(id=f"new {number}")
                await until(lambda: idle(app))
            assert effort.steps < 5_000
            assert effort.signals <= 15
            assert effort.rows_read < 300

    run(scenario())


def test_sorting_and_filtering_ask_about_the_table_in_view_alone(
    run: Run, started: StartProgram, effort: Effort, session: Path
) -> None:
    async def scenario() -> None:
        async with started(Start(session=session, port=0)) as app:
            await app.rows(MESSAGES)
            await until(lambda: idle(app))
            effort.reset()
            await app.type_filter("status:delivered")
            assert await lists(app, effort) == {"messages"}
            app.window.panel.show_view(1)
            assert await lists(app, effort) == {"callbacks"}
            app.window.panel.show_view(0)
            assert await lists(app, effort) == set()  # nothing came meanwhile

    async def lists(app: Driver, effort: Effort) -> set[str]:
        await until(lambda: idle(app))
        found = {one.split(" FROM ")[1].split()[0] for one in effort.statements if " ORDER BY " in one}
        effort.reset()
        return found & {"messages", "callbacks"}

    run(scenario())


def test_the_clock_costs_nothing_that_grows(run: Run, started: StartProgram, effort: Effort, session: Path) -> None:
    async def scenario() -> None:
        async with started(Start(session=session, port=0)) as app:
            await app.rows(MESSAGES)
            await until(lambda: idle(app))
            app.window.grab()
            effort.reset()
            app.window.panel.rows._on_clock()
            app.window.grab()
            assert effort.rows_read < 1100
            assert effort.steps < 40_000
            assert not effort.statements or all("json_each" in one for one in effort.statements)

    run(scenario())
