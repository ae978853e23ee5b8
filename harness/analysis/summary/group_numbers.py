"""Which group each row is of, as a number: one column is grouped by, not five.

Its one rule: the groups are numbered in the order of what makes them, whatever that of the rows is.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from harness.analysis.curves import GROUP
from harness.analysis.value_codes import value_codes, without_gaps


def numbered(rows: pl.DataFrame) -> tuple[list[tuple[Any, ...]], pl.Series]:
    """What makes each group, in order, and for each row the number of its group.

    Millions of rows are numbered in a tenth of the time in which they are grouped by five columns.

    Args:
        rows: At least one, with the columns of `GROUP`.
    """
    number = np.zeros(rows.height, dtype=np.int64)
    for name in GROUP:
        codes = value_codes(rows[name])
        number = without_gaps(number * (codes.max() + 1) + codes)
    first = np.empty(number.max() + 1, dtype=np.int64)
    first[number[::-1]] = np.arange(rows.height - 1, -1, -1)  # the first row is written last
    keys = rows.select(GROUP)[first].with_row_index("found").sort(*GROUP)
    place = np.empty_like(first)
    place[keys["found"].to_numpy()] = np.arange(len(first))
    return keys.select(GROUP).rows(), pl.Series(place[number])
