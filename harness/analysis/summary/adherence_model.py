"""What a report says of how standing rules were kept, as frozen values.

Its one rule is that of the summary: what was not measured is None, and fractions lie in [0, 1].
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.analysis.onset import OnsetEstimate
    from harness.analysis.summary.shares import Bin, Share


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleShare:
    """How one rule of one scenario was kept by replies of models that had it in view."""

    scenario: str
    rule: str
    share: Share
    onset: OnsetEstimate | None
    """Where its drift begins; None with fewer than `adherence.MIN_RULE_CHECKS` checks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tail:
    """The last third of the sessions less their first third, paired by session."""

    what: str
    """What the scores are of: adherence, or recall of sets."""
    n_sessions: int
    """Asked in both thirds."""
    start: float
    """Mean over sessions in the first third, in [0, 1]."""
    end: float
    effect: float
    """Above 0: the tail is better."""
    lo: float | None
    """95 %, over sessions; None with too few of them."""
    hi: float | None
    p_value: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Adherence:
    """How the live replies of one group kept their standing rules."""

    model: str
    window_limit: int
    policy: str
    memory: str
    layout: str
    n_replies: int
    n_checks: int
    """Replies times rules, where it could be told whether the rule was kept."""
    n_unseen: int
    """Of these: the rule was out of the model's view. They are in none of the shares below."""
    n_untold: int = 0
    """Where it could not be told: a reply cut off, or too short to tell its language."""
    share: Share | None
    onset: OnsetEstimate
    """Where drift begins: of adherence as elsewhere of recall."""
    by_fill: tuple[Bin, ...]
    by_turn: tuple[Bin, ...]
    rules: tuple[RuleShare, ...]
    tails: tuple[Tail, ...]
