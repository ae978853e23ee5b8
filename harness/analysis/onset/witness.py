"""What recall with nothing but the facts says of the plateau: whether forgetting began before it.

Its one rule: sessions are the unit. A session is compared with itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from harness.analysis.onset.cells import Cells

CONFIDENCE = 0.95
"""With which recall of the facts alone has to lie higher than the plateau by the criterion."""
MIN_PAIRS = 5
"""Sessions that were asked both ways; fewer do not tell how much they differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """Recall with nothing but the facts, beside that of the nearly empty window."""

    recall: float
    """Mean score, in [0, 1]."""
    n: int
    """Probes."""
    gap_lo: float | None
    """How much higher it lies at least; None with too few sessions that were asked both ways."""


def witness(main: pl.DataFrame, needle: pl.DataFrame, cells: Cells) -> Witness:
    """The comparison.

    The lower end is that of a one-sided t interval on the differences of sessions, with a variance
    not below that of independent answers with a common mean.

    Args:
        main: session, fill and score.
        needle: session and score, not empty.
        cells: The counts of `main`.
    """
    recall = float(needle["score"].to_numpy().mean())
    gap = _gap(main.filter(pl.col("fill") <= cells.control), needle) if cells.has_controls else None
    return Witness(recall=round(recall, 9), n=needle.height, gap_lo=gap)


def _gap(empty: pl.DataFrame, needle: pl.DataFrame) -> float | None:
    from scipy.special import stdtrit

    session = pl.col("session").cast(pl.String)
    needle, empty = needle.with_columns(session), empty.with_columns(session)
    alone = needle.group_by("session").agg(pl.col("score").mean().alias("alone"))
    beside = empty.group_by("session").agg(pl.col("score").mean().alias("beside"))
    both = alone.join(beside, on="session").select("alone", "beside").sort("alone", "beside")
    if both.height < MIN_PAIRS:
        return None
    difference = (both["alone"] - both["beside"]).to_numpy()
    k = float(needle["score"].to_numpy().sum() + empty["score"].to_numpy().sum())
    # one success and one failure more: no share is surer than its numbers allow
    pooled = (k + 1) / (needle.height + empty.height + 2)
    independent = pooled * (1 - pooled) * (1 / needle.height + 1 / empty.height)
    robust = float(difference.var(ddof=1)) / both.height
    spread = np.sqrt(max(robust, independent))
    return float(difference.mean() - stdtrit(both.height - 1, CONFIDENCE) * spread)
