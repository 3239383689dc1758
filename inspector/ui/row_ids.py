"""The ids of a table's rows in the order shown: an array, or a range where they follow each other without a gap.

A session that is shown whole is nearly always such a range. It is known without reading a single row, and takes no
memory, however many rows there are.
"""

from array import array
from bisect import bisect_left
from collections.abc import Collection, Sequence
from typing import TypeAlias

Ids: TypeAlias = "array[int] | range"


def as_array(ids: Ids) -> "array[int]":
    """The same ids, to be changed in place."""
    return ids if isinstance(ids, array) else array("q", ids)


def extended(ids: Ids, new: Sequence[int]) -> Ids:
    """`ids` with others behind them. An array is changed in place."""
    if isinstance(ids, range):
        if ids.step == 1 and new[0] == ids.stop and new[-1] - new[0] == len(new) - 1:
            return range(ids.start, new[-1] + 1)
        ids = as_array(ids)
    ids.extend(new)
    return ids


def without(ids: Ids, first: int, last: int) -> Ids:
    """`ids` without those at the places `first` to `last`. An array is changed in place."""
    if isinstance(ids, range):
        if first == 0:
            return ids[last + 1 :]
        if last == len(ids) - 1:
            return ids[:first]
        ids = as_array(ids)
    del ids[first : last + 1]
    return ids


def caught_up(ids: Ids, changed: Collection[int], fitting: Collection[int]) -> Ids:
    """Rising `ids`, as they are after rows `changed`, of which those `fitting` belong to them now.

    A range has all rows there were: whatever is newer is behind them. An array is changed in place.
    """
    if isinstance(ids, range):
        new = sorted(row for row in changed if row > (ids[-1] if len(ids) else 0))
        return extended(ids, new) if new else ids
    for row in sorted(changed):
        place = bisect_left(ids, row)
        present = place < len(ids) and ids[place] == row
        if row in fitting and not present:
            ids.insert(place, row)
        elif present and row not in fitting:
            del ids[place]
    return ids
