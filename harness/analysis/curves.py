"""Recall against fill, position and gap, with Wilson intervals.

Its one rule: sums are of whole numbers (scores and fills in units of 2**-32), which add up the
same in whatever order the records come; and what was not measured is no row, never a zero.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from harness.analysis.bins import begin_of_fifth, binned, fifth
from harness.analysis.records import collect

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.analysis.bins import Axis
    from harness.analysis.records import Frame
    from harness.core.scenario import Counts

GROUP = ("model", "window_limit", "policy", "memory", "layout")
"""What is never pooled: a curve over two of any of these describes neither."""

_UNIT = 2.0**32
_LARGEST_KEY = 2**62


def main_rows(frame: Frame, counts: Counts = "recall") -> pl.LazyFrame:
    """The rows that recall is about: main arm, something was said, measured or not.

    Those that count towards something else are about that: "rule" about adherence.
    """
    return frame.lazy().filter(pl.col("arm") == "main", pl.col("counts") == counts)


def measured(frame: Frame, counts: Counts = "recall") -> pl.LazyFrame:
    """`main_rows` with a score."""
    return main_rows(frame, counts).filter(pl.col("score").is_not_null())


def model_rows(frame: Frame) -> pl.LazyFrame:
    """The rows of the model's own curve: those with the fact in view.

    Every value asked for was among the messages sent, and the server is not known to have dropped
    any. Where usage is missing nobody can know; such rows are kept.
    """
    return measured(frame).filter(
        pl.col("in_view"), ~pl.col("server_truncated").fill_null(value=False)
    )


def recall_curve(
    frame: Frame,
    axis: Axis,
    *,
    by: Sequence[str] = GROUP,
    counts: Counts = "recall",
) -> pl.DataFrame:
    """Recall along one axis.

    Args:
        frame: Records.
        axis: `fill`: the nearly empty window, in long ones octaves of it, steps of 0.1 up to 1,
            and one bin beyond; or every checkpoint by itself where there are few.
            `position`: fifths of the session.
            `gap_tokens`: octaves from 256 tokens. `turn`: octaves from the fourth turn.
        by: Columns that are kept apart, `GROUP` and perhaps `scenario`.
        counts: What the scores count towards.

    Returns:
        Sorted by `by` and `from`: `from` and `to` (ends of the bin; `to` is null for the last),
        `at` (mean of what was measured there), n, sessions, recall, lo, hi (Wilson, 95 %).
    """
    known = measured(frame, counts).filter(pl.col(axis).is_not_null())
    rows = _needed(known, by, axis, "fill_requested")
    rows = binned(rows, axis, by)
    return _with_recall(rows, (*by, "bin"), axis).sort(*by, "from").drop("bin")


def heatmap(frame: Frame, *, by: Sequence[str] = GROUP) -> pl.DataFrame:
    """Recall for each bin of fill and fifth of the session; cells without probes have no row.

    Returns:
        Sorted by `by`, `from`, `position_from`: ends of both bins, n, sessions, recall, lo, hi.
    """
    rows = _needed(measured(frame).filter(pl.col("position").is_not_null()), by, "position")
    rows = binned(rows, "fill", by, steps=True).with_columns(fifth(rows))
    cells = _with_recall(rows, (*by, "bin", "fifth"), "fill")
    cells = cells.with_columns(begin_of_fifth(cells["fifth"]).alias("position_from"))
    ends = (pl.col("position_from") + 0.2).round(1).alias("position_to")
    return cells.with_columns(ends).sort(*by, "from", "position_from").drop("bin", "fifth")


def outcomes_by_fill(frame: Frame, *, by: Sequence[str] = GROUP) -> pl.DataFrame:
    """What became of the probes of each bin of fill.

    Returns:
        Sorted by `by`, `from`, `measured`, `name`: one row an outcome with its `share` of the
        measured probes of the bin; and one a status (`measured` false) for probes without a score,
        which have no share.
    """
    rows = _needed(main_rows(frame), by, "outcome", "status")
    rows = binned(rows, "fill", by, steps=True)
    known = pl.col("score").is_not_null()
    name = pl.when(known).then(pl.col("outcome").cast(pl.String)).otherwise(pl.col("status"))
    rows = rows.with_columns(known.alias("measured"), name.fill_null("unknown").alias("name"))
    counts = rows.group_by(*by, "bin", "from", "to", "measured", "name").agg(
        pl.len().cast(pl.Int64).alias("n")
    )
    total = pl.col("n").sum().over(*by, "bin", "measured")
    share = pl.when(pl.col("measured")).then(pl.col("n") / total)
    order = (*by, "from", "measured", "name")
    return counts.with_columns(share.alias("share")).sort(*order).drop("bin")


def wilson(k: pl.Series, n: pl.Series, *, level: float = 0.95) -> tuple[pl.Series, pl.Series]:
    """Interval for a proportion; the ends lie in [0, 1].

    Probes are taken to be independent. Those of one session are not quite, so the interval of the
    onset, which knows the sessions, is the one to decide by.

    Args:
        k: Sums of scores; fractions of a success are allowed.
        n: How many, at least 1.
        level: Coverage.

    Source: Wilson (1927), Journal of the American Statistical Association 22, 209-212.
    """
    from scipy.special import ndtri

    z = float(ndtri((1 + level) / 2))
    count, total = k.to_numpy().astype(np.float64), n.to_numpy().astype(np.float64)
    centre = (count + z * z / 2) / (total + z * z)
    half = z / (total + z * z) * np.sqrt(count * (total - count) / total + z * z / 4)
    low = np.where(count == 0, 0.0, np.clip(centre - half, 0, 1))
    high = np.where(count == total, 1.0, np.clip(centre + half, 0, 1))
    return pl.Series("lo", low), pl.Series("hi", high)


def with_recall(groups: pl.dataframe.group_by.GroupBy, axis: str | None = None) -> pl.DataFrame:
    """n, sessions, recall, lo and hi of each group; with an axis, its bin and mean too.

    Every row must have a score.
    """
    place = []
    if axis is not None:
        place = [pl.col("from", "to").min(), units(axis).sum().alias("at")]
    table = groups.agg(
        *place,
        pl.len().cast(pl.Int64).alias("n"),
        pl.col("session").n_unique().cast(pl.Int64).alias("sessions"),
        units("score").sum().alias("recall"),
    )
    means = ("at", "recall") if axis is not None else ("recall",)
    table = table.with_columns((pl.col(name) / pl.col("n") / _UNIT).round(9) for name in means)
    return table.with_columns(*wilson(table["recall"] * table["n"], table["n"]))


def _with_recall(rows: pl.DataFrame, keys: Sequence[str], axis: Axis) -> pl.DataFrame:
    """`with_recall` of what these columns tell apart.

    Where all of them are whole numbers they are made one, which is grouped by in half of the time.
    """
    if rows.is_empty() or any(rows.schema[name] != pl.Int64() for name in keys):
        return with_recall(rows.group_by(*keys), axis)
    lows = rows.select(pl.col(keys).min()).row(0)
    sizes = [high - low + 1 for high, low in zip(rows.select(keys).max().row(0), lows, strict=True)]
    if math.prod(sizes) > _LARGEST_KEY or any(rows.select(pl.col(keys).has_nulls()).row(0)):
        return with_recall(rows.group_by(*keys), axis)
    parts = list(zip(keys, lows, sizes, strict=True))
    key = pl.lit(0, pl.Int64)
    for name, low, size in parts:
        key = key * size + (pl.col(name) - low)
    table = with_recall(rows.with_columns(key.alias("key")).group_by("key"), axis)
    for name, low, size in reversed(parts):
        table = table.with_columns(
            (pl.col("key") % size + low).alias(name), (pl.col("key") // size).alias("key")
        )
    return table.drop("key")


def _needed(rows: pl.LazyFrame, by: Sequence[str], *more: str) -> pl.DataFrame:
    """The rows with the columns that a table is made of, and no others."""
    return collect(
        rows.select(*dict.fromkeys((*by, "window_limit", "session", "fill", "score", *more)))
    )


def units(name: str) -> pl.Expr:
    """A column in whole units of 2**-32: their sum is the same in any order."""
    return (pl.col(name).cast(pl.Float64) * _UNIT).round().cast(pl.Int64)
