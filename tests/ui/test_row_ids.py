"""Ids of rows: ranges where that is possible, and what came while an answer was worked out."""

from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.ui.row_ids import caught_up, extended

ROWS = st.sets(st.integers(1, 40))


@pytest.mark.parametrize(
    ("new", "expected"),
    [([4, 5], range(1, 6)), ([5], array("q", [1, 2, 3, 5])), ([4, 6], array("q", [1, 2, 3, 4, 6]))],
)
def test_a_range_stays_one_while_nothing_is_missing(new: list[int], expected: object) -> None:
    assert extended(range(1, 4), new) == expected


@given(ROWS, ROWS, st.data())
def test_after_changes_exactly_those_that_fit_are_there(
    shown: set[int], changed: set[int], data: st.DataObject
) -> None:
    fitting = data.draw(st.sets(st.sampled_from(sorted(changed)))) if changed else set()
    ids = caught_up(array("q", sorted(shown)), changed, fitting)
    assert list(ids) == sorted((shown - changed) | fitting)


@given(st.integers(0, 40), st.integers(0, 40))
def test_all_rows_stay_a_range(count: int, more: int) -> None:
    last = count + more
    changed = set(range(max(1, count - 3), last + 1))
    assert caught_up(range(1, count + 1), changed, changed) == range(1, last + 1)
