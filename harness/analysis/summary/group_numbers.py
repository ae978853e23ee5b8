"""Which group each row is of, as a number: one column is grouped by, not five.

Its one rule: the groups are numbered in the order of what makes them, whatever that of the rows is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import polars as pl

from harness.analysis.curves import GROUP

if TYPE_CHECKING:
    import numpy.typing as npt

    Integers: TypeAlias = npt.NDArray[np.int64]


def numbered(rows: pl.DataFrame) -> tuple[list[tuple[Any, ...]], pl.Series]:
    """What makes each group, in order, and for each row the number of its group.

    Millions of rows are numbered in a tenth of the time in which they are grouped by five columns.

    Args:
        rows: At least one, with the columns of `GROUP`.
    """
    number = np.zeros(rows.height, dtype=np.int64)
    for name in GROUP:
        codes = _codes(rows[name])
        number = _without_gaps(number * (codes.max() + 1) + codes)
    first = np.empty(number.max() + 1, dtype=np.int64)
    first[number[::-1]] = np.arange(rows.height - 1, -1, -1)  # the first row is written last
    keys = rows.select(GROUP)[first].with_row_index("found").sort(*GROUP)
    place = np.empty_like(first)
    place[keys["found"].to_numpy()] = np.arange(len(first))
    return keys.select(GROUP).rows(), pl.Series(place[number])


def _codes(values: pl.Series) -> Integers:
    """A number for each value, from 0 and without gaps; null is one of them."""
    if values.dtype.is_integer():
        known = values.unique().drop_nulls().sort()
        codes = pl.Series(np.searchsorted(known, values.fill_null(0))) + 1
        codes = codes.set(values.is_null(), 0) if values.null_count() else codes
    else:
        codes = values.cast(pl.Categorical()).to_physical().cast(pl.Int64) + 1
    return _without_gaps(codes.fill_null(0).to_numpy())


def _without_gaps(numbers: Integers) -> Integers:
    """The same numbers, which are not negative, with those between that never occur left out."""
    there = np.bincount(numbers) > 0
    return np.asarray((np.cumsum(there) - 1)[numbers], dtype=np.int64)
