"""The answer: where forgetting begins, or why that cannot be said.

Its one rule: what was not measured is None. No field holds a number that only looks like a finding.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from harness.analysis.onset.sentences import sentence

Verdict: TypeAlias = Literal[
    "detected", "before", "not_reached", "cannot_tell", "floor", "insufficient"
]

WEAK = 0.6
"""A plateau under this is weak from the start, whatever else is said of it."""


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
class LengthEstimate:
    """The longest session with which recall still meets a bar."""

    bar: float
    """The recall that is asked for, in [0, 1]; the posterior mean where it is one's own."""
    fill: float | None
    """Posterior median, a fraction of the window; 0 where recall is under the bar from the start,
    None where the length is longer than what was measured."""
    lo: float | None
    """Lower end of the interval."""
    hi: float | None
    """Upper end; None where it lies past what was measured."""
    tokens: int | None
    """`fill` in tokens; None also where the window is not known."""
    lo_tokens: int | None
    hi_tokens: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectiveLengths:
    """The lengths that others report, each with its interval."""

    ruler: LengthEstimate
    """RULER's: the longest length with a recall of at least 0.856."""
    nolima: LengthEstimate
    """NoLiMa's: the longest with at least 85 % of the model's own plateau."""
    half_life: LengthEstimate
    """Where recall has fallen to half of the plateau."""
    auc: float
    """Recall averaged over the logarithm of the length, in [0, 1]; posterior mean."""
    auc_lo: float
    auc_hi: float
    level: float
    """Probability that each interval is to hold, in (0, 1)."""
    from_fill: float
    """Where the nearly empty window ends: the average begins here."""
    to_fill: float
    """The largest fill that was measured: the average ends here."""
    from_tokens: int | None
    to_tokens: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OnsetPosterior:
    """What is believed of the onset after the run: a weight for each fill, and the rest."""

    fills: tuple[float, ...]
    """Ascending fills: even steps, or parts of an octave below even steps."""
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
    """detected; before (it began before the nearly empty window ended: the facts alone are recalled
    better); not_reached (and the run would have seen a drop that matters); cannot_tell (it would
    not); floor (poor from the start); insufficient (too little to look at)."""
    detected: bool
    """Whether the whole interval lies inside the measured range."""
    onset: float | None
    """Posterior median, a fraction of the window; None unless detected."""
    lo: float | None
    """Lower end of the interval, a fraction of the window. Where the onset is not reached, the
    fill up to which it is excluded. 0 where it lies before the nearly empty window ends. None where
    nothing can be told."""
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
    window_tokens: int | None = None
    """The window, in tokens; None where rows do not say it, or name several."""
    onset_tokens: int | None = None
    """`onset` in tokens; None also where the window is not known."""
    lo_tokens: int | None = None
    """`lo` in tokens."""
    hi_tokens: int | None = None
    """`hi` in tokens."""
    base_tokens: int | None = None
    """`control` in tokens: the longest prompt of the nearly empty window."""
    facts_tokens: int | None = None
    """What the facts take by themselves, where that is why the nearly empty window ends later."""
    weak: bool = False
    """Whether the plateau lies under `WEAK`."""
    needle_recall: float | None = None
    """Recall with nothing but the facts, in [0, 1]; None where it was not asked."""
    n_needle: int = 0
    """Probes that it comes from."""
    needle_gap_lo: float | None = None
    """How much higher it lies than the plateau at least, with 95 % confidence."""
    seeds_needed: int | None = None
    """Sessions with which this run would have seen a drop that matters; None unless it could
    not."""
    lengths: EffectiveLengths | None = None
    """The lengths that others report, from the same posterior."""

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
