"""How small a drop a run could have seen, and how many sessions would do where it could not."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from harness.analysis.onset.cells import Cells

MATTERS = 0.15
"""A drop that a run has to be able to see before it may say that there is none; or half of the
plateau, whichever is less."""

_POWER = 0.8


def smallest_drop(
    cells: Cells, criterion: float, plateau: float, phi: float, level: float
) -> float:
    """The drop over the upper half of the range that four runs of five would have shown.

    An onset is only claimed of a drop that is surely past the criterion: so the criterion, and
    the usual sum of normal quantiles on top of it.
    """
    from scipy.special import ndtri

    upper = cells.n[cells.fill >= (cells.control + cells.max_fill) / 2].sum()
    spread = np.clip(plateau * (1 - plateau), 0.01, None) * phi
    standard_error = np.sqrt(spread * (1 / cells.n[0] + 1 / max(upper, 1.0)))
    z = float(ndtri((1 + level) / 2) + ndtri(_POWER))
    return float(min(criterion + z * standard_error, 1.0))


def seeds_needed(cells: Cells, criterion: float, plateau: float, visible: float) -> int | None:
    """Sessions with which a drop that matters would show; None where it would have shown.

    Args:
        cells: The counts.
        criterion: The drop from the plateau that counts; a drop that matters is at least twice it.
        plateau: Recall while the window is nearly empty.
        visible: The smallest drop that this run could see, see `smallest_drop`.
    """
    matters = max(min(MATTERS, plateau / 2), 2 * criterion)
    if visible <= matters:
        return None
    # few controls may have been lucky, and a lucky plateau promises too much of the next run
    n = float(cells.n[0])
    shrunk = (plateau * n + 2) / (n + 4)
    wider = max(shrunk * (1 - shrunk) / max(plateau * (1 - plateau), 0.01), 1.0)
    return ceil(cells.n_sessions * wider * ((visible - criterion) / (matters - criterion)) ** 2)
