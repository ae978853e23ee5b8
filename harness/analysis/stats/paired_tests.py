"""McNemar's counts and the tests on p-values: what people know from other reports.

Its one rule: these stand beside the comparison over sessions and never decide it. McNemar's test
takes every pair for independent, and with clustered sessions its error of 0.05 can reach 0.14.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Floats: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Discordant:
    """The fourfold table of pairs with scores 0 and 1."""

    both: int
    """Pairs right in A and in B."""
    a_only: int
    """Pairs right in A and wrong in B."""
    b_only: int
    """Pairs wrong in A and right in B."""
    neither: int
    p_value: float
    """McNemar's exact test, two-sided; sessions are ignored."""


def mcnemar(a: npt.NDArray[np.float64], b: npt.NDArray[np.float64]) -> Discordant | None:
    """The fourfold table, or None where a score is neither 0 nor 1, or there is no pair.

    Source: McNemar, Psychometrika 12 (1947); exact: binomial on the discordant pairs.

    Args:
        a: Scores of the first run, one a pair.
        b: Scores of the second, in the same order.

    >>> mcnemar(np.array([1.0, 1, 0]), np.array([1.0, 0, 0]))
    Discordant(both=1, a_only=1, b_only=0, neither=1, p_value=1.0)
    """
    if not len(a) or not np.isin(np.concatenate([a, b]), (0.0, 1.0)).all():
        return None
    a_only, b_only = int((a > b).sum()), int((b > a).sum())
    both = int((a * b).sum())
    total = a_only + b_only
    return Discordant(
        both=both,
        a_only=a_only,
        b_only=b_only,
        neither=len(a) - both - total,
        p_value=_exact(a_only, total),
    )


def _exact(successes: int, trials: int) -> float:
    """The binomial test of a fair coin, two-sided."""
    from scipy.stats import binomtest  # here: all of scipy.stats takes most of a report's start-up

    return float(binomtest(successes, trials).pvalue) if trials else 1.0


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """The p-values corrected for their number, in the order given.

    Source: Holm, Scandinavian Journal of Statistics 6 (1979). The chance of one false claim among
    all stays below the level, whatever the tests have to do with each other.

    >>> holm([0.01, 0.04, 0.03])
    (0.03, 0.06, 0.06)
    """
    return tuple(holm_rows(np.asarray(p_values, dtype=np.float64)).tolist())


def holm_rows(p_values: Floats) -> Floats:
    """Holm's correction along the last axis, each row a family of its own; see `holm`."""
    count = p_values.shape[-1]
    order = np.argsort(p_values, axis=-1, kind="stable")
    ranked = np.take_along_axis(p_values, order, axis=-1)
    ranked = np.minimum(ranked * (count - np.arange(count)), 1.0)
    corrected: Floats = np.empty_like(ranked)
    np.put_along_axis(corrected, order, np.maximum.accumulate(ranked, axis=-1), axis=-1)
    return corrected
