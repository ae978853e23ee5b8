"""What was carried over session boundaries, side by side: the memories of a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.analysis.summary.shares import Share
    from harness.core.memory import LostAt


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorLoss:
    """How much of what came to one door was lost there, with its 95 % Wilson interval."""

    door: LostAt
    n: int
    """Facts that came to this door: to be written, of these to be injected, of these to be used."""
    lost: int
    share: float
    lo: float
    hi: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallSplit:
    """Recall of some of the questions, for each row of a table of treatments."""

    name: str
    shares: tuple[Share | None, ...]
    """None where that treatment was asked none of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrying:
    """What one treatment carried over session boundaries, on the facts that all were asked for."""

    policy: str
    memory: str
    share: Share
    """Of facts of earlier sessions."""
    never_written: int
    not_injected: int
    not_used: int
    doors: tuple[DoorLoss, ...] = ()
    """The same as shares of what came to each door; without those that nobody can see."""
    swapped: int = 0
    """Answers with the value of another fact, or of another person, whoever lost the right one;
    those to questions about what was never said among them."""
    stale: int = 0
    """Answers with what a fact was before it was changed, likewise."""
    untold: int
    """Recalled though nothing carried them over."""
    leak: bool
    """They were, surely more often than the floor."""
    tokens: int
    """Prompt and completion of the questions, and of what was written for them."""
    carried_tokens: float = 0.0
    """Local tokens that the memory gave back, on average over the questions."""
    tokens_per_session: float | None = None
    """Of `tokens`, for each session that was lived through."""
    usd_per_session: float | None = None
    """None where the price is not known."""
    write_s: float | None = None
    """Seconds that a write took on average; None where nothing was written."""
    read_s: float | None = None
    """Seconds that giving back took on average; None where the memory was not asked."""
    how: tuple[str, ...] = ()
    """What the memory says that it rests on."""
    tokens_per_recalled: float | None
    """None when nothing was recalled."""
    usd_per_recalled: float | None
    """None when nothing was recalled, or the price is not known."""
    behind: float | None
    """Recall of the best treatment less this one, paired by session."""
    behind_lo: float | None
    behind_hi: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatments:
    """Treatments side by side, on the same facts of the same sessions."""

    model: str
    window_limit: int
    scenario: str
    """Empty: over all scenarios, after each by itself."""
    n_facts: int
    """Questions about facts of earlier sessions that every treatment was asked."""
    n_left_out: int
    """Questions that only some were asked, or that were not measured under all."""
    rows: tuple[Carrying, ...]
    """Best recall first; of equals the one that spends less."""
    kinds: tuple[RecallSplit, ...] = ()
    """By the kind of question; of what was never said, the share that was rightly not answered."""
    gaps: tuple[RecallSplit, ...] = ()
    """By how many sessions lay between the saying and the question."""
    advice: str | None
    """What to carry over, in a sentence; None where only one treatment was run."""
