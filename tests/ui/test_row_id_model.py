"""The model of row ids, checked by Qt's own tester through random changes."""

from array import array
from collections.abc import Sequence
from enum import IntEnum
from typing import Any, ClassVar

from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication

from inspector.ui.row_id_model import PAGE, RowIdModel


class _Column(IntEnum):
    NAME = 0


class _Names(RowIdModel[str]):
    columns: ClassVar[type[IntEnum]] = _Column
    titles: ClassVar[Sequence[str]] = ("Name",)

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[list[int]] = []
        self.prefix = "row"

    def read(self, ids: Sequence[int]) -> dict[int, str]:
        self.asked.append(list(ids))
        return {one: f"{self.prefix} {one}" for one in ids}

    def shown(self, record: str, column: int, role: int) -> Any:
        return record if role == Qt.ItemDataRole.DisplayRole else None


def _shown(model: _Names) -> list[str]:
    return [model.index(row, 0).data() for row in range(model.rowCount())]


_step = st.one_of(
    st.tuples(st.just("append"), st.integers(1, 5)),
    st.tuples(st.just("insert"), st.sets(st.integers(1, 200), max_size=6)),
    st.tuples(st.just("remove"), st.sets(st.integers(1, 200), max_size=6)),
    st.tuples(st.just("reset"), st.sets(st.integers(1, 200), max_size=20)),
    st.tuples(st.just("all"), st.tuples(st.integers(1, 150), st.integers(0, 30))),
    st.tuples(st.just("first gone"), st.integers(0, 5)),
    st.tuples(st.just("refresh"), st.sets(st.integers(1, 200), max_size=6)),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(_step, max_size=12))
def test_any_changes_keep_the_rows_true(steps: list[tuple[str, Any]]) -> None:
    QApplication.instance() or QApplication([])
    model = _Names()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    expected: list[int] = []
    for name, value in steps:
        if name == "append":
            new = list(range(max(expected, default=0) + 1, max(expected, default=0) + 1 + value))
            model.append_ids(new)
            expected += new
        elif name == "insert":
            new = sorted(value - set(expected))
            model.insert_ids(new)
            expected = sorted([*expected, *new])
        elif name == "remove":
            model.remove_ids(value)
            expected = [one for one in expected if one not in value]
        elif name == "reset":
            expected = sorted(value)
            model.set_ids(array("q", expected), ascending=True)
        elif name == "all":
            expected = list(range(value[0], sum(value)))
            model.set_ids(range(value[0], sum(value)), ascending=True)
        elif name == "first gone":
            model.remove_ids(expected[:value])
            expected = expected[value:]
        else:
            model.refresh(value)
        assert _shown(model) == [f"row {one}" for one in expected]
        assert [model.position(one) for one in expected] == list(range(len(expected)))
        assert model.position(999) is None
    del tester


def test_rows_are_read_a_page_at_a_time(qapp: QApplication) -> None:
    model = _Names()
    model.set_ids(array("q", range(1, 100_001)), ascending=True)
    assert model.index(50_000, 0).data() == "row 50001"
    assert model.index(50_001, 0).data() == "row 50002"
    assert sum(len(ids) for ids in model.asked) == PAGE


def test_a_refresh_tells_only_of_what_was_shown(qapp: QApplication) -> None:
    model = _Names()
    model.set_ids(array("q", range(1, 1001)), ascending=True)
    _ = [model.index(row, 0).data() for row in range(10)]
    told: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda first, last: told.append((first.row(), last.row())))
    model.prefix = "changed"
    model.refresh([1, 2, 3, 7, 900])
    assert told == [(0, 2), (6, 6)]
    assert model.index(1, 0).data() == "changed 2"


def test_a_whole_session_takes_no_memory_while_it_grows(qapp: QApplication) -> None:
    model = _Names()
    model.set_ids(range(1, 1_000_001), ascending=True)
    model.append_ids([1_000_001, 1_000_002])
    model.remove_ids([1, 2, 3])
    assert model.ids == range(4, 1_000_003)
    assert (model.position(4), model.position(1_000_002), model.position(3)) == (0, 999_998, None)


def test_the_newest_first_are_found(qapp: QApplication) -> None:
    model = _Names()
    model.set_ids(range(5)[::-1], ascending=False)
    assert _shown(model) == ["row 4", "row 3", "row 2", "row 1", "row 0"]
    assert [model.position(one) for one in (4, 0, 5)] == [0, 4, None]


def test_rows_out_of_order_are_found(qapp: QApplication) -> None:
    model = _Names()
    model.set_ids(array("q", [5, 3, 9]), ascending=False)
    assert [model.position(one) for one in (3, 5, 9, 4)] == [1, 0, 2, None]
