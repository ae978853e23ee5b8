"""What goes in: any order, any names, any numeric type; nonsense is told apart from measurement."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.analysis.calibration.simulated_laws import LAWS
from harness.analysis.onset import estimate_onset, simulate
from harness.core.errors import UsageError

ROWS = simulate(LAWS["logistic"], np.random.default_rng(11), n=200, sessions=10)
FOUND = estimate_onset(ROWS)


@settings(max_examples=4, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_rows_and_columns_does_not_matter(random):
    order = list(range(ROWS.height))
    random.shuffle(order)
    columns = random.sample(ROWS.columns, len(ROWS.columns))
    assert estimate_onset(ROWS[order].select(columns)) == FOUND


@settings(max_examples=4, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_names_of_the_sessions_do_not_matter(random):
    names = random.sample(range(1000), 10)
    old = sorted(ROWS["session"].unique())
    renamed = ROWS.with_columns(pl.col("session").replace_strict(old, names))
    assert estimate_onset(renamed) == FOUND


@settings(max_examples=3, deadline=None)
@given(st.randoms(use_true_random=False))
def test_partial_scores_do_not_depend_on_order_or_names_either(random):
    partial = ROWS.with_columns(score=0.07 + pl.col("score") * 0.83 * (1 - pl.col("position") / 9))
    order = list(range(ROWS.height))
    random.shuffle(order)
    names = random.sample(range(1000), 10)
    old = sorted(ROWS["session"].unique())
    renamed = partial[order].with_columns(pl.col("session").replace_strict(old, names))
    assert estimate_onset(renamed) == estimate_onset(partial)


def test_mappings_frames_and_lazy_frames_are_the_same_rows():
    assert estimate_onset(ROWS.to_dicts()) == FOUND
    assert estimate_onset(iter(ROWS.to_dicts())) == FOUND
    assert estimate_onset(ROWS.lazy()) == FOUND


def test_any_hashable_may_name_a_session():
    rows = [{**row, "session": ("scenario", row["session"])} for row in ROWS.to_dicts()]
    assert estimate_onset(rows) == FOUND


@pytest.mark.parametrize("kind", [pl.Int64, pl.UInt8, pl.Boolean, pl.Float32])
def test_the_type_of_the_scores_does_not_matter(kind):
    assert estimate_onset(ROWS.with_columns(pl.col("score").cast(kind))) == FOUND


def test_other_columns_are_left_alone():
    assert estimate_onset(ROWS.with_columns(model=pl.lit("m"), row=pl.lit(1.5))) == FOUND


def test_rows_without_a_score_are_left_out_and_counted():
    missing = ROWS.head(30).with_columns(score=None, fill=None)
    found = estimate_onset(pl.concat([ROWS, missing], how="vertical_relaxed"))
    assert found.n_excluded == 30
    assert found.n_probes == FOUND.n_probes == 200
    assert (found.onset, found.lo, found.curve) == (FOUND.onset, FOUND.lo, FOUND.curve)


def test_rows_are_gathered_before_anything_is_fitted():
    many = pl.concat([ROWS] * 500)
    found = estimate_onset(many)
    assert found.n_probes == 100_000
    assert found.n_sessions == 10


def row(**changes: object) -> dict[str, object]:
    return {"session": "a", "fill": 0.5, "score": 1.0} | changes


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (
            row(fill=math.nan),
            "Row 1: fill is nan, expected a fraction of the window between 0 and 2",
        ),
        (row(fill=62), "Row 1: fill is 62.0, expected a fraction"),
        (row(fill=-0.1), "Row 1: fill is -0.1, expected a fraction"),
        (row(fill=None), "Row 1: fill is None, expected a fraction"),
        (row(score=math.nan), "Row 1: score is nan, expected a number between 0 and 1"),
        (row(score=3), "Row 1: score is 3.0, expected a number between 0 and 1"),
        (row(session=None), "Row 1: session is None, expected the name of the session"),
    ],
)
def test_what_is_no_measurement_is_refused_with_its_row(bad, message):
    with pytest.raises(UsageError, match=message):
        estimate_onset([row(), bad])
    with pytest.raises(UsageError, match=message):
        estimate_onset(pl.DataFrame([row(), bad], strict=False))


def test_text_is_no_number():
    with pytest.raises(UsageError, match="Row 0: score is '1', expected a number"):
        estimate_onset([row(score="1")])
    with pytest.raises(UsageError, match="Column 'fill' is of type String, expected numbers"):
        estimate_onset(pl.DataFrame([row(fill="0.5")]))


def test_a_missing_column_is_named():
    with pytest.raises(UsageError, match="Row 0: no 'fill'; expected session, fill, score"):
        estimate_onset([{"session": "a", "score": 1.0}])
    with pytest.raises(UsageError, match="No column 'score'; expected session, fill, score"):
        estimate_onset(ROWS.drop("score"))


def test_a_row_that_is_no_mapping_is_refused():
    with pytest.raises(UsageError, match="Row 0 is of type tuple, expected a mapping"):
        estimate_onset([("a", 0.5, 1.0)])


@pytest.mark.parametrize("name", ["criterion", "guess", "level", "control", "floor"])
def test_options_are_fractions(name):
    with pytest.raises(UsageError, match=f"{name} is 5, expected a fraction between 0 and 1"):
        estimate_onset(ROWS, **{name: 5})
