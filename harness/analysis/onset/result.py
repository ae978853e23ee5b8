"""The answer: where forgetting begins, or why that cannot be said, and one plain sentence of it.

What was not measured is None: no field holds a number that only looks like a finding. Fractions of
the window are said in per cent of it, drops in points; a sentence says no more than the verdict.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from harness.analysis.onset.effective import EffectiveLengths


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


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
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

    def __repr__(self) -> str:
        return f"OnsetEstimate({self.verdict}: {self.message})"


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


def place(fill: float, window_tokens: int | None) -> str:
    """A place in the window: in per cent, and in tokens where they are known.

    >>> place(0.012, 128_000), place(0.6, None)
    ('1.2 % of the window (1,536 tokens)', '60 % of the window')
    """
    of_window = f"{percent(fill)} of the window"
    return (
        of_window if window_tokens is None else f"{of_window} ({fill * window_tokens:,.0f} tokens)"
    )


def brief(estimate: OnsetEstimate) -> str:
    """The answer in a few words, for a line that is written again and again."""
    if estimate.onset is None or estimate.lo is None or estimate.hi is None:
        return f"onset {estimate.verdict.replace('_', ' ')}"
    ends = f"{percent(estimate.lo)[:-2]} to {percent(estimate.hi)}"
    return f"onset {percent(estimate.onset)} ({ends})"


def sentence(estimate: OnsetEstimate) -> str:
    """The answer in words."""
    if estimate.verdict == "insufficient":
        return f"cannot tell: {estimate.missing}"
    if estimate.verdict == "floor":
        plateau = 0.0 if estimate.plateau is None else estimate.plateau
        needle = _needle(estimate)
        return f"poor from the start (plateau {percent(plateau)}{needle}): no onset can be told"
    text = _BY_VERDICT[estimate.verdict](estimate)
    if not estimate.has_controls:
        text += (
            "; no probe of the nearly empty window, so the drop is counted from the fills up to "
            f"{percent(estimate.control)}"
        )
    if estimate.facts_tokens is not None:
        text += (
            f"; the facts alone take {estimate.facts_tokens:,} tokens, so the window counts as "
            f"nearly empty up to {estimate.base_tokens or 0:,}"
        )
    if estimate.weak and estimate.plateau is not None and estimate.verdict != "before":
        text += f"; weak from the start (plateau {percent(estimate.plateau)}{_needle(estimate)})"
    return text


def _needle(estimate: OnsetEstimate) -> str:
    """Recall with nothing but the facts, where it was asked."""
    if estimate.needle_recall is None:
        return ""
    return f", {percent(estimate.needle_recall)} with nothing but the facts"


def _detected(estimate: OnsetEstimate) -> str:
    onset, lo, hi = (x or 0.0 for x in (estimate.onset, estimate.lo, estimate.hi))
    level = percent(estimate.level)
    text = (
        f"forgetting begins at {percent(onset)} of the window "
        f"({level} interval {percent(lo)[:-2]} to {percent(hi)})"
    )
    if estimate.onset_tokens is None:
        return text
    return (
        f"{text}, {estimate.onset_tokens:,} tokens "
        f"({estimate.lo_tokens or 0:,} to {estimate.hi_tokens or 0:,})"
    )


def _before(estimate: OnsetEstimate) -> str:
    base = place(estimate.control, None)
    if estimate.base_tokens is not None:
        base = f"{estimate.base_tokens:,} tokens ({percent(estimate.control)} of the window)"
    return (
        f"forgetting begins before {base}: recall there is {percent(estimate.plateau or 0.0)}, and "
        f"{percent(estimate.needle_recall or 0.0)} with nothing but the facts"
    )


def _not_reached(estimate: OnsetEstimate) -> str:
    text = f"no drop of {points(estimate.criterion)} or more"
    lo, end = estimate.lo or 0.0, estimate.max_fill or 0.0
    if lo < end:
        text += (
            f" found up to {place(end, estimate.window_tokens)} ({percent(estimate.level)} "
            f"interval: none before {percent(lo)})"
        )
    else:
        text += f" up to {place(end, estimate.window_tokens)}"
    if estimate.smallest_drop is not None:
        text += f"; smallest drop this run could see: {points(estimate.smallest_drop)}"
    return text


def _cannot_tell(estimate: OnsetEstimate) -> str:
    seeds = estimate.seeds_needed or 0
    return (
        f"cannot tell whether a drop of {points(estimate.criterion)} or more lies before "
        f"{place(estimate.max_fill or 0.0, estimate.window_tokens)}: the smallest drop this run "
        f"could see is {points(estimate.smallest_drop or 1.0)}; about {seeds:,} seeds would do "
        f"(it had {estimate.n_sessions:,} sessions)"
    )


_BY_VERDICT: Mapping[str, Callable[[OnsetEstimate], str]] = {
    "detected": _detected,
    "before": _before,
    "not_reached": _not_reached,
    "cannot_tell": _cannot_tell,
}
