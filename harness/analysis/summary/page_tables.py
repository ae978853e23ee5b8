"""Counts for whoever wants to look at a part: by scenario, kind of probe, and who saw the fact.

Its one rule: the bins are those of the curves, whatever is looked at, so that a part is read on
the same axis as the whole; adding up the parts gives the whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from harness.analysis.attribution import who
from harness.analysis.bins import binned, fifths, is_level
from harness.analysis.curves import GROUP, measured, units
from harness.analysis.records import collect
from harness.analysis.summary.model import NEAR_FULL

if TYPE_CHECKING:
    from harness.analysis.records import Frame

PARTS = ("scenario", "probe_kind", "seen")
"""What a reader may choose a part by, besides the columns of `GROUP`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cube:
    """Tables with `GROUP`, `PARTS`, ends of bins, n, k (sum of scores), at (mean of the axis)."""

    fill: pl.DataFrame
    """With `level`: whether the bin is a checkpoint, both ends included."""
    gap: pl.DataFrame
    cells: pl.DataFrame
    """Fill and position: `from`, `to` and `position_from`."""
    outcomes: pl.DataFrame
    """Fill and `who`, see `losses.who`."""
    ends: pl.DataFrame
    """`end`: the nearly empty window and the near full one; no bins, and nothing between them."""


def cube(frame: Frame, bases: pl.DataFrame) -> Cube:
    """The counts of all scored probes of the main arm.

    Args:
        frame: Records of one run, or of several that are pooled.
        bases: For each group the fill up to which its window is nearly empty, as `base`; null
            where nothing was asked there.
    """
    dropped = pl.col("server_truncated").fill_null(value=False)
    seen = (pl.col("in_view").fill_null(value=True) & ~dropped).alias("seen")
    rows = collect(
        measured(frame).select(
            *GROUP, "scenario", "probe_kind", "session", "fill", "fill_requested", "position",
            "gap_tokens", "score", seen, who().alias("who"),
        )
    )  # fmt: skip
    at_fill = binned(rows, "fill", GROUP)
    gap = binned(rows.filter(pl.col("gap_tokens").is_not_null()), "gap_tokens", GROUP)
    steps = binned(rows, "fill", GROUP, steps=True)
    places = fifths(steps.filter(pl.col("position").is_not_null()))
    return Cube(
        fill=_counted(
            at_fill.with_columns(is_level(at_fill).alias("level")), "fill", "bin", "level"
        ),
        gap=_counted(gap, "gap_tokens", "bin"),
        cells=_counted(places, "fill", "bin", "position_from"),
        outcomes=_counted(steps, "fill", "bin", "who"),
        ends=_counted(_ends(at_fill, bases), "fill", "end"),
    )


def _ends(rows: pl.DataFrame, bases: pl.DataFrame) -> pl.DataFrame:
    """The probes of either end of the window, as the first table of a report has them."""
    known = rows.join(bases, on=list(GROUP), how="left", nulls_equal=True)
    return pl.concat(
        known.filter(chosen).with_columns(pl.lit(name).alias("end"))
        for name, chosen in (
            ("nearly_empty", pl.col("fill") <= pl.col("base")),
            ("near_full", pl.col("fill") >= NEAR_FULL),
        )
    )


def _counted(rows: pl.DataFrame, axis: str, *place: str) -> pl.DataFrame:
    n = pl.len().cast(pl.Int64)
    order = [*GROUP, *PARTS, "from", *place]
    return (
        rows.group_by(*GROUP, *PARTS, *place)
        .agg(
            pl.col("from", "to").min(),
            n.alias("n"),
            units("score").sum().alias("k"),
            units(axis).sum().alias("at"),
        )
        .with_columns(
            (pl.col("k") / 2.0**32).round(6),
            (pl.col("at") / pl.col("n") / 2.0**32).round(6),
        )
        .sort(order)
    )
