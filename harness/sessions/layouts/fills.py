"""At which fills a session is probed: stratified and jittered, or as they were asked for.

Fixed levels would limit the resolution of every onset to their spacing, so each session draws its
own fills, one in each stratum; a quarter of them lies in the nearly empty window, where the
model's own plateau is measured (Wichmann and Hill 2001 on the placing of stimuli). In windows of
more than 20,000 tokens there is one more for every octave between that and the whole window, and
most of them lie even in the logarithm: much happens early, and an early checkpoint is cheap.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from harness.core.near_empty import NEAR_EMPTY_SHARE, near_empty_fill

if TYPE_CHECKING:
    from harness.core.draws import Draws
    from harness.core.scenario import Fills
    from harness.core.window import Window

EVEN_FROM = NEAR_EMPTY_SHARE
"""Checkpoints up to here, or to where the nearly empty window ends, are sessions of their own."""
IN_OCTAVES = 0.75
"""The share of the checkpoints past the nearly empty window that lie even in the logarithm of the
length, in long windows; the others lie even in the length. Measured: intervals of an onset that may
be anywhere are a tenth narrower than with one checkpoint an octave up to a twentieth."""

_STAY_EVEN = 4 / 9  # of the even strata asked for: so few checkpoints do not become many long ones
_DIGITS = 6


def fills_of(
    fills: Fills, window: Window, draws: Draws, facts_tokens: int = 0
) -> tuple[float, ...]:
    """The fills of one session, ascending.

    Args:
        fills: A count of strata, the octaves not counted, or exact fills.
        window: Strata end where the answer still fits, and so do exact fills up to 1: the model
            has to answer under the same ceiling. Those above 1 lie past it.
        draws: Chance of this session's jitter.
        facts_tokens: What the facts take by themselves, question included.
    """
    if fills.count is None:
        return tuple(sorted({_under(fill, window.top) for fill in fills.exact}))
    empty = near_empty_fill(window.limit, facts_tokens)
    mains, octaves = fills.count - _quarter(fills.count), 0
    if empty < EVEN_FROM:
        more = math.ceil(math.log2(window.top / empty) - 1e-9)
        octaves = round(IN_OCTAVES * (mains + more))
        mains = max(min(mains + more - octaves, int(_STAY_EVEN * mains)), 1)
        controls = _quarter(fills.count + more)
    else:
        controls = _quarter(fills.count)
    low = [_stratum(i, controls, 0.0, empty, draws) for i in range(controls)]
    middle = [_octave(i, octaves, empty, window.top, draws) for i in range(octaves)]
    high = [_stratum(i, mains, empty, window.top, draws) for i in range(mains)]
    return tuple(sorted({*low, *middle, *high}))


def _quarter(count: int) -> int:
    return max(1, round(count / 4))


def _under(fill: float, top: float) -> float:
    """A fill that was asked for, with room for the answer under the ceiling; or one past it."""
    return fill if not top < fill <= 1.0 else math.floor(top * 10**_DIGITS) / 10**_DIGITS


def _stratum(i: int, n: int, low: float, high: float, draws: Draws) -> float:
    """A fill drawn in the i-th of n equal parts of (low, high]."""
    return round(low + (high - low) * (i + 1 - draws.uniform()) / n, _DIGITS)


def _octave(i: int, n: int, low: float, high: float, draws: Draws) -> float:
    """A fill drawn in the i-th of n parts of (low, high] that are equal in its logarithm."""
    share = (i + 1 - draws.uniform()) / n
    return round(math.exp(math.log(low) + math.log(high / low) * share), _DIGITS + 2)
