"""Bins of fill, position and gap: where each probe of a curve or a map falls.

Its one rule: a bin is the same for all rows of a group, whatever other groups are looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import polars as pl

from harness.core.near_empty import LONG_TOKENS, near_empty_fill

if TYPE_CHECKING:
    from collections.abc import Sequence

Axis = Literal["fill", "position", "gap_tokens", "turn"]

MAX_LEVELS = 12
"""With at most so many checkpoints past the control zone each is a point of its own."""

_ENDS = {"from": pl.Float64(), "to": pl.Float64()}
_LEVEL_SPREAD = 0.02
_TENTHS = tuple(round(0.1 * i, 1) for i in range(1, 11))
_FIRST_LEVEL = 100  # numbers of bins from here on are checkpoints
_POSITION_EDGES = (0.2, 0.4, 0.6, 0.8)
_GAP_EDGES = tuple(2**i for i in range(8, 25))
_TURN_EDGES = tuple(2**i for i in range(2, 15))


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


def is_level(rows: pl.DataFrame) -> pl.Series:
    """Whether the bin of fill of each row, see `binned`, is a checkpoint of its own."""
    return rows["bin"] >= _FIRST_LEVEL


def fifths(rows: pl.DataFrame) -> pl.DataFrame:
    """The column `position_from`: where the fifth of the session begins in which a fact stands."""
    return rows.with_columns(begin_of_fifth(fifth(rows)).alias("position_from"))


def fifth(rows: pl.DataFrame) -> pl.Series:
    """Which fifth of the session the fact of each row stands in, from 0."""
    return _search(rows["position"], _POSITION_EDGES, side="right").alias("fifth")


def begin_of_fifth(number: pl.Series) -> pl.Series:
    """The position at which a fifth begins."""
    return pl.Series((0.0, *_POSITION_EDGES)).gather(number)


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
    rows = rows.filter(pl.col("window_limit").is_not_null())
    where = pl.Series("bin", np.zeros(rows.height, dtype=np.int64))
    ends, tables = where.clone(), pl.DataFrame(schema=_ENDS)
    for edges, same in by_edges.items():
        here = rows["window_limit"].is_in(same).arg_true()
        found = _search(rows["fill"][here], edges, side="left")
        where, ends = where.scatter(here, found), ends.scatter(here, found + tables.height)
        tables = tables.vstack(_bins("fill", edges))
    return rows.with_columns(where, *tables[ends].get_columns())


def _cut(rows: pl.DataFrame, axis: Axis, edges: Sequence[float]) -> pl.DataFrame:
    """The columns bin, from and to. Bins of fill are closed above, the others below."""
    where = _search(rows[axis], edges, side="left" if axis == "fill" else "right")
    return rows.with_columns(where, *_bins(axis, edges)[where].get_columns())


def _bins(axis: Axis, edges: Sequence[float]) -> pl.DataFrame:
    """The columns from and to, a row a bin."""
    last = 1.0 if axis == "position" else None
    return pl.DataFrame(
        {"from": [0.0, *map(float, edges)], "to": [*map(float, edges), last]}, schema=_ENDS
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
    past = rows.select(*by, "bin", "level", "fill").filter(pl.col("bin") > 0)
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
