"""At which fills a session is probed: stratified and jittered, or as they were asked for.

Fixed levels would limit the resolution of every onset to their spacing, so each session draws its
own fills, one in each stratum; a quarter of them lies in the nearly empty window, where the
model's own plateau is measured (Wichmann and Hill 2001 on the placing of stimuli). In windows of
more than 20,000 tokens one more lies in every octave between that and the even strata: much happens
there, and it costs next to nothing.
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
"""Even strata begin here, or where the nearly empty window ends."""

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
    even_from = max(EVEN_FROM, empty)
    octaves = math.ceil(math.log2(even_from / empty) - 1e-9)
    mains = fills.count - _quarter(fills.count)
    controls = _quarter(fills.count + octaves)
    low = [_stratum(i, controls, 0.0, empty, draws) for i in range(controls)]
    middle = [_octave(i, octaves, empty, even_from, draws) for i in range(octaves)]
    high = [_stratum(i, mains, even_from, window.top, draws) for i in range(mains)]
    return tuple(low + middle + high)


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
