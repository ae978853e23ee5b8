"""The lengths that others report, as frozen values: how long a session may be."""

from __future__ import annotations

from dataclasses import dataclass


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
