"""A study of a known law, drawn: the rows that an estimator is then given.

Its one rule: sessions differ from each other, and the law stays the exact average over them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import polars as pl

if TYPE_CHECKING:
    import numpy.typing as npt

    from harness.analysis.laws import Law

    Floats: TypeAlias = npt.NDArray[np.float64]


def simulate(
    law: Law,
    rng: np.random.Generator,
    *,
    n: int = 600,
    sessions: int = 30,
    correlation: float = 0.05,
    control: float = 0.05,
    control_share: float = 0.25,
) -> pl.DataFrame:
    """One study of `law`: columns session, fill, position and score, a row a probe.

    Within each session a quarter of the probes are controls; the others are spread over the rest
    of the window, one in each of equal strata, jittered inside it. A session is good or bad as a
    whole: its luck is one rank in (0, 1), and its recall at a fill is that quantile of the beta
    distribution whose mean is the law and whose intraclass correlation is `correlation`. The mean
    over sessions is therefore the law itself, at every fill.

    Args:
        law: What the model really does.
        rng: The source of all chance here.
        n: Probes in all; rounded down to the same number a session.
        sessions: Clusters.
        correlation: Of two probes of one session at the same fill, in [0, 1).
        control: Where the nearly empty window ends, as a fill.
        control_share: The share of control probes, in [0, 1].
    """
    each = n // sessions
    controls = round(each * control_share)
    spread = each - controls
    shape = (sessions, each)
    fill = np.empty(shape)
    fill[:, :controls] = control * rng.uniform(0.02, 1, (sessions, controls))
    strata = (np.arange(spread)[None, :] + rng.uniform(0, 1, (sessions, spread))) / max(spread, 1)
    fill[:, controls:] = control + (1 - control) * strata
    position = rng.uniform(0, 1, shape)
    recall: Floats = np.clip(law.probability(fill, position), 1e-9, 1 - 1e-9)
    if correlation > 0:
        from scipy.special import betaincinv

        mass = (1 - correlation) / correlation
        luck = rng.uniform(0, 1, (sessions, 1))
        recall = np.asarray(betaincinv(recall * mass, (1 - recall) * mass, luck), dtype=np.float64)
    score = (rng.uniform(0, 1, shape) < recall).astype(np.float64)
    names = [f"s{i:04d}" for i in range(sessions)]
    return pl.DataFrame(
        {
            "session": np.repeat(names, each),
            "fill": fill.ravel(),
            "position": position.ravel(),
            "score": score.ravel(),
        }
    )
