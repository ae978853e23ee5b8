"""Advice on where to compact, as frozen values: the shape that the JSON report publishes.

Its one rule: what was not measured is None. Fractions lie in [0, 1].
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Reason: TypeAlias = Literal["flat", "alike", "poor", "insufficient", "narrow"]
"""Why no threshold can be advised: recall does not fall over what was measured; no threshold can
be told from the best, or none matters; recall is poor from the start; too few sessions; what is
left after a compaction is longer than what was measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFacts:
    """What a compaction keeps of the facts that it replaces."""

    policy: str
    """Spec of the policy that compacted; empty where survival was given, not measured."""
    first: float
    """Share of facts that the first summary of their turn holds, posterior mean."""
    first_lo: float
    first_hi: float
    later: float
    """Of those that a summary held, the share that the next summary of it still holds."""
    later_lo: float
    later_hi: float
    n_first: int
    """Facts that were compacted; 0 where survival was given."""
    n_later: int
    """Facts held by a summary that was compacted again. With few of them later rounds are taken to
    lose as much as the first."""
    n_sessions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The working session that thresholds are compared on."""

    session_tokens: int
    """What is said from beginning to end, in the provider's tokens."""
    turn_tokens: int
    """By how much the session grows between two calls."""
    half_life_tokens: int | None
    """Questions are about what was said so long ago or less half of the time; None: everything that
    was said is asked about equally often, however old."""
    summary_tokens: int
    """What a compaction leaves beside the turns that it keeps."""
    kept_share: float
    """How much of the threshold the turns have that a compaction keeps as they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdChoice:
    """What comes of compacting at one threshold."""

    threshold_tokens: int
    compactions: int
    """In the whole working session."""
    recall: float
    """Of all that was said up to then, averaged over the working session token by token."""
    lo: float
    hi: float
    regret: float
    """Recall of the best threshold less this one's, mean over what the data allow."""
    regret_hi: float
    """It is no larger than this with the probability of the interval."""
    mean_prompt_tokens: int
    """Of a call."""
    prompt_tokens: int
    """Of all calls of the working session, those that write summaries included."""
    recall_per_1k: float
    """Recall over the mean prompt of a call in thousands of tokens: what reading buys."""
    cost_usd: float | None
    """Of these prompts by the price list, with its price of cached tokens, and of the summaries;
    None where a price is not known. What the model answers costs the same everywhere, and is not
    in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """Where one model under one window should be compacted by one policy."""

    run: str | None
    """The run it is of; None where it is of several, taken together."""
    model: str
    window_limit: int
    memory: str
    layout: str
    survival: KeptFacts
    shape: Shape
    level: float
    """Probability that each interval is to hold."""
    n_probes: int
    """Questions that the curve rests on."""
    n_sessions: int
    measured_tokens: int
    """The longest prompt that was measured: no threshold beyond it is judged."""
    reason: Reason | None
    """Why no threshold is advised; None where one is."""
    threshold_tokens: int | None
    """Which keeps most."""
    threshold_lo: int | None
    """The best threshold lies between these with the probability of the interval."""
    threshold_hi: int | None
    thrifty_tokens: int | None
    """The one that reads fewest tokens of those that keep as much as the best, for all that
    matters."""
    advice: str
    """All this in a sentence or two."""
    choices: tuple[ThresholdChoice, ...]
    """By threshold, the smallest first."""
