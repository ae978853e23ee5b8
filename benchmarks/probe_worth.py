"""What a probe is worth to an onset, by the way in which it is asked: many studies of one law.

An interval narrows with the square root of the probes, so probes times squared width is what an
interval as wide as the window would take. One study tells it badly. Here the answers of a study
are drawn again from its law, with the fills that were really asked; an adaptive run is played
whole, since what it asks depends on what came.
"""

from __future__ import annotations

from statistics import fmean
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from harness.adaptive.choose import next_batch
from harness.adaptive.stop import stop
from harness.analysis.onset import estimate_onset
from harness.core.draws import Draws

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Recall = Callable[[Floats], Floats]

BATCH = 32
MOST_PROBES = 4000


def of_fills(asked: pl.DataFrame, recall: Recall, studies: int, control: float) -> float:
    """Mean worth over studies of the same fills and sessions; an open interval counts to its end.

    Args:
        asked: Session and fill of each probe.
        recall: The law: a chance for each fill.
        studies: How often answers are drawn.
        control: Where the nearly empty window ends.
    """
    chance = np.random.default_rng(0)
    found = []
    for _ in range(studies):
        right = chance.uniform(size=asked.height) < recall(asked["fill"].to_numpy())
        rows = asked.select("session", "fill").with_columns(score=pl.Series(right).cast(pl.Float64))
        found.append(worth(rows, control))
    return fmean(found)


def of_search(
    recall: Recall, studies: range, control: float, *, half_width: float, sessions: int, shared: int
) -> float:
    """Mean worth over adaptive runs.

    Args:
        recall: The law: a chance for each fill.
        studies: Seeds of the runs that are played.
        control: Where the nearly empty window ends.
        half_width: Where they stop.
        sessions: Over which batches rotate.
        shared: Probes of a batch that share a session.
    """
    found = []
    for study in studies:
        chance = np.random.default_rng(study)
        draws = Draws("worth", study)
        rows = pl.DataFrame(schema={"session": pl.Int64, "fill": pl.Float64, "score": pl.Float64,
                                    "batch": pl.Int64})  # fmt: skip
        batch = 0
        while rows.height < MOST_PROBES:
            batch += 1
            chosen = next_batch(
                rows, size=BATCH, sessions=sessions, batch=batch, draws=draws, control=control,
                a_session=shared,
            )  # fmt: skip
            fill = np.array([one.fill for one in chosen])
            right = (chance.uniform(size=len(fill)) < recall(fill)).astype(np.float64)
            seeds = [one.seed for one in chosen]
            more = pl.DataFrame({"session": seeds, "fill": fill, "score": right})
            rows = pl.concat([rows, more.with_columns(batch=pl.lit(batch, dtype=pl.Int64))])
            if stop(rows, half_width=half_width, control=control) is not None:
                break
        found.append(worth(rows, control))
    return fmean(found)


def worth(rows: pl.DataFrame, control: float) -> float:
    """Probes times the squared width of the interval."""
    seen = estimate_onset(rows, control=control, band=False)
    width = (1.0 if seen.hi is None else seen.hi) - (0.0 if seen.lo is None else seen.lo)
    return rows.height * width**2


if __name__ == "__main__":
    print("a part of dollars.py")
