"""A working session under a compaction: how long each prompt is, and what its facts went through.

The session grows until a prompt has as many tokens as the threshold; then all but the newest turns
give way to a summary, and it grows again. Whatever was said is asked about while the session goes
on. Its one rule: nothing is random here. What a summary loses is told by the number of times that a
fact was compacted, and how much a model reads of a prompt by its length.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from harness.analysis.advice.model import Shape

    Floats: TypeAlias = npt.NDArray[np.float64]

MOMENTS = 300
"""Moments of the session at which somebody asks: the middles of so many equal parts."""
LEAST_GROWTH = 0.1
"""Share of the threshold that a compaction has to free, and a turn at the least: else it is due
again at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A working session with one threshold."""

    prompt_tokens: Floats
    """Length of the prompt at each moment, shape (moments,)."""
    rounds: Floats
    """Share of what is asked at each moment that went through 0, 1, 2, ... compactions; rows sum
    to 1; shape (moments, compactions + 1)."""
    compacted_at: Floats
    """Tokens said before each compaction, ascending."""


def left_by(shape: Shape, threshold: float) -> float:
    """Tokens of the prompt after a compaction."""
    return shape.summary_tokens + shape.kept_share * threshold


def is_useful(shape: Shape, threshold: float) -> bool:
    """Whether a compaction at this threshold leaves room to grow."""
    freed = threshold - left_by(shape, threshold)
    return freed >= max(LEAST_GROWTH * threshold, shape.turn_tokens)


def course(shape: Shape, threshold: float) -> Course:
    """The working session with a compaction whenever a prompt reaches the threshold."""
    total = float(shape.session_tokens)
    growth = threshold - left_by(shape, threshold)
    count = 0 if total <= threshold else int(np.ceil((total - threshold) / growth))
    compacted_at: Floats = np.asarray(threshold + growth * np.arange(count), dtype=np.float64)
    moments = (np.arange(MOMENTS) + 0.5) / MOMENTS * total
    done = np.searchsorted(compacted_at, moments, side="left")
    last = np.where(done > 0, compacted_at[np.maximum(done - 1, 0)] if count else 0.0, 0.0)
    prompt = np.where(done > 0, left_by(shape, threshold) + moments - last, moments)
    # what was said before these went through the first, second, ... compaction
    covered = np.maximum(compacted_at - shape.kept_share * threshold, 0.0)
    return Course(
        prompt_tokens=prompt,
        rounds=_rounds(moments, done, covered, shape.half_life_tokens),
        compacted_at=compacted_at,
    )


def _rounds(
    moments: Floats, done: npt.NDArray[np.int64], covered: Floats, half_life: int | None
) -> Floats:
    """How often what is asked was compacted, by moment."""
    shares = np.zeros((len(moments), len(covered) + 1))
    upper = moments
    for rounds in range(len(covered) + 1):
        which = done - 1 - rounds  # the compaction before which it was said, of those so far
        lower = np.where(which >= 0, covered[np.maximum(which, 0)] if len(covered) else 0.0, 0.0)
        shares[:, rounds] = _asked(moments - lower, half_life) - _asked(moments - upper, half_life)
        upper = lower
    return shares / _asked(moments, half_life)[:, None]


def _asked(age: Floats, half_life: int | None) -> Floats:
    """How often questions are about what was said so many tokens ago or later, in any unit."""
    if half_life is None:
        return age
    return 1.0 - np.exp2(-age / half_life)


def survivals(first: Floats, later: Floats, rounds: int) -> Floats:
    """The share of facts that is left after 0, 1, ... compactions, shape (draws, rounds)."""
    powers = later[:, None] ** np.maximum(np.arange(rounds) - 1, 0)
    left = first[:, None] * powers
    left[:, 0] = 1.0
    return np.asarray(left)
