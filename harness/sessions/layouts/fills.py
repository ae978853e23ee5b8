"""At which fills a session is probed: stratified and jittered, or as they were asked for.

Fixed levels would limit the resolution of every onset to their spacing, so each session draws its
own fills, one in each stratum; a quarter of them lies in the nearly empty window, where the
model's own plateau is measured (Wichmann and Hill 2001 on the placing of stimuli).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from harness.core.arms import NEARLY_EMPTY

if TYPE_CHECKING:
    from harness.core.draws import Draws
    from harness.core.scenario import Fills
    from harness.core.window import Window

_DIGITS = 6


def fills_of(fills: Fills, window: Window, draws: Draws) -> tuple[float, ...]:
    """The fills of one session, ascending.

    Args:
        fills: A count of strata, or exact fills.
        window: Strata end where the answer still fits, and so do exact fills up to 1: the model
            has to answer under the same ceiling. Those above 1 lie past it.
        draws: Chance of this session's jitter.
    """
    if fills.count is None:
        return tuple(sorted({_under(fill, window.top) for fill in fills.exact}))
    controls = max(1, round(fills.count / 4))
    top = window.top
    low = [_stratum(i, controls, 0.0, NEARLY_EMPTY, draws) for i in range(controls)]
    mains = fills.count - controls
    high = [_stratum(i, mains, NEARLY_EMPTY, top, draws) for i in range(mains)]
    return tuple(low + high)


def _under(fill: float, top: float) -> float:
    """A fill that was asked for, with room for the answer under the ceiling; or one past it."""
    return fill if not top < fill <= 1.0 else math.floor(top * 10**_DIGITS) / 10**_DIGITS


def _stratum(i: int, n: int, low: float, high: float, draws: Draws) -> float:
    """A fill drawn in the i-th of n equal parts of (low, high]."""
    return round(low + (high - low) * (i + 1 - draws.uniform()) / n, _DIGITS)
