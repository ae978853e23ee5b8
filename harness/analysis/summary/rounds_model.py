"""What a report says of compactions and of where facts were said, as frozen values.

Its one rule is that of the summary: what was not measured is None, and fractions lie in [0, 1].
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.analysis.summary.shares import Count, Share


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What is left after so many compactions."""

    round: int
    """Compactions that a fact has gone through; 0 where it stands as it was said."""
    kept: Share
    """Of what went through so many: the share that the summary still says."""
    loss: Share | None
    """Of what was still said before this round: the share that it lost; None for round 0."""
    answered: Share | None
    """Of the questions put after so many rounds: the share answered rightly; of a rule, of the
    replies that kept it. None where none was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Survival:
    """How what was said survives compactions, in one group."""

    model: str
    window_limit: int
    policy: str
    memory: str
    layout: str
    what: str
    """facts, or rules."""
    n: int
    """Facts or rules of a session and a repeat that were followed."""
    n_sessions: int
    n_several: int
    """Questions left out because they need several sayings."""
    rounds: tuple[Round, ...]
    loss: Share | None
    """What one round loses of what was still said, over all rounds; None where there was none."""
    half_life: float | None
    """Rounds after which half is lost at that rate; None where nothing was lost."""
    half_life_lo: float | None
    half_life_hi: float | None
    """None: no end can be told."""
    cliff: int | None
    """The round that loses more than all others together, surely; None where none does."""
    doors: tuple[Count, ...]
    """Where missed facts went: cleared, left_out, garbled, unused."""
    n_repeats: int
    luck: float | None
    """Of the variation of what survives, the share that lies between repeats of the same session:
    1 where the writer's luck decides, 0 where every repeat loses the same. None where there are no
    repeats, or nothing varies."""
    luck_lo: float | None
    luck_hi: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidInRow:
    """Facts that were said in one place."""

    said_in: str
    n: int
    """Scored questions about them."""
    sent: float
    """Share of these whose fact was in view."""
    share: Share | None
    """Recall of those that were; None where none was."""
    effect: float | None
    """Recall of facts in view less that of the place they are compared with, fact by fact; None for
    that place itself, and where there is too little data."""
    lo: float | None
    hi: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidInContrast:
    """Recall by where it was said, in one group."""

    model: str
    window_limit: int
    policy: str
    memory: str
    layout: str
    against: str
    """The place that the others are compared with."""
    rows: tuple[SaidInRow, ...]
