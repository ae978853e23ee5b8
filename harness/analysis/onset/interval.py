"""The interval of the onset: read from its posterior, rounded outward to what probes tell apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from harness.analysis.onset.cells import Cells
    from harness.analysis.onset.result import OnsetPosterior


def onset_interval(
    posterior: OnsetPosterior, cells: Cells, level: float
) -> tuple[float, float | None]:
    """Its ends as fills; the upper one is None where the onset may lie past what was measured.

    That is so where the equal-tailed interval reaches past it. On an even axis the interval is that
    one. On one of octaves posteriors have a long tail on one side, for a curve that starts slowly
    may have started octaves before: there it is the shortest of that probability in octaves, and
    an open one leaves the whole of its tail below.

    Args:
        posterior: Of the onset.
        cells: What it was read from.
        level: Probability that the interval is to hold, in (0, 1).
    """
    tail = (1 - level) / 2
    found = posterior.quantile(tail if cells.grid.even else 2 * tail)
    upper = posterior.quantile(1 - tail)
    if upper is None:
        return cells.max_fill if found is None else _rounded_down(found, cells), None
    if cells.grid.even:
        lower = posterior.quantile(tail)
        return _rounded_down(upper if lower is None else lower, cells), _rounded_up(upper, cells)
    first, last = _shortest(posterior, cells.control, level)
    return _rounded_down(first, cells), _rounded_up(last, cells)


def _shortest(posterior: OnsetPosterior, control: float, level: float) -> tuple[float, float]:
    """The nodes at either end of the shortest interval, in octaves, that holds so much."""
    fills = np.array(posterior.fills)
    upto = np.cumsum(posterior.weights)
    before = np.concatenate(([0.0], upto[:-1]))
    ends = np.searchsorted(upto, before + level - 1e-12)
    inside = np.flatnonzero((ends < len(fills)) & (fills > control))
    ends = ends[inside]
    octaves = np.log2(fills[ends] / fills[inside - 1])
    best = int(np.argmin(octaves))
    return float(fills[inside[best]]), float(fills[ends[best]])


def _rounded_down(node: float, cells: Cells) -> float:
    """The edge below a node: a node stands for the fine step that ends there."""
    before = cells.grid.nodes[max(cells.grid.last(node) - 1, 0)]
    below = int(np.searchsorted(cells.edges, before + 1e-9)) - 1
    return round(float(cells.edges[max(below, 0)]), 6)


def _rounded_up(node: float, cells: Cells) -> float:
    at = min(int(np.searchsorted(cells.edges, node - 1e-9)), len(cells.edges) - 1)
    return min(round(float(cells.edges[at]), 6), cells.max_fill)
