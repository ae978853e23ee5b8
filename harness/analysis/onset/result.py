"""The answer: where forgetting begins, or why that cannot be said, and one plain sentence of it.

What was not measured is None: no field holds a number that only looks like a finding. Fractions of
the window are said in per cent of it, drops in points; a sentence says no more than the verdict.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Verdict: TypeAlias = Literal["detected", "not_reached", "floor", "insufficient"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePoint:
    """Recall at one fill, with its pointwise band."""

    fill: float
    """Fraction of the window."""
    recall: float
    """Posterior mean, in [0, 1]."""
    lo: float
    """Lower end of the pointwise interval, in [0, 1]."""
    hi: float
    """Upper end, in [0, 1]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OnsetPosterior:
    """What is believed of the onset after the run: a weight for each fill, and the rest."""

    fills: tuple[float, ...]
    """Ascending fills, an even grid."""
    weights: tuple[float, ...]
    """Probability that the onset is at each of them; with `past` they sum to 1."""
    past: float
    """Probability that there is no onset up to `max_fill`, in [0, 1]."""
    max_fill: float
    """How far up the run has measured, as a fill."""

    def quantile(self, q: float) -> float | None:
        """The fill below which the onset lies with probability q; None where it is past the range.

        >>> half = OnsetPosterior(fills=(0.1, 0.2), weights=(0.3, 0.3), past=0.4, max_fill=0.2)
        >>> half.quantile(0.5), half.quantile(0.9)
        (0.2, None)
        """
        total = 0.0
        for fill, weight in zip(self.fills, self.weights, strict=True):
            total += weight
            if total >= q:
                return fill
        return None

    @property
    def median(self) -> float | None:
        """The fill below which the onset lies with probability one half, between the grid's.

        A fill of the grid stands for the step that ends there, over which its weight is even.

        >>> OnsetPosterior(fills=(0.1, 0.2), weights=(0.3, 0.4), past=0.3, max_fill=0.2).median
        0.15
        """
        half, below, before = 0.5, 0.0, self.fills[0]
        for fill, weight in zip(self.fills, self.weights, strict=True):
            if below + weight >= half:
                return round(before + (fill - before) * (half - below) / weight, 6)
            below, before = below + weight, fill
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class OnsetEstimate:
    """Where forgetting begins, as one run tells it."""

    verdict: Verdict
    """detected; not_reached; floor (poor from the start); insufficient (it cannot be told)."""
    detected: bool
    """Whether the whole interval lies inside the measured range."""
    onset: float | None
    """Posterior median, a fraction of the window; None unless detected."""
    lo: float | None
    """Lower end of the interval, a fraction of the window. Where the onset is not reached, the
    fill up to which it is excluded. None where nothing can be told."""
    hi: float | None
    """Upper end; None where it lies past what was measured."""
    level: float
    """Probability that the interval is to hold, in (0, 1)."""
    criterion: float
    """The drop from the plateau that counts, in (0, 1)."""
    guess: float
    """Chance of being right without remembering, in [0, 1)."""
    control: float
    """The fill up to which probes counted as the nearly empty window."""
    has_controls: bool
    """False where no probe lay there, so that the lowest fills had to stand in for it."""
    plateau: float | None
    """Recall while the window is nearly empty, posterior mean, in [0, 1]."""
    plateau_lo: float | None
    """Lower end of the plateau's interval, in [0, 1]."""
    plateau_hi: float | None
    """Upper end of the plateau's interval, in [0, 1]."""
    phi: float | None
    """Design effect of the clustering by sessions, at least 1."""
    n_probes: int
    """Rows with a score."""
    n_sessions: int
    """Sessions they come from."""
    n_excluded: int
    """Rows without a score: left out, never counted as misses."""
    max_fill: float | None
    """How far up the run has measured, as a fill."""
    smallest_drop: float | None
    """The smallest drop over the upper half of the measured range that this run would have shown
    in four runs of five, in [0, 1]."""
    probability_none: float | None
    """Posterior probability that no onset lies in the measured range, in [0, 1]."""
    monotone: bool | None
    """False where recall recovers after a fall, beyond chance; None where it was not tested."""
    recovery_p: float | None
    """Family-wise p-value of that recovery, in [0, 1]."""
    missing: str | None
    """What is missing for an answer, where the verdict is insufficient."""
    posterior: OnsetPosterior | None
    """What is believed of the onset; None where no onset may be claimed."""
    curve: tuple[CurvePoint, ...]
    """Recall against fill from the same posterior, ascending; empty where there is none."""

    @property
    def message(self) -> str:
        """One plain sentence."""
        return sentence(self)


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


def percent(fraction: float) -> str:
    """A fraction as a whole per cent, or with one digit where it is not whole.

    >>> percent(0.62), percent(0.6125)
    ('62 %', '61.3 %')
    """
    return f"{_number(100 * fraction)} %"


def points(fraction: float) -> str:
    """A drop as points.

    >>> points(0.05), points(0.01)
    ('5 points', '1 point')
    """
    number = _number(100 * fraction)
    return f"{number} point{'' if number == '1' else 's'}"


def _number(value: float) -> str:
    return f"{round(value + 1e-9, 1):.1f}".removesuffix(".0")


def sentence(estimate: OnsetEstimate) -> str:
    """The answer in words."""
    if estimate.verdict == "insufficient":
        return f"cannot tell: {estimate.missing}"
    if estimate.verdict == "floor":
        plateau = 0.0 if estimate.plateau is None else estimate.plateau
        return f"poor from the start (plateau {percent(plateau)}): no onset can be told"
    text = _detected(estimate) if estimate.verdict == "detected" else _not_reached(estimate)
    if not estimate.has_controls:
        text += (
            "; no probe of the nearly empty window, so the drop is counted from the fills up to "
            f"{percent(estimate.control)}"
        )
    return text


def _detected(estimate: OnsetEstimate) -> str:
    onset, lo, hi = (x or 0.0 for x in (estimate.onset, estimate.lo, estimate.hi))
    return (
        f"forgetting begins at {percent(onset)} of the window "
        f"({percent(estimate.level)} interval {percent(lo)[:-2]} to {percent(hi)})"
    )


def _not_reached(estimate: OnsetEstimate) -> str:
    text = f"no drop of {points(estimate.criterion)} or more"
    lo, end = estimate.lo or 0.0, estimate.max_fill or 0.0
    if lo < end:
        text += (
            f" found up to {percent(end)} of the window ({percent(estimate.level)} interval: none "
            f"before {percent(lo)})"
        )
    else:
        text += f" up to {percent(end)} of the window"
    if estimate.smallest_drop is not None:
        text += f"; smallest drop this run could see: {points(estimate.smallest_drop)}"
    return text
