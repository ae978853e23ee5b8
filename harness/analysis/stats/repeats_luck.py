"""How much of what varies lies between repeats of the same, and how much between what is repeated.

Its one rule: two repeats that would be drawn anew differ as often as any two of their kind; two
that a method decides never do. The share between is told with an interval over sessions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy.special import stdtrit

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

_FEWEST = 3
"""Sessions that an interval takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Luck:
    """The share of the variation that lies between repeats, in [0, 1]."""

    share: float
    lo: float | None
    """95 %, by leaving out a session at a time; None with too few sessions."""
    hi: float | None


def luck(rows: pl.DataFrame) -> Luck | None:
    """The share; None where nothing is repeated, or nothing varies.

    How often two repeats of one item differ, over how often two of different items of its stratum
    do.

    Args:
        rows: `session`, `item`, `stratum` and `hit` (0 or 1), a row a repeat.
    """
    if rows.is_empty():
        return None
    items = rows.group_by("session", "item", "stratum").agg(
        pl.len().alias("n"), pl.col("hit").sum().alias("k")
    )
    items = items.filter(pl.col("n") > 1).sort("session", "item")
    if items.is_empty():
        return None
    by = items.group_by("session", "stratum", maintain_order=True).agg(
        pl.len().cast(pl.Float64).alias("items"),
        (2 * pl.col("k") * (pl.col("n") - pl.col("k")) / (pl.col("n") * (pl.col("n") - 1)))
        .sum()
        .alias("differ"),
        (pl.col("k") / pl.col("n")).sum().alias("mean"),
        (pl.col("k") / pl.col("n")).pow(2).sum().alias("square"),
    )
    names = sorted(by["session"].unique().to_list())
    strata = sorted(by["stratum"].unique().to_list())
    table = np.zeros((len(names), len(strata), 4))
    for session, stratum, count, differ, mean, square in by.iter_rows():
        table[names.index(session), strata.index(stratum)] = (count, differ, mean, square)
    whole = table.sum(axis=0)
    share = _ratio(whole)
    if share is None:
        return None
    left_out = [_ratio(whole - one) for one in table]
    known = np.array([one for one in left_out if one is not None])
    count = len(known)
    if count < _FEWEST:
        return Luck(share=min(share, 1.0), lo=None, hi=None)
    spread = np.sqrt((count - 1) / count * float(((known - known.mean()) ** 2).sum()))
    half = float(stdtrit(count - 1, 0.975)) * float(spread)
    return Luck(
        share=min(share, 1.0),
        lo=min(max(share - half, 0.0), 1.0),
        hi=min(max(share + half, 0.0), 1.0),
    )


def _ratio(strata: Floats) -> float | None:
    """Pairs that differ over pairs that would if all were drawn anew.

    The latter is told from pairs of different items, which no repeat ties together.
    """
    items, differ, mean, square = strata[strata[:, 0] > 1].T
    apart = 2 * (items * mean - mean**2 - mean + square) / np.maximum(items - 1, 1)
    expected = float(apart.sum())
    return float(differ.sum()) / expected if expected > 0 else None
