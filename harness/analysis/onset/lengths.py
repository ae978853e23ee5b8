"""How long a session may be: the lengths that others report, each with its interval.

All are read from the posterior that also gives the onset. A length that lies past what was measured
is None at that end, and one that is over before the nearly empty window ends is 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from harness.analysis.onset.bands import mean_loss, plateaus, sampled_bands
from harness.analysis.onset.clustering import level_effect
from harness.analysis.onset.effective import EffectiveLengths, LengthEstimate
from harness.analysis.onset.shapes import LEVELS

if TYPE_CHECKING:
    import numpy.typing as npt

    from harness.analysis.onset.cells import Cells
    from harness.analysis.onset.posterior import Dictionary, Mixture

    Floats: TypeAlias = npt.NDArray[np.float64]
    Integers: TypeAlias = npt.NDArray[np.int64]

RULER = 0.856
"""Recall that a length has to keep. Source: Hsieh et al. (2024), arXiv:2404.06654, section 4."""
NOLIMA = 0.85
"""Share of its own plateau. Source: Modarressi et al. (2025), arXiv:2502.05167, section 4."""
HALF = 0.5
"""Share of its own plateau at the half-life."""


def effective_lengths(
    book: Dictionary,
    mixture: Mixture,
    cells: Cells,
    *,
    guess: float,
    level: float,
    phi: float,
    window_tokens: int | None,
) -> EffectiveLengths:
    """The lengths of one run.

    Args:
        book: The shapes.
        mixture: Their posterior.
        cells: The counts: what was measured, and what an end of an interval is rounded to.
        guess: Chance of being right without remembering, in [0, 1).
        level: Probability that each interval is to hold, in (0, 1).
        phi: Design effect with which the posterior was tempered.
        window_tokens: The window; None where it is not known.
    """
    shape, at_loss, at_plateau, part = sampled_bands(mixture)
    above = (1 - guess) * plateaus(mixture, at_plateau, part)  # recall above guessing
    start = guess + above
    lost = above * book.loss[at_loss]

    def first_at(bar: Floats) -> Integers:
        """The node at which each sampled curve first falls to its bar."""
        part_lost = (start - bar) / lost
        at = np.where(part_lost <= 1, np.round(part_lost * LEVELS), LEVELS + 1)
        node = book.reach[shape, np.clip(at, 0, LEVELS + 1).astype(np.int64)]
        return np.where(start < bar, 0, node).astype(np.int64)

    def length(bar: Floats) -> LengthEstimate:
        return _length(first_at(bar), cells, float(bar.mean()), level, window_tokens)

    last = cells.grid.last(cells.max_fill)
    auc = start - lost * _mean_over_log(book, cells.grid.first, last)[shape]
    tail = (1 - level) / 2
    # sessions that are poor throughout move an average, though not where it begins to fall
    wider = np.sqrt(max(level_effect(cells, _fitted(book, mixture, cells, guess)) / phi, 1.0))
    mean = float(auc.mean())
    lo, hi = (
        float(np.clip(mean + (end - mean) * wider, 0.0, 1.0))
        for end in np.quantile(auc, (tail, 1 - tail))
    )
    return EffectiveLengths(
        ruler=length(np.full_like(start, RULER)),
        nolima=length(NOLIMA * start),
        half_life=length(HALF * start),
        auc=mean,
        auc_lo=lo,
        auc_hi=hi,
        level=level,
        from_fill=cells.control,
        to_fill=cells.max_fill,
        from_tokens=_tokens(cells.control, window_tokens),
        to_tokens=_tokens(cells.max_fill, window_tokens),
    )


def _fitted(book: Dictionary, mixture: Mixture, cells: Cells, guess: float) -> Floats:
    """Recall in each bin, posterior mean."""
    lost = cells.weights @ mean_loss(book, mixture)
    return np.asarray(guess + (1 - guess) * (mixture.mean_plateau - lost))


def _mean_over_log(book: Dictionary, first: int, last: int) -> Floats:
    """Each shape averaged over the logarithm of the length, by trapezoids."""
    if last <= first:
        return np.zeros(len(book.curves))
    step = np.diff(np.log(book.grid.nodes[first : last + 1]))
    weight = np.zeros(last - first + 1)
    weight[:-1] += step / 2
    weight[1:] += step / 2
    return np.asarray(book.curves[:, first : last + 1] @ (weight / weight.sum()), dtype=np.float64)


def _length(
    node: Integers, cells: Cells, bar: float, level: float, window_tokens: int | None
) -> LengthEstimate:
    """The length that ends at the sampled nodes, with an interval rounded outward to the bins."""
    nodes, last = cells.grid.nodes, cells.grid.last(cells.max_fill)
    ordered = np.sort(node)
    tail = (1 - level) / 2

    def at(q: float) -> int:
        return int(ordered[min(int(q * len(ordered)), len(ordered) - 1)])

    def rounded(index: int, *, up: bool) -> float | None:
        if index > last:
            return None
        if index == 0:
            return 0.0
        fill = float(nodes[index if up else index - 1])
        if up:
            edge = min(int(np.searchsorted(cells.edges, fill - 1e-9)), len(cells.edges) - 1)
            return min(round(float(cells.edges[edge]), 9), cells.max_fill)
        edge = int(np.searchsorted(cells.edges, fill + 1e-9)) - 1
        return round(float(cells.edges[edge]), 9) if edge >= 0 else 0.0

    middle = at(0.5)
    fill: float | None = None
    if middle <= last:
        fill = 0.0 if middle == 0 else round(float(nodes[middle - 1] + nodes[middle]) / 2, 9)
        fill = min(fill, cells.max_fill)
    lo, hi = rounded(at(tail), up=False), rounded(at(1 - tail), up=True)
    lo = cells.max_fill if lo is None else lo
    return LengthEstimate(
        bar=bar,
        fill=fill,
        lo=lo,
        hi=hi,
        tokens=_tokens(fill, window_tokens),
        lo_tokens=_tokens(lo, window_tokens),
        hi_tokens=_tokens(hi, window_tokens),
    )


def _tokens(fill: float | None, window_tokens: int | None) -> int | None:
    return None if fill is None or window_tokens is None else round(fill * window_tokens)
