"""A proportion over sessions, with an interval that knows them: Wilson's, of fewer observations.

Its one rule: what one session tells counts for as much as its observations agree to differ. Where
the data cannot tell, a small correlation inside a session is taken.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import stdtrit

from harness.analysis.stats.session_mean import design_effect
from harness.analysis.summary.shares import Share

if TYPE_CHECKING:
    from collections.abc import Sequence

_FEWEST = 2
"""Sessions from which a spread can be told."""


def clustered_share(
    hits: Sequence[float], counts: Sequence[int], *, level: float = 0.95
) -> Share | None:
    """The share of hits with its interval; None without any observation.

    The variance of a ratio over sessions gives the design effect, and by it the observations that
    independent ones would be worth; Wilson's interval of these, with the t distribution of as many
    sessions.

    Args:
        hits: Hits of each session; fractions of one are allowed.
        counts: Observations of each session.
        level: Coverage.

    Source: Korn and Graubard, Survey Methodology 24 (1998), 193-201, for the effective sample and
    its degrees of freedom; Wilson (1927) for the interval.
    """
    k, n = np.asarray(hits, dtype=float), np.asarray(counts, dtype=float)
    k, n = k[n > 0], n[n > 0]
    total, sessions = float(n.sum()), len(n)
    if not sessions:
        return None
    share = float(k.sum()) / total
    effect = design_effect(max(total / sessions, 1.0))
    if sessions >= _FEWEST and 0.0 < share < 1.0:
        spread = float(((k - share * n) ** 2).sum()) * sessions / (sessions - 1) / total**2
        effect = max(spread / (share * (1 - share) / total), 1.0)
    worth = max(total / effect, 1.0)
    quantile = float(stdtrit(max(sessions - 1, 1), (1 + level) / 2)) if sessions > 1 else math.inf
    lo, hi = _wilson(share, worth, quantile) if math.isfinite(quantile) else (0.0, 1.0)
    return Share(n=int(total), sessions=sessions, recall=share, lo=lo, hi=hi)


def _wilson(share: float, n: float, z: float) -> tuple[float, float]:
    centre = (share * n + z * z / 2) / (n + z * z)
    half = z / (n + z * z) * math.sqrt(n * share * (1 - share) + z * z / 4)
    return (
        0.0 if share == 0.0 else max(centre - half, 0.0),
        1.0 if share == 1.0 else min(centre + half, 1.0),
    )
