"""Recall against fill, position and gap, with Wilson intervals.

Its one rule: sums are of whole numbers (scores and fills in units of 2**-32), which add up the
same in whatever order the records come; and what was not measured is no row, never a zero.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import polars as pl

from harness.analysis.records import collect
from harness.core.near_empty import LONG_TOKENS, near_empty_fill

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.analysis.records import Frame
    from harness.core.scenario import Counts

Axis = Literal["fill", "position", "gap_tokens", "turn"]

GROUP = ("model", "window_limit", "policy", "memory", "layout")
"""What is never pooled: a curve over two of any of these describes neither."""

MAX_LEVELS = 12
"""With at most so many checkpoints past the control zone each is a point of its own."""

_LEVEL_SPREAD = 0.02
_TENTHS = tuple(round(0.1 * i, 1) for i in range(1, 11))
_FIRST_LEVEL = 100  # numbers of bins from here on are checkpoints
_POSITION_EDGES = (0.2, 0.4, 0.6, 0.8)
_GAP_EDGES = tuple(2**i for i in range(8, 25))
_TURN_EDGES = tuple(2**i for i in range(2, 15))
_UNIT = 2.0**32


def fill_edges(window_tokens: int, *, steps: bool = False) -> tuple[float, ...]:
    """Where the bins of fill end: the nearly empty window, octaves of it in long windows, tenths.

    Args:
        window_tokens: The window.
        steps: Octaves all the way in long windows, as a map has them.

    >>> fill_edges(8_000)[:3], fill_edges(128_000)[:5]
    ((0.05, 0.1, 0.2), (0.0078125, 0.015625, 0.03125, 0.0625, 0.1))
    """
    first = near_empty_fill(window_tokens)
    if window_tokens <= LONG_TOKENS:
        return (first, *_TENTHS)
    octaves = [first]
    end = 1.0 if steps else _TENTHS[0]
    while octaves[-1] * 2 < end * (1 - 1e-9):
        octaves.append(octaves[-1] * 2)
    return (*octaves, 1.0) if steps else (*octaves, *_TENTHS)


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
    return with_recall(rows.group_by(*by, "bin"), axis).sort(*by, "from").drop("bin")


def heatmap(frame: Frame, *, by: Sequence[str] = GROUP) -> pl.DataFrame:
    """Recall for each bin of fill and fifth of the session; cells without probes have no row.

    Returns:
        Sorted by `by`, `from`, `position_from`: ends of both bins, n, sessions, recall, lo, hi.
    """
    rows = _needed(measured(frame).filter(pl.col("position").is_not_null()), by, "position")
    rows = _cut_fill(rows, steps=True)
    rows = fifths(rows)
    cells = with_recall(rows.group_by(*by, "bin", "position_from"), "fill")
    ends = (pl.col("position_from") + 0.2).round(1).alias("position_to")
    return cells.with_columns(ends).sort(*by, "from", "position_from").drop("bin")


def outcomes_by_fill(frame: Frame, *, by: Sequence[str] = GROUP) -> pl.DataFrame:
    """What became of the probes of each bin of fill.

    Returns:
        Sorted by `by`, `from`, `measured`, `name`: one row an outcome with its `share` of the
        measured probes of the bin; and one a status (`measured` false) for probes without a score,
        which have no share.
    """
    rows = _needed(main_rows(frame), by, "outcome", "status")
    rows = _cut_fill(rows, steps=True)
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


def _needed(rows: pl.LazyFrame, by: Sequence[str], *more: str) -> pl.DataFrame:
    """The rows with the columns that a table is made of, and no others."""
    return collect(
        rows.select(*dict.fromkeys((*by, "window_limit", "session", "fill", "score", *more)))
    )


def is_level(rows: pl.DataFrame) -> pl.Series:
    """Whether the bin of fill of each row, see `binned`, is a checkpoint of its own."""
    return rows["bin"] >= _FIRST_LEVEL


def fifths(rows: pl.DataFrame) -> pl.DataFrame:
    """The column `position_from`: where the fifth of the session begins in which a fact stands."""
    fifth = pl.Series("fifth", (0.0, *_POSITION_EDGES)).gather(
        _search(rows["position"], _POSITION_EDGES, side="right")
    )
    return rows.with_columns(fifth.alias("position_from"))


def units(name: str) -> pl.Expr:
    """A column in whole units of 2**-32: their sum is the same in any order."""
    return (pl.col(name).cast(pl.Float64) * _UNIT).round().cast(pl.Int64)


def binned(
    rows: pl.DataFrame, axis: Axis, by: Sequence[str], *, steps: bool = False
) -> pl.DataFrame:
    """The columns bin, from and to, as `recall_curve` has them; with `steps` as `heatmap` has them.

    Args:
        rows: Rows in which the axis is never null; for a curve of fill also `fill_requested`.
        axis: See `recall_curve`.
        by: Columns that are kept apart: checkpoints are told for each combination of them.
        steps: Bins of fill in any case, never single checkpoints.
    """
    if axis == "fill" and not steps:
        return _fill_bins(rows, by)
    if axis == "fill":
        return _cut_fill(rows, steps=True)
    edges = {"position": _POSITION_EDGES, "turn": _TURN_EDGES}
    return _cut(rows, axis, edges.get(axis, _GAP_EDGES))


def _cut_fill(rows: pl.DataFrame, *, steps: bool = False) -> pl.DataFrame:
    """The columns bin, from and to of fills; the bins are those of each row's window."""
    windows = rows["window_limit"].unique().drop_nulls().to_list()
    by_edges: dict[tuple[float, ...], list[int]] = {}
    for window in windows:
        by_edges.setdefault(fill_edges(window, steps=steps), []).append(window)
    if len(by_edges) == 1:
        return _cut(rows, "fill", next(iter(by_edges)))
    if not by_edges:
        return _cut(rows, "fill", _TENTHS)
    numbered = rows.with_row_index("row")
    parts = [
        _cut(numbered.filter(pl.col("window_limit").is_in(same)), "fill", edges)
        for edges, same in sorted(by_edges.items())
    ]
    return pl.concat(parts).sort("row").drop("row")


