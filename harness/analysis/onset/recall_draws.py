"""The curve as a sample: recall at any length, as often as the probes allow.

Its one rule: these are draws from the posterior that also gives the onset.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from harness.analysis.onset.bands import mean_loss, plateaus, sampled_bands
from harness.analysis.onset.cells import gather
from harness.analysis.onset.clustering import level_effect
from harness.analysis.onset.fit import fit
from harness.analysis.onset.rows import read_rows
from harness.analysis.onset.settings import settings

if TYPE_CHECKING:
    import numpy.typing as npt

    from harness.analysis.onset.grid import Grid
    from harness.analysis.onset.options import OnsetOptions
    from harness.analysis.onset.rows import Rows

    Floats: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RecallDraws:
    """Curves that are equally likely after what was measured."""

    grid: Grid
    at_nodes: Floats
    """Recall at the nodes of the grid, shape (draws, nodes)."""
    guess: float
    """What guessing is worth."""
    max_fill: float
    """The largest fill that was measured; curves mean nothing beyond it."""
    wider: float
    """By how much an interval of an average is wider than these draws, since sessions that are poor
    throughout move it, though not where recall begins to fall."""

    def at(self, fill: Floats) -> Floats:
        """Recall at these fills, shape (draws, fills)."""
        place = np.clip(self.grid.index(fill), 0, self.at_nodes.shape[1] - 1)
        below = np.minimum(place.astype(np.int64), self.at_nodes.shape[1] - 2)
        part = place - below
        nodes = self.at_nodes
        return np.asarray((1 - part) * nodes[:, below] + part * nodes[:, below + 1])


def recall_draws(rows: Rows, asked: OnsetOptions, *, window_tokens: int, count: int) -> RecallDraws:
    """Curves drawn from the posterior, each standing for the same share of it.

    Args:
        rows: As for `estimate_onset`, which has to come to a verdict of these rows.
        asked: What is meant by an onset.
        window_tokens: The window.
        count: How many.
    """
    read = read_rows(rows)
    meant = settings(
        criterion=asked.criterion,
        guess=read.guess,
        level=asked.level,
        near_empty=asked.near_empty,
        window_tokens=window_tokens,
        control=None,
        floor=None,
        facts_tokens=read.facts_tokens,
    )
    cells = gather(read.main, control=meant.control)
    fitted = fit(meant, cells)
    shape, at_loss, at_plateau, part = sampled_bands(fitted.mixture)
    chosen = np.linspace(0, len(shape) - 1, count).round().astype(np.int64)
    plateau = plateaus(fitted.mixture, at_plateau[chosen], part[chosen])
    lost = fitted.book.loss[at_loss[chosen], None] * fitted.book.curves[shape[chosen]]
    above = plateau[:, None] * (1 - lost.astype(np.float64))
    mean = cells.weights @ (fitted.mixture.mean_plateau - mean_loss(fitted.book, fitted.mixture))
    level = level_effect(cells, meant.guess + (1 - meant.guess) * mean)
    return RecallDraws(
        grid=cells.grid,
        at_nodes=meant.guess + (1 - meant.guess) * above,
        guess=meant.guess,
        max_fill=cells.max_fill,
        wider=float(np.sqrt(max(level / fitted.phi, 1.0))),
    )
