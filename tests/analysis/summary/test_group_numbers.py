from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.analysis.curves import GROUP
from harness.analysis.summary.group_numbers import numbered

WORDS = st.sampled_from(["b", "a", "gpt-5", "send_all", ""])
ROWS = st.lists(
    st.tuples(WORDS, st.sampled_from([8_000, 32_000, 1, None]), WORDS, WORDS, WORDS | st.none()),
    min_size=1,
    max_size=40,
)


@pytest.mark.parametrize("kind", [pl.String(), pl.Categorical()])
@given(rows=ROWS)
def test_each_row_has_the_number_of_its_group_in_the_order_of_groups(kind, rows):
    frame = pl.DataFrame(rows, schema=dict.fromkeys(GROUP, pl.String()), orient="row", strict=False)
    frame = frame.with_columns(
        pl.col(name).cast(pl.Int64() if name == "window_limit" else kind) for name in GROUP
    )
    keys, numbers = numbered(frame)
    assert [keys[number] for number in numbers] == rows
    assert keys == frame.unique().sort(*GROUP).rows()
