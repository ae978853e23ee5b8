"""Which of two models begins to forget first, and by how much.

Its one rule: an onset past the measured range may lie anywhere past it, and the interval says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from harness.core.errors import UsageError

if TYPE_CHECKING:
    import numpy.typing as npt

    from harness.analysis.onset.result import OnsetEstimate, OnsetPosterior

    Floats: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class OnsetDifference:
    """How much later b begins to forget than a."""

    delta: float | None
    """Posterior median of onset b - onset a, in fractions of the window; None where the measured
    range does not tell."""
    lo: float | None
    """Lower end of the interval; None where it is open (a may begin past what was measured)."""
    hi: float | None
    """Upper end; None where it is open (b may begin past what was measured)."""
    level: float
    """Probability that the interval is to hold, in (0, 1)."""
    probability_a_earlier: float | None
    """Probability that a begins to forget before b, in [0, 1]."""
    probability_b_earlier: float | None
    """Probability that b begins to forget before a, in [0, 1]."""
    probability_unknown: float | None
    """The rest: both begin past what was measured, so nobody knows which is first."""
    missing: str | None
    """Why there is no comparison, where there is none."""


def difference(a: OnsetEstimate, b: OnsetEstimate) -> OnsetDifference:
    """Onset of b minus onset of a, from their posteriors, taken as independent.

    Where both were asked on the same sessions this is on the safe side: shared luck cancels.

    Args:
        a: One model, prompt or policy.
        b: Another, under the same design.

    Raises:
        UsageError: The two do not mean the same by an onset.
    """
    for name in ("criterion", "level"):
        mine, other = getattr(a, name), getattr(b, name)
        if mine != other:
            raise UsageError(f"Onsets with different {name}: {mine:g} and {other:g}; use one")
    if a.posterior is None or b.posterior is None:
        which, estimate = ("a", a) if a.posterior is None else ("b", b)
        return _none(a.level, f"{which}: {estimate.message}")
    return _difference(a.posterior, b.posterior, a.level)


def _none(level: float, missing: str) -> OnsetDifference:
    return OnsetDifference(
        delta=None,
        lo=None,
        hi=None,
        level=level,
        probability_a_earlier=None,
        probability_b_earlier=None,
        probability_unknown=None,
        missing=missing,
    )


def _difference(a: OnsetPosterior, b: OnsetPosterior, level: float) -> OnsetDifference:
    a_low, a_high, a_weight = _spans(a)
    b_low, b_high, b_weight = _spans(b)
    weight = np.outer(a_weight, b_weight)
    least = b_low[None, :] - a_high[:, None]
    most = b_high[None, :] - a_low[:, None]
    tail = (1 - level) / 2
    lo, hi = _quantile(least, weight, tail), _quantile(most, weight, 1 - tail)
    lower, upper = _quantile(least, weight, 0.5), _quantile(most, weight, 0.5)
    tied = float(weight[(least == 0) & (most == 0)].sum())
    earlier = float(weight[(least >= 0) & (most > 0)].sum()) + tied / 2
    later = float(weight[(most <= 0) & (least < 0)].sum()) + tied / 2
    return OnsetDifference(
        delta=lower if lower == upper else None,
        lo=lo,
        hi=hi,
        level=level,
        probability_a_earlier=earlier,
        probability_b_earlier=later,
        probability_unknown=max(0.0, 1 - earlier - later),
        missing=None,
    )


def _spans(posterior: OnsetPosterior) -> tuple[Floats, Floats, Floats]:
    """Where each piece of the posterior may lie: from, to, weight. The last is open above."""
    fills = np.array(posterior.fills)
    low = np.append(fills, posterior.max_fill)
    return low, np.append(fills, np.inf), np.append(posterior.weights, posterior.past)


def _quantile(values: Floats, weight: Floats, q: float) -> float | None:
    """A weighted quantile; None where it is infinite."""
    flat = values.ravel()
    order = np.argsort(flat, kind="stable")
    below = np.cumsum(weight.ravel()[order])
    value = float(flat[order[min(int(np.searchsorted(below, q * below[-1])), len(flat) - 1)]])
    return round(value, 6) if np.isfinite(value) else None