def _cut(rows: pl.DataFrame, axis: Axis, edges: Sequence[float]) -> pl.DataFrame:
    """The columns bin, from and to. Bins of fill are closed above, the others below."""
    where = _search(rows[axis], edges, side="left" if axis == "fill" else "right")
    last = 1.0 if axis == "position" else None
    bins = pl.DataFrame(
        {"from": [0.0, *map(float, edges)], "to": [*map(float, edges), last]},
        schema={"from": pl.Float64, "to": pl.Float64},
    )
    return rows.with_columns(
        where.alias("bin"), *(bins[name].gather(where) for name in bins.columns)
    )


def _search(
    values: pl.Series, edges: Sequence[float], *, side: Literal["left", "right"]
) -> pl.Series:
    where = np.searchsorted(np.asarray(edges, dtype=np.float64), values.to_numpy(), side=side)
    return pl.Series("bin", where.astype(np.int64))


def _fill_bins(rows: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """Bins of fill; or, for groups with few checkpoints, the checkpoints themselves.

    A checkpoint is known by the fill that was asked for. It is a level only where the fills that
    were achieved lie close together; where they do not, bins of the measured fill are the truth.
    """
    level = pl.coalesce("fill_requested", "fill").alias("level")
    rows = _cut_fill(rows).with_columns(level)
    past = rows.filter(pl.col("bin") > 0)
    counts = past.group_by(*by).agg(pl.col("level").n_unique())
    past = past.join(counts.filter(pl.col("level") <= MAX_LEVELS), on=list(by), how="semi")
    levels = past.group_by(*by, "level").agg(
        pl.col("fill").min().alias("low"), pl.col("fill").max().alias("high")
    )
    spread = (pl.col("high") - pl.col("low")).max()
    few = levels.group_by(*by).agg((spread <= _LEVEL_SPREAD).alias("few"))
    levels = levels.join(few.filter(pl.col("few")), on=list(by)).select(*by, "level", "low", "high")
    if levels.is_empty():
        return rows
    levels = levels.sort(*by, "low", "high", "level").with_columns(
        (pl.int_range(pl.len()) + _FIRST_LEVEL).alias("number")
    )
    rows = rows.join(levels, on=[*by, "level"], how="left", nulls_equal=True)
    here = (pl.col("bin") > 0) & pl.col("number").is_not_null()
    return rows.with_columns(
        pl.when(here).then("number").otherwise("bin").alias("bin"),
        pl.when(here).then("low").otherwise("from").alias("from"),
        pl.when(here).then("high").otherwise("to").alias("to"),
    ).drop("level", "low", "high", "number")
